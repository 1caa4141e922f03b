"""
Puts the APIs together that stand beside KPN's: a part of the composition root, apart because there are several.

Each is handed what it needs here, and gives back who answers when something of its paths goes wrong.
"""

from collections.abc import Callable
from typing import NamedTuple

from flask import Flask

from kpn_sandbox.apis.atobi import auth as atobi_auth
from kpn_sandbox.apis.atobi import routes as atobi_routes
from kpn_sandbox.apis.atobi.face import FACE as ATOBI
from kpn_sandbox.apis.atobi.manners import AtobiManners
from kpn_sandbox.apis.atobi.operations import OPERATIONS as ATOBI_OPERATIONS
from kpn_sandbox.apis.bright_pattern import routes as bright_pattern_routes
from kpn_sandbox.apis.bright_pattern.auth import LOGIN_SESSION, TOKEN_SESSION, Gate, LoginDesk, TokenDesk, Users
from kpn_sandbox.apis.bright_pattern.doors import Doors
from kpn_sandbox.apis.bright_pattern.face import FACE as BRIGHT_PATTERN
from kpn_sandbox.apis.bright_pattern.manners import BrightPatternManners
from kpn_sandbox.apis.bright_pattern.operations import LANDS as BRIGHT_PATTERN_LANDS
from kpn_sandbox.apis.bright_pattern.operations import OPERATIONS as BRIGHT_PATTERN_OPERATIONS
from kpn_sandbox.apis.exchange import Pause
from kpn_sandbox.apis.hooks import Hooks
from kpn_sandbox.apis.itx import routes as itx_routes
from kpn_sandbox.apis.itx.auth import ItxDoor
from kpn_sandbox.apis.itx.face import FACE as ITX
from kpn_sandbox.apis.itx.manners import ItxManners
from kpn_sandbox.apis.itx.operations import OPERATIONS as ITX_OPERATIONS
from kpn_sandbox.apis.kaisa import routes as kaisa_routes
from kpn_sandbox.apis.kaisa.auth import KaisaDoor
from kpn_sandbox.apis.kaisa.face import FACE as KAISA
from kpn_sandbox.apis.kaisa.manners import KaisaManners
from kpn_sandbox.apis.kaisa.operations import OPERATIONS as KAISA_OPERATIONS
from kpn_sandbox.apis.refusals import Refusals
from kpn_sandbox.auth import Guard, Tokens, TokenServer
from kpn_sandbox.auth.fixed_tokens import FixedTokens
from kpn_sandbox.auth.session_tokens import SessionTokenServer
from kpn_sandbox.auth.sessions import Sessions
from kpn_sandbox.control.inbox import Inbox
from kpn_sandbox.control.sandbox import Sandbox
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation.history import History

FACES = (BRIGHT_PATTERN, KAISA, ATOBI, ITX)


class Ground(NamedTuple):
    """What the APIs stand on."""

    settings: Settings
    sandbox: Sandbox
    around: Hooks
    history: History


def mount(app: Flask, settings: Settings, sandbox: Sandbox, around: Hooks, pause: Pause) -> list[Refusals]:
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
    ground = Ground(settings, sandbox, around, History(pause))
    return [mount_one(app, ground) for mount_one in _MOUNTS]


def _mount_bright_pattern(app: Flask, ground: Ground) -> Refusals:
    settings, sandbox, around = ground.settings, ground.sandbox, ground.around
    sessions = Sessions(sandbox, LOGIN_SESSION, TOKEN_SESSION)
    users = Users(sandbox.accounts.welcome if settings.lenient else sandbox.accounts.authenticate)
    gate = Gate(sessions, sandbox)
    manners = BrightPatternManners(gate)
    choices = bright_pattern_routes.Choices(
        demo_account=settings.client_id,
        dispositions=settings.bright_pattern_dispositions,
        most_subscriptions=settings.bright_pattern_subscriptions,
        refresh_seconds=settings.bright_pattern_refresh,
    )
    statsapi = bright_pattern_routes.Statsapi(gate, around, manners, sandbox, choices)
    login = LoginDesk(users, sessions, is_open=settings.bright_pattern_login)
    tokens = TokenDesk(SessionTokenServer(Tokens(sandbox), sessions, TOKEN_SESSION, users.recognize))
    doors = Doors(gate, login, tokens, around=around, manners=manners, sandbox=sandbox)
    app.register_blueprint(bright_pattern_routes.blueprint(statsapi, doors))
    return Refusals(around, manners, BRIGHT_PATTERN_OPERATIONS, BRIGHT_PATTERN_LANDS)


def _mount_kaisa(app: Flask, ground: Ground) -> Refusals:
    settings, sandbox, around, history = ground
    door = KaisaDoor(sandbox, settings.client_id if settings.kaisa_open else None)
    manners = KaisaManners(door)
    app.register_blueprint(kaisa_routes.blueprint(kaisa_routes.Desk(sandbox, door, around, manners, history)))
    return Refusals(around, manners, KAISA_OPERATIONS, ("/widgets", "/api/widgets", "/customers", "/miscellaneous"))


def _mount_atobi(app: Flask, ground: Ground) -> Refusals:
    sandbox, around = ground.sandbox, ground.around
    tokens = Tokens(sandbox, purpose="atobi", life_seconds=atobi_auth.LIFE_SECONDS)
    authenticate = sandbox.accounts.welcome if ground.settings.lenient else sandbox.accounts.authenticate
    guard = Guard(tokens)
    manners = AtobiManners(sandbox, guard)
    desk = atobi_auth.TokenDesk(TokenServer(tokens, authenticate))
    counter = atobi_routes.Counter(desk, around, manners, sandbox)
    reception = atobi_routes.Reception(guard, around, manners, Inbox(sandbox.database))
    app.register_blueprint(atobi_routes.blueprint(counter, reception))
    return Refusals(around, manners, ATOBI_OPERATIONS, ("/api/external",))


def _mount_itx(app: Flask, ground: Ground) -> Refusals:
    door = ItxDoor(FixedTokens(ground.sandbox))
    manners = ItxManners(door)
    app.register_blueprint(itx_routes.blueprint(itx_routes.Provider(door, ground.around, manners, ground.history)))
    return Refusals(ground.around, manners, ITX_OPERATIONS, ("/rest",))


_MOUNTS: tuple[Callable[[Flask, Ground], Refusals], ...] = (
    _mount_bright_pattern,
    _mount_kaisa,
    _mount_atobi,
    _mount_itx,
)
