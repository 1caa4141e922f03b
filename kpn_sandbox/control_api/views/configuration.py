"""Turning a world: profile, scenario, clock, and all of it back to the beginning."""

from typing import Any

from kpn_sandbox.control_api.context import Call, View
from kpn_sandbox.control_api.serializers import clock_record, profile_record, scenario_record


def show_profile(call: Call) -> dict[str, Any]:
    """The profile in force, before the scenario."""
    return profile_record(call.tenant)


def change_profile(call: Call) -> dict[str, Any]:
    """Change the profile."""
    midnight = call.query.get("effective") == "midnight"
    return call.sandbox.configuration.patch(call.client_id, call.given, midnight=midnight).to_dict()


def show_scenario(call: Call) -> dict[str, Any]:
    """The scenario in force."""
    return scenario_record(call.tenant)


def set_scenario(call: Call) -> dict[str, Any]:
    """Set a scenario."""
    call.sandbox.configuration.set_scenario(call.client_id, call.body["name"], call.body.get("for_seconds"))
    return scenario_record(call.tenant)


def show_clock(call: Call) -> dict[str, Any]:
    """The clock."""
    return clock_record(call.tenant.clock, call.sandbox.wall_clock())


def set_clock(call: Call) -> dict[str, Any]:
    """Set the clock."""
    return clock_record(call.sandbox.clocks.set(call.client_id, **call.body), call.sandbox.wall_clock())


def advance_clock(call: Call) -> dict[str, Any]:
    """Move the clock on."""
    return clock_record(call.sandbox.clocks.advance(call.client_id, call.body["seconds"]), call.sandbox.wall_clock())


def reset(call: Call) -> dict[str, Any]:
    """Make layers as in the beginning."""
    return {"layers": list(call.sandbox.reset(call.client_id, call.body.get("layers")))}


VIEWS: dict[str, View] = {
    "show_profile": show_profile,
    "change_profile": change_profile,
    "show_scenario": show_scenario,
    "set_scenario": set_scenario,
    "show_clock": show_clock,
    "set_clock": set_clock,
    "advance_clock": advance_clock,
    "reset": reset,
}
