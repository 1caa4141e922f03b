"""
What the sandbox tells of this API: each operation and behavior with its label.

How Bright Pattern takes part in an exchange: whose a request is, how a quota is told, what is said when it fails.
"""

from collections.abc import Collection

from flask import Response, request

from kpn_sandbox.gateway.api import Behavior, VendorApi
from kpn_sandbox.gateway.request_context import Caller
from kpn_sandbox.tenants.quota import QuotaState
from kpn_sandbox.vendors.bright_pattern import errors
from kpn_sandbox.vendors.bright_pattern.auth import BrightPatternAuth, presented_client
from kpn_sandbox.vendors.bright_pattern.headers import cors_headers, quota_headers
from kpn_sandbox.vendors.bright_pattern.operations import (
    LOGIN,
    OPERATIONS,
    REFERENCE,
    SAMPLES,
    STATUSES,
    TOKEN,
    WALLBOARD,
    WIKI,
)

_OWN = "the sandbox's own"
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
    Behavior("`client id+label` is one more user of the same account", "invented", _OWN),
    Behavior(
        "`stat_name` or `statName`, `order_by` or `order`, ids and limits as numbers or texts", "inferred", REFERENCE
    ),
    Behavior("Filter, order, limit, `SUM`, dispositions of a column", "documented", WIKI),
    Behavior(
        "Numbers compared as numbers, else texts whatever their case; filter before order before limit; empty values "
        "last; agents by last name",
        "invented",
        _OWN,
    ),
    Behavior("`stats_totals_service_ids`, `team_ids`, `service_ids`, `logged_in_agents_only`", "documented", REFERENCE),
    Behavior("`stats_totals_dispositions`; `my_subteam_only`, which changes nothing", "inferred", REFERENCE),
    Behavior("Every value a string, empty where it is not defined; only the parts subscribed to", "inferred", SAMPLES),
    Behavior("Names of the statistics", "inferred", f"{WALLBOARD}, app/stats-def.factory.js"),
    Behavior("Meaning of the statistics, service level formula", "inferred", _METRICS),
    Behavior("`*_ratio_per_day` from 0 to 1; `*_percent_per_day` and service levels from 0 to 100", "invented", _OWN),
    Behavior("Statistics of totals in service grids and the other way round", "invented", _OWN),
    Behavior(
        "A second subscription takes the place of the first; 409 at a limit of users of the account", "inferred", WIKI
    ),
    Behavior("204 in the first second of a subscription", "inferred", WIKI),
    Behavior("404 for deleting a subscription that is not there", "inferred", WALLBOARD),
    Behavior("`error_code` and `error_message` of a 400", "documented", WIKI),
    Behavior("The codes themselves, and the same shape for 401, 404, 405, 409, 429 and 5xx", "invented", _OWN),
    Behavior('Dispositions as `{"dispositions": [...]}`', "documented", WIKI),
    Behavior("Dispositions as a bare array, by a setting or by `?format=array`", "documented", REFERENCE),
    Behavior("What the four flags of dispositions select together", "invented", _OWN),
    Behavior("`send_time` in epoch seconds; chat messages with the last one first", "invented", _OWN),
    Behavior("Stored wallboards", "inferred", WALLBOARD),
    Behavior(
        "CORS with credentials; `Last-Modified`, `Expires` and `Cache-Control` of recorded answers", "inferred", SAMPLES
    ),
    Behavior("Pins that are set in KPN's terms hold here, too", "invented", _OWN),
    Behavior("`X-RateLimit-` headers when a quota is set; all `X-Sandbox-` headers, `Prefer`", "invented", _OWN),
)

FACE = VendorApi(
    key="bright_pattern",
    operations={each.key: Behavior(f"{each.method} {each.path}", each.label, each.source) for each in OPERATIONS},
    behaviors=BEHAVIORS,
    statuses=tuple(STATUSES),
)


class BrightPatternManners:
    """
    Bright Pattern's manners.

    Args:
        gate: Knows whose a session is.
    """

    api = "bright_pattern"
    statuses: Collection[int] = tuple(STATUSES)

    def __init__(self, gate: BrightPatternAuth) -> None:
        self._gate = gate

    def caller(self) -> Caller:
        """Whose the current request is: by its session, good or ended, or by the user name that wants one."""
        if request.method == "POST" and request.path in (LOGIN.path, TOKEN.path):
            return Caller(self._gate.tenant_of(presented_client(request)))
        return Caller(self._gate.owner(request))

    def quota_headers(self, count: QuotaState) -> list[tuple[str, str]]:
        """How a quota is told."""
        return quota_headers(count)

    def refused(self, error: Exception) -> Response:
        """The answer when this went wrong."""
        response = errors.refused(error, request.path).response()
        response.headers.extend(cors_headers(request.headers.get("Origin")))
        return response
