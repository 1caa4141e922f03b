"""Schemas of a snapshot: what the state of an account consists of, beside what vendors store."""

from typing import Any

from marshmallow import validates_schema

from kpn_sandbox import literals
from kpn_sandbox.control_api.fields import (
    ChoiceField,
    FlagField,
    FreeObjectField,
    InstantField,
    ListField,
    NumberTextField,
    ObjectField,
    PatternField,
    ProfilePatchField,
    StrictSchema,
    WholeNumberField,
    field_error,
)
from kpn_sandbox.control_api.request_schemas import (
    PRINTABLE,
    PRINTABLE_ALLOWED,
    YEAR_SECONDS,
    ClockRequestSchema,
    FaultRequestSchema,
    PinRequestSchema,
    QuotaRequestSchema,
)
from kpn_sandbox.tenants.faults import MOST_OUTCOMES
from kpn_sandbox.validation import having, one_of_two
from kpn_sandbox.vendors import STATE_PARTS


class SnapshotChangeSchema(StrictSchema):
    """Dated change of a snapshot: of the profile, or of the scenario."""

    conditions = {**one_of_two("profile", "scenario"), "not": having("profile", "scenario")}

    # The end of a scenario that is set for some seconds may lie in the year after the last one.
    effective_at = InstantField(required=True, margin=YEAR_SECONDS)
    profile = ProfilePatchField("A merge patch.", {"agents": 80})
    scenario = ChoiceField(literals.SCENARIO_NAMES)
    ends = FlagField(metadata={"description": "Whether it ends a scenario that was set for some seconds."})

    @validates_schema
    def _check_kind(self, data: dict[str, Any], **kwargs: Any) -> None:
        if ("profile" in data) == ("scenario" in data):
            raise field_error("scenario", "given, or else a profile, but not both")
        if not data.get("profile", True):
            raise field_error("profile", "a JSON object with at least one field")
        if data.get("ends") and "scenario" not in data:
            raise field_error("ends", "left out beside a profile")


class SnapshotClockSchema(ClockRequestSchema):
    """Clock of a snapshot, which continues at its instant."""

    at = InstantField(required=True)


class SnapshotPinSchema(PinRequestSchema):
    """Pin of a snapshot, with the reads that are left."""

    kind = ChoiceField(literals.OBJECT_KINDS, required=True)
    key = NumberTextField("[1-9][0-9]{0,8}", "the number of an object, 1 to 9 digits", (1, 999_999_999), required=True)


class SnapshotFaultSchema(FaultRequestSchema):
    """Fault plan of a snapshot, and to how many requests it has been applied."""

    id = PatternField("[A-Za-z0-9]{1,16}", "1 to 16 letters and digits", metadata={"description": "Made by default."})
    used = WholeNumberField(0, 2**53, metadata={"description": "Requests that it has been applied to; 0 by default."})
    remaining = WholeNumberField(
        0, MOST_OUTCOMES, metadata={"description": "Outcomes that are left; used counts the others."}
    )

    @validates_schema
    def _check_used(self, data: dict[str, Any], **kwargs: Any) -> None:
        outcomes, used = len(data.get("outcomes", ())), data.get("used", 0)
        endless = data.get("repeat") or "outcomes" not in data
        if not endless and used > outcomes:
            raise field_error("used", f"at most {outcomes}, the number of outcomes")
        if "remaining" in data and (endless or data["remaining"] != outcomes - used):
            raise field_error("remaining", "left out: it never ends" if endless else f"{outcomes - used}, or left out")


class SnapshotCountSchema(StrictSchema):
    """Requests that were counted against a quota in one window."""

    counter = PatternField("[a-z_ ]{1,32}", "the key of an API, or of one of its counters", required=True)
    window_starts_at = InstantField(required=True, margin=20 * YEAR_SECONDS)
    used = WholeNumberField(1, 1_000_000, required=True)


class SnapshotSchema(StrictSchema):
    """State of an account, as a GET of its snapshot answers it; what is left out is as in a new account."""

    format = WholeNumberField(literals.SNAPSHOT_FORMAT, literals.SNAPSHOT_FORMAT, required=True)
    engine = WholeNumberField(1, 1_000_000, required=True, metadata={"description": "That of the sandbox, else 409."})
    names = PatternField(r"[ -~]{1,4000}", "a text as the replay line has it, or null", allow_none=True)
    seed = NumberTextField(PRINTABLE, f"{PRINTABLE_ALLOWED}, or an integer", required=True)
    profile = ProfilePatchField("Of the base; fields left out have their defaults.", {"agents": 80})
    scenario = ChoiceField(literals.SCENARIO_NAMES, metadata={"description": "Of the base; normal by default."})
    changes = ListField(ObjectField(SnapshotChangeSchema), 0, literals.MOST_DATED_CHANGES)
    clock = ObjectField(SnapshotClockSchema, required=True)
    pins = ListField(ObjectField(SnapshotPinSchema), 0, 100_000)
    faults = ListField(ObjectField(SnapshotFaultSchema), 0, 100_000)
    quota = ObjectField(QuotaRequestSchema, allow_none=True)
    quota_used = ListField(ObjectField(SnapshotCountSchema), 0, 1000)


SnapshotRequestSchema = SnapshotSchema.from_dict(
    {key: FreeObjectField(metadata={"description": "What this API stores."}) for key in STATE_PARTS},
    name="SnapshotRequestSchema",
)
"""The body of a request to restore a snapshot."""
