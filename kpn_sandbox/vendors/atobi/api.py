"""Atobi's API as the sandbox knows it: labels of its behaviors, rate limit, authentication, responses."""

from flask import Response, request

from kpn_sandbox.auth import BearerAuth, Tokens, TokenServer, presented_client_id
from kpn_sandbox.gateway.api import OWN, Behavior, Services, VendorApi, bearer_caller
from kpn_sandbox.gateway.error_handling import ApiError
from kpn_sandbox.gateway.operations import STATUSES, Endpoint
from kpn_sandbox.gateway.request_context import Caller, RequestContext
from kpn_sandbox.gateway.responses import JSON, rate_limit_headers, token_error_headers
from kpn_sandbox.tenants.quota import Quota, QuotaState
from kpn_sandbox.tenants.snapshot import StatePart
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.atobi.auth import FORMS, LIFE_SECONDS, token_form
from kpn_sandbox.vendors.atobi.errors import EXCEPTION_MAP, AtobiError, at_token_endpoint, error_for_status
from kpn_sandbox.vendors.atobi.openapi import document
from kpn_sandbox.vendors.atobi.operations import OPERATIONS, PAGE, TOKEN
from kpn_sandbox.vendors.atobi.postman import COLLECTION
from kpn_sandbox.vendors.atobi.records import check_stored_record
from kpn_sandbox.vendors.atobi.store import Inbox, identity, read_records, write_records
from kpn_sandbox.vendors.atobi.views import ENDPOINTS

THROTTLE = Quota(180, 1, "minute", retry_after=True)
"""
Rate limit of accounts without a quota of their own.

Source:
    help.atobi.io, "KPI integration", API Throttling: 180 requests in 1 minute by default.
"""

_LARAVEL = "laravel/framework"
_PASSPORT = "thephpleague/oauth2-server"

BEHAVIORS = (
    Behavior("`grant-type` and `application/x-www-urlencoded` as printed", "documented", PAGE),
    Behavior("`grant_type`, form-encoded, HTTP Basic, JSON", "inferred", f"RFC 6749; {_LARAVEL} for JSON"),
    Behavior("Token answer: Bearer, 3600 seconds as an integer, scope as asked for", "inferred", _PASSPORT),
    Behavior("Refusals of the token endpoint: `error`, `error_description`, `message`", "inferred", _PASSPORT),
    Behavior(
        "Of a repeated field of a token request the last value counts",
        "inferred",
        f"{_LARAVEL}: PHP keeps the last one",
    ),
    Behavior("`Cache-Control: no-store` on tokens and refusals of tokens", "inferred", "RFC 6749, section 5.1"),
    Behavior(
        "An empty text counts as null; a JSON number as `version` stands for one whose further parts are 0",
        "inferred",
        f"{_LARAVEL}: ConvertEmptyStringsToNull",
    ),
    Behavior("A refusal names a field as it was sent, `data_to` or `date_to`", "invented", OWN),
    Behavior("Mandatory and optional fields, `user_id` or `location_id`, object type `number`", "documented", PAGE),
    Behavior(
        "`data_from` and `data_to` as in the table, `date_from` and `date_to` as in the samples", "documented", PAGE
    ),
    Behavior("`Y-m-d H:i:s` is UTC; seconds since the epoch are taken, too", "inferred", PAGE),
    Behavior("2XX with a status in the body", "documented", PAGE),
    Behavior('The body itself, `{"status": "success", ...}`, and `"status": "error"` in refusals', "invented", OWN),
    Behavior("422 with the dotted path of each wrong field", "inferred", _LARAVEL),
    Behavior(
        "All or nothing; the same type, context and id replaces; an id twice in a body is refused", "invented", OWN
    ),
    Behavior("180 requests a minute, 429 `Too Many Attempts.`", "documented", PAGE),
    Behavior(
        "`X-RateLimit-` headers, `Retry-After`, fixed minutes of the account's clock, tokens counted apart",
        "inferred",
        _LARAVEL,
    ),
    Behavior(
        "API version `v1`, 404 for others; type `kpi`; bodies up to 1 MB; 415 for other content types", "invented", OWN
    ),
    Behavior("Any user and any location is taken", "invented", OWN),
)


class AtobiApi(VendorApi):
    """Atobi KPI integration."""

    key = "atobi"
    operations = OPERATIONS
    behaviors = BEHAVIORS
    endpoints = ENDPOINTS
    statuses = tuple(sorted({*STATUSES, 413, 415, 422}))
    path_prefixes = ("/api/external", "/oauth")
    default_quota = THROTTLE
    state_parts = (StatePart("inbox", check_stored_record, read_records, write_records, identity),)
    exception_map = EXCEPTION_MAP
    error_for_status = staticmethod(error_for_status)
    openapi_document = staticmethod(document)
    postman = COLLECTION

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        tokens = Tokens(services.sandbox, purpose=self.key, life_seconds=LIFE_SECONDS)
        self._bearer_auth = BearerAuth(tokens)
        self._token_server = TokenServer(tokens, services.authenticate)
        self._inbox = Inbox(services.sandbox.database)

    def authenticate(self, context: RequestContext) -> Tenant:
        """Return the account of the access token."""
        return self._bearer_auth.authenticate(request.environ.get("HTTP_AUTHORIZATION"))

    def identify(self) -> Caller:
        """Return the account of the access token, active or not, or of the client that requests one."""
        if request.path != TOKEN.path:
            return bearer_caller(self._bearer_auth, lambda error: "token expired or revoked")
        authorization = {"Authorization": request.headers.get("Authorization", "")}
        try:
            return self.services.identify(presented_client_id(authorization, token_form()))
        except AtobiError:
            return Caller(None)

    def respond(self, context: RequestContext, endpoint: Endpoint) -> Response:
        """Return the response of a view."""
        used = self._token_server if endpoint.operation is TOKEN else self._inbox
        response: Response = endpoint.view(context, used)
        return response

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """Return the headers by which Laravel shows a rate limit, which is assumed of Atobi."""
        return [*rate_limit_headers(count, with_reset=count.exceeded), *super().quota_headers(count)]

    def error_for(self, error: Exception) -> ApiError:
        """Return Atobi's error for an exception, in the shape of the token endpoint for its requests."""
        found = super().error_for(error)
        if request.path != TOKEN.path:
            return found
        found = at_token_endpoint(found)
        found.headers = [*found.headers, *token_error_headers(found.status, "OAuth", forms=(*FORMS, JSON[1]))]
        return found


API = AtobiApi
