"""
What stands behind the URLs: pages, their files, and what the pages alone ask for.

URL to page.
"""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import orjson
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, request

from kpn_sandbox.auth import BearerAuth, Tokens
from kpn_sandbox.auth.bearer_tokens import LIFE_SECONDS
from kpn_sandbox.control_api.auth import ControlAuth
from kpn_sandbox.control_api.errors import ProblemError, error_response, invalid_fields
from kpn_sandbox.control_api.operations import Access
from kpn_sandbox.documents import FILES, OPENAPI
from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.gateway.request_info import request_id
from kpn_sandbox.literals import CONNECTION_FAULTS, LONGEST_DELAY_MS, OBJECT_KINDS, QUOTA_UNITS, RESET_LAYERS
from kpn_sandbox.simulation.history import History
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import random_text
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.web import assets
from kpn_sandbox.web.data import MOST_DAYS, allowed, board, customer_panel, history
from kpn_sandbox.web.security import at_this_machine, page
from kpn_sandbox.web.start_page import PAGES, welcome

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class House:
    """
    Answers who visits a page.

    Args:
        sandbox: Whose accounts they show.
        tokens: Where the wallboard's access tokens are remembered.
        guard: Tells whose an access token is.
        door: Lets in whom the control API lets in.
        demo: Client id and secret of the demo account.
        faces: The vendors' APIs.
        told: Tells what happened on earlier days.
    """

    sandbox: Sandbox
    tokens: Tokens
    guard: BearerAuth
    door: ControlAuth
    demo: tuple[str, str]
    faces: Sequence[type[VendorApi]]
    told: History = field(default_factory=History)

    def start(self) -> Response:
        """What runs here: a page for people, JSON for machines."""
        told = welcome(request.url_root.rstrip("/"), OPENAPI, tuple(FILES), self._shown())
        wanted = request.accept_mimetypes.best_match(("application/json", "text/html"), default="application/json")
        if wanted == "text/html" and "text/html" in request.headers.get("Accept", ""):
            response = page("start.html", doors=PAGES, **told)
        else:
            response = _json(told)
        response.headers["Vary"] = "Accept"
        return response

    def docs(self) -> Response:
        """Swagger UI."""
        return page("docs.html", documents=OPENAPI)

    def plain(self, template: str) -> Response:
        """A page that asks for its figures itself."""
        return page(template, local=at_this_machine(request), object_kinds=OBJECT_KINDS)

    def console(self) -> Response:
        """The remote control."""
        return page(
            "console.html",
            demo=self._shown(),
            faces=self.faces,
            scenarios=SCENARIOS.values(),
            ranges=allowed(),
            layers=RESET_LAYERS,
            object_kinds=OBJECT_KINDS,
            connection_faults=CONNECTION_FAULTS,
            longest_delay_ms=LONGEST_DELAY_MS,
            quota_units=QUOTA_UNITS,
        )

    def asset(self, name: str) -> Response:
        """A file of ours."""
        return assets.own(name)

    def swagger_ui(self, name: str) -> Response:
        """A file of Swagger UI's."""
        return assets.swagger_ui(name)

    def day(self) -> Response:
        """The day so far, for the wallboard."""
        tenant = self._tenant()
        return _json(board(tenant, tenant.now()))

    def days(self) -> Response:
        """Days gone by, for the history."""
        tenant = self._tenant()
        days = request.args.get("days", "30")
        if not re.fullmatch(r"[0-9]{1,2}", days) or not 1 <= int(days) <= MOST_DAYS:
            allowed_days = f"a whole number from 1 to {MOST_DAYS}"
            raise invalid_fields({"field": "days", "value": days, "allowed": allowed_days})
        return _json(history(tenant, tenant.now(), int(days), self.told))

    def rows(self) -> Response:
        """What is known of a customer, for the panel."""
        tenant = self._tenant()
        return _json(customer_panel(tenant, tenant.now(), request.args.get("customerId", ""), self.told))

    def token(self) -> Response:
        """An access token of the account that the visitor may turn; without credentials, here, of the demo account."""
        if not request.is_json:
            raise ProblemError(400, "Send JSON: an object, with the client id as account when the administrator asks.")
        client_id = self._account()
        account = self.sandbox.tenant(client_id).account
        text = random_text()
        self.tokens.save(text, account)
        return _json({"access_token": text, "client_id": client_id, "expires_in": LIFE_SECONDS})

    def _shown(self) -> tuple[str, str] | None:
        """The demo account's credentials if the visitor may know them."""
        return self.demo if at_this_machine(request) else None

    def _tenant(self) -> Tenant:
        return self.guard.authenticate(request.headers.get("Authorization"))

    def _account(self) -> str:
        given = request.authorization
        asked = (request.get_json(silent=True) or {}).get("account") or ""
        if given is None:
            if at_this_machine(request):
                return self.demo[0]
            raise ProblemError(401, "Send the client id and secret of an account as HTTP Basic.")
        client_id = str(asked or given.username or "")
        self.door.authenticate(request, Access.ACCOUNT, client_id)
        return client_id


def refused(error: Exception) -> Response:
    """The answer when something went wrong."""
    if isinstance(error, OAuth2Error):
        return ProblemError(401, "This access token is not good; fetch another one.").response()
    response = error_response(error)
    if response.status_code >= 500:
        _log.error("request %s failed", request_id(request.environ), exc_info=error)
    return response


def _json(told: dict[str, object]) -> Response:
    return Response(orjson.dumps(told), content_type="application/json", headers={"Cache-Control": "no-store"})


def blueprint(house: "Callable[[], House]") -> Blueprint:
    """
    The routes.

    Args:
        house: Gives who answers visitors, when the first one comes.
    """
    web = Blueprint("web", __name__, template_folder="templates")
    views: dict[str, Callable[..., Response]] = {
        "/": lambda: house().start(),
        "/docs": lambda: house().docs(),
        "/wallboard": lambda: house().plain("wallboard.html"),
        "/wallboard/day": lambda: house().day(),
        "/history": lambda: house().plain("history.html"),
        "/history/days": lambda: house().days(),
        "/panel": lambda: house().plain("panel.html"),
        "/panel/rows": lambda: house().rows(),
        "/console": lambda: house().console(),
        "/assets/<name>": lambda name: house().asset(name),
        "/docs/assets/<name>": lambda name: house().swagger_ui(name),
    }
    for rule, view in views.items():
        web.add_url_rule(rule, rule.strip("/").replace("/", " ") or "start", view, provide_automatic_options=False)
    web.add_url_rule(
        "/wallboard/token", "token", lambda: house().token(), methods=["POST"], provide_automatic_options=False
    )
    web.register_error_handler(Exception, _refused)
    return web


def _refused(error: Exception) -> Response:
    from kpn_sandbox.web.views import refused

    return refused(error)
