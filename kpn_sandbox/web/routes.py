"""URL to page."""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import orjson
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, request

from kpn_sandbox.apis.control.auth import Door
from kpn_sandbox.apis.control.errors import BadRequest, Unauthorized, refused
from kpn_sandbox.apis.control.operations import Access
from kpn_sandbox.apis.documents import OPENAPI
from kpn_sandbox.apis.face import Face
from kpn_sandbox.apis.wire import request_id
from kpn_sandbox.auth import Guard, Tokens
from kpn_sandbox.auth.tokens import LIFE_SECONDS
from kpn_sandbox.control.reset import LAYERS
from kpn_sandbox.control.sandbox import Sandbox
from kpn_sandbox.control.secrets import random_text
from kpn_sandbox.simulation.history import History
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.web import assets
from kpn_sandbox.web.board import board
from kpn_sandbox.web.history import MOST_DAYS, history
from kpn_sandbox.web.pages import page
from kpn_sandbox.web.panel import customer_panel
from kpn_sandbox.web.ranges import allowed
from kpn_sandbox.web.start import PAGES, welcome
from kpn_sandbox.web.visitors import at_this_machine

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class House:
    """
    What the pages need.

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
    guard: Guard
    door: Door
    demo: tuple[str, str]
    faces: Sequence[Face]
    told: History = field(default_factory=History)

    def shown(self) -> tuple[str, str] | None:
        """The demo account's credentials if the visitor may know them."""
        return self.demo if at_this_machine(request) else None


def blueprint(house: House) -> Blueprint:
    """The routes."""
    web = Blueprint("web", __name__, template_folder="templates")
    views: dict[str, Callable[..., Response]] = {
        "/": lambda: _start(house),
        "/docs": lambda: page("docs.html", documents=OPENAPI),
        "/wallboard": lambda: page("wallboard.html", local=at_this_machine(request)),
        "/wallboard/day": lambda: _day(house),
        "/history": lambda: page("history.html", local=at_this_machine(request)),
        "/history/days": lambda: _history(house),
        "/panel": lambda: page("panel.html", local=at_this_machine(request)),
        "/panel/rows": lambda: _panel(house),
        "/console": lambda: _console(house),
        "/assets/<name>": assets.own,
        "/docs/assets/<name>": assets.swagger_ui,
    }
    for rule, view in views.items():
        web.add_url_rule(rule, rule.strip("/").replace("/", " ") or "start", view, provide_automatic_options=False)
    web.add_url_rule(
        "/wallboard/token", "token", lambda: _token(house), methods=["POST"], provide_automatic_options=False
    )
    web.register_error_handler(Exception, _refused)
    return web


def _start(house: House) -> Response:
    # Imported here because most starts never show the page.
    from kpn_sandbox.postman import FILES

    told = welcome(request.url_root.rstrip("/"), OPENAPI, tuple(FILES), house.shown())
    wanted = request.accept_mimetypes.best_match(("application/json", "text/html"), default="application/json")
    if wanted == "text/html" and "text/html" in request.headers.get("Accept", ""):
        response = page("start.html", doors=PAGES, **told)
    else:
        response = _json(told)
    response.headers["Vary"] = "Accept"
    return response


def _console(house: House) -> Response:
    return page(
        "console.html",
        demo=house.shown(),
        faces=house.faces,
        scenarios=SCENARIOS.values(),
        ranges=allowed(),
        layers=LAYERS,
    )


def _day(house: House) -> Response:
    tenant = house.guard.tenant(request.headers.get("Authorization"))
    return _json(board(tenant, tenant.now()))


def _history(house: House) -> Response:
    tenant = house.guard.tenant(request.headers.get("Authorization"))
    days = request.args.get("days", "30")
    if not re.fullmatch(r"[0-9]{1,2}", days) or not 1 <= int(days) <= MOST_DAYS:
        allowed_days = f"a whole number from 1 to {MOST_DAYS}"
        raise BadRequest.of([{"field": "days", "value": days, "allowed": allowed_days}])
    return _json(history(tenant, tenant.now(), int(days), house.told))


def _panel(house: House) -> Response:
    tenant = house.guard.tenant(request.headers.get("Authorization"))
    return _json(customer_panel(tenant, tenant.now(), request.args.get("customerId", ""), house.told))


def _token(house: House) -> Response:
    """An access token of the account that the visitor may turn; without credentials, here, of the demo account."""
    if not request.is_json:
        raise BadRequest("Send JSON: an object, with the client id as account when the administrator asks.")
    client_id = _account(house)
    account = house.sandbox.tenant(client_id).account
    text = random_text()
    house.tokens.save(text, account)
    return _json({"access_token": text, "client_id": client_id, "expires_in": LIFE_SECONDS})


def _account(house: House) -> str:
    given = request.authorization
    asked = (request.get_json(silent=True) or {}).get("account") or ""
    if given is None:
        if at_this_machine(request):
            return house.demo[0]
        raise Unauthorized("Send the client id and secret of an account as HTTP Basic.")
    client_id = str(asked or given.username or "")
    house.door.admit(request, Access.ACCOUNT, client_id)
    return client_id


def _json(told: dict[str, object]) -> Response:
    return Response(orjson.dumps(told), content_type="application/json", headers={"Cache-Control": "no-store"})


def _refused(error: Exception) -> Response:
    if isinstance(error, OAuth2Error):
        return Unauthorized("This access token is not good; fetch another one.").response()
    response = refused(error)
    if response.status_code >= 500:
        _log.error("request %s failed", request_id(request.environ), exc_info=error)
    return response
