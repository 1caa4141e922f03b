"""Views of what a center is like and when it is looked at: profile, scenario, clock; and the reset of an account."""

from kpn_sandbox.control_api.context import ControlRequest
from kpn_sandbox.control_api.response_schemas import ClockRecord, ProfileRecord, ResetRecord, ScenarioInForceRecord
from kpn_sandbox.control_api.serializers import clock_record, profile_record, scenario_record


def show_profile(request: ControlRequest) -> ProfileRecord:
    """Return the profile in force, before the scenario is applied."""
    tenant = request.tenant
    return profile_record(tenant.in_force(tenant.now()).profile)


def change_profile(request: ControlRequest) -> ProfileRecord:
    """
    Change the profile by a merge patch (RFC 7396) and return it.

    Raises:
        InvalidProfile: The patch is wrong, or the center would be too busy to simulate.
    """
    midnight = request.query.get("effective") == "midnight"
    return profile_record(request.sandbox.configuration.patch(request.client_id, request.given, midnight=midnight))


def show_scenario(request: ControlRequest) -> ScenarioInForceRecord:
    """Return the scenario in force."""
    return scenario_record(request.tenant)


def set_scenario(request: ControlRequest) -> ScenarioInForceRecord:
    """Set the scenario, for good or for some seconds, and return it."""
    request.sandbox.configuration.set_scenario(request.client_id, request.body["name"], request.body.get("for_seconds"))
    return scenario_record(request.tenant)


def show_clock(request: ControlRequest) -> ClockRecord:
    """Return the clock."""
    return clock_record(request.tenant.clock, request.sandbox.wall_clock())


def set_clock(request: ControlRequest) -> ClockRecord:
    """Set the clock and return it."""
    return clock_record(request.sandbox.clocks.set(request.client_id, **request.body), request.sandbox.wall_clock())


def advance_clock(request: ControlRequest) -> ClockRecord:
    """Advance the clock and return it."""
    clock = request.sandbox.clocks.advance(request.client_id, request.body["seconds"])
    return clock_record(clock, request.sandbox.wall_clock())


def reset(request: ControlRequest) -> ResetRecord:
    """Reset layers of the account, all of them by default, and return their names."""
    return {"layers": list(request.sandbox.reset(request.client_id, request.body.get("layers")))}
