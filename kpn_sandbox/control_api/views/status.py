"""Views that are open to anybody: health, how well the APIs are known, the scenarios."""

from collections.abc import Iterable
from datetime import UTC, datetime

from kpn_sandbox import __version__
from kpn_sandbox.client.records import ApiFidelityRecord, BehaviorRecord, FidelityRecord, HealthRecord, ScenariosRecord
from kpn_sandbox.control_api.context import ControlRequest
from kpn_sandbox.control_api.errors import ProblemError
from kpn_sandbox.gateway.api import Behavior
from kpn_sandbox.simulation.randomness import ENGINE_VERSION
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.clock import first_instant, last_instant


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
    Return the same as `health`, if the database can be written to and the machine's date is one that centers have.

    Raises:
        ProblemError: 503, which says why it is not ready.
    """
    wall = request.sandbox.wall_clock()
    if not first_instant() <= wall <= last_instant():
        raise ProblemError(503, f"This machine's date is {_date(wall)}, but centers exist from 2000 to 2100.")
    try:
        request.sandbox.database.check()
    except StorageError as error:
        raise ProblemError(503, f"The database {error.reason}.") from error
    return health(request)


def _date(wall: float) -> str:
    try:
        return datetime.fromtimestamp(wall, UTC).date().isoformat()
    except (OverflowError, ValueError, OSError):
        return f"{wall:.0f} seconds after 1970"


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
