"""KPN's API as the sandbox knows it: labels of its behaviors, checks of pins, authentication, responses."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from authlib.oauth2 import OAuth2Error
from flask import Response, request
from marshmallow import Schema, fields
from werkzeug.exceptions import NotFound

from kpn_sandbox.auth import BearerAuth, Tokens, TokenServer
from kpn_sandbox.gateway.api import OWN, Behavior, Services, VendorApi, bearer_caller
from kpn_sandbox.gateway.error_handling import ApiError
from kpn_sandbox.gateway.fast_path import CacheableRequest, FastRoute
from kpn_sandbox.gateway.operations import RESERVED, Endpoint, Operation
from kpn_sandbox.gateway.request_context import Caller, RequestContext, Reserved
from kpn_sandbox.gateway.request_info import AUTHENTICATED, raw_path
from kpn_sandbox.gateway.responses import token_error_headers
from kpn_sandbox.tenants.quota import QuotaState
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kpn.auth import LIFE_SECONDS, grant_type_hint, presented_client
from kpn_sandbox.vendors.kpn.errors import EXCEPTION_MAP, UnknownPathError, at_token_endpoint, error_for_status
from kpn_sandbox.vendors.kpn.headers import CORS, HEADERS, quota_headers
from kpn_sandbox.vendors.kpn.openapi import document
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, PAGE, STATUSES, TOKEN
from kpn_sandbox.vendors.kpn.postman import COLLECTION
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, QueueSchema, TrunkSchema
from kpn_sandbox.vendors.kpn.views import (
    ENDPOINTS,
    RESOURCE_ENDPOINTS,
    ResourceResponses,
    parse_number,
    resource_response,
)

_APIGEE = "docs.apigee.com and captures of other Apigee gateways"
_HEADERS = 'developer.kpn.com, "Response headers" (about 2020)'

BEHAVIORS = (
    Behavior(
        "Token with form credentials, `grant_type` in the query; body, key order and spelling of the token answer",
        "documented",
        f"{PAGE}, Get Access Token",
    ),
    Behavior("Credentials as HTTP Basic", "inferred", "apigee/api-platform-samples, default-proxies/oauth"),
    Behavior("400 `Required param : grant_type`, 401 `ClientId is Invalid`", "inferred", _APIGEE),
    Behavior(
        "Of a repeated `grant_type`, `client_id` or `client_secret` the first value counts",
        "inferred",
        f"{_APIGEE}: a flow variable of a parameter is its first value",
    ),
    Behavior(
        "A form is `application/x-www-form-urlencoded`; credentials in `multipart/form-data` or JSON are none, 401",
        "inferred",
        f"{_APIGEE}: form parameters are those of this content type",
    ),
    Behavior(
        "`Cache-Control: no-store` on tokens and refusals, `WWW-Authenticate: Basic` on refusals of HTTP Basic",
        "inferred",
        "RFC 6749, sections 5.1 and 5.2",
    ),
    Behavior(
        "Token answer as printed since 2020 with `--token-body v2`",
        "inferred",
        "developer.kpn.com, authentication pages of KPN's other APIs; github.com/roaldnefs/kpn-api-store-python",
    ),
    Behavior(
        "Token endpoint with GET: 400 without `grant_type`, else 405",
        "inferred",
        "api-evangelist/kpn, review.yml: the bare address answers 400; 405 is the sandbox's own",
    ),
    Behavior(
        "`Authorization: BearerToken` with `--lenient`, as clients of 2018 send it",
        "inferred",
        "public clients of KPN's API Store",
    ),
    Behavior("400 `Unsupported grant type : ...`", "invented", OWN),
    Behavior(
        'Envelope `{"Error": null, "DataSet": {...}}`, keys, order, capitals, every value a string or null',
        "documented",
        f"{PAGE}, Result example",
    ),
    Behavior(
        "The six resources also below `/communication/kpn/dashboard-server`",
        "inferred",
        "api-evangelist/kpn, openapi: the paths of KPN's other APIs; the page's copies have lost its own",
    ),
    Behavior(
        "`Status` also `AUX`, `AVAIL` and `RINGING`, `Reason` with `AUX` only, `Direction` also `OUT`",
        "inferred",
        "documentation.avaya.com, Administering CMS: the vocabulary that the page's values are from",
    ),
    Behavior("401 faults for no, unknown, expired and revoked tokens, and `WWW-Authenticate`", "inferred", _APIGEE),
    Behavior("404 fault for a path that nobody owns", "inferred", _APIGEE),
    Behavior(
        "404 envelope for an unknown number, 400 envelope for one that is not 1 to 9 digits, 405 envelope",
        "invented",
        OWN,
    ),
    Behavior("414 and 431 faults for a request line or headers too big for the gateway", "inferred", _APIGEE),
    Behavior("429 fault when a quota is used up", "inferred", _APIGEE),
    Behavior("`quota-` headers when a quota is set", "documented", _HEADERS),
    Behavior("`api-version`, `sunset` and HSTS headers", "documented", _HEADERS),
    Behavior("`ETag`, `If-None-Match`, `If-Match`, `HEAD`, `OPTIONS`, CORS for any origin", "invented", OWN),
    Behavior("All `X-Sandbox-` headers, `Prefer`, reserved numbers", "invented", OWN),
    Behavior("A call that an agent makes: `ACD` and `OUT` from dialing on, no `VDN`, a `SEIZED` port", "invented", OWN),
)


def check_pin(schema: type[Schema], pinned: Mapping[str, Any]) -> dict[str, str]:
    """
    Check the fields of a pin.

    Args:
        schema: Schema of the pinned object.
        pinned: Fields of the pin by KPN's names.

    Returns:
        For each wrong field the values that are right; empty when all fields are as in a response.
    """
    declared = schema()
    wrong = declared.validate(dict(pinned), partial=True)
    return {name: _allowed(declared.fields.get(name), ", ".join(declared.fields)) for name in map(str, wrong)}


def _allowed(field: "fields.Field[Any] | None", names: str) -> str:
    if field is None:
        return f"left out: the fields are {names}"
    if isinstance(field, fields.List):
        return "a list as in an answer"
    choices = [choice for validator in field.validators for choice in getattr(validator, "choices", ())]
    text = f"one of {', '.join(choices)}" if choices else "a string of digits" if field.validators else "a string"
    return f"{text}, or null" if field.allow_none else text


class KpnApi(VendorApi):
    """KPN Dashboard Server."""

    key = "kpn"
    operations = OPERATIONS
    behaviors = BEHAVIORS
    endpoints = ENDPOINTS
    statuses = tuple(STATUSES)
    pin_checks = {
        "agents": partial(check_pin, AgentSchema),
        "queues": partial(check_pin, QueueSchema),
        "trunks": partial(check_pin, TrunkSchema),
    }
    # Below Atobi's "/oauth" these are proxies of KPN's gateway: the second one issues tokens for another of its APIs.
    path_prefixes = (TOKEN.path.rpartition("/")[0], "/oauth/grip")
    cors = CORS
    common_headers = HEADERS
    redirects = (301, 302, 303, 307, 308)
    exception_map = EXCEPTION_MAP
    error_for_status = staticmethod(error_for_status)
    openapi_document = staticmethod(document)
    postman = COLLECTION

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self.tokens = Tokens(services.sandbox, purpose=self.key, life_seconds=LIFE_SECONDS)
        # Clients of 2018 send the type that the gateway's tokens had by default then.
        self.bearer_auth = BearerAuth(self.tokens, "BearerToken" if services.settings.lenient else "")
        self._token_server = TokenServer(self.tokens, services.authenticate)
        self._responses = ResourceResponses(services.sandbox.pins, services.sandbox.cache_bytes // 16)
        self._base_path = services.settings.base_path.rstrip("/")

    def paths(self, operation: Operation) -> tuple[str, ...]:
        """Return the paths of an operation; resources have a second one below the base path."""
        has_two = self._base_path and operation is not TOKEN
        return (operation.path, self._base_path + operation.path) if has_two else (operation.path,)

    def authenticate(self, context: RequestContext) -> Tenant:
        """Return the account of the access token."""
        return self.bearer_auth.authenticate(request.environ.get("HTTP_AUTHORIZATION"))

    def identify(self) -> Caller:
        """Return the account of the access token, active or not, or of the client that requests one."""
        if request.path == TOKEN.path:
            return self.services.identify(presented_client())
        return bearer_caller(self.bearer_auth, lambda error: self.error_for(error).text)

    def reserved(self, context: RequestContext) -> Reserved | None:
        """Return the reserved number in the path, None when there is none."""
        operation = context.operation
        if operation is None or not operation.parameter:
            return None
        number = parse_number(operation, context.variables[operation.parameter])
        return Reserved(RESERVED[number], f"{operation.subject} {number}") if number in RESERVED else None

    def respond(self, context: RequestContext, endpoint: Endpoint) -> Response:
        """Return the response of a view: JSON of its `DataSet`, conditional and cached for the second."""
        if endpoint.operation is TOKEN:
            response: Response = endpoint.view(context, self._token_server, self.services.settings)
            return response
        number, operation = None, endpoint.operation
        # A reserved number that only forces another success shows the first object.
        if operation.parameter and not context.is_reserved:
            number = parse_number(operation, context.variables[operation.parameter])
        return resource_response(self._responses.find(endpoint, context.account, context.at // 1, number))

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """Return the headers of the gateway that show a quota."""
        return quota_headers(count)

    def error_for(self, error: Exception) -> ApiError:
        """Return KPN's error for an exception; for an unknown path below the base path only with an active token."""
        below_base_path = bool(self._base_path) and f"{request.path}/".startswith(f"{self._base_path}/")
        if below_base_path and isinstance(error, NotFound):
            try:
                self.bearer_auth.authenticate(request.environ.get("HTTP_AUTHORIZATION"))
            except OAuth2Error as unauthorized:
                error = unauthorized
        path = raw_path(request.environ)
        if isinstance(error, NotFound):
            return UnknownPathError(path)
        found = super().error_for(error)
        if path != TOKEN.path:
            return found
        found = at_token_endpoint(found) if found is not error else found
        found.headers = [*found.headers, *token_error_headers(found.status, "Apigee")]
        if found.status == 400:
            found.headers += grant_type_hint()
        return found

    def fast_routes(self) -> dict[str, FastRoute]:
        """Return the routes of the fast path: each resource at both of its paths."""
        return {
            path.partition("/{")[0]: partial(self._cacheable, endpoint)
            for endpoint in RESOURCE_ENDPOINTS
            for path in self.paths(endpoint.operation)
        }

    def _cacheable(
        self, endpoint: Endpoint, environ: dict[str, Any], last_part: str | None, at: float | None
    ) -> CacheableRequest | None:
        operation = endpoint.operation
        if (last_part is None) != (not operation.parameter):
            return None
        tenant = self.bearer_auth.authenticate(environ.get("HTTP_AUTHORIZATION"))
        number = None if last_part is None else parse_number(operation, last_part)
        if tenant.quota or tenant.plans or number in RESERVED or tenant.counts_reads(operation.kind):
            environ[AUTHENTICATED] = tenant
            return None
        instant = (tenant.now() if at is None else at) // 1
        return CacheableRequest(
            tenant, self.key, operation.key, self._responses.find(endpoint, tenant, instant, number)
        )


API = KpnApi
