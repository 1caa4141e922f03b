"""What anybody may know: that the sandbox lives, how well its APIs are known, which scenarios there are."""

from typing import Any

from kpn_sandbox import __version__
from kpn_sandbox.control_api.context import Call, View
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX
from kpn_sandbox.gateway.api import Behavior, VendorApi
from kpn_sandbox.simulation.randomness import ENGINE_VERSION
from kpn_sandbox.simulation.scenarios import SCENARIOS

OWN = VendorApi(
    "sandbox",
    {each.key: Behavior(f"{each.method} {PREFIX}{each.path}", each.label, each.source) for each in OPERATIONS},
)


def health(call: Call) -> dict[str, Any]:
    """Whether the sandbox lives."""
    uptime = call.sandbox.wall_clock() - call.parts.started_at
    return {
        "status": "ok",
        "version": __version__,
        "engine": ENGINE_VERSION,
        "uptime_seconds": round(max(0.0, uptime), 3),
    }


def ready(call: Call) -> dict[str, Any]:
    """Whether its database answers, too."""
    call.sandbox.database.check()
    return health(call)


def fidelity(call: Call) -> dict[str, Any]:
    """How well each operation and behavior is known."""
    return {"apis": [_face(face) for face in (*call.parts.faces, OWN)]}


def _face(face: VendorApi) -> dict[str, Any]:
    return {
        "api": face.key,
        "operations": [vars(known) for known in face.operations.values()],
        "behaviors": [vars(known) for known in face.behaviors],
    }


def scenarios(call: Call) -> dict[str, Any]:
    """The scenarios and what they do."""
    return {"scenarios": [{"name": each.name, "summary": each.summary} for each in SCENARIOS.values()]}


VIEWS: dict[str, View] = {"health": health, "ready": ready, "fidelity": fidelity, "scenarios": scenarios}
