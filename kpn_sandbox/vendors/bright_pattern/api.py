"""Bright Pattern's API as the sandbox knows it: labels of its behaviors, authentication, responses."""

from operator import itemgetter
from typing import Any

from flask import Response, request

from kpn_sandbox.gateway.api import OWN, Behavior, Services, VendorApi
from kpn_sandbox.gateway.error_handling import ApiError
from kpn_sandbox.gateway.fast_path import CacheableRequest, FastRoute
from kpn_sandbox.gateway.operations import Endpoint
from kpn_sandbox.gateway.request_context import Caller, RequestContext
from kpn_sandbox.gateway.responses import FORM, NO_STORE, rate_limit_headers, token_error_headers
from kpn_sandbox.tenants.quota import QuotaState
from kpn_sandbox.tenants.snapshot import StatePart
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.bright_pattern.auth import BrightPatternAuth
from kpn_sandbox.vendors.bright_pattern.context import StatisticsRequest, StatisticsServices
from kpn_sandbox.vendors.bright_pattern.errors import EXCEPTION_MAP, at_token_endpoint, error_for_status
from kpn_sandbox.vendors.bright_pattern.headers import CORS
from kpn_sandbox.vendors.bright_pattern.openapi import document
from kpn_sandbox.vendors.bright_pattern.operations import (
    AVAILABLE_AGENTS,
    DATA,
    LOGIN,
    LOGOUT,
    OPERATIONS,
    REFERENCE,
    SAMPLES,
    STATUSES,
    TOKEN,
    WALLBOARD,
    WIKI,
)
from kpn_sandbox.vendors.bright_pattern.postman import COLLECTION
from kpn_sandbox.vendors.bright_pattern.schemas import check_wallboard
from kpn_sandbox.vendors.bright_pattern.store import MOST_WALLBOARDS, read_wallboards, write_wallboards
from kpn_sandbox.vendors.bright_pattern.views import ENDPOINTS
from kpn_sandbox.vendors.bright_pattern.views.configuration import tenant_of_url
from kpn_sandbox.vendors.bright_pattern.views.subscriptions import cacheable_data

_METRICS = "help3x.brightpattern.com, Supervisor guide, lists of service and agent metrics"

BEHAVIORS = (
    Behavior(
        "Session token in the body and as cookies `X-STATSAPI-TOKEN`, `-TENANT`, `-LOGIN`", "documented", REFERENCE
    ),
    Behavior("`privileges` and `user_id` in the answer to a log-in", "documented", REFERENCE),
    Behavior("A session ends at the next log-in of the same user", "documented", REFERENCE),
    Behavior("403 `illegal login attempt` once the old way to log in is closed", "documented", REFERENCE),
    Behavior(
        "Session as cookie or header `X-BP-SESSION-ID`, or as `Authorization` with or without `Bearer`",
        "inferred",
        f"{SAMPLES}; github.com/i4way-hong/BP_Statistics",
    ),
    Behavior("Upper-case hexadecimal access token, `expires_in` as a string", "documented", REFERENCE),
    Behavior("An access token that lives is handed out again with its remaining life", "inferred", SAMPLES),
    Behavior("Of a repeated field of a token request the first value counts", "invented", OWN),
    Behavior(
        "`Cache-Control: no-store` on tokens and refusals, `WWW-Authenticate: Basic` on refusals of HTTP Basic",
        "inferred",
        "RFC 6749, sections 5.1 and 5.2",
    ),
    Behavior("`client id+label` is one more user of the same account", "invented", OWN),
    Behavior(
        "`stat_name` or `statName`, `order_by` or `order`, ids and limits as numbers or texts", "inferred", REFERENCE
    ),
    Behavior("Filter, order, limit, `SUM`, dispositions of a column", "documented", WIKI),
    Behavior(
        "Numbers compared as numbers, else texts whatever their case; filter before order before limit; empty values "
        "last; agents by last name",
        "invented",
        OWN,
    ),
    Behavior("`stats_totals_service_ids`, `team_ids`, `service_ids`, `logged_in_agents_only`", "documented", REFERENCE),
    Behavior("`stats_totals_dispositions`; `my_subteam_only`, which changes nothing", "inferred", REFERENCE),
    Behavior("Every value a string, empty where it is not defined; only the parts subscribed to", "inferred", SAMPLES),
    Behavior("Names of the statistics", "inferred", f"{WALLBOARD}, app/stats-def.factory.js"),
    Behavior("Meaning of the statistics, service level formula", "inferred", _METRICS),
    Behavior("`*_ratio_per_day` from 0 to 1; `*_percent_per_day` and service levels from 0 to 100", "invented", OWN),
    Behavior("Statistics of totals in service grids and the other way round", "invented", OWN),
    Behavior(
        "A second subscription takes the place of the first; 409 at a limit of users of the account", "inferred", WIKI
    ),
    Behavior("204 in the first second of a subscription", "inferred", WIKI),
    Behavior("404 for deleting a subscription that is not there", "inferred", WALLBOARD),
    Behavior("`error_code` and `error_message` of a 400", "documented", WIKI),
    Behavior("The codes themselves, and the same shape for 401, 404, 405, 409, 429 and 5xx", "invented", OWN),
    Behavior('Dispositions as `{"dispositions": [...]}`', "documented", WIKI),
    Behavior("Dispositions as a bare array, by a setting or by `?format=array`", "documented", REFERENCE),
    Behavior("What the four flags of dispositions select together", "invented", OWN),
    Behavior("`send_time` in epoch seconds; chat messages with the last one first", "invented", OWN),
    Behavior("Wallboards are stored; a change sets the one property that the path names", "inferred", WALLBOARD),
    Behavior(
        "Wallboards belong to the account; at most one is the default, and a new default one takes its place",
        "invented",
        OWN,
    ),
    Behavior(
        "CORS with credentials; `Last-Modified`, `Expires` and `Cache-Control` of recorded answers", "inferred", SAMPLES
    ),
    Behavior("Pins that are set in KPN's terms hold here, too", "invented", OWN),
    Behavior("`X-RateLimit-` headers when a quota is set; all `X-Sandbox-` headers, `Prefer`", "invented", OWN),
)


