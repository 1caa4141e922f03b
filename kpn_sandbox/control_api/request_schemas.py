"""
Schemas of request bodies and queries of the control API, each field with its type and range.

Whatever they refuse changes nothing; unknown fields are refused like wrong ones. Descriptions and examples go into the
OpenAPI document, where a body's schema is named after its class: `PinRequestSchema` is `PinRequest`.
"""

from collections.abc import Sequence
from http import HTTPMethod
from typing import Any

from marshmallow import fields, post_load, validates_schema
from marshmallow.exceptions import ValidationError

from kpn_sandbox import literals
from kpn_sandbox.control_api.fields import (
    ApiField,
    ChoiceField,
    DateField,
    FlagField,
    FreeObjectField,
    HeadersField,
    InstantField,
    ListField,
    NumberField,
    NumberTextField,
    ObjectField,
    OneOrMoreField,
    PatternField,
    ProfilePatchField,
    QuerySchema,
    ShorthandField,
    SpelledField,
    StrictSchema,
    WholeNumberField,
    field_error,
    in_query,
)
from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.gateway.fault_injection import BREAKS, DAMAGES
from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.tenants.faults import ANY_OPERATION, MOST_OUTCOMES
from kpn_sandbox.tenants.timeline import patched
from kpn_sandbox.validation import having, one_of_two
from kpn_sandbox.vendors import APIS

YEAR_SECONDS = 366 * 86_400
# Centers exist from 2000 to 2100, so no move of a clock can be longer.
_CENTURY_SECONDS = 101 * YEAR_SECONDS
PRINTABLE = r"[^\x00-\x1f\x7f\ud800-\udfff]{1,128}"
PRINTABLE_ALLOWED = "1 to 128 characters, none of them a control character"
_EFFECTIVE = (*literals.EFFECTIVE, *literals.EFFECTIVE_ALIASES)
_EFFECTIVE_DESCRIPTION = (
    "always: as if it had always been so; now: from the account's present second on, as for_seconds implies; "
    "midnight: the same as always, which is the default."
)


def _operations(api: type[VendorApi]) -> list[str | None]:
    return [None, ANY_OPERATION, *(operation.key for operation in api.operations)]


def _operations_of(api: type[VendorApi], *others: type[VendorApi]) -> dict[str, Any]:
    """
    Return the JSON schema of objects whose operation is one of their API.

    Args:
        api, others: The APIs that there are.
    """
    known = _where("operation", _operations(api))
    if not others:
        return known
    return {"if": _where("api", [api.key]), "then": known, "else": _operations_of(*others)}


def _where(name: str, values: Sequence[str | None]) -> dict[str, Any]:
    return {"properties": {name: {"enum": values}}, "additionalProperties": True}


def _name_filter(name: str, example: str) -> PatternField:
    """
    Return a filter by the exact text of a field; a text that no entry has finds nothing.

    Args:
        name: What the text is.
        example: Such a text.
    """
    metadata = in_query(description=f"Only this {name}.", example=example)
    return PatternField(PRINTABLE, PRINTABLE_ALLOWED, metadata=metadata)


def _number_filter(name: str) -> WholeNumberField:
    return WholeNumberField(0, 999_999_999, metadata=in_query(description=f"Only this {name}; 0 for all.", default=0))


class ClockRequestSchema(StrictSchema):
    """Clock to set: following wall time, running from an instant at some speed, or frozen."""

    conditions = {"not": {"properties": {"mode": {"enum": ["frozen"]}, "speed": {}}, "required": ["mode", "speed"]}}

    mode = ChoiceField(literals.CLOCK_MODES, required=True)
    at = InstantField(
        metadata={"description": "Where it stands or runs from: where it is, or wall time if it runs without speed."}
    )
    speed = NumberField(
        0, 3600, above=True, metadata={"description": "Seconds of the account per second of wall time."}
    )

    tokens = ChoiceField(
        literals.TOKEN_TIMES,
        metadata={"description": "Whose time the life of tokens follows; by default as before, at first account."},
    )

    @validates_schema
    def _check_speed(self, data: dict[str, Any], **kwargs: Any) -> None:
        if data["mode"] == "frozen" and "speed" in data:
            raise field_error("speed", "left out: a frozen clock has none")


