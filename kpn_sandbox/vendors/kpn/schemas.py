"""
Schemas of responses: names, order, types, formats and examples of their fields. Every value is a string or null.

The OpenAPI document and the serializers of responses are made from them.

Source:
    developer.kpn.com, "Dashboard Server - KPN", the result examples; key order and capitals as printed there. What a
    field means is assumed, after the items of Avaya CMS that have the same names.
"""

from collections.abc import Callable, Hashable
from itertools import accumulate, compress
from math import ceil
from operator import is_not
from typing import Any, NamedTuple, TypeVar

import numpy as np
import orjson
from marshmallow import Schema, fields
from marshmallow.validate import OneOf, Regexp

from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.literals import DEMO_CLIENT_ID
from kpn_sandbox.simulation.facts import Direction, PortState, Status
from kpn_sandbox.simulation.randomness import Integers

Text = TypeVar("Text")

_DIGITS = Regexp(r"^[0-9]+$")


class StringField(fields.String):
    """A value that is serialized as a string; None stays null."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> str | None:
        return _string(value)


def _text(example: str | None, description: str, **options: Any) -> StringField:
    nullable = options.pop("nullable", False)
    return StringField(
        required=True, allow_none=nullable, metadata={"example": example, "description": description}, **options
    )


def _number(example: str, description: str) -> StringField:
    return _text(example, description, validate=_DIGITS)


class AgentSchema(Schema):
    """An agent."""

    Logid = _number("40001", "Login id; the key of the single request.")
    Agent = _text("Agent 1", "Name.")
    Status = _text("ACD", "Work mode.", validate=OneOf([status.value for status in Status]))
    Reason = _text(None, "Reason code of AUX, else null.", nullable=True, validate=_DIGITS)
    Direction = _text(
        "IN",
        "Direction of the call at hand, OUT from dialing on; else null.",
        nullable=True,
        validate=OneOf([way.value for way in Direction]),
    )
    Skill = _number("2", "Skill number: 1 is the first queue.")
    Lvl = _number("11", "Skill level, 1 to 16.")
    Time = _number("169", "Seconds in the work mode.")
    VDN = _text("KPN 1", "Label of the number that was called, else null.", nullable=True)
    Dep = _number("139", "Department.")


class QueueSchema(Schema):
    """A queue; counters and totals run since local midnight."""

    Name = _text("Naam skill 1", "Name.")
    Number = _number("1000", "The key of the single request.")
    InQueueCalls = _number("38", "Calls that wait or ring.")
    OfferedCalls = _number("39", "Calls that came.")
    AnsweredCalls = _number("67", "Calls that an agent answered.")
    InServiceLevelCalls = _number("48", "Calls answered within the threshold.")
    TransferredCalls = _number("7", "Answered calls that were transferred.")
    HoldCalls = _number("61", "Answered calls that were put on hold.")
    RONACalls = _number("49", "Rings that nobody answered.")
    RingTime = _number("99", "Seconds that calls rang, in all.")
    Answertime = _number("87", "Seconds that answered calls waited and rang, in all.")
    ACDtime = _number("132", "Seconds of conversation, in all, those under way included.")
    Abandontime = _number("67", "Seconds that abandoned calls waited, in all.")
    Flowout = _number("137", "Calls that left without an answer or a hang-up.")
    LongestWaitingCall = _number("16", "Seconds that the oldest waiting call has waited.")
    Staffed = _number("28", "Agents logged in.")
    Available = _number("3", "Agents who wait for a call.")
    InACD = _number("1", "Agents who talk.")
    InAUX = _number("16", "Agents away from the queue.")
    InACW = _number("3", "Agents in after-call work.")
    ServiceLevel = _number("10", "Percent of finished calls answered within the threshold.")


class PortSchema(Schema):
    """A port of a trunk."""

    Number = _number("1", "1 to TotalPorts.")
    State = _text("SEIZED", "What it does.", validate=OneOf([state.value for state in PortState]))


class TrunkSchema(Schema):
    """A trunk."""

    Name = _text("Naam Trunk 1", "Name.")
    Number = _number("1000", "The key of the single request.")
    TotalPorts = _number("120", "Ports.")
    PortsInUse = _number("25", "Ports that carry a call.")
    PortsIdle = _number("48", "Ports that are free.")
    Usage = _number("21", "Percent of the ports that carry a call.")
    Ports = fields.List(fields.Nested(PortSchema), required=True, metadata={"description": "All ports."})


class TokenSchema(Schema):
    """The answer to a request for a token, as KPN's page prints it."""

    refresh_token_expires_in = _text("0", "There are no refresh tokens.")
    api_product_list = _text("[dashboard-server]", "Names of the products, in one string.")
    api_product_list_json = fields.List(
        fields.String(), required=True, metadata={"example": ["dashboard-server"], "description": "The same as a list."}
    )
    organization_name = _text("kpn", "Owner of the gateway.")
    developer_email = _text("demo123@kpn.com", "Owner of the application.")
    token_type = _text("Bearer", "How the token is presented.")
    issued_at = _number("1521039195424", "Milliseconds since the epoch, by the time that tokens follow.")
    client_id = _text(DEMO_CLIENT_ID, "The client id.")
    access_token = _text("haf2SDl07E9N7RluNQ4kJ1TkGgso", "28 letters and digits.")
    application_name = _text("6e38ed2d-48b1-4362-97d6-04254065d79c", "Name of the application.")
    scope = _text("", "There are no scopes.")
    expires_in = _text("3599", "Seconds that the token is good.")
    refresh_count = _text("0", "There are no refresh tokens.")
    status = _text("approved", "State of the token.")


