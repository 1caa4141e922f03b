"""What the sandbox answers: the shapes that the OpenAPI document tells. Instants are ISO 8601 with offset."""

from typing import Any

from marshmallow import Schema, fields

from kpn_sandbox.control_api.fields import Instant
from kpn_sandbox.literals import (
    API_KEYS,
    ARRIVAL_RHYTHMS,
    CLOCK_MODES,
    CONNECTION_FAULTS,
    NAME_STYLES,
    OBJECT_KINDS,
    QUOTA_UNITS,
    RESET_LAYERS,
    SERVICE_DISTRIBUTIONS,
)


def _text(**options: Any) -> fields.String:
    return fields.String(required=True, **options)


def _whole(**options: Any) -> fields.Integer:
    return fields.Integer(required=True, **options)


def _number(**options: Any) -> fields.Float:
    return fields.Float(required=True, **options)


def _truth(**options: Any) -> fields.Boolean:
    return fields.Boolean(required=True, **options)


def _instant(**options: Any) -> Instant:
    return Instant(required=True, **options)


def _free(**options: Any) -> fields.Dict:
    return fields.Dict(required=True, **options)


def _one(schema: type[Schema], **options: Any) -> fields.Nested:
    return fields.Nested(schema, required=True, **options)


def _many(schema: type[Schema]) -> fields.List:
    return fields.List(fields.Nested(schema), required=True)


class Alive(Schema):
    """The sandbox lives."""

    status = _text(metadata={"example": "ok"})
    version = _text()
    engine = _whole(metadata={"description": "Another number, other centers from the same seeds."})
    uptime_seconds = _number()


class Known(Schema):
    """How well an operation or a behavior is known."""

    name = _text()
    label = _text(metadata={"enum": ["documented", "inferred", "invented"]})
    source = _text()


class ApiFidelity(Schema):
    """How well an API is known."""

    api = _text()
    operations = _many(Known)
    behaviors = _many(Known)


class Fidelity(Schema):
    """How well everything is known."""

    apis = _many(ApiFidelity)


class ScenarioName(Schema):
    """A kind of day."""

    name = _text()
    summary = _text()


class Scenarios(Schema):
    """All scenarios."""

    scenarios = _many(ScenarioName)


class QueueTheory(Schema):
    """What queueing theory needs to know of a queue."""

    queue = _whole()
    staff = _whole()
    arrivals_per_hour = _number()
    service_seconds = _number()
    patience_seconds = _number(allow_none=True)


class ScenarioInForce(ScenarioName):
    """The scenario in force."""

    ends_at = _instant(allow_none=True, metadata={"description": "When the one before comes back; null for never."})
    theory = fields.List(fields.Nested(QueueTheory), metadata={"description": "Only when arrivals are constant."})


class Clock(Schema):
    """An account's clock."""

    mode = _text(metadata={"enum": list(CLOCK_MODES)})
    at = _instant()
    speed = _number(metadata={"description": "Seconds of the account per second of wall time; 0 when frozen."})


class AccountSettings(Schema):
    """What an account is set to."""

    client_id = _text()
    seed = _text()
    scenario = _text()
    profile = _free()
    clock = _one(Clock)


class Account(AccountSettings):
    """An account without its secrets."""

    created_at = _instant(metadata={"description": "By wall time."})
    replay = _text(metadata={"description": "What X-Sandbox-Replay tells with answers of this second."})


class Accounts(Schema):
    """All accounts."""

    accounts = _many(Account)


class NewAccount(AccountSettings):
    """An account with its secrets, told this once."""

    client_secret = _text()
    credentials = _free(metadata={"description": "What each API asks for, by API."})


class Profile(Schema):
    """Everything that can be set about a center."""

    agents = _whole()
    queues = fields.Raw(required=True, metadata={"description": "A number, or a list of queues."})
    trunks = fields.Raw(required=True, metadata={"description": "A number, or a list of trunks."})
    load_ = _number(data_key="load")
    talk_seconds = _number()
    wrap_seconds = _number()
    patience_seconds = fields.Raw(required=True, metadata={"description": "A number, or unlimited."})
    service_level_seconds = _number()
    opening = _text()
    names = _text(metadata={"enum": list(NAME_STYLES)})
    locale = _text()
    ring_seconds = _number()
    max_wait_seconds = _number()
    unanswered_share = _number()
    absent_share = _number()
    breaks = _truth()
    rhythm = _text(metadata={"enum": list(ARRIVAL_RHYTHMS)})
    service = _text(metadata={"enum": list(SERVICE_DISTRIBUTIONS)})
    outages = fields.List(fields.Dict(), required=True)


class Pin(Schema):
    """Fields of one object that stay as they are."""

    kind = _text(metadata={"enum": list(OBJECT_KINDS)})
    key = _text()
    fields_ = _free(data_key="fields")
    expires_at = _instant(allow_none=True)
    reads = _whole(allow_none=True, metadata={"description": "Answers left that show it; null for any number."})


