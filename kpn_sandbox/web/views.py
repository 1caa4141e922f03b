"""
Views and routes of the pages, of their files and of the data that only pages request.

Errors have the control API's form, whose credentials the pages use.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from flask import Blueprint, Response, request
from jinja2 import FunctionLoader

from kpn_sandbox import literals
from kpn_sandbox.control_api.auth import ControlAuth, refuse_foreign_host
from kpn_sandbox.control_api.errors import ProblemError, error_for, invalid_fields, without_basic
from kpn_sandbox.control_api.fields import QuerySchema, with_plus_sign
from kpn_sandbox.control_api.operations import Access
from kpn_sandbox.control_api.routes import single_values
from kpn_sandbox.control_api.serializers import fault_record, log_entry_record, pin_record, profile_record
from kpn_sandbox.documents import FILES, OPENAPI
from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.gateway.cors import CORS_HEADERS
from kpn_sandbox.gateway.hosts import base_url
from kpn_sandbox.gateway.operations import STATUSES, phrase
from kpn_sandbox.gateway.request_info import REFUSAL, request_id
from kpn_sandbox.gateway.responses import etag, unchanged
from kpn_sandbox.instants import FORMS, instant_text
from kpn_sandbox.simulation.calendar import calendar_day, day_of
from kpn_sandbox.simulation.history import History
from kpn_sandbox.simulation.profile import Profile, field_ranges, field_schemas
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.simulation.staffing import REASONS
from kpn_sandbox.tenants.clock import instant
from kpn_sandbox.tenants.request_log import LogEntry
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.validation import parse_instant
from kpn_sandbox.vendors.itx.auth import itx_token
from kpn_sandbox.vendors.kpn.api import KpnApi
from kpn_sandbox.web.assets import static_file, swagger_ui_file, template
from kpn_sandbox.web.blocked import blocked_requests, quota_use
from kpn_sandbox.web.data import history_data, history_days, panel_data, wallboard_data
from kpn_sandbox.web.day_data import agent_day_data, call_feed_data, day_outline_data, queue_day_data
from kpn_sandbox.web.live import (
    CallsQuerySchema,
    HistoryQuerySchema,
    LiveQuerySchema,
    OutlineQuerySchema,
    PanelQuerySchema,
    Shown,
    ShownQuerySchema,
    live_data,
)
from kpn_sandbox.web.live_requests import NOBODY, live_requests
from kpn_sandbox.web.manual import manual_page
from kpn_sandbox.web.security import is_local, page
from kpn_sandbox.web.start_page import PAGES, curl_line, start_document
from kpn_sandbox.web.translation import template_values, words_script

SHOWN_REQUESTS = 12
"""Requests that the console shows."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageViews:
    """
    Views of the pages.

    Args:
        sandbox: Accounts and their stores.
        control_auth: Authenticates requests for data as the control API does.
        demo: Client id and secret of the demo account; the secret is empty when somebody chose it.
        apis: APIs of the vendors.
        history: Computes and caches calls of earlier days.
        pause: Waits for some seconds while other requests are served; says whether the server stops.
    """

    sandbox: Sandbox
    control_auth: ControlAuth
    demo: tuple[str, str]
    apis: Sequence[type[VendorApi]]
    history: History
    pause: Callable[[float], bool]

    def start(self) -> Response:
        """Return the start page, as HTML for browsers and as JSON for programs."""
        document = start_document(base_url(request.environ), OPENAPI, FILES, self.visible_demo())
        best = request.accept_mimetypes.best_match(("application/json", "text/html"), default="application/json")
        # A program that accepts everything did not ask for HTML, so the type must be written out.
        if best == "text/html" and "text/html" in request.headers.get("Accept", ""):
            response = page("start.html", **document)
        else:
            response = _json(document)
        response.headers["Vary"] = "Accept"
        return response

    def console(self) -> Response:
        """Return the console, with the words and limits that its forms offer."""
        return page(
            "console.html",
            demo=self.visible_demo(),
            apis=self.apis,
            scenarios=SCENARIOS.values(),
            ranges=field_ranges(),
            schemas=field_schemas(),
            defaults=profile_record(Profile()),
            statuses=STATUSES,
            phrases={status: phrase(status) for status in STATUSES},
            literals=literals,
        )

    def itx_token(self) -> Response:
        """
        Return the token of ITX's URLs for the account whose secret the request has, for pages that send such requests.

        Raises:
            ProblemError: There are no client id and secret, or they do not belong together.
        """
        given = request.authorization
        if given is None or not given.username or not given.password:
            raise ProblemError(401, "Send an account's client id and secret as HTTP Basic.")
        self.control_auth.authenticate(request, Access.ACCOUNT, given.username)
        return _json({"token": itx_token(given.username, given.password)})

    def console_live(self) -> Response:
        """Return what clients change of an account: what is left of faults and pins, and the last requests."""
        tenant, at = self._shown(_query(ShownQuerySchema))
        client_id, log = tenant.account.client_id, self.sandbox.request_log
        faults, pins = self.sandbox.faults.list(client_id), self.sandbox.pins.list(client_id, at)
        return _conditional(
            {
                "faults": [fault_record(plan) for plan in faults],
                "pins": [pin_record(pin) for pin in pins],
                "log": log.last_number(client_id),
                "requests": [_brief(entry) for entry in log.entries(client_id, limit=SHOWN_REQUESTS).entries],
            }
        )

    def wallboard_live(self) -> Response:
        """Return what the account's clients would see, as whole rows or as the difference to those of a tag."""
        query = _query(LiveQuerySchema)
        shown = self._shown(query)
        return _conditional(live_data(shown, query.get("since", ""), self._limits(shown.tenant)))

    def requests(self) -> Response:
        """Return the page of the request log, with the words and limits that its forms offer."""
        log, demo = self.sandbox.request_log, self.visible_demo()
        line = curl_line(*demo, base_url(request.environ)) if demo else ""
        return page("requests.html", demo=demo, curl_line=line, literals=literals, logged=log.on, bodies=log.bodies)

    def live_requests(self) -> Response:
        """Return the entries of an account's request log as they come; `?nobody=1` adds those that belong to none."""
        account = request.args.get("account", "")
        owners: tuple[str, ...] = ()
        if account:
            self.control_auth.authenticate(request, Access.ACCOUNT, account)
            owners = (self.sandbox.tenant(account).account.client_id,)
        if request.args.get("nobody") or not account:
            self.control_auth.authenticate(request, Access.ADMIN, None)
            owners += (NOBODY,)
        return live_requests(request, self.sandbox.request_log, owners, self.pause)

    def wallboard_day(self) -> Response:
        """Return the day so far, for the wallboard."""
        return _json(wallboard_data(*self._shown(_query(ShownQuerySchema))))

    def wallboard_outline(self) -> Response:
        """Return the outline of a day, for the time bar; of the present one unless the query has a date."""
        query = _query(OutlineQuerySchema)
        tenant, at = self._shown(query)
        return _json(day_outline_data(tenant, calendar_day(query["date"]) if "date" in query else day_of(at)))

    def wallboard_calls(self) -> Response:
        """Return the calls of an instant, for the call feed."""
        query = _query(CallsQuerySchema)
        return _json(call_feed_data(*self._shown(query), query["most"]))

    def wallboard_agent(self, number: str) -> Response:
        """Return the day of an agent up to an instant, by the login id."""
        shown = self._shown(_query(ShownQuerySchema))
        return _json(agent_day_data(*shown, _number_in_path("Logid", number)))

    def wallboard_queue(self, number: str) -> Response:
        """Return the day of a queue up to an instant, by its number."""
        shown = self._shown(_query(ShownQuerySchema))
        return _json(queue_day_data(*shown, _number_in_path("Number", number)))

    def history_days(self) -> Response:
        """Return the datasets of some days, for the history page."""
        query = _query(HistoryQuerySchema)
        shown = self._shown(query)
        first, last = history_days(query, day_of(shown.at).date)
        return _json(history_data(shown, first, last, self.history))

    def panel_rows(self) -> Response:
        """Return the KPI panel of a customer, for the panel page."""
        query = _query(PanelQuerySchema)
        return _json(panel_data(*self._shown(query), query["customerId"], self.history))

    def _limits(self, tenant: Tenant) -> dict[str, Any]:
        """Return what limits the clients of an account now: the quota, and the requests that would fail."""
        client_id = tenant.account.client_id
        plans = self.sandbox.faults.list(client_id) if tenant.plans else ()
        counts = self.sandbox.quotas.counts(client_id)
        use = None if tenant.quota is None else quota_use(tenant.quota, counts, KpnApi.key, tenant.now())
        return {"quota": use and use.record(), "blocked": blocked_requests(self.apis, tenant, plans, counts)}

    def _shown(self, query: Mapping[str, Any]) -> Shown:
        """
        Return the account and the instant that a page wants to show.

        Raises:
            ProblemError: Whoever asks may not, or the text of the instant is none.
        """
        tenant = self.sandbox.tenant(self._authenticated_client_id(query.get("account")))
        now = tenant.now()
        at = instant(_instant_of(query["at"], now)) if "at" in query else now
        scenario = query.get("scenario")
        if scenario == tenant.in_force(at).scenario:
            # An address made of what is shown has to show the same, also where a dated change is in force.
            scenario = None
        if scenario is not None or "seed" in query:
            tenant = self.sandbox.variant(tenant, seed=query.get("seed"), scenario=scenario)
        return Shown(tenant, at // 1)

    def _authenticated_client_id(self, named: str | None) -> str:
        """
        Return the account whose credentials a request has; at this machine none are needed for the demo account.

        Nothing is stored of that, and time has no influence on it, so no page is ever locked out.

        Args:
            named: Account that the request names, which the administrator must.

        Raises:
            ProblemError: The credentials are missing, wrong, or another account's.
        """
        refuse_foreign_host(request)
        given = request.authorization
        if given is None and is_local(request) and named in (None, self.demo[0]):
            return self.demo[0]
        client_id: str = named or (given and given.username) or self.demo[0]
        self.control_auth.authenticate(request, Access.ACCOUNT, client_id)
        return client_id

    def visible_demo(self) -> tuple[str, str] | None:
        """Return the demo account's credentials if the visitor may see them."""
        return self.demo if self.demo[1] and is_local(request) else None


def _number_in_path(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ProblemError(404, f"{name} must be 1 to 9 digits.")
    return int(text)


def blueprint(views: PageViews) -> Blueprint:
    """Return the blueprint of the pages."""
    routes = Blueprint("web", __name__)
    routes.jinja_loader = FunctionLoader(template)
    routes.context_processor(lambda: {"page_links": PAGES, **template_values()})
    views_by_rule: dict[str, Callable[..., Response]] = {
        "/": views.start,
        "/docs": lambda: page("docs.html", documents=OPENAPI, demo=views.visible_demo()),
        "/wallboard": lambda: page(
            "wallboard.html", local=is_local(request), object_kinds=literals.OBJECT_KINDS, reasons=REASONS
        ),
        "/wallboard/day": views.wallboard_day,
        "/wallboard/outline": views.wallboard_outline,
        "/wallboard/calls": views.wallboard_calls,
        "/wallboard/agents/<number>": views.wallboard_agent,
        "/wallboard/queues/<number>": views.wallboard_queue,
        "/wallboard/live": views.wallboard_live,
        "/history": lambda: page("history.html", local=is_local(request)),
        "/history/days": views.history_days,
        "/compare": lambda: page("compare.html", local=is_local(request), literals=literals),
        "/panel": lambda: page("panel.html", local=is_local(request)),
        "/panel/rows": views.panel_rows,
        "/console": views.console,
        "/requests": views.requests,
        "/requests/live": views.live_requests,
        "/requests/itx-token": views.itx_token,
        "/console/live": views.console_live,
        "/manual": manual_page,
        "/manual/<name>": manual_page,
        "/assets/<name>": static_file,
        "/assets/words/<name>": words_script,
        "/docs/assets/<name>": swagger_ui_file,
    }
    for rule, view in views_by_rule.items():
        name = rule.strip("/").replace("/", " ") or "start"
        routes.add_url_rule(rule, name, view, methods=["GET"], provide_automatic_options=False)
    routes.register_error_handler(Exception, error_response)
    return routes


def error_response(error: Exception) -> Response:
    """Return the response for an exception; what nobody expected is logged with its traceback."""
    problem = error_for(error)
    if problem.status >= 500:
        _log.error("request %s failed", request_id(request.environ), exc_info=error)
    response = without_basic(problem.response())
    if REFUSAL in request.environ:
        # The error of a request that never reached a page is for every client.
        response.headers.extend(CORS_HEADERS)
    return response


def _json(document: Mapping[str, Any]) -> Response:
    return Response(orjson.dumps(document), content_type="application/json", headers={"Cache-Control": "no-store"})


def _conditional(document: Mapping[str, Any]) -> Response:
    body = orjson.dumps(document)
    headers = {"ETag": etag(body), "Cache-Control": "no-cache"}
    if unchanged(request.environ, headers["ETag"]):
        return Response(status=304, headers=headers)
    return Response(body, content_type="application/json", headers=headers)


def _brief(entry: LogEntry) -> dict[str, Any]:
    """Return an entry of the request log without headers and bodies."""
    record = log_entry_record(entry)
    names = ("received_at", "api", "operation", "method", "path", "query", "status", "reason", "note")
    return {name: record[name] for name in names}  # type: ignore[literal-required]


def _query(schema: type[QuerySchema]) -> dict[str, Any]:
    loaded: dict[str, Any] = schema().load(single_values())
    return loaded


def _instant_of(text: str, now: float) -> float:
    try:
        return parse_instant(instant_text(with_plus_sign(text), lambda: datetime.fromtimestamp(now, UTC)))
    except ValueError:
        raise invalid_fields({"field": "at", "value": text, "allowed": FORMS}) from None