class RecentTokenSchema(Schema):
    """
    The answer to a request for a token since 2020.

    Source:
        developer.kpn.com/apis/settlemint-certimint-api-authentication.
    """

    refresh_token_expires_in = _text("0", "There are no refresh tokens.")
    api_product_list = _text("[dashboard-server]", "Names of the products, in one string.")
    organization_name = _text("kpn", "Owner of the gateway.")
    developer_email = _text("demo123@kpn.com", "Owner of the application.")
    token_type = _text("Bearer", "How the token is presented.")
    issued_at = _number("1587458037687", "Milliseconds since the epoch, by the time that tokens follow.")
    client_id = _text("APP_CLIENT_ID", "The client id.")
    access_token = _text("staG765sBUuai4OMeZiTful6PTRt", "28 letters and digits.")
    application_name = _text("test_application", "Name of the application.")
    level = _text("demo", "Tier of the application.")
    scope = _text("", "There are no scopes.")
    expires_in = _text("3599", "Seconds that the token is good.")
    refresh_token = _text("", "There are no refresh tokens.")
    refresh_count = _text("0", "There are no refresh tokens.")
    status = _text("approved", "State of the token.")


class _TextCache(dict[Any, Text]):
    """
    Values as text, by value; cached because the same numbers occur again and again.

    Args:
        make: Makes the text of a value.
    """

    LIMIT = 20_000

    def __init__(self, make: Callable[[Any], Text]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: Any) -> Text:
        if len(self) >= self.LIMIT:
            self.clear()
        text = self[value] = self._make(value)
        return text


def _string(value: Any) -> str | None:
    return None if value is None else str(value)


RecordSerializer = Callable[[tuple[Any, ...]], dict[str, Any]]


def record_serializer(schema: type[Schema]) -> RecordSerializer:
    """
    Return a function that serializes records as `dump` of their schema does, many times as fast.

    It does not look at the fields of each value: every value becomes a string or stays None.

    Args:
        schema: Schema whose fields are those of the records, in the same order.
    """
    declared = schema().fields
    names = tuple(declared)
    items = {name: field.inner for name, field in declared.items() if isinstance(field, fields.List)}
    lists = {
        name: record_serializer(type(item.schema)) for name, item in items.items() if isinstance(item, fields.Nested)
    }
    text_of = _TextCache(_string).__getitem__

    def serialize(record: tuple[Any, ...]) -> dict[str, Any]:
        return dict(zip(names, map(text_of, record), strict=True))

    def serialize_with_lists(record: tuple[Any, ...]) -> dict[str, Any]:
        return {
            name: [lists[name](item) for item in value] if name in lists else str(value)
            for name, value in zip(names, record, strict=True)
        }

    return serialize_with_lists if lists else serialize


