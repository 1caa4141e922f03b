"""
Schemas of the control API's responses, for the OpenAPI document.

Responses themselves are written from the records of `serializers`, which have the same fields; a test validates every
operation's responses against these schemas. A component of the document is named after its class: `PinSchema` is `Pin`.
"""

from typing import Any

from marshmallow import Schema, fields

from kpn_sandbox.control_api.fields import InstantField
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


def _flag(**options: Any) -> fields.Boolean:
    return fields.Boolean(required=True, **options)


def _instant(**options: Any) -> InstantField:
    return InstantField(required=True, **options)


def _object(**options: Any) -> fields.Dict:
    return fields.Dict(required=True, **options)


def _one(schema: type[Schema], **options: Any) -> fields.Nested:
    return fields.Nested(schema, required=True, **options)


def _many(schema: type[Schema]) -> fields.List[Any]:
    return fields.List(fields.Nested(schema), required=True)


class AliveSchema(Schema):
    """Health of the sandbox."""

    status = _text(metadata={"example": "ok"})
    version = _text()
    engine = _whole(metadata={"description": "Another number, other centers from the same seeds."})
    uptime_seconds = _number()


class KnownSchema(Schema):
    """Label and source of an operation or a behavior."""

    name = _text()
    label = _text(metadata={"enum": ["documented", "inferred", "invented"]})
    source = _text()


class ApiFidelitySchema(Schema):
    """Labels and sources of one API."""

    api = _text()
    operations = _many(KnownSchema)
    behaviors = _many(KnownSchema)


class FidelitySchema(Schema):
    """Labels and sources of all APIs."""

    apis = _many(ApiFidelitySchema)


class ScenarioNameSchema(Schema):
    """Name of a scenario, and what it does."""

    name = _text()
    summary = _text()


class ScenariosSchema(Schema):
    """List of all scenarios."""

    scenarios = _many(ScenarioNameSchema)


class QueueTheorySchema(Schema):
    """Parameters of a queue for the formulas of queueing theory."""

    queue = _whole()
    staff = _whole()
    arrivals_per_hour = _number()
    service_seconds = _number()
    patience_seconds = _number(allow_none=True)


class ScenarioInForceSchema(ScenarioNameSchema):
    """Scenario in force, with its end."""

    ends_at = _instant(allow_none=True, metadata={"description": "When the one before comes back; null for never."})
    theory = fields.List(fields.Nested(QueueTheorySchema), metadata={"description": "Only when arrivals are constant."})


class ClockSchema(Schema):
    """Clock of an account."""

    mode = _text(metadata={"enum": list(CLOCK_MODES)})
    at = _instant()
    speed = _number(metadata={"description": "Seconds of the account per second of wall time; 0 when frozen."})


class AccountSettingsSchema(Schema):
    """Settings of an account."""

    client_id = _text()
    seed = _text()
    scenario = _text()
    profile = _object()
    clock = _one(ClockSchema)


class AccountSchema(AccountSettingsSchema):
    """Account without its secrets."""

    created_at = _instant(metadata={"description": "By wall time."})
    replay = _text(metadata={"description": "What X-Sandbox-Replay tells with answers of this second."})


class AccountsSchema(Schema):
    """List of all accounts."""

    accounts = _many(AccountSchema)


class NewAccountSchema(AccountSettingsSchema):
    """New account, or one with new secrets; no other response contains them."""

    client_secret = _text()
    credentials = _object(metadata={"description": "What each API asks for, by API."})


class ProfileSchema(Schema):
    """Profile of a center."""

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
    breaks = _flag()
    rhythm = _text(metadata={"enum": list(ARRIVAL_RHYTHMS)})
    service = _text(metadata={"enum": list(SERVICE_DISTRIBUTIONS)})
    outages = fields.List(fields.Dict(), required=True)


class PinSchema(Schema):
    """Pin: values that fields of one object keep."""

    kind = _text(metadata={"enum": list(OBJECT_KINDS)})
    key = _text()
    fields_ = _object(data_key="fields")
    expires_at = _instant(allow_none=True)
    reads = _whole(allow_none=True, metadata={"description": "Answers left that show it; null for any number."})


class PinsSchema(Schema):
    """List of pins."""

    pins = _many(PinSchema)


class OutcomeSchema(Schema):
    """Outcome of one request that a fault plan decides."""

    status = fields.Integer()
    delay_ms = fields.Integer()
    body = fields.String()
    headers = fields.Dict()
    connection = fields.String(metadata={"enum": list(CONNECTION_FAULTS)})
    ok = fields.Boolean()


