"""
The composition root: puts the sandbox together from its settings.

Nothing else makes the parts; everything is handed what it needs here.

Puts the APIs together that stand beside KPN's: a part of the composition root, apart because there are several.

Each has its routes from the start and gives back who answers when something of its paths goes wrong. The rooms behind
the routes are imported, and handed what they need, when the first request comes: most starts see one vendor only.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from flask import Flask, Response, request

from kpn_sandbox import documents
from kpn_sandbox.auth import BearerAuth, Tokens, TokenServer
from kpn_sandbox.control_api import errors as control_errors
from kpn_sandbox.control_api import routes as control_routes
from kpn_sandbox.control_api.auth import ControlAuth
from kpn_sandbox.control_api.operations import PREFIX as CONTROL_PREFIX
from kpn_sandbox.gateway.error_handling import Refusals
from kpn_sandbox.gateway.fast_path import FastPathMiddleware
from kpn_sandbox.gateway.middleware import BodyLimitMiddleware, Later, LazyRule
from kpn_sandbox.gateway.request_context import Pause, RequestLifecycle
from kpn_sandbox.gateway.request_info import STORAGE_ERROR, request_id
from kpn_sandbox.literals import LARGEST_BODY_BYTES
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.storage import Database, StorageError
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import FrozenClock, RunningClock, WallClock, instant, wall_time
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import admin_token
from kpn_sandbox.vendors.atobi import views as atobi_routes
from kpn_sandbox.vendors.atobi.api import FACE as ATOBI
from kpn_sandbox.vendors.atobi.operations import OPERATIONS as ATOBI_OPERATIONS
from kpn_sandbox.vendors.bright_pattern import routes as bright_pattern_routes
from kpn_sandbox.vendors.bright_pattern.api import FACE as BRIGHT_PATTERN
from kpn_sandbox.vendors.bright_pattern.operations import LANDS as BRIGHT_PATTERN_LANDS
from kpn_sandbox.vendors.bright_pattern.operations import OPERATIONS as BRIGHT_PATTERN_OPERATIONS
from kpn_sandbox.vendors.itx import views as itx_routes
from kpn_sandbox.vendors.itx.api import FACE as ITX
from kpn_sandbox.vendors.itx.operations import OPERATIONS as ITX_OPERATIONS
from kpn_sandbox.vendors.kaisa import views as kaisa_routes
from kpn_sandbox.vendors.kaisa.api import FACE as KAISA
from kpn_sandbox.vendors.kaisa.operations import OPERATIONS as KAISA_OPERATIONS
from kpn_sandbox.vendors.kpn import views as kpn_routes
from kpn_sandbox.vendors.kpn.api import FACE as KPN
from kpn_sandbox.vendors.kpn.api import KpnManners
from kpn_sandbox.vendors.kpn.auth import KpnTokenEndpoint
from kpn_sandbox.web import views as web_routes

if TYPE_CHECKING:
    from kpn_sandbox.simulation.history import History
    from kpn_sandbox.vendors.atobi.views import Reception
    from kpn_sandbox.vendors.itx.views import Provider
    from kpn_sandbox.vendors.kaisa.views import Desk
    from kpn_sandbox.web.views import House

FACES = (KPN, BRIGHT_PATTERN, KAISA, ATOBI, ITX)
"""The vendors' APIs that the sandbox has."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Parts:
    """What the application is made of, for those who start it."""

    settings: Settings
    sandbox: Sandbox
    admin_token: str


def create_app(settings: Settings, *, wall_clock: WallClock = wall_time, pause: Pause = time.sleep) -> Flask:
    """
    The application.

    Args:
        settings: What was chosen at the start.
        wall_clock: Returns wall time, in epoch seconds.
        pause: Lets some seconds pass while others are served.

    Returns:
        A Flask application; `extensions["kpn_sandbox"]` holds its `Parts`. It has no open connection, so it may be
        forked.

    Raises:
        StorageError: The database cannot be used.
        UnknownScenario, InstantOutOfRange: A setting names what does not exist.
    """
    account = demo_account(settings)
    account.account(wall_clock())
    database = Database(settings.database_url)
    sandbox = Sandbox(database, wall_clock, journal=settings.journal)
    sandbox.accounts.ensure(account)
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
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY_BYTES
    app.url_map.merge_slashes = False
    return app