class AdvanceRequestSchema(StrictSchema):
    """Seconds by which to advance a clock."""

    seconds = NumberField(0, _CENTURY_SECONDS, required=True, metadata={"example": 3600})


class ScenarioRequestSchema(StrictSchema):
    """Scenario to set, for always, from now on or for some time."""

    name = SpelledField(literals.SCENARIO_NAMES, required=True, metadata={"example": "peak"})
    for_seconds = NumberField(
        0.001, YEAR_SECONDS, metadata={"description": "After so long the one in force before comes back."}
    )
    effective = ChoiceField(_EFFECTIVE, metadata={"description": _EFFECTIVE_DESCRIPTION})


class OwnerSchema(StrictSchema):
    """Account that a snapshot of a file is for, and its secret."""

    client_id = PatternField(literals.CLIENT_ID_PATTERN, literals.CLIENT_ID_ALLOWED)
    client_secret = PatternField(r"[!-~]{1,128}", "1 to 128 visible ASCII characters")


class NewAccountRequestSchema(OwnerSchema):
    """Account to create; fields left out get generated values or defaults."""

    seed = NumberTextField(PRINTABLE, f"{PRINTABLE_ALLOWED}, or an integer")
    profile = ProfilePatchField("A merge patch to the default profile.", {"agents": 20})
    scenario = SpelledField(literals.SCENARIO_NAMES)
    clock = ObjectField(ClockRequestSchema)
    expires_in_seconds = WholeNumberField(
        1, YEAR_SECONDS, metadata={"description": "After so long, by wall time, it is dropped; never by default."}
    )

    @validates_schema(skip_on_field_errors=False)
    def _check_profile(self, data: dict[str, Any], **kwargs: Any) -> None:
        try:
            profile = patched(Profile(), data.get("profile", {}))
            SCENARIOS[data.get("scenario", "normal")].over(profile)
        except InvalidProfile as error:
            raise ValidationError({"profile": {each.field: [each.allowed] for each in error.all}}) from None


class PinRequestSchema(StrictSchema):
    """Pin to set: values that fields of one object keep."""

    fields_ = FreeObjectField(
        required=True,
        data_key="fields",
        metadata={"description": "As the vendor spells them.", "example": {"Status": "AUX", "Reason": "2"}},
    )
    # Null as in what is told of a pin.
    expires_at = InstantField(allow_none=True, metadata={"description": "By the account's clock."})
    reads = WholeNumberField(
        1, literals.MOST_REQUESTS, allow_none=True, metadata={"description": "Answers that show it before it is gone."}
    )


class OutcomeRequestSchema(StrictSchema):
    """Outcome of one request: a status, a delay, a broken connection or the ordinary response."""

    conditions = {
        "minProperties": 1,
        "dependentRequired": {"body": ["status"], "headers": ["status"]},
        "not": {
            "anyOf": [
                {"properties": {"ok": {"enum": [False]}}, "required": ["ok"]},
                having("ok", "status"),
                having("ok", "connection"),
                {
                    "properties": {"status": {}, "connection": {"enum": list(BREAKS)}},
                    "required": ["status", "connection"],
                },
            ]
        },
    }

    status = WholeNumberField(200, 599)
    delay_ms = WholeNumberField(0, literals.LONGEST_DELAY_MS)
    body = fields.Raw(
        metadata={"description": "A text, or JSON to be written out."},
        error_messages={"null": "a text or JSON, not null"},
    )
    headers = HeadersField()
    connection = ChoiceField(literals.CONNECTION_FAULTS)
    ok = FlagField(metadata={"description": "True: the ordinary answer."})

    @validates_schema
    def _check_combination(self, data: dict[str, Any], **kwargs: Any) -> None:
        for name in ("body", "headers"):
            if name in data and "status" not in data:
                raise field_error("status", f"given beside {name}: a whole number from 200 to 599")
        if not data.keys() & {"status", "delay_ms", "connection", "ok"}:
            raise ValidationError("an object with status, delay_ms, connection or ok")
        if data.get("ok") is False:
            raise field_error("ok", "true, or left out")
        for name in ("status", "connection"):
            if "ok" in data and name in data:
                raise field_error("ok", f"left out beside {name}")
        if "status" in data and data.get("connection") in BREAKS:
            raise field_error("connection", f"left out beside status, or one of {', '.join(DAMAGES)}")