MakeRecord = Callable[[Any], tuple[Any, ...]]


class _AgedList(NamedTuple):
    # Few objects, as it is read once a second for each account: memory that lies apart would be slow to read.
    facts: tuple[Any, ...]
    template: bytes
    """The records with commas between them, to be formatted with all ages."""
    lengths: list[int]
    """Bytes of each record in the template."""
    since: Integers
    """First whole second of each age."""


class AgedJsonCache:
    """
    JSON of lists of records that mostly only age; of a list that follows another one only what is new is serialized.

    Threads may read it without a lock: an entry is never changed, and a lost entry is only made again.

    Args:
        schema: Schema of the records.
        field: Name of the field with the whole seconds since the instant `since` of the object a record is made of.
    """

    LISTED = 20_000
    """Most records of all lists that are kept, about 10 MB."""

    def __init__(self, schema: type[Schema], field: str) -> None:
        self._serialize = record_serializer(schema)
        self._mark = f'"{field}":"'.encode()
        self._field = field
        self._lists: BoundedCache[_AgedList] = BoundedCache(self.LISTED, lambda entry: len(entry.facts))

    def rows(self, key: Hashable, facts: tuple[Any, ...], at: int, make_record: MakeRecord) -> list[bytes]:
        """
        Return the JSON of records, in their order.

        Args:
            key: Name of the list; the list before it under the same key is kept, and replaced by this one.
            facts: Objects that the records are made of; one that is the same object as before is not serialized anew.
            at: Instant of the records, in whole epoch seconds, at which no age is negative.
            make_record: Returns the record of an object.
        """
        _, template, lengths, since = self._list(key, facts, make_record)
        ages = (at - since).tolist()
        ends = accumulate(length + 1 for length in lengths)
        shown = zip(ends, lengths, ages, strict=True)
        return [template[end - 1 - length : end - 1] % age for end, length, age in shown]

    def joined(self, key: Hashable, facts: tuple[Any, ...], at: int, make_record: MakeRecord) -> bytes:
        """
        Return the JSON of records with commas between them.

        Args:
            key, facts, at, make_record: As for `rows`.
        """
        entry = self._list(key, facts, make_record)
        return entry.template % tuple((at - entry.since).tolist())

    def _list(self, key: Hashable, facts: tuple[Any, ...], make_record: MakeRecord) -> _AgedList:
        known = self._lists.get(key)
        if known is not None and known.facts is facts:
            return known
        count = len(facts)
        if known is None or len(known.facts) != count:
            known = _AgedList((None,) * count, b"," * (count - 1), [0] * count, np.zeros(count, np.int64))
        lengths, since, ends = known.lengths.copy(), known.since.copy(), list(accumulate(known.lengths, initial=0))
        parts: list[bytes] = []
        copied = 0
        for place in compress(range(count), map(is_not, facts, known.facts)):
            lengths[place] = len(row := self._template(make_record(facts[place])))
            since[place] = ceil(facts[place].since)
            parts += known.template[copied : ends[place] + place], row
            copied = ends[place + 1] + place
        entry = _AgedList(facts, b"".join((*parts, known.template[copied:])), lengths, since)
        self._lists.put(key, entry)
        return entry

    def _template(self, record: tuple[Any, ...]) -> bytes:
        text = orjson.dumps({**self._serialize(record), self._field: ""}).replace(b"%", b"%%")
        return text.replace(self._mark, self._mark + b"%d")


def example(schema: type[Schema]) -> dict[str, Any]:
    """Return the record that KPN's page shows as an example of a schema."""
    record: dict[str, Any] = {}
    for name, field in schema().fields.items():
        if isinstance(field, fields.List) and isinstance(field.inner, fields.Nested):
            record[name] = [example(type(field.inner.schema))]
        else:
            record[name] = field.metadata["example"]
    return record
