"""
Puts the APIs together that stand beside KPN's: a part of the composition root, apart because there are several.

Each has its routes from the start and gives back who answers when something of its paths goes wrong. The rooms behind
the routes are imported, and handed what they need, when the first request comes: most starts see one vendor only.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from flask import Flask

from kpn_sandbox.apis.atobi import routes as atobi_routes
from kpn_sandbox.apis.atobi.face import FACE as ATOBI
from kpn_sandbox.apis.atobi.operations import OPERATIONS as ATOBI_OPERATIONS
from kpn_sandbox.apis.bright_pattern import routes as bright_pattern_routes
from kpn_sandbox.apis.bright_pattern.face import FACE as BRIGHT_PATTERN
from kpn_sandbox.apis.bright_pattern.operations import LANDS as BRIGHT_PATTERN_LANDS
from kpn_sandbox.apis.bright_pattern.operations import OPERATIONS as BRIGHT_PATTERN_OPERATIONS
from kpn_sandbox.apis.exchange import Pause
from kpn_sandbox.apis.hooks import Hooks
from kpn_sandbox.apis.itx import routes as itx_routes
from kpn_sandbox.apis.itx.face import FACE as ITX
from kpn_sandbox.apis.itx.operations import OPERATIONS as ITX_OPERATIONS
from kpn_sandbox.apis.kaisa import routes as kaisa_routes
from kpn_sandbox.apis.kaisa.face import FACE as KAISA
from kpn_sandbox.apis.kaisa.operations import OPERATIONS as KAISA_OPERATIONS
from kpn_sandbox.apis.later import Later
from kpn_sandbox.apis.refusals import Refusals
from kpn_sandbox.control.sandbox import Sandbox
from kpn_sandbox.settings import Settings

if TYPE_CHECKING:
    from kpn_sandbox.apis.atobi.reception import Reception
    from kpn_sandbox.apis.itx.provider import Provider
    from kpn_sandbox.apis.kaisa.desk import Desk
    from kpn_sandbox.simulation.history import History

FACES = (BRIGHT_PATTERN, KAISA, ATOBI, ITX)


class Ground(NamedTuple):
    """What the APIs stand on."""

    settings: Settings
    sandbox: Sandbox
    around: Hooks
    history: "Later[History]"


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
    from kpn_sandbox.apis.bright_pattern.auth import LOGIN_SESSION, TOKEN_SESSION, Gate, LoginDesk, TokenDesk, Users
    from kpn_sandbox.apis.bright_pattern.doors import Doors
    from kpn_sandbox.apis.bright_pattern.manners import BrightPatternManners
    from kpn_sandbox.apis.bright_pattern.statsapi import Choices, Statsapi
    from kpn_sandbox.auth import Tokens
    from kpn_sandbox.auth.session_tokens import SessionTokenServer
    from kpn_sandbox.auth.sessions import Sessions

    settings, sandbox, around = ground.settings, ground.sandbox, ground.around
    sessions = Sessions(sandbox, LOGIN_SESSION, TOKEN_SESSION)
    users = Users(sandbox.accounts.welcome if settings.lenient else sandbox.accounts.authenticate)
    gate = Gate(sessions, sandbox)
    manners = BrightPatternManners(gate)
    choices = Choices(
        demo_account=settings.client_id,
        dispositions=settings.bright_pattern_dispositions,
        most_subscriptions=settings.bright_pattern_subscriptions,
        refresh_seconds=settings.bright_pattern_refresh,
    )
    login = LoginDesk(users, sessions, is_open=settings.bright_pattern_login)
    tokens = TokenDesk(SessionTokenServer(Tokens(sandbox), sessions, TOKEN_SESSION, users.recognize))
    doors = Doors(gate, login, tokens, around=around, manners=manners, sandbox=sandbox)
    return bright_pattern_routes.Rooms(Statsapi(gate, around, manners, sandbox, choices), doors, manners)


def _kaisa(ground: Ground) -> "Desk":
    from kpn_sandbox.apis.kaisa.auth import KaisaDoor
    from kpn_sandbox.apis.kaisa.desk import Desk
    from kpn_sandbox.apis.kaisa.manners import KaisaManners

    settings = ground.settings
    door = KaisaDoor(ground.sandbox, settings.client_id if settings.kaisa_open else None)
    return Desk(ground.sandbox, door, ground.around, KaisaManners(door), ground.history())


def _atobi(ground: Ground) -> "Reception":
    from kpn_sandbox.apis.atobi.auth import LIFE_SECONDS, TokenDesk
    from kpn_sandbox.apis.atobi.manners import AtobiManners
    from kpn_sandbox.apis.atobi.reception import Reception
    from kpn_sandbox.auth import Guard, Tokens, TokenServer

    sandbox = ground.sandbox
    tokens = Tokens(sandbox, purpose="atobi", life_seconds=LIFE_SECONDS)
    authenticate = sandbox.accounts.welcome if ground.settings.lenient else sandbox.accounts.authenticate
    guard = Guard(tokens)
    desk = TokenDesk(TokenServer(tokens, authenticate))
    return Reception(desk, guard, ground.around, AtobiManners(sandbox, guard), sandbox)


def _itx(ground: Ground) -> "Provider":
    from kpn_sandbox.apis.itx.auth import ItxDoor
    from kpn_sandbox.apis.itx.manners import ItxManners
    from kpn_sandbox.apis.itx.provider import Provider
    from kpn_sandbox.auth.fixed_tokens import FixedTokens

    door = ItxDoor(FixedTokens(ground.sandbox))
    return Provider(door, ground.around, ItxManners(door), ground.history())


_MOUNTS: tuple[Callable[[Flask, Ground], Refusals], ...] = (
    _mount_bright_pattern,
    _mount_kaisa,
    _mount_atobi,
    _mount_itx,
)
