"""
Views and routes of the pages, of their files and of the data that only pages request.

Errors have the control API's form, whose credentials the pages use.
"""

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from flask import Blueprint, Response, request
from jinja2 import FunctionLoader

from kpn_sandbox import literals
from kpn_sandbox.auth import BearerAuth, Tokens
from kpn_sandbox.control_api.auth import ControlAuth, refuse_foreign_host
from kpn_sandbox.control_api.errors import ProblemError, error_for, invalid_fields, without_basic
from kpn_sandbox.control_api.operations import Access
from kpn_sandbox.control_api.request_schemas import PageTokenRequestSchema
from kpn_sandbox.control_api.routes import json_body
from kpn_sandbox.documents import FILES, OPENAPI
from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.gateway.cors import CORS_HEADERS
from kpn_sandbox.gateway.hosts import base_url
from kpn_sandbox.gateway.request_info import REFUSAL, request_id
from kpn_sandbox.simulation.calendar import FIRST_DATE, LAST_DATE, CalendarDay, calendar_day, day_of
from kpn_sandbox.simulation.history import History
from kpn_sandbox.simulation.profile import field_ranges
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import random_text
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.web.assets import static_file, swagger_ui_file, template
from kpn_sandbox.web.data import MOST_DAYS, history_data, panel_data, wallboard_data
from kpn_sandbox.web.day_data import agent_day_data, call_feed_data, day_outline_data, queue_day_data
from kpn_sandbox.web.manual import manual_page
from kpn_sandbox.web.security import is_local, page
from kpn_sandbox.web.start_page import PAGES, start_document
from kpn_sandbox.web.translation import template_values, words_script

MOST_CALLS_IN_FEED = 40
"""Most calls that wait, and others, in the call feed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class PageViews:
    """
    Views of the pages.

    Args:
        sandbox: Accounts and their stores.
        tokens: Access tokens of KPN's API, for those that pages get.
        bearer_auth: Authenticates requests for data by these tokens.
        control_auth: Authenticates requests for a token as the control API does.
        demo: Client id and secret of the demo account; the secret is empty when somebody chose it.
        apis: APIs of the vendors.
        history: Computes and caches calls of earlier days.
    """

    sandbox: Sandbox
    tokens: Tokens
    bearer_auth: BearerAuth
    control_auth: ControlAuth
    demo: tuple[str, str]
    apis: Sequence[type[VendorApi]]
    history: History

    def start(self) -> Response:
        """Return the start page, as HTML for browsers and as JSON for programs."""
        document = start_document(base_url(request.environ), OPENAPI, FILES, self._visible_demo())
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
            demo=self._visible_demo(),
            apis=self.apis,
            scenarios=SCENARIOS.values(),
            ranges=field_ranges(),
            literals=literals,
        )

    def wallboard_day(self) -> Response:
        """Return the day so far, for the wallboard."""
        tenant = self._tenant()
        return _json(wallboard_data(tenant, tenant.now()))

    def wallboard_outline(self) -> Response:
        """
        Return the outline of a day, for the time bar; of the present one unless the query has a date.

        Raises:
            ProblemError: The date is none.
        """
        tenant, at = self._viewpoint()
        text = request.args.get("date")
        return _json(day_outline_data(tenant, day_of(at) if text is None else _day(text)))

    def wallboard_calls(self) -> Response:
        """
        Return the calls of an instant, for the call feed.

        Raises:
            ProblemError: The number of calls is none.
        """
        tenant, at = self._viewpoint()
        most = _number_in_query("most", 12, MOST_CALLS_IN_FEED)
        return _json(call_feed_data(tenant, at, most))

    def wallboard_agent(self, number: str) -> Response:
        """Return the day of an agent up to an instant, by the login id."""
        tenant, at = self._viewpoint()
        return _json(agent_day_data(tenant, at, _number_in_path("Logid", number)))

    def wallboard_queue(self, number: str) -> Response:
        """Return the day of a queue up to an instant, by its number."""
        tenant, at = self._viewpoint()
        return _json(queue_day_data(tenant, at, _number_in_path("Number", number)))

    def history_days(self) -> Response:
        """
        Return the datasets of the last days, for the history page.

        Raises:
            ProblemError: The number of days is none.
        """
        tenant = self._tenant()
        return _json(history_data(tenant, tenant.now(), _number_in_query("days", 30, MOST_DAYS), self.history))

    def panel_rows(self) -> Response:
        """Return the KPI panel of a customer, for the panel page."""
        tenant = self._tenant()
        return _json(panel_data(tenant, tenant.now(), request.args.get("customerId", ""), self.history))

    def token(self) -> Response:
        """
        Return an access token of the account whose credentials the request has; at this machine none are needed.

        Raises:
            ProblemError: The body is not JSON, or the credentials are missing or wrong.
        """
        # A form of another site can send a body without asking the browser first, but no JSON.
        refuse_foreign_host(request)
        if not request.is_json:
            raise ProblemError(400, "Send JSON: an object, with the client id as account when the administrator asks.")
        client_id = self._authenticated_client_id()
        account = self.sandbox.tenant(client_id).account
        text = random_text()
        self.tokens.save(text, account)
        return _json({"access_token": text, "client_id": client_id, "expires_in": self.tokens.life_seconds})

    def _visible_demo(self) -> tuple[str, str] | None:
        """Return the demo account's credentials if the visitor may see them."""
        return self.demo if self.demo[1] and is_local(request) else None

    def _tenant(self) -> Tenant:
        refuse_foreign_host(request)
        return self.bearer_auth.authenticate(request.headers.get("Authorization"))

    def _viewpoint(self) -> tuple[Tenant, float]:
        tenant = self._tenant()
        return tenant, tenant.now()

    def _authenticated_client_id(self) -> str:
        given = request.authorization
        named = PageTokenRequestSchema().load(json_body(request, may_lack=True)).get("account")
        if given is None:
            if is_local(request):
                return self.demo[0]
            raise ProblemError(401, "Send the client id and secret of an account as HTTP Basic.")
        client_id: str = named or given.username or ""
        self.control_auth.authenticate(request, Access.ACCOUNT, client_id)
        return client_id


