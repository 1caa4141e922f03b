"""
How Atobi takes part in an exchange: whose a request is, how a quota is told, how something is refused.

What the sandbox tells of this API: each operation and behavior with its label.
"""

from collections.abc import Collection

from authlib.oauth2 import OAuth2Error
from flask import Response, request

from kpn_sandbox.auth import BearerAuth, presented_client_id
from kpn_sandbox.auth.errors import InactiveToken
from kpn_sandbox.gateway.api import STATUSES, Behavior, VendorApi
from kpn_sandbox.gateway.request_context import Caller
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.quota import QuotaState
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.vendors.atobi.auth import form_of
from kpn_sandbox.vendors.atobi.errors import Refusal, refused
from kpn_sandbox.vendors.atobi.operations import OPERATIONS, PAGE, TOKEN


class AtobiManners:
    """
    Atobi's manners.

    Args:
        sandbox: Knows the accounts.
        guard: Knows whose a token is.
    """

    api = "atobi"
    statuses: Collection[int] = sorted({*STATUSES, 413, 415, 422})

    def __init__(self, sandbox: Sandbox, guard: BearerAuth) -> None:
        self._sandbox = sandbox
        self._guard = guard

    def caller(self) -> Caller:
        """Whose the current request is: by its token, good or spent, or by the client id that wants one."""
        return self._claimer() if request.path == TOKEN.path else self._bearer()

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """How Laravel tells a limit, which is assumed."""
        told = [("X-RateLimit-Limit", str(count.limit)), ("X-RateLimit-Remaining", str(count.limit - count.used))]
        if count.exceeded:
            told.append(("X-RateLimit-Reset", str(count.resets_at)))
        if count.retry_after is not None:
            told.append(("Retry-After", str(count.retry_after)))
        return told

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        return refused(error, request.path).response()

    def _bearer(self) -> Caller:
        try:
            return Caller(self._guard.authenticate(request.environ.get("HTTP_AUTHORIZATION")))
        except InactiveToken as error:
            return Caller(error.tenant, "token expired or revoked")
        except OAuth2Error:
            return Caller(None)

    def _claimer(self) -> Caller:
        try:
            client_id = presented_client_id(
                {"Authorization": request.headers.get("Authorization", "")}, form_of(request)
            )
            return Caller(None if client_id is None else self._sandbox.tenant(client_id))
        except (UnknownAccount, Refusal):
            return Caller(None)


_OWN = "the sandbox's own"
_LARAVEL = "laravel/framework"
_PASSPORT = "thephpleague/oauth2-server"

BEHAVIORS = (
    Behavior("`grant-type` and `application/x-www-urlencoded` as printed", "documented", PAGE),
    Behavior("`grant_type`, form-encoded, HTTP Basic, JSON", "inferred", "RFC 6749"),
    Behavior("Token answer: Bearer, 3600 seconds as an integer, scope as asked for", "inferred", _PASSPORT),
    Behavior("Refusals of the token endpoint: `error`, `error_description`, `message`", "inferred", _PASSPORT),
    Behavior("Mandatory and optional fields, `user_id` or `location_id`, object type `number`", "documented", PAGE),
    Behavior(
        "`data_from` and `data_to` as in the table, `date_from` and `date_to` as in the samples", "documented", PAGE
    ),
    Behavior("`Y-m-d H:i:s` is UTC; seconds since the epoch are taken, too", "inferred", PAGE),
    Behavior("2XX with a status in the body", "documented", PAGE),
    Behavior('The body itself, `{"status": "success", ...}`, and `"status": "error"` in refusals', "invented", _OWN),
    Behavior("422 with the dotted path of each wrong field", "inferred", _LARAVEL),
    Behavior(
        "All or nothing; the same type, context and id replaces; an id twice in a body is refused", "invented", _OWN
    ),
    Behavior("180 requests a minute, 429 `Too Many Attempts.`", "documented", PAGE),
    Behavior(
        "`X-RateLimit-` headers, `Retry-After`, fixed minutes of the account's clock, tokens counted apart",
        "inferred",
        _LARAVEL,
    ),
    Behavior(
        "API version `v1`, 404 for others; type `kpi`; bodies up to 1 MB; 415 for other content types", "invented", _OWN
    ),
    Behavior("Any user and any location is taken", "invented", _OWN),
)

FACE = VendorApi(
    key="atobi",
    operations={each.key: Behavior(f"{each.method} {each.path}", each.label, each.source) for each in OPERATIONS},
    behaviors=BEHAVIORS,
    statuses=AtobiManners.statuses,
)