def _mount(app: Flask, settings: Settings, sandbox: Sandbox, pause: Pause) -> None:
    tokens = Tokens(sandbox)
    guard = BearerAuth(tokens)
    authenticate = sandbox.accounts.authenticate_or_create if settings.lenient else sandbox.accounts.authenticate
    around = RequestLifecycle(sandbox, pause)
    manners = KpnManners(sandbox, guard)
    base_path = settings.base_path.rstrip("/")
    desk = KpnTokenEndpoint(TokenServer(tokens, authenticate), body=settings.token_body, lenient=settings.lenient)
    counter = kpn_routes.Counter(desk, around, manners, sandbox)
    dashboard = kpn_routes.Dashboard(guard, around, manners, sandbox.pins)
    app.register_blueprint(kpn_routes.blueprint(dashboard, counter, base_path))
    door = ControlAuth(authenticate, app.extensions["kpn_sandbox"].admin_token)
    app.register_blueprint(control_routes.blueprint(sandbox, door, FACES))
    app.register_blueprint(documents.blueprint(settings.client_id, _shown_secret(settings)))
    demo = (settings.client_id, settings.client_secret)
    app.register_blueprint(web_routes.blueprint(Later(lambda: _house(sandbox, tokens, guard, door, demo))))
    beside = mount(app, settings, sandbox, around, pause)
    app.register_error_handler(Exception, _refusals(kpn_routes.Refusals(guard, around, manners, base_path), beside))
    app.after_request(around.finish)
    roads = kpn_routes.roads(dashboard, base_path)
    app.wsgi_app = FastPathMiddleware(BodyLimitMiddleware(app.wsgi_app), sandbox, roads)  # type: ignore[method-assign]


def _house(sandbox: Sandbox, tokens: Tokens, guard: BearerAuth, door: ControlAuth, demo: tuple[str, str]) -> "House":
    # Imported here because most starts never show a page.
    from kpn_sandbox.web.views import House

    return House(sandbox, tokens, guard, door, demo, FACES)


def _shown_secret(settings: Settings) -> str:
    """A secret that somebody chose is told to nobody; the one that everybody knows is."""
    published = Settings(database_url=settings.database_url).client_secret
    return settings.client_secret if settings.client_secret == published else ""


def _refusals(kpn: kpn_routes.Refusals, beside: Sequence[Refusals]) -> Callable[[Exception], Response]:
    def refuse(error: Exception) -> Response:
        at_control = request.path.startswith(CONTROL_PREFIX + "/")
        owner = next((each for each in beside if each.own(request.path)), kpn)
        response = control_errors.error_response(error) if at_control else owner.respond(error)
        if isinstance(error, StorageError):
            request.environ[STORAGE_ERROR] = error
            _log.error("request %s: %s", request_id(request.environ), error)
        elif response.status_code == 500 and getattr(error, "status", None) != 500:
            _log.error("request %s failed", request_id(request.environ), exc_info=error)
        return response

    return refuse


class Ground(NamedTuple):
    """What the APIs stand on."""

    settings: Settings
    sandbox: Sandbox
    around: RequestLifecycle
    history: "Later[History]"


def mount(app: Flask, settings: Settings, sandbox: Sandbox, around: RequestLifecycle, pause: Pause) -> list[Refusals]:
    """
    Add the APIs to an application.

    Args:
        app: The application.
        settings: What was chosen at the start.
        sandbox: Whose accounts they are about.
        around: Begins and finishes exchanges.
        pause: Lets some seconds pass while others are served.

    Returns:
        Who answers when something of their paths goes wrong.
    """
    ground = Ground(settings, sandbox, around, Later(lambda: _history(pause)))
    return [mount_one(app, ground) for mount_one in _MOUNTS]


def _mount_bright_pattern(app: Flask, ground: Ground) -> Refusals:
    rooms = Later(lambda: _bright_pattern(ground))
    app.register_blueprint(bright_pattern_routes.blueprint(rooms))
    return Refusals(ground.around, lambda: rooms().manners, BRIGHT_PATTERN_OPERATIONS, BRIGHT_PATTERN_LANDS)


def _mount_kaisa(app: Flask, ground: Ground) -> Refusals:
    desk = Later(lambda: _kaisa(ground))
    app.register_blueprint(kaisa_routes.blueprint(desk))
    lands = ("/widgets", "/api/widgets", "/customers", "/miscellaneous")
    return Refusals(ground.around, lambda: desk().manners, KAISA_OPERATIONS, lands)


