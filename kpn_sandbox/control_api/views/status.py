"""Views that are open to anybody: health, how well the APIs are known, the scenarios."""

from collections.abc import Iterable
from typing import Any

from kpn_sandbox import __version__
from kpn_sandbox.control_api.context import ControlRequest
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX
from kpn_sandbox.control_api.response_schemas import HealthRecord
from kpn_sandbox.gateway.api import Behavior
from kpn_sandbox.simulation.randomness import ENGINE_VERSION
from kpn_sandbox.simulation.scenarios import SCENARIOS

_OWN_OPERATIONS = [Behavior(f"{each.method} {PREFIX}{each.path}", each.label, each.source) for each in OPERATIONS]


def health(request: ControlRequest) -> HealthRecord:
    """Return that the sandbox runs, which version and for how long."""
    uptime = request.sandbox.wall_clock() - request.context.started_at
    return {
        "status": "ok",
        "version": __version__,
        "engine": ENGINE_VERSION,
        # Wall time can be set back, uptime cannot.
        "uptime_seconds": round(max(0.0, uptime), 3),
    }


def ready(request: ControlRequest) -> HealthRecord:
    """
    Return the same as `health`, if the database answers, too.

    Raises:
        StorageError: It does not.
    """
    request.sandbox.database.check()
    return health(request)


def fidelity(request: ControlRequest) -> dict[str, Any]:
    """Return label and source of each operation and behavior of each API."""
    vendors = [_fidelity(api.key, *api.fidelity()) for api in request.context.apis]
    return {"apis": [*vendors, _fidelity("sandbox", _OWN_OPERATIONS, ())]}


def _fidelity(api: str, operations: Iterable[Behavior], behaviors: Iterable[Behavior]) -> dict[str, Any]:
    return {
        "api": api,
        "operations": [vars(each) for each in operations],
        "behaviors": [vars(each) for each in behaviors],
    }


def list_scenarios(request: ControlRequest) -> dict[str, Any]:
    """Return name and summary of each scenario."""
    return {"scenarios": [{"name": each.name, "summary": each.summary} for each in SCENARIOS.values()]}
