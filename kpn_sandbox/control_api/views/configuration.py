"""Views of what a center is like and when it is looked at: profile, scenario, clock; and the reset of an account."""

import json

import orjson
from flask import Response

from kpn_sandbox.client.records import ClockRecord, ResetRecord, RestoredRecord, ScenarioInForceRecord
from kpn_sandbox.control_api.context import ControlRequest
from kpn_sandbox.control_api.errors import ProblemError, invalid_fields
from kpn_sandbox.control_api.serializers import (
    account_record,
    clock_record,
    optional_instant_text,
    profile_record,
    scenario_record,
)
from kpn_sandbox.control_api.snapshots import load_snapshot, snapshot_record
from kpn_sandbox.literals import EFFECTIVE, EFFECTIVE_ALIASES, LARGEST_SNAPSHOT_BYTES, Effective
from kpn_sandbox.simulation.profile import Profile

EFFECTIVE_FROM = "X-Sandbox-Effective-From"
"""Header of responses with a profile: the instant from which it counts, empty for always."""


def show_profile(request: ControlRequest) -> Response:
    """Return the profile in force, before the scenario is applied."""
    tenant = request.tenant
    at = tenant.now()
    return _profile_response(tenant.in_force(at).profile, tenant.timeline.profile_since(at))


def change_profile(request: ControlRequest) -> Response:
    """
    Change the profile by a merge patch (RFC 7396) and return it.

    Raises:
        InvalidProfile: The patch is wrong, or the center would be too busy to simulate.
        TooManyChanges: The account has as many dated changes as it may have.
    """
    effective = _effective(request) or "always"
    applied = request.sandbox.configuration.patch(request.client_id, request.given, effective)
    return _profile_response(applied.setting.profile, applied.effective_from)


def show_scenario(request: ControlRequest) -> ScenarioInForceRecord:
    """Return the scenario in force."""
    return scenario_record(request.tenant)


def set_scenario(request: ControlRequest) -> ScenarioInForceRecord:
    """
    Set the scenario, for always, from now on or for some seconds, and return it.

    Raises:
        ProblemError: Query and body say different things about when it counts.
        InvalidSetting: It is to count always, in spite of a duration.
        TooManyChanges: The account has as many dated changes as it may have.
    """
    name, for_seconds = request.body["name"], request.body.get("for_seconds")
    effective = _effective(request)
    request.sandbox.configuration.set_scenario(request.client_id, name, effective, for_seconds=for_seconds)
    return scenario_record(request.tenant)


def show_clock(request: ControlRequest) -> ClockRecord:
    """Return the clock."""
    return clock_record(request.tenant)


def set_clock(request: ControlRequest) -> ClockRecord:
    """Set the clock and return it."""
    request.sandbox.clocks.set(request.client_id, **request.body)
    return clock_record(request.tenant)


def advance_clock(request: ControlRequest) -> ClockRecord:
    """Advance the clock and return it."""
    request.sandbox.clocks.advance(request.client_id, request.body["seconds"])
    return clock_record(request.tenant)


def show_snapshot(request: ControlRequest) -> Response:
    """
    Return the state of the account as a document.

    Raises:
        ProblemError: The document would be larger than one that can be restored.
    """
    record = snapshot_record(request.sandbox.snapshot(request.client_id))
    # Stored values may be nested deeper than orjson writes.
    body = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
    if len(body) > LARGEST_SNAPSHOT_BYTES:
        most = LARGEST_SNAPSHOT_BYTES // 1024**2
        raise ProblemError(409, f"The snapshot would be larger than {most} MB: reset inbox, faults or pins first.")
    return Response(body, content_type="application/json")


def restore_snapshot(request: ControlRequest) -> RestoredRecord:
    """
    Restore a snapshot into the account, whole or not at all, and return the account.

    Raises:
        ProblemError: The document is not one that an account can have, or comes from another engine.
    """
    snapshot, notes = load_snapshot(request.given)
    request.sandbox.restore(request.client_id, snapshot)
    return {**account_record(request.tenant), "notes": list(notes)}


def reset(request: ControlRequest) -> ResetRecord:
    """Reset layers of the account, all of them by default, and return their names."""
    return {"layers": list(request.sandbox.reset(request.client_id, request.body.get("layers")))}


def _effective(request: ControlRequest) -> Effective | None:
    """Return from when on a change counts by query and body, None when neither says it."""
    in_query, in_body = (_without_alias(part.get("effective")) for part in (request.query, request.body))
    if in_query and in_body and in_query != in_body:
        allowed = f"the same in query and body, not {in_query} and {in_body}"
        raise invalid_fields({"field": "effective", "value": in_query, "allowed": allowed})
    return in_query or in_body


def _without_alias(word: str | None) -> Effective | None:
    return next((each for each in EFFECTIVE if word is not None and each == EFFECTIVE_ALIASES.get(word, word)), None)


def _profile_response(profile: Profile, effective_from: float | None) -> Response:
    response = Response(orjson.dumps(profile_record(profile)), content_type="application/json")
    response.headers[EFFECTIVE_FROM] = optional_instant_text(effective_from) or ""
    return response
