"""
How Atobi takes part in an exchange: whose a request is, how a quota is told, how something is refused.

What the sandbox tells of this API: each operation and behavior with its label.
"""

from collections.abc import Collection

from authlib.oauth2 import OAuth2Error
from flask import Response, request

from kpn_sandbox.auth import Guard, claimed_id
from kpn_sandbox.auth.errors import SpentToken
from kpn_sandbox.gateway.api import STATUSES, Face, Known
from kpn_sandbox.gateway.request_context import Caller
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.quota import Count
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

    def __init__(self, sandbox: Sandbox, guard: Guard) -> None:
        self._sandbox = sandbox
        self._guard = guard

    def caller(self) -> Caller:
        """Whose the current request is: by its token, good or spent, or by the client id that wants one."""
        return self._claimer() if request.path == TOKEN.path else self._bearer()

    def quota_headers(self, count: Count) -> list[tuple[str, str]]:
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
            return Caller(self._guard.tenant(request.environ.get("HTTP_AUTHORIZATION")))
        except SpentToken as error:
            return Caller(error.tenant, "token expired or revoked")
        except OAuth2Error:
            return Caller(None)

    def _claimer(self) -> Caller:
        try:
            client_id = claimed_id({"Authorization": request.headers.get("Authorization", "")}, form_of(request))
            return Caller(None if client_id is None else self._sandbox.tenant(client_id))
        except (UnknownAccount, Refusal):
            return Caller(None)


_OWN = "the sandbox's own"
_LARAVEL = "laravel/framework"
_PASSPORT = "thephpleague/oauth2-server"

BEHAVIORS = (
    Known("`grant-type` and `application/x-www-urlencoded` as printed", "documented", PAGE),
    Known("`grant_type`, form-encoded, HTTP Basic, JSON", "inferred", "RFC 6749"),
    Known("Token answer: Bearer, 3600 seconds as an integer, scope as asked for", "inferred", _PASSPORT),
    Known("Refusals of the token endpoint: `error`, `error_description`, `message`", "inferred", _PASSPORT),
    Known("Mandatory and optional fields, `user_id` or `location_id`, object type `number`", "documented", PAGE),
    Known("`data_from` and `data_to` as in the table, `date_from` and `date_to` as in the samples", "documented", PAGE),
    Known("`Y-m-d H:i:s` is UTC; seconds since the epoch are taken, too", "inferred", PAGE),
    Known("2XX with a status in the body", "documented", PAGE),
    Known('The body itself, `{"status": "success", ...}`, and `"status": "error"` in refusals', "invented", _OWN),
    Known("422 with the dotted path of each wrong field", "inferred", _LARAVEL),
    Known("All or nothing; the same type, context and id replaces; an id twice in a body is refused", "invented", _OWN),
    Known("180 requests a minute, 429 `Too Many Attempts.`", "documented", PAGE),
    Known("`X-RateLimit-` headers, `Retry-After`, fixed minutes of the account's clock, tokens counted apart",
          "inferred", _LARAVEL),
    Known("API version `v1`, 404 for others; type `kpi`; bodies up to 1 MB; 415 for other content types",
          "invented", _OWN),
    Known("Any user and any location is taken", "invented", _OWN),
)

FACE = Face(
    key="atobi",
    operations={each.key: Known(f"{each.method} {each.path}", each.label, each.source) for each in OPERATIONS},
    behaviors=BEHAVIORS,
    statuses=AtobiManners.statuses,
)
