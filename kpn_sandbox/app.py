"""
The composition root: puts the sandbox together from its settings.

Nothing else makes the parts; everything is handed what it needs here.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask, Response, request

from kpn_sandbox import neighbors
from kpn_sandbox.apis import documents
from kpn_sandbox.apis.entrance import LARGEST_BODY, Entrance
from kpn_sandbox.apis.exchange import Pause
from kpn_sandbox.apis.hooks import Hooks
from kpn_sandbox.apis.later import Later
from kpn_sandbox.apis.refusals import Refusals
from kpn_sandbox.apis.rules import LazyRule
from kpn_sandbox.apis.shortcut import Shortcut
from kpn_sandbox.apis.wire import STORAGE_ERROR, request_id
from kpn_sandbox.apis.control import errors as control_errors
from kpn_sandbox.apis.control import routes as control_routes
from kpn_sandbox.apis.control.auth import Door
from kpn_sandbox.apis.kpn import routes as kpn_routes
from kpn_sandbox.apis.kpn.auth import TokenDesk
from kpn_sandbox.apis.kpn.face import FACE as KPN
from kpn_sandbox.apis.kpn.manners import KpnManners
from kpn_sandbox.auth import Guard, Tokens, TokenServer
from kpn_sandbox.control.accounts import NewAccount
from kpn_sandbox.control.admin import admin_token
from kpn_sandbox.control.clock import FrozenClock, RunningClock, Source, instant, wall_time
from kpn_sandbox.control.sandbox import Sandbox
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.storage import Database, StorageError
from kpn_sandbox.web import routes as web_routes

if TYPE_CHECKING:
    from kpn_sandbox.web.house import House

FACES = (KPN, *neighbors.FACES)
"""The vendors' APIs that the sandbox has."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What the application is made of, for those who start it."""

    settings: Settings
    sandbox: Sandbox
    admin_token: str


def create_app(settings: Settings, *, source: Source = wall_time, pause: Pause = time.sleep) -> Flask:
    """
    The application.

    Args:
        settings: What was chosen at the start.
        source: Tells wall time.
        pause: Lets some seconds pass while others are served.

    Returns:
        A Flask application; `extensions["kpn_sandbox"]` holds its `Parts`. It has no open connection, so it may be
        forked.

    Raises:
        StorageError: The database cannot be used.
        UnknownScenario, InstantOutOfRange: A setting names what does not exist.
    """
    account = demo_account(settings)
    account.account(source())
    database = Database(settings.database_url)
    sandbox = Sandbox(database, source, journal=settings.journal)
    sandbox.accounts.follow(account)
    app = _flask()
    app.extensions["kpn_sandbox"] = Parts(settings, sandbox, admin_token(database, settings.admin_token))
    _mount(app, settings, sandbox, pause)
    database.close()
    return app


def demo_account(settings: Settings) -> NewAccount:
    """The account that the settings describe."""
    return NewAccount(
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        seed=settings.seed,
        profile=Profile.from_dict({"agents": settings.agents}),
        scenario=settings.scenario,
        clock=RunningClock() if settings.frozen_at is None else FrozenClock(instant(settings.frozen_at)),
    )


def _flask() -> Flask:
    app = Flask("kpn_sandbox", static_folder=None)
    app.url_rule_class = LazyRule
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.url_map.merge_slashes = False
    return app


def _mount(app: Flask, settings: Settings, sandbox: Sandbox, pause: Pause) -> None:
    tokens = Tokens(sandbox)
    guard = Guard(tokens)
    authenticate = sandbox.accounts.welcome if settings.lenient else sandbox.accounts.authenticate
    around = Hooks(sandbox, pause)
    manners = KpnManners(sandbox, guard)
    base_path = settings.base_path.rstrip("/")
    desk = TokenDesk(TokenServer(tokens, authenticate), body=settings.token_body, lenient=settings.lenient)
    counter = kpn_routes.Counter(desk, around, manners, sandbox)
    dashboard = kpn_routes.Dashboard(guard, around, manners, sandbox.pins)
    app.register_blueprint(kpn_routes.blueprint(dashboard, counter, base_path))
    door = Door(authenticate, app.extensions["kpn_sandbox"].admin_token)
    app.register_blueprint(control_routes.blueprint(sandbox, door, FACES))
    app.register_blueprint(documents.blueprint(settings.client_id, _shown_secret(settings)))
    demo = (settings.client_id, settings.client_secret)
    app.register_blueprint(web_routes.blueprint(Later(lambda: _house(sandbox, tokens, guard, door, demo))))
    beside = neighbors.mount(app, settings, sandbox, around, pause)
    app.register_error_handler(Exception, _refusals(kpn_routes.Refusals(guard, around, manners, base_path), beside))
    app.after_request(around.finish)
    roads = kpn_routes.roads(dashboard, base_path)
    app.wsgi_app = Shortcut(Entrance(app.wsgi_app), sandbox, roads)  # type: ignore[method-assign]


def _house(sandbox: Sandbox, tokens: Tokens, guard: Guard, door: Door, demo: tuple[str, str]) -> "House":
    # Imported here because most starts never show a page.
    from kpn_sandbox.web.house import House

    return House(sandbox, tokens, guard, door, demo, FACES)


def _shown_secret(settings: Settings) -> str:
    """A secret that somebody chose is told to nobody; the one that everybody knows is."""
    published = Settings(database_url=settings.database_url).client_secret
    return settings.client_secret if settings.client_secret == published else ""


def _refusals(kpn: kpn_routes.Refusals, beside: Sequence[Refusals]) -> Callable[[Exception], Response]:
    def refuse(error: Exception) -> Response:
        at_control = request.path.startswith(control_routes.PREFIX + "/")
        owner = next((each for each in beside if each.own(request.path)), kpn)
        response = control_errors.refused(error) if at_control else owner.respond(error)
        if isinstance(error, StorageError):
            request.environ[STORAGE_ERROR] = error
            _log.error("request %s: %s", request_id(request.environ), error)
        elif response.status_code == 500 and getattr(error, "status", None) != 500:
            _log.error("request %s failed", request_id(request.environ), exc_info=error)
        return response

    return refuse