_WORDS: dict[str, dict[str, Any]] = {
    "ok": {"ok": True},
    # As clients say that they wait in vain.
    "timeout": {"connection": "hang"},
    **{kind: {"connection": kind} for kind in literals.CONNECTION_FAULTS},
}


def _outcome(**options: Any) -> ShorthandField:
    return ShorthandField(OutcomeRequestSchema, ("status", 200, 599), _WORDS, **options)


class FaultRequestSchema(StrictSchema):
    """Fault plan to add: outcomes that are used up in order, or one that happens by chance."""

    conditions = {
        "not": having("outcomes", "probability"),
        "dependentRequired": {
            "probability": ["outcome"],
            "outcome": ["probability"],
            "seed": ["probability"],
            "repeat": ["outcomes"],
        },
        "dependentSchemas": {"operation": _operations_of(*APIS)},
        **one_of_two("outcomes", "probability"),
    }

    api = ApiField(literals.API_KEYS, required=True)
    # Null as in what is told of a fault.
    operation = fields.String(
        allow_none=True,
        metadata={
            "description": f"A key of the API's operations; {ANY_OPERATION}, as by default, for all of them.",
            "example": "agents",
        },
        error_messages=dict.fromkeys(("null", "invalid"), "the key of an operation"),
    )
    key = NumberTextField(
        "[0-9]{1,9}",
        "a number of 1 to 9 digits",
        (0, 999_999_999),
        allow_none=True,
        metadata={"description": "Only requests for the object with this number."},
    )
    outcomes = OneOrMoreField(_outcome(), 1, MOST_OUTCOMES)
    repeat = FlagField(metadata={"description": "Whether the outcomes begin again when they are used up."})
    probability = NumberField(0, 1)
    outcome = _outcome()
    seed = NumberTextField(PRINTABLE, f"{PRINTABLE_ALLOWED}, or an integer")

    @validates_schema
    def _check_kind(self, data: dict[str, Any], **kwargs: Any) -> None:
        by_chance = "probability" in data or "outcome" in data
        if by_chance == ("outcomes" in data):
            raise field_error("outcomes", "a list of outcomes, or else probability and outcome")
        for name in ("probability", "outcome"):
            if by_chance and name not in data:
                raise field_error(name, "given: probability and outcome go together")
        if by_chance and "repeat" in data:
            raise field_error("repeat", "left out beside probability")
        if not by_chance and "seed" in data:
            raise field_error("seed", "left out without probability")


class QuotaRequestSchema(StrictSchema):
    """Quota to set: requests that are allowed in a window of time."""

    limit = WholeNumberField(1, literals.MOST_REQUESTS, required=True, metadata={"example": 60})
    interval = WholeNumberField(1, 1000, required=True, metadata={"example": 1})
    unit = ChoiceField(literals.QUOTA_UNITS, required=True, metadata={"example": "minute"})
    retry_after = FlagField(metadata={"description": "Whether refusals say when to come again; off by default."})


class ResetRequestSchema(StrictSchema):
    """Layers of an account to reset."""

    layers = ListField(ChoiceField(literals.RESET_LAYERS), 0, 100, metadata={"description": "All of them by default."})


class RevokeRequestSchema(StrictSchema):
    """Access token or session to revoke."""

    token = PatternField(PRINTABLE, PRINTABLE_ALLOWED, metadata={"description": "All of the account's by default."})


class NoQuerySchema(QuerySchema):
    """Query of an operation that has no parameters."""


class NoBodySchema(StrictSchema):
    """Body of an operation that has no fields; an empty object is accepted."""