def _mount_atobi(app: Flask, ground: Ground) -> Refusals:
    reception = Later(lambda: _atobi(ground))
    app.register_blueprint(atobi_routes.blueprint(reception))
    return Refusals(ground.around, lambda: reception().manners, ATOBI_OPERATIONS, ("/api/external",))


def _mount_itx(app: Flask, ground: Ground) -> Refusals:
    provider = Later(lambda: _itx(ground))
    app.register_blueprint(itx_routes.blueprint(provider))
    return Refusals(ground.around, lambda: provider().manners, ITX_OPERATIONS, ("/rest",))


def _history(pause: Pause) -> "History":
    from kpn_sandbox.simulation.history import History

    return History(pause)


def _bright_pattern(ground: Ground) -> bright_pattern_routes.Rooms:
    from kpn_sandbox.auth import Tokens
    from kpn_sandbox.auth.client_credentials import SessionTokenServer
    from kpn_sandbox.auth.sessions import Sessions
    from kpn_sandbox.vendors.bright_pattern.api import BrightPatternManners
    from kpn_sandbox.vendors.bright_pattern.auth import (
        LOGIN_SESSION,
        TOKEN_SESSION,
        BrightPatternAuth,
        BrightPatternTokenEndpoint,
        LoginEndpoint,
        UserDirectory,
    )
    from kpn_sandbox.vendors.bright_pattern.views.sessions import Doors
    from kpn_sandbox.vendors.bright_pattern.views.subscriptions import Choices, Statsapi

    settings, sandbox, around = ground.settings, ground.sandbox, ground.around
    sessions = Sessions(sandbox, LOGIN_SESSION, TOKEN_SESSION)
    users = UserDirectory(
        sandbox.accounts.authenticate_or_create if settings.lenient else sandbox.accounts.authenticate
    )
    gate = BrightPatternAuth(sessions, sandbox)
    manners = BrightPatternManners(gate)
    choices = Choices(
        demo_account=settings.client_id,
        dispositions=settings.bright_pattern_dispositions,
        most_subscriptions=settings.bright_pattern_subscriptions,
        refresh_seconds=settings.bright_pattern_refresh,
    )
    login = LoginEndpoint(users, sessions, is_open=settings.bright_pattern_login)
    tokens = BrightPatternTokenEndpoint(SessionTokenServer(Tokens(sandbox), sessions, TOKEN_SESSION, users.recognize))
    doors = Doors(gate, login, tokens, around=around, manners=manners, sandbox=sandbox)
    return bright_pattern_routes.Rooms(Statsapi(gate, around, manners, sandbox, choices), doors, manners)


def _kaisa(ground: Ground) -> "Desk":
    from kpn_sandbox.vendors.kaisa.api import KaisaManners
    from kpn_sandbox.vendors.kaisa.auth import KaisaAuth
    from kpn_sandbox.vendors.kaisa.views import Desk

    settings = ground.settings
    door = KaisaAuth(ground.sandbox, settings.client_id if settings.kaisa_open else None)
    return Desk(ground.sandbox, door, ground.around, KaisaManners(door), ground.history())


def _atobi(ground: Ground) -> "Reception":
    from kpn_sandbox.auth import BearerAuth, Tokens, TokenServer
    from kpn_sandbox.vendors.atobi.api import AtobiManners
    from kpn_sandbox.vendors.atobi.auth import LIFE_SECONDS, AtobiTokenEndpoint
    from kpn_sandbox.vendors.atobi.views import Reception

    sandbox = ground.sandbox
    tokens = Tokens(sandbox, purpose="atobi", life_seconds=LIFE_SECONDS)
    authenticate = sandbox.accounts.authenticate_or_create if ground.settings.lenient else sandbox.accounts.authenticate
    guard = BearerAuth(tokens)
    desk = AtobiTokenEndpoint(TokenServer(tokens, authenticate))
    return Reception(desk, guard, ground.around, AtobiManners(sandbox, guard), sandbox)


def _itx(ground: Ground) -> "Provider":
    from kpn_sandbox.auth.url_tokens import UrlTokenAuth
    from kpn_sandbox.vendors.itx.api import ItxManners
    from kpn_sandbox.vendors.itx.auth import ItxAuth
    from kpn_sandbox.vendors.itx.views import Provider

    door = ItxAuth(UrlTokenAuth(ground.sandbox))
    return Provider(door, ground.around, ItxManners(door), ground.history())


_MOUNTS: tuple[Callable[[Flask, Ground], Refusals], ...] = (
    _mount_bright_pattern,
    _mount_kaisa,
    _mount_atobi,
    _mount_itx,
)
