"""
A vendor's API as the rest of the sandbox knows it: one class per vendor, one object per application.

Facts that hold without an application (operations, labels, statuses) are class attributes, so command line, documents
and schemas read them without a database. What requests need is on the object that `register` makes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Flask, Response, request
from werkzeug.routing import BaseConverter

from kpn_sandbox.auth import BearerAuth
from kpn_sandbox.auth.errors import InactiveToken
from kpn_sandbox.gateway.cors import ANY_ORIGIN, CorsPolicy
from kpn_sandbox.gateway.error_handling import ApiError, ExceptionMap, mapped_error
from kpn_sandbox.gateway.fast_path import FastRoute
from kpn_sandbox.gateway.operations import STATUSES, Endpoint, Operation
from kpn_sandbox.gateway.postman import Collection as PostmanCollection
from kpn_sandbox.gateway.reasons import reason_of
from kpn_sandbox.gateway.request_context import Caller, RequestContext, RequestLifecycle, Reserved
from kpn_sandbox.literals import ApiKey, FidelityLabel, ObjectKind
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation.history import History
from kpn_sandbox.tenants.accounts import Account, CredentialKind
from kpn_sandbox.tenants.quota import Quota, QuotaState
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.snapshot import StatePart
from kpn_sandbox.tenants.tenant import Tenant

PinCheck = Callable[[Mapping[str, Any]], Mapping[str, str]]
"""Takes the fields of a pin; returns for each wrong field which values are right."""

OWN = "the sandbox's own"
"""The source of a behavior that the sandbox has invented."""


@dataclass(frozen=True)
class Behavior:
    """An operation or a behavior, and how well it is known: `documented`, `inferred` or `invented`."""

    name: str
    label: FidelityLabel
    source: str


@dataclass(frozen=True)
class Services:
    """Parts of the application that the APIs share."""

    settings: Settings
    sandbox: Sandbox
    lifecycle: RequestLifecycle
    history: History

    @property
    def authenticate(self) -> Callable[[str, str], Account | None]:
        """Function that returns the account of a client id and a secret, None when wrong; lenient ones create it."""
        accounts = self.sandbox.accounts
        return accounts.authenticate_or_create if self.settings.lenient else accounts.authenticate

    def has_secret(self, client_id: str, secret: str) -> bool:
        """
        Return whether a secret is that of an account, readable or not; lenient ones create it.

        Args:
            client_id: The client id.
            secret: The client secret.
        """
        if self.settings.lenient:
            self.sandbox.accounts.create_missing(client_id, secret)
        return self.sandbox.accounts.has_secret(client_id, secret)

    def identify(self, client_id: str | None) -> Caller:
        """Return the account of a client id whose secret may be wrong; no account for None and for an unknown id."""
        return Caller(None if client_id is None else self.sandbox.find_tenant(client_id))


class VendorApi(ABC):
    """
    An API of a vendor.

    Args:
        services: Parts of the application that the APIs share.
    """

    key: ClassVar[ApiKey]
    """Identifies the API in settings, faults and logs."""
    openapi_document: "ClassVar[staticmethod[[str], dict[str, Any]]]"
    """Returns the OpenAPI document for a sandbox at a URL."""
    operations: ClassVar[tuple[Operation, ...]]
    behaviors: ClassVar[tuple[Behavior, ...]]
    """Behaviors beside the operations, with their labels."""
    endpoints: ClassVar[tuple[Endpoint, ...]]
    """The view of each operation."""
    statuses: ClassVar[Collection[int]] = STATUSES
    """Statuses that a client or a fault may force, each with the API's own error."""
    redirects: ClassVar[tuple[int, ...]] = (302,)
    """Forced statuses with a Location header."""
    exception_map: ClassVar[ExceptionMap]
    pin_checks: ClassVar[Mapping[ObjectKind, PinCheck]] = {}
    path_prefixes: ClassVar[tuple[str, ...]] = ()
    """Paths below which every path belongs to the API, with or without an operation."""
    converters: ClassVar[Mapping[str, type[BaseConverter]]] = {}
    """Converters of variables in paths, by name; a variable with one is written `{converter:name}`."""
    credential_kinds: ClassVar[tuple[CredentialKind, ...]] = ()
    """Credentials that are derived from an account's id and secret, and stored beside them."""
    state_parts: ClassVar[tuple[StatePart, ...]] = ()
    """What the API stores of an account, for snapshots."""
    default_quota: ClassVar[Quota | None] = None
    """Rate limit of accounts without a quota of their own."""
    cors: ClassVar[CorsPolicy] = ANY_ORIGIN
    common_headers: ClassVar[Sequence[tuple[str, str]]] = ()
    """Headers that all its responses have; the request log need not store them."""
    postman: ClassVar[PostmanCollection]

    def __init__(self, services: Services) -> None:
        self.services = services

    @classmethod
    def register(cls, app: Flask, services: Services) -> Self:
        """
        Add the routes of the API to an application, and return the API of this application.

        Args:
            app: The application.
            services: Parts of the application that the APIs share.
        """
        api = cls(services)
        app.url_map.converters.update(cls.converters)
        blueprint = Blueprint(cls.key, __name__)
        methods: dict[str, list[str]] = {}
        for each in cls.endpoints:
            for number, path in enumerate(api.paths(each.operation)):
                rule, name = path.replace("{", "<").replace("}", ">"), f"{each.operation.key}_{number}"
                view, allowed = api._flask_view(each), each.methods or [each.operation.method]
                blueprint.add_url_rule(rule, name, view, methods=allowed, provide_automatic_options=False)
                methods.setdefault(rule, []).append(each.operation.method)
        for number, (rule, found) in enumerate(methods.items()):
            preflight = cls.cors.preflight([*found, "HEAD"] if "GET" in found else found)
            blueprint.add_url_rule(
                rule, f"preflight_{number}", preflight, methods=["OPTIONS"], provide_automatic_options=False
            )
        app.register_blueprint(blueprint)
        return api

    @classmethod
    def fidelity(cls) -> tuple[list[Behavior], list[Behavior]]:
        """Return the labels of the operations, and those of the further behaviors."""
        operations = [Behavior(f"{each.method} {each.path}", each.label, each.source) for each in cls.operations]
        return operations, list(cls.behaviors)

    @abstractmethod
    def authenticate(self, context: RequestContext) -> Tenant:
        """Return the account of the current request; raise an exception of the map when its credentials are wrong."""

    @abstractmethod
    def identify(self) -> Caller:
        """Return the account that the current request is logged for, after it was rejected."""

    @abstractmethod
    def respond(self, context: RequestContext, endpoint: Endpoint) -> Response:
        """
        Call the view of an endpoint and return its result as a response.

        Args:
            context: Context of the current request.
            endpoint: Endpoint of its operation.
        """

    @abstractmethod
    def error_for_status(self, status: int, operation: Operation, subject: str = "") -> ApiError:
        """
        Return the API's error for a forced status.

        Args:
            status: 300 or more.
            operation: Operation of the request.
            subject: Object that a 404 names; empty for none.
        """

    def error_for(self, error: Exception) -> ApiError:
        """Return the API's error for an exception that the current request met."""
        return mapped_error(error, self.exception_map)

    def error_response(self, error: Exception) -> Response:
        """Return the response to the current request for an exception."""
        found = self.error_for(error)
        # A mistyped path is what a developer looks for in the request log.
        self.services.lifecycle.note_error(self, found.reason or reason_of(error))
        return found.response()

    def reserved(self, context: RequestContext) -> Reserved | None:
        """Return the reserved identifier in the current request, None when there is none."""
        return None

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """Return the headers that show a quota; by default only the seconds to wait once it is used up."""
        return [] if count.retry_after is None else [("Retry-After", str(count.retry_after))]

    def paths(self, operation: Operation) -> tuple[str, ...]:
        """Return the paths of an operation, variables in braces."""
        return operation.paths

    def fast_routes(self) -> Mapping[str, FastRoute]:
        """Return the routes of the fast path, by path or by path without its last part."""
        return {}

    def owns(self, path: str) -> bool:
        """Whether a path belongs to the API, with or without an operation."""
        fixed = (each for operation in self.operations for each in self.paths(operation) if "{" not in each)
        return path in fixed or f"{path}/".startswith(tuple(f"{prefix}/" for prefix in self.path_prefixes))

    def _flask_view(self, endpoint: Endpoint) -> Callable[..., Response]:
        run = self.services.lifecycle.run

        def view(**variables: str) -> Response:
            return run(self, endpoint, variables)

        return view


def bearer_caller(bearer_auth: BearerAuth, note_of: Callable[[InactiveToken], str]) -> Caller:
    """
    Return the account of the current request's access token, expired and revoked ones included.

    Args:
        bearer_auth: Checks the token.
        note_of: Makes the note for the request log about a token that is not active any more.
    """
    try:
        return Caller(bearer_auth.authenticate(request.environ.get("HTTP_AUTHORIZATION")))
    except InactiveToken as error:
        return Caller(error.tenant, note_of(error))
    except OAuth2Error:
        return Caller(None)