class FaultSchema(Schema):
    """Fault plan: outcomes that are used up in order, or one that happens by chance."""

    id = _text()
    api = _text(metadata={"enum": list(API_KEYS)})
    operation = _text(allow_none=True)
    outcomes = fields.List(fields.Nested(OutcomeSchema))
    repeat = fields.Boolean()
    probability = fields.Float()
    outcome = fields.Nested(OutcomeSchema)
    seed = fields.String()
    remaining = _whole(allow_none=True, metadata={"description": "Outcomes left; null when they never end."})


class FaultsSchema(Schema):
    """List of fault plans, in the order in which they are tried."""

    faults = _many(FaultSchema)


class QuotaSchema(Schema):
    """Quota: requests that are allowed in a window of time."""

    limit = _whole()
    interval = _whole()
    unit = _text(metadata={"enum": list(QUOTA_UNITS)})
    retry_after = _flag()


class RequestSchema(Schema):
    """Entry of the request log."""

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
    headers = _object(metadata={"description": "Without secrets."})
    note = _text(allow_none=True)


class RequestsSchema(Schema):
    """Latest entries of the request log, oldest first."""

    count = _whole(metadata={"description": "Requests that the filters let through; limit shows fewer."})
    dropped = _whole(metadata={"description": "Requests no longer kept."})
    requests = _many(RequestSchema)


class FindingSchema(Schema):
    """Breach of a conduct rule, with examples and advice."""

    rule = _text()
    count = _whole()
    examples = fields.List(fields.String(), required=True, metadata={"description": "Ids of requests."})
    advice = _text()


class ConductSchema(Schema):
    """Breaches of conduct rules by a client."""

    requests = _whole(metadata={"description": "Requests looked at."})
    findings = _many(FindingSchema)


class CustomerSchema(Schema):
    """Customer of the center, with every identifier."""

    primary_key = _whole()
    entity_id = _text()
    customer_number = _whole()
    phone = _text()
    external_id = _text()
    kaisa_customer_id = _whole()
    name = _text()
    area = _text()


class CustomersSchema(Schema):
    """List of the customers of a center."""

    customers = _many(CustomerSchema)


class RingSchema(Schema):
    """Ringing of a call at one agent."""

    agent = _whole()
    started_at = _instant()
    ended_at = _instant(allow_none=True)
    answered = _flag()


class CallSchema(Schema):
    """Call as far as it has gone; null for what has not happened."""

    queue = _whole()
    vdn = _text()
    trunk = _whole(allow_none=True)
    port = _whole(allow_none=True)
    customer = _whole(metadata={"description": "The customer's primary_key."})
    arrived_at = _instant()
    ringing_at = _instant(allow_none=True, metadata={"description": "When it rang first."})
    rings = _many(RingSchema)
    answered_at = _instant(allow_none=True)
    held_at = _instant(allow_none=True)
    ended_at = _instant(allow_none=True, metadata={"description": "End of the talk."})
    wrapped_at = _instant(allow_none=True)
    left_at = _instant(allow_none=True, metadata={"description": "When it left the queue."})
    agent = _whole(allow_none=True, metadata={"description": "Who answered."})
    outcome = _text(allow_none=True, metadata={"description": "answered, abandoned, flowed_out, blocked; null so far."})
    in_service_level = _flag(allow_none=True)
    transferred = _flag(allow_none=True)


class CallsSchema(Schema):
    """Calls of a period, in order of arrival."""

    calls = _many(CallSchema)


class StateSchema(Schema):
    """Change of an agent's state."""

    at = _instant()
    status = _text()
    reason = _whole(allow_none=True)
    queue = _whole()
    vdn = _text(allow_none=True)


class StatesSchema(Schema):
    """Changes of an agent's state in a period."""

    states = _many(StateSchema)


class InboxSchema(Schema):
    """KPI records received from a client, oldest first."""

    records = fields.List(fields.Dict(), required=True)


class ResetSchema(Schema):
    """Layers that were reset."""

    layers = fields.List(fields.String(metadata={"enum": list(RESET_LAYERS)}), required=True)


class RevokedSchema(Schema):
    """Number of access tokens and sessions that were revoked."""

    revoked = _whole()


class ComplaintSchema(Schema):
    """Wrong field of a request."""

    field = _text()
    value = fields.Raw()
    allowed = _text()


class ProblemSchema(Schema):
    """
    Problem document of a request that failed.

    Source:
        RFC 9457.
    """

    type = _text()
    title = _text()
    status = _whole()
    detail = _text()
    errors = fields.List(fields.Nested(ComplaintSchema))