class BrightPatternApi(VendorApi):
    """Bright Pattern Real-Time Statistics API."""

    key = "bright_pattern"
    operations = OPERATIONS
    behaviors = BEHAVIORS
    endpoints = ENDPOINTS
    statuses = tuple(STATUSES)
    path_prefixes = ("/statsapi", "/configapi")
    state_parts = (
        StatePart("wallboards", check_wallboard, read_wallboards, write_wallboards, itemgetter("id"), MOST_WALLBOARDS),
    )
    cors = CORS
    exception_map = EXCEPTION_MAP
    error_for_status = staticmethod(error_for_status)
    openapi_document = staticmethod(document)
    postman = COLLECTION

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._auth = BrightPatternAuth(services)
        self._statistics = StatisticsServices(services)

    def authenticate(self, context: RequestContext) -> Tenant:
        """Return the account of the session, or that of the tenant URL for the operation that needs no session."""
        if context.operation is AVAILABLE_AGENTS:
            return tenant_of_url(request, self._statistics)
        session = self._auth.session(request.environ)
        context.user = session.user
        return session.tenant

    def identify(self) -> Caller:
        """Return the account of the session, active or not, or of the user who requests one."""
        if request.method == "POST" and request.path in (LOGIN.path, TOKEN.path):
            return Caller(self._auth.requesting_owner())
        return Caller(self._auth.owner())

    def respond(self, context: RequestContext, endpoint: Endpoint) -> Response:
        """Return the response of a view, with the CORS headers for the page of the request."""
        response: Response
        if endpoint.operation in (LOGIN, LOGOUT, TOKEN):
            response = endpoint.view(context, self._auth)
        else:
            tenant, at = context.account, context.at // 1
            response = endpoint.view(StatisticsRequest(tenant, context.user, at, context.variables, self._statistics))
        return self._with_cors(response)

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """Return the most common headers of a rate limit; Bright Pattern documents none."""
        return [*rate_limit_headers(count), *super().quota_headers(count)]

    def error_for(self, error: Exception) -> ApiError:
        """Return Bright Pattern's error for an exception, in the shape of the token endpoint for its requests."""
        found = super().error_for(error)
        headers: list[tuple[str, str]] = list(NO_STORE) if request.path == LOGIN.path else []
        if request.path == TOKEN.path:
            found = at_token_endpoint(found) if found is not error else found
            headers = token_error_headers(found.status, "Bright Pattern", forms=(FORM, "multipart/form-data"))
        found.headers = [*found.headers, *headers]
        return found

    def error_response(self, error: Exception) -> Response:
        """Return the response for an exception, with the CORS headers for the page of the request."""
        return self._with_cors(super().error_response(error))

    def fast_routes(self) -> dict[str, FastRoute]:
        """Return the route of the fast path: the data of a subscription."""
        return {path: self._cacheable for path in self.paths(DATA)}

    def _cacheable(self, environ: dict[str, Any], last_part: str | None, at: float | None) -> CacheableRequest | None:
        if last_part is not None:
            return None
        session = self._auth.session(environ)
        tenant = session.tenant
        if tenant.quota or tenant.plans:
            return None
        instant = (tenant.now() if at is None else at) // 1
        response = cacheable_data(StatisticsRequest(tenant, session.user, instant, {}, self._statistics))
        if response is None:
            return None
        own_headers = self.cors.headers(environ.get("HTTP_ORIGIN"))
        return CacheableRequest(tenant, self.key, DATA.key, response, own_headers)

    def _with_cors(self, response: Response) -> Response:
        response.headers.extend(self.cors.headers(request.environ.get("HTTP_ORIGIN")))
        return response


API = BrightPatternApi
