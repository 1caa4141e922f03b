"""Atobi's API as the sandbox knows it: labels of its behaviors, and the way of its requests."""

from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import Response, request

from kpn_sandbox.auth import BearerAuth, Tokens, TokenServer, presented_client_id
from kpn_sandbox.auth.errors import InactiveToken
from kpn_sandbox.gateway.api import Behavior, Services, VendorApi
from kpn_sandbox.gateway.operations import STATUSES, Endpoint, Operation
from kpn_sandbox.gateway.request_context import Caller, RequestContext
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.quota import Quota, QuotaState
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.atobi.auth import LIFE_SECONDS, AtobiTokenEndpoint, form_of
from kpn_sandbox.vendors.atobi.errors import AtobiError, error_for, error_for_status
from kpn_sandbox.vendors.atobi.openapi import document
from kpn_sandbox.vendors.atobi.operations import OPERATIONS, PAGE, TOKEN
from kpn_sandbox.vendors.atobi.postman import COLLECTION
from kpn_sandbox.vendors.atobi.store import Inbox
from kpn_sandbox.vendors.atobi.views import ENDPOINTS

THROTTLE = Quota(180, 1, "minute", retry_after=True)
"""
Rate limit of accounts without a quota of their own.

Source:
    help.atobi.io, "KPI integration", API Throttling: 180 requests in 1 minute by default.
"""

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


class AtobiApi(VendorApi):
    """Atobi KPI integration."""

    key = "atobi"
    operations = OPERATIONS
    behaviors = BEHAVIORS
    endpoints = ENDPOINTS
    statuses = tuple(sorted({*STATUSES, 413, 415, 422}))
    path_prefixes = ("/api/external",)
    default_quota = THROTTLE
    postman = COLLECTION

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        tokens = Tokens(services.sandbox, purpose=self.key, life_seconds=LIFE_SECONDS)
        self._bearer_auth = BearerAuth(tokens)
        self._token_endpoint = AtobiTokenEndpoint(TokenServer(tokens, services.authenticate))
        self._inbox = Inbox(services.sandbox.database)

    @classmethod
    def openapi_document(cls, base_url: str) -> dict[str, Any]:
        """Return the OpenAPI document for a sandbox at that URL."""
        return document(base_url)

    def authenticate(self, context: RequestContext) -> Tenant:
        """
        Return the account of the bearer token.

        Raises:
            OAuth2Error: No token, or one that is unknown, expired or revoked.
        """
        return self._bearer_auth.authenticate(request.environ.get("HTTP_AUTHORIZATION"))

    def identify(self) -> Caller:
        """Return the account of the token, active or not, or of the client id that asks for one."""
        return self._presenting_client() if request.path == TOKEN.path else self._presenting_token()

    def respond(self, context: RequestContext, endpoint: Endpoint) -> Response:
        """
        Return the response of a view.

        Raises:
            Exception: Whatever the view raises.
        """
        response: Response = endpoint.view(
            context, self._token_endpoint if endpoint.operation is TOKEN else self._inbox
        )
        return response

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """Return the headers by which Laravel shows a rate limit, which is assumed."""
        headers = [("X-RateLimit-Limit", str(count.limit)), ("X-RateLimit-Remaining", str(count.limit - count.used))]
        if count.exceeded:
            headers.append(("X-RateLimit-Reset", str(count.resets_at)))
        return [*headers, *super().quota_headers(count)]

    def error_response(self, error: Exception) -> Response:
        """Return the response for an exception."""
        self.services.lifecycle.open_unmatched(self)
        return error_for(error, request.path).response()

    def error_for_status(self, status: int, operation: Operation, subject: str = "") -> Exception:
        """Return the error that a forced status answers with."""
        return error_for_status(status, request.base_url, request.path)

    def _presenting_token(self) -> Caller:
        try:
            return Caller(self._bearer_auth.authenticate(request.environ.get("HTTP_AUTHORIZATION")))
        except InactiveToken as error:
            return Caller(error.tenant, "token expired or revoked")
        except OAuth2Error:
            return Caller(None)

    def _presenting_client(self) -> Caller:
        authorization = {"Authorization": request.headers.get("Authorization", "")}
        try:
            client_id = presented_client_id(authorization, form_of(request))
            return Caller(None if client_id is None else self.services.sandbox.tenant(client_id))
        except (UnknownAccount, AtobiError):
            return Caller(None)


API = AtobiApi