class Pins(Schema):
    """All pins."""

    pins = _many(Pin)


class Outcome(Schema):
    """What becomes of a request."""

    status = fields.Integer()
    delay_ms = fields.Integer()
    body = fields.String()
    headers = fields.Dict()
    connection = fields.String(metadata={"enum": list(CONNECTION_FAULTS)})
    ok = fields.Boolean()


class Fault(Schema):
    """Outcomes that are used up in order, or one that happens by chance."""

    id = _text()
    api = _text(metadata={"enum": list(API_KEYS)})
    operation = _text(allow_none=True)
    outcomes = fields.List(fields.Nested(Outcome))
    repeat = fields.Boolean()
    probability = fields.Float()
    outcome = fields.Nested(Outcome)
    seed = fields.String()
    remaining = _whole(allow_none=True, metadata={"description": "Outcomes left; null when they never end."})


class Faults(Schema):
    """All faults, in the order in which they are tried."""

    faults = _many(Fault)


class Quota(Schema):
    """How many calls are allowed in a window of time."""

    limit = _whole()
    interval = _whole()
    unit = _text(metadata={"enum": list(QUOTA_UNITS)})
    retry_after = _truth()


class Request(Schema):
    """A request as it was received and how it ended."""

    id = _text(metadata={"description": "Its X-Request-Id."})
    at = _instant(metadata={"description": "By the account's clock."})
    received_at = _instant(metadata={"description": "By wall time."})
    api = _text()
    method = _text()
    path = _text()
    query = _text()
    operation = _text(allow_none=True)
    status = _whole()
    duration_ms = _number()
    headers = _free(metadata={"description": "Without secrets."})
    note = _text(allow_none=True)


class Requests(Schema):
    """The last requests, oldest first."""

    count = _whole(metadata={"description": "Requests that the filters let through; limit shows fewer."})
    dropped = _whole(metadata={"description": "Requests no longer kept."})
    requests = _many(Request)


class Finding(Schema):
    """Something that a client does wrong."""

    rule = _text()
    count = _whole()
    examples = fields.List(fields.String(), required=True, metadata={"description": "Ids of requests."})
    advice = _text()


class Conduct(Schema):
    """What a client does wrong."""

    requests = _whole(metadata={"description": "Requests looked at."})
    findings = _many(Finding)


class Customer(Schema):
    """Somebody who calls."""

    primary_key = _whole()
    entity_id = _text()
    customer_number = _whole()
    phone = _text()
    external_id = _text()
    kaisa_customer_id = _whole()
    name = _text()
    area = _text()


class Customers(Schema):
    """Everybody who calls."""

    customers = _many(Customer)


class Ring(Schema):
    """A call rang at an agent."""

    agent = _whole()
    started_at = _instant()
    ended_at = _instant(allow_none=True)
    answered = _truth()


class Call(Schema):
    """A call as far as it has gone."""

    queue = _whole()
    vdn = _text()
    trunk = _whole(allow_none=True)
    port = _whole(allow_none=True)
    customer = _whole(metadata={"description": "The customer's primary_key."})
    arrived_at = _instant()
    ringing_at = _instant(allow_none=True, metadata={"description": "When it rang first."})
    rings = _many(Ring)
    answered_at = _instant(allow_none=True)
    held_at = _instant(allow_none=True)
    ended_at = _instant(allow_none=True, metadata={"description": "End of the talk."})
    wrapped_at = _instant(allow_none=True)
    left_at = _instant(allow_none=True, metadata={"description": "When it left the queue."})
    agent = _whole(allow_none=True, metadata={"description": "Who answered."})
    outcome = _text(allow_none=True, metadata={"description": "answered, abandoned, flowed_out, blocked; null so far."})
    in_service_level = _truth(allow_none=True)
    transferred = _truth(allow_none=True)


class Calls(Schema):
    """The calls of a period, in order of arrival."""

    calls = _many(Call)


class State(Schema):
    """An agent entered a state."""

    at = _instant()
    status = _text()
    reason = _whole(allow_none=True)
    queue = _whole()
    vdn = _text(allow_none=True)


class States(Schema):
    """The states that an agent entered in a period."""

    states = _many(State)


class Inbox(Schema):
    """What was received, oldest first."""

    records = fields.List(fields.Dict(), required=True)


class Reset(Schema):
    """What is as in the beginning now."""

    layers = fields.List(fields.String(metadata={"enum": list(RESET_LAYERS)}), required=True)


class Complaint(Schema):
    """What is wrong with one field."""

    field = _text()
    value = fields.Raw()
    allowed = _text()


class Problem(Schema):
    """
    A refusal.

    Source:
        RFC 9457.
    """

    type = _text()
    title = _text()
    status = _whole()
    detail = _text()
    errors = fields.List(fields.Nested(Complaint))
