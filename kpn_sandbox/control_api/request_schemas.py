"""
What may be said to the sandbox: every body and every query, each field with its type and range.

Nothing is applied when anything is wrong; unknown fields are refused like wrong ones. The answers' shapes stand in
`answers`.
"""

from typing import Any

from marshmallow import fields, validates_schema
from marshmallow.exceptions import ValidationError

from kpn_sandbox.control_api.fields import (
    Choice,
    Figure,
    Flag,
    Free,
    Headers,
    Instant,
    ManyOf,
    Part,
    Strict,
    Whole,
    Word,
    in_query,
    refusal,
)
from kpn_sandbox.literals import (
    API_KEYS,
    CLOCK_MODES,
    CONNECTION_FAULTS,
    LONGEST_DELAY_MS,
    QUOTA_UNITS,
    RESET_LAYERS,
    SCENARIO_NAMES,
)
from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.tenants.configuration import patched
from kpn_sandbox.tenants.faults import MOST_OUTCOMES

_CLIENT_ID = r"(?!\.\.?\Z)[!-.0-9;-~]{1,128}"
_YEAR_SECONDS = 366 * 86_400
_CENTURY_SECONDS = 101 * _YEAR_SECONDS


_PRINTABLE = r"[^\x00-\x1f\x7f\ud800-\udfff]{1,128}"
_PRINTABLE_TOLD = "1 to 128 characters, none of them a control character"


def _named(what: str) -> Word:
    """A filter by name; what nothing is called finds nothing."""
    return Word(_PRINTABLE, _PRINTABLE_TOLD, metadata=in_query(description=f"Only this {what}."))


