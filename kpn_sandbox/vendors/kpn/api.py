"""
What the sandbox tells of this API: each operation and behavior with its label, and what may be pinned.

How KPN takes part in an exchange: whose a request is, how a quota is told, what is said when something is wrong.
"""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import Response, request
from marshmallow import Schema, fields

from kpn_sandbox.auth import BearerAuth
from kpn_sandbox.auth.errors import InactiveToken
from kpn_sandbox.gateway.api import Behavior, VendorApi
from kpn_sandbox.gateway.request_context import Caller
from kpn_sandbox.gateway.request_info import raw_path
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.quota import QuotaState
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.vendors.kpn import errors
from kpn_sandbox.vendors.kpn.auth import presented_client
from kpn_sandbox.vendors.kpn.headers import quota_headers
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, PAGE, STATUSES, TOKEN
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, QueueSchema, TrunkSchema

_APIGEE = "docs.apigee.com and captures of other Apigee gateways"
_OWN = "the sandbox's own"

BEHAVIORS = (
    Behavior(
        "Token with form credentials, `grant_type` in the query; body, key order and spelling of the token answer",
        "documented",
        f"{PAGE}, Get Access Token",
    ),
    Behavior("Credentials as HTTP Basic", "inferred", "apigee/api-platform-samples, default-proxies/oauth"),
    Behavior("400 `Required param : grant_type`, 401 `ClientId is Invalid`", "inferred", _APIGEE),
    Behavior("400 `Unsupported grant type : ...`", "invented", _OWN),
    Behavior(
        'Envelope `{"Error": null, "DataSet": {...}}`, keys, order, capitals, every value a string or null',
        "documented",
        f"{PAGE}, Result example",
    ),
    Behavior("401 faults for no, unknown, expired and revoked tokens, and `WWW-Authenticate`", "inferred", _APIGEE),
    Behavior("404 fault for a path that nobody owns", "inferred", _APIGEE),
    Behavior(
        "404 envelope for an unknown number, 400 envelope for one that is not 1 to 9 digits, 405 envelope",
        "invented",
        _OWN,
    ),
    Behavior("414 and 431 faults for a request line or headers too big for the gateway", "inferred", _APIGEE),
    Behavior("429 fault and `quota-` headers when a quota is set", "inferred", _APIGEE),
    Behavior(
        "`api-version`, `sunset` and HSTS headers", "documented", 'developer.kpn.com, "Response headers" (about 2020)'
    ),
    Behavior("`ETag`, `If-None-Match`, `If-Match`, `HEAD`, `OPTIONS`, CORS for any origin", "invented", _OWN),
    Behavior("All `X-Sandbox-` headers, `Prefer`, reserved numbers", "invented", _OWN),
)


def check_pin(schema: type[Schema], pinned: Mapping[str, Any]) -> dict[str, str]:
    """
    What is wrong with the fields of a pin.

    Returns:
        Per wrong field what would be right; nothing when all are as the schema spells them.
    """
    declared = schema()
    wrong = declared.validate(dict(pinned), partial=True)
    return {name: _allowed(declared.fields.get(name), ", ".join(declared.fields)) for name in map(str, wrong)}


def _allowed(field: "fields.Field[Any] | None", known: str) -> str:
    if field is None:
        return f"left out: the fields are {known}"
    if isinstance(field, fields.List):
        return "a list as in an answer"
    choices = [choice for validator in field.validators for choice in getattr(validator, "choices", ())]
    text = f"one of {', '.join(choices)}" if choices else "a string of digits" if field.validators else "a string"
    return f"{text}, or null" if field.allow_none else text


FACE = VendorApi(
    key="kpn",
    operations={each.key: Behavior(f"{each.method} {each.path}", each.label, each.source) for each in OPERATIONS},
    behaviors=BEHAVIORS,
    statuses=tuple(STATUSES),
    pins={
        "agents": partial(check_pin, AgentSchema),
        "queues": partial(check_pin, QueueSchema),
        "trunks": partial(check_pin, TrunkSchema),
    },
)


class KpnManners:
    """
    KPN's manners.

    Args:
        sandbox: Knows the accounts.
        guard: Knows whose a token is.
    """

    api = "kpn"
    statuses: Collection[int] = tuple(STATUSES)

    def __init__(self, sandbox: Sandbox, guard: BearerAuth) -> None:
        self._sandbox = sandbox
        self._guard = guard

    def caller(self) -> Caller:
        """Whose the current request is: by its token, good or spent, or by the client id that wants one."""
        return self._claimer() if request.path == TOKEN.path else self._bearer()

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """How KPN's gateway tells a quota."""
        return quota_headers(count)

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        return errors.refused(error, raw_path(request.environ)).response()

    def _bearer(self) -> Caller:
        try:
            return Caller(self._guard.authenticate(request.environ.get("HTTP_AUTHORIZATION")))
        except InactiveToken as error:
            return Caller(error.tenant, errors.refused(error, request.path).text)
        except OAuth2Error:
            return Caller(None)

    def _claimer(self) -> Caller:
        client_id = presented_client(request)
        try:
            return Caller(None if client_id is None else self._sandbox.tenant(client_id))
        except UnknownAccount:
            return Caller(None)
