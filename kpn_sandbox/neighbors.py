"""
Puts the APIs together that stand beside KPN's: a part of the composition root, apart because there are several.

Each is handed what it needs here, and gives back who answers when something of its paths goes wrong.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from flask import Flask

from kpn_sandbox.apis.exchange import Pause
from kpn_sandbox.apis.hooks import Hooks
from kpn_sandbox.apis.kaisa import routes as kaisa_routes
from kpn_sandbox.apis.kaisa.auth import KaisaDoor
from kpn_sandbox.apis.kaisa.face import FACE as KAISA
from kpn_sandbox.apis.kaisa.manners import KaisaManners
from kpn_sandbox.apis.kaisa.operations import OPERATIONS as KAISA_OPERATIONS
from kpn_sandbox.apis.refusals import Refusals
from kpn_sandbox.control.sandbox import Sandbox
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation.history import History

FACES = (KAISA,)

TURN_SECONDS = 0.001
"""What a request that computes many days leaves to others between two of them."""


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
    ground = Ground(settings, sandbox, around, History(partial(pause, TURN_SECONDS)))
    return [mount_one(app, ground) for mount_one in _MOUNTS]


def _mount_kaisa(app: Flask, ground: Ground) -> Refusals:
    settings, sandbox, around, history = ground
    door = KaisaDoor(sandbox, settings.client_id if settings.kaisa_open else None)
    manners = KaisaManners(door)
    app.register_blueprint(kaisa_routes.blueprint(kaisa_routes.Desk(sandbox, door, around, manners, history)))
    return Refusals(around, manners, KAISA_OPERATIONS, ("/widgets", "/api/widgets", "/customers", "/miscellaneous"))


_MOUNTS: tuple[Callable[[Flask, Ground], Refusals], ...] = (_mount_kaisa,)