def _number_in_query(name: str, default: int, most: int) -> int:
    text = request.args.get(name, str(default))
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= most:
        raise invalid_fields({"field": name, "value": text, "allowed": f"a whole number from 1 to {most}"})
    return int(text)


def _number_in_path(name: str, text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ProblemError(404, f"{name} must be 1 to 9 digits.")
    return int(text)


def _day(text: str) -> CalendarDay:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or not FIRST_DATE <= found <= LAST_DATE:
        allowed = f"a date from {FIRST_DATE} to {LAST_DATE}"
        raise invalid_fields({"field": "date", "value": text[:60], "allowed": allowed})
    return calendar_day(found)


def blueprint(views: PageViews) -> Blueprint:
    """Return the blueprint of the pages."""
    routes = Blueprint("web", __name__)
    routes.jinja_loader = FunctionLoader(template)
    routes.context_processor(lambda: {"page_links": PAGES, **template_values()})
    views_by_rule: dict[str, Callable[..., Response]] = {
        "/": views.start,
        "/docs": lambda: page("docs.html", documents=OPENAPI),
        "/wallboard": lambda: page("wallboard.html", local=is_local(request), object_kinds=literals.OBJECT_KINDS),
        "/wallboard/day": views.wallboard_day,
        "/wallboard/outline": views.wallboard_outline,
        "/wallboard/calls": views.wallboard_calls,
        "/wallboard/agents/<number>": views.wallboard_agent,
        "/wallboard/queues/<number>": views.wallboard_queue,
        "/history": lambda: page("history.html", local=is_local(request)),
        "/history/days": views.history_days,
        "/panel": lambda: page("panel.html", local=is_local(request)),
        "/panel/rows": views.panel_rows,
        "/console": views.console,
        "/manual": manual_page,
        "/manual/<name>": manual_page,
        "/assets/<name>": static_file,
        "/assets/words/<name>": words_script,
        "/docs/assets/<name>": swagger_ui_file,
    }
    for rule, view in views_by_rule.items():
        _add(routes, rule, view, "GET")
    _add(routes, "/wallboard/token", views.token, "POST")
    routes.register_error_handler(Exception, error_response)
    return routes


def _add(routes: Blueprint, rule: str, view: Callable[..., Response], method: str) -> None:
    routes.add_url_rule(
        rule, rule.strip("/").replace("/", " ") or "start", view, methods=[method], provide_automatic_options=False
    )


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