class AccountsQuerySchema(QuerySchema):
    """Page of accounts."""

    limit = WholeNumberField(1, 1000, metadata=in_query(description="Accounts on a page.", default=100))
    after = PatternField(
        r"[!-~]{1,200}",
        "what next was on the page before, or the client id of an account",
        metadata=in_query(description="What next was on the page before.", default="0:0"),
    )


class EffectiveQuerySchema(QuerySchema):
    """From when on a change of the profile or the scenario counts."""

    effective = ChoiceField(_EFFECTIVE, metadata=in_query(description=_EFFECTIVE_DESCRIPTION, default="always"))


class RequestsQuerySchema(QuerySchema):
    """Filters and format of the request log."""

    api = ApiField(literals.API_KEYS, metadata=in_query())
    operation = PatternField(
        PRINTABLE,
        PRINTABLE_ALLOWED,
        metadata=in_query(description=f"Only this operation; {ANY_OPERATION} for all.", default=ANY_OPERATION),
    )
    method = SpelledField(list(HTTPMethod), metadata=in_query(example="GET"))
    path = PatternField(
        '/[!-"$->@-~]{0,2000}',
        "a path that begins with a slash",
        metadata=in_query(description="As it was sent; a * at the end stands for any end.", default="/*"),
    )
    status = PatternField(
        "[1-5](?:[0-9]{2}|[xX]{2})|0",
        "a status from 100 to 599, a class such as 5xx, or 0 for a broken connection",
        metadata=in_query(example="5xx"),
    )
    since = InstantField(metadata=in_query())
    limit = WholeNumberField(1, 1000, metadata=in_query(description="Only the newest so many.", default=1000))
    format = ChoiceField(("json", "har"), metadata=in_query())
    wait = NumberField(
        0,
        literals.LONGEST_WAIT_SECONDS,
        metadata=in_query(description="Seconds to wait at most for requests that match.", default=0),
    )
    count = WholeNumberField(1, 1000, metadata=in_query(description="How many to wait for.", default=1))

    @validates_schema
    def _check_count(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "count" in data and "wait" not in data:
            raise field_error("count", "left out without wait")


class PeriodQuerySchema(QuerySchema):
    """Period of at most seven days; from midnight to now by default."""

    from_ = InstantField(word="midnight", data_key="from", metadata=in_query())
    to = InstantField(word="now", metadata=in_query())

    @post_load
    def _drop_words(self, data: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        return {name: value for name, value in data.items() if value is not None}


class CallsQuerySchema(PeriodQuerySchema):
    """Period and filters of calls."""

    queue = _number_filter("queue")
    agent = _number_filter("agent")
    direction = ChoiceField(("in", "out"), metadata=in_query())


class IntervalsQuerySchema(PeriodQuerySchema):
    """Period, length of an interval and queue."""

    minutes = ChoiceField(("15", "30", "60"), metadata=in_query(description="Of an interval.", default="30"))
    queue = _number_filter("queue")


class ScheduleQuerySchema(QuerySchema):
    """Date of a schedule."""

    date = DateField(metadata=in_query(description="The account's by default."))


class CustomersQuerySchema(QuerySchema):
    """Page of customers, or one of them."""

    limit = WholeNumberField(1, 1000, metadata=in_query(description="Customers on a page.", default=100))
    after = WholeNumberField(
        0, 10**12 - 1, metadata=in_query(description="The primary_key of the last one before; 0 for none.", default=0)
    )
    identifier = PatternField(
        PRINTABLE,
        PRINTABLE_ALLOWED,
        metadata=in_query(description="Only the one with this number of any kind.", example="10006"),
    )

    @validates_schema
    def _check_page(self, data: dict[str, Any], **kwargs: Any) -> None:
        if "identifier" in data and data.get("after"):
            raise field_error("after", "left out beside identifier")


class InboxQuerySchema(QuerySchema):
    """Filters of received KPI records."""

    type = _name_filter("type", "kpi")
    context = _name_filter("context", "sales")
    kpi = _name_filter("kpi", "device_sales")
    since = InstantField(metadata=in_query())