class ClockSchema(Strict):
    """A clock: following wall time, running from an instant at some speed, or standing still."""

    mode = Choice(CLOCK_MODES, required=True)
    at = Instant(metadata={"description": "Where it stands or runs from; the account's current instant by default."})
    speed = Figure(0, 3600, above=True, metadata={"description": "Seconds of the account per second of wall time."})

    @validates_schema
    def _stands(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["mode"] == "frozen" and "speed" in data:
            raise refusal("speed", "left out: a frozen clock has none")


class AdvanceSchema(Strict):
    """How far a clock is moved."""

    seconds = Figure(0, _CENTURY_SECONDS, required=True, metadata={"example": 3600})


class ScenarioSchema(Strict):
    """A scenario to set."""

    name = Choice(SCENARIO_NAMES, required=True, metadata={"example": "peak"})
    for_seconds = Figure(
        0, _YEAR_SECONDS, above=True, metadata={"description": "After so long the one in force before comes back."}
    )


class NewAccountSchema(Strict):
    """An account to make; what is left out is chosen."""

    client_id = Word(_CLIENT_ID, "1 to 128 visible ASCII characters without colon and slash")
    client_secret = Word(r"[!-~]{1,128}", "1 to 128 visible ASCII characters")
    seed = Word(_PRINTABLE, _PRINTABLE_TOLD)
    profile = Free(metadata={"description": "A merge patch to the default profile.", "example": {"agents": 20}})
    scenario = Choice(SCENARIO_NAMES)
    clock = Part(ClockSchema)

    @validates_schema(skip_on_field_errors=False)
    def _possible(self, data: dict[str, Any], **kwargs: Any) -> None:
        try:
            profile = patched(Profile(), data.get("profile", {}))
            SCENARIOS[data.get("scenario", "normal")].over(profile)
        except InvalidProfile as error:
            raise ValidationError({"profile": {each.field: [each.allowed] for each in error.all}}) from None


class PinSchema(Strict):
    """Fields of one object that are to stay as they are."""

    fields_ = Free(
        required=True,
        data_key="fields",
        metadata={"description": "As the vendor spells them.", "example": {"Status": "AUX", "Reason": "2"}},
    )
    expires_at = Instant(metadata={"description": "By the account's clock."})
    reads = Whole(1, 1_000_000, metadata={"description": "Answers that show it before it is gone."})


class OutcomeSchema(Strict):
    """What becomes of a request."""

    status = Whole(200, 599)
    delay_ms = Whole(0, LONGEST_DELAY_MS)
    body = fields.Raw(
        metadata={"description": "A text, or JSON to be written out."},
        error_messages={"null": "a text or JSON, not null"},
    )
    headers = Headers()
    connection = Choice(CONNECTION_FAULTS)
    ok = Flag(metadata={"description": "True: the ordinary answer."})

    @validates_schema
    def _together(self, data: dict[str, Any], **kwargs: Any) -> None:
        for name in ("body", "headers"):
            if name in data and "status" not in data:
                raise refusal("status", f"given beside {name}: a whole number from 200 to 599")
        if not data.keys() & {"status", "delay_ms", "connection", "ok"}:
            raise ValidationError("an object with status, delay_ms, connection or ok")
        if data.get("ok") is False:
            raise refusal("ok", "true, or left out")
        for name in ("status", "connection"):
            if "ok" in data and name in data:
                raise refusal("ok", f"left out beside {name}")
        if "connection" in data and "status" in data:
            raise refusal("connection", "left out beside status")


class FaultSchema(Strict):
    """Outcomes that are used up in order, or one that happens by chance."""

    api = Choice(API_KEYS, required=True)
    operation = fields.String(
        metadata={"description": "A key of the API's operations; all of them by default.", "example": "agents"},
        error_messages=dict.fromkeys(("null", "invalid"), "the key of an operation"),
    )
    outcomes = ManyOf(Part(OutcomeSchema), 1, MOST_OUTCOMES)
    repeat = Flag(metadata={"description": "Whether the outcomes begin again when they are used up."})
    probability = Figure(0, 1)
    outcome = Part(OutcomeSchema)
    seed = Word(_PRINTABLE, _PRINTABLE_TOLD)

    @validates_schema
    def _one_kind(self, data: dict[str, Any], **kwargs: Any) -> None:
        by_chance = "probability" in data or "outcome" in data
        if by_chance == ("outcomes" in data):
            raise refusal("outcomes", "a list of outcomes, or else probability and outcome")
        for name in ("probability", "outcome"):
            if by_chance and name not in data:
                raise refusal(name, "given: probability and outcome go together")
        if by_chance and "repeat" in data:
            raise refusal("repeat", "left out beside probability")
        if not by_chance and "seed" in data:
            raise refusal("seed", "left out without probability")


class QuotaSchema(Strict):
    """How many calls are allowed in a window of time."""

    limit = Whole(1, 1_000_000, required=True, metadata={"example": 60})
    interval = Whole(1, 1000, required=True, metadata={"example": 1})
    unit = Choice(QUOTA_UNITS, required=True, metadata={"example": "minute"})
    retry_after = Flag(metadata={"description": "Whether refusals say when to come again; off by default."})


class ResetSchema(Strict):
    """What is to be as in the beginning."""

    layers = ManyOf(Choice(RESET_LAYERS), 0, 100, metadata={"description": "All of them by default."})


class EffectiveQuery(Strict):
    """Since when a patch counts."""

    effective = Choice(("now", "midnight"), metadata=in_query())


class RequestsQuery(Strict):
    """Which requests are shown."""

    api = Choice(API_KEYS, metadata=in_query())
    operation = _named("operation")
    status = Whole(100, 599, metadata=in_query())
    since = Instant(metadata=in_query())
    limit = Whole(1, 1000, metadata=in_query(description="Only the newest so many."))
    format = Choice(("json", "har"), metadata=in_query())


class PeriodQuery(Strict):
    """A period of at most seven days; from midnight to now by default."""

    from_ = Instant(data_key="from", metadata=in_query())
    to = Instant(metadata=in_query())


class CallsQuery(PeriodQuery):
    """Which calls are told."""

    queue = Whole(0, 999_999_999, metadata=in_query())
    agent = Whole(0, 999_999_999, metadata=in_query())


class InboxQuery(Strict):
    """Which records are shown."""

    type = _named("type")
    context = _named("context")
    kpi = _named("kpi")
    since = Instant(metadata=in_query())
