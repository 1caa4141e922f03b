"""Views that are open to anybody: health, how well the APIs are known, the scenarios."""

from collections.abc import Iterable

from kpn_sandbox import __version__
from kpn_sandbox.control_api.context import ControlRequest
from kpn_sandbox.control_api.response_schemas import (
    ApiFidelityRecord,
    BehaviorRecord,
    FidelityRecord,
    HealthRecord,
    ScenariosRecord,
)
from kpn_sandbox.gateway.api import Behavior
from kpn_sandbox.simulation.randomness import ENGINE_VERSION
from kpn_sandbox.simulation.scenarios import SCENARIOS


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


def fidelity(request: ControlRequest) -> FidelityRecord:
    """Return label and source of each operation and behavior of each API."""
    vendors = [_fidelity(api.key, *api.fidelity()) for api in request.context.apis]
    return {"apis": [*vendors, _fidelity("sandbox", request.context.behaviors, ())]}


def _fidelity(api: str, operations: Iterable[Behavior], behaviors: Iterable[Behavior]) -> ApiFidelityRecord:
    return {
        "api": api,
        "operations": [_behavior_record(each) for each in operations],
        "behaviors": [_behavior_record(each) for each in behaviors],
    }


def _behavior_record(behavior: Behavior) -> BehaviorRecord:
    return {"name": behavior.name, "label": behavior.label, "source": behavior.source}


def scenarios(request: ControlRequest) -> ScenariosRecord:
    """Return name and summary of each scenario."""
    return {"scenarios": [{"name": each.name, "summary": each.summary} for each in SCENARIOS.values()]}
