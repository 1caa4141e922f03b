"""
A vendor's API as the rest of the sandbox sees it: one class per vendor, one object per application.

Facts that hold without an application (operations, labels, statuses) are class attributes, so command line, documents
and schemas read them without a database. What a request needs is on the object that `register` makes.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from flask import Blueprint, Flask, Response

from kpn_sandbox.gateway.cors import ANY_ORIGIN, CorsPolicy
from kpn_sandbox.gateway.fast_path import FastRoute
from kpn_sandbox.gateway.operations import STATUSES, Endpoint, Operation
from kpn_sandbox.gateway.postman import Collection as PostmanCollection
from kpn_sandbox.gateway.request_context import Caller, RequestContext, RequestLifecycle, Reserved
from kpn_sandbox.literals import ApiKey, FidelityLabel, ObjectKind
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation.history import History
from kpn_sandbox.tenants.accounts import Account, CredentialKind
from kpn_sandbox.tenants.quota import Quota, QuotaState
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant

PinCheck = Callable[[Mapping[str, Any]], Mapping[str, str]]
"""Takes the fields of a pin; returns for each wrong one what would be right."""


@dataclass(frozen=True)
class Behavior:
    """An operation or a behavior, and how well it is known: `documented`, `inferred` or `invented`."""

    name: str
    label: FidelityLabel
    source: str


@dataclass(frozen=True)
class Services:
    """
    Parts of the application that the APIs share.

    Args:
        settings: Settings of the start.
        sandbox: Accounts and their stores.
        lifecycle: Runs the requests.
        history: Calls of earlier days.
    """

    settings: Settings
    sandbox: Sandbox
    lifecycle: RequestLifecycle
    history: History

    def authenticate(self, client_id: str, secret: str) -> Account | None:
        """Return the account of these credentials; when lenient, any credentials create one. None when wrong."""
        accounts = self.sandbox.accounts
        lenient = self.settings.lenient
        return (accounts.authenticate_or_create if lenient else accounts.authenticate)(client_id, secret)


class VendorApi(ABC):
    """
    An API of a vendor.

    Args:
        services: Parts of the application that the APIs share.
    """

    key: ClassVar[ApiKey]
    """Identifies the API in settings, faults and logs."""
    operations: ClassVar[tuple[Operation, ...]]
    behaviors: ClassVar[tuple[Behavior, ...]]
    """Behaviors beside the operations, with their labels."""
    endpoints: ClassVar[tuple[Endpoint, ...]]
    """The view of each operation."""
    statuses: ClassVar[Collection[int]] = STATUSES
    """Statuses that a client or a fault may force, each in the API's own shape."""
    pin_checks: ClassVar[Mapping[ObjectKind, PinCheck]] = {}
    path_prefixes: ClassVar[tuple[str, ...]] = ()
    """Paths below which everything is the API's, operations or not."""
    credential_kinds: ClassVar[tuple[CredentialKind, ...]] = ()
    """Credentials of the API that follow from an account's id and secret, and are stored beside them."""
    default_quota: ClassVar[Quota | None] = None
    """Rate limit of accounts without a quota of their own."""
    cors: ClassVar[CorsPolicy] = ANY_ORIGIN
    postman: ClassVar[PostmanCollection]

    def __init__(self, services: Services) -> None:
        self.services = services

    @classmethod
    def register(cls, app: Flask, services: Services) -> Self:
        """
        Add the API to an application.

        Args:
            app: Gets the routes.
            services: Parts of the application that the APIs share.

        Returns:
            The API of this application.
        """
        api = cls(services)
        blueprint = Blueprint(cls.key, __name__)
        methods: dict[str, list[str]] = {}
        for each in cls.endpoints:
            for number, path in enumerate(api.paths(each.operation)):
                rule, name = _rule(path), f"{each.operation.key}_{number}"
                blueprint.add_url_rule(
                    rule, name, api._flask_view(each), methods=[*each.methods], provide_automatic_options=False
                )
                methods.setdefault(rule, []).append(each.operation.method)
        for number, (rule, known) in enumerate(methods.items()):
            preflight = cls.cors.preflight([*known, "HEAD"] if "GET" in known else known)
            blueprint.add_url_rule(
                rule, f"preflight_{number}", preflight, methods=["OPTIONS"], provide_automatic_options=False
            )
        app.register_blueprint(blueprint)
        return api

    @classmethod
    @abstractmethod
    def openapi_document(cls, base_url: str) -> dict[str, Any]:
        """Return the OpenAPI document for a sandbox at that URL."""

    @classmethod
    def fidelity(cls) -> tuple[list[Behavior], list[Behavior]]:
        """Return how well each operation and each further behavior is known."""
        known = [Behavior(f"{each.method} {each.path}", each.label, each.source) for each in cls.operations]
        return known, list(cls.behaviors)

    @abstractmethod
    def authenticate(self, context: RequestContext) -> Tenant:
        """
        Return the account of the current request.

        Raises:
            Exception: What the API's exception map turns into a 401, or another refusal of the credentials.
        """

    @abstractmethod
    def identify(self) -> Caller:
        """Return the account that the current request is logged for although it was rejected."""

    @abstractmethod
    def respond(self, context: RequestContext, endpoint: Endpoint) -> Response:
        """
        Call the view of an endpoint and return its result as a response.

        Args:
            context: Context of the current request.
            endpoint: Endpoint of its operation.
        """

    @abstractmethod
    def error_response(self, error: Exception) -> Response:
        """Return the response to the current request for an exception, in the API's shape."""

    @abstractmethod
    def error_for_status(self, status: int, operation: Operation, subject: str = "") -> Exception:
        """
        Return the error that a forced status answers with.

        Args:
            status: 300 or more.
            operation: Operation of the request.
            subject: What a 404 shall name; empty for nothing in particular.
        """

    def reserved(self, context: RequestContext) -> Reserved | None:
        """Return the reserved identifier in the current request, None when there is none."""
        return None

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """Return the headers that show a quota; only how long to wait once it is used up, unless an API has more."""
        return [] if count.retry_after is None else [("Retry-After", str(count.retry_after))]

    def paths(self, operation: Operation) -> tuple[str, ...]:
        """Return the paths of an operation, variables in braces."""
        return operation.paths

    def fast_routes(self) -> Mapping[str, FastRoute]:
        """Return the routes of the fast path, by path or by path without its last part."""
        return {}

    def owns(self, path: str) -> bool:
        """Whether a path is the API's, whether or not it has an operation there."""
        fixed = (each for operation in self.operations for each in self.paths(operation) if "{" not in each)
        return path in fixed or path.startswith(tuple(f"{prefix}/" for prefix in self.path_prefixes))

    def _flask_view(self, endpoint: Endpoint) -> Callable[..., Response]:
        run = self.services.lifecycle.run

        def view(**variables: str) -> Response:
            return run(self, endpoint, variables)

        return view


def _rule(path: str) -> str:
    """Write a path as Flask does."""
    return path.replace("{", "<").replace("}", ">")
