"""Values as programs have them, as they are sent; what has no form is one kind of error."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, IntEnum
from http import HTTPStatus
from pathlib import PurePosixPath
from uuid import UUID

import numpy
import pytest

from kpn_sandbox.client import ClientError
from kpn_sandbox.client.values import body_of, json_value, query, seconds, segment, text_of


class Word(Enum):
    PEAK = "peak"
    NESTED = HTTPStatus.BAD_GATEWAY


class Key(IntEnum):
    FIRST = 40001


@pytest.mark.parametrize(
    ("value", "sent"),
    [
        (datetime(2026, 11, 23, 9, tzinfo=UTC), "2026-11-23T09:00:00+00:00"),
        (datetime(2026, 11, 23, 9), "2026-11-23T09:00:00+01:00"),
        (datetime(2026, 7, 1, 9), "2026-07-01T09:00:00+02:00"),
        (date(2026, 11, 23), "2026-11-23"),
        (time(8, 30), "08:30"),
        (timedelta(minutes=1, milliseconds=500), 60.5),
        (Decimal("20.0"), 20),
        (Decimal("0.25"), 0.25),
        (HTTPStatus.SERVICE_UNAVAILABLE, 503),
        (Word.PEAK, "peak"),
        (Word.NESTED, 502),
        (Key.FIRST, 40001),
        (PurePosixPath("/tmp/a.har"), "/tmp/a.har"),
        (UUID(int=5), "00000000-0000-0000-0000-000000000005"),
        (numpy.int64(7), 7),
        (numpy.float64(0.5), 0.5),
        (True, True),
        (None, None),
        ({Key.FIRST: (Word.PEAK, {"delay_ms": timedelta(seconds=2)})}, {"40001": ["peak", {"delay_ms": 2000}]}),
        ({"talk_seconds": timedelta(minutes=4)}.items(), [["talk_seconds", 240]]),
    ],
)
def test_values_are_sent_as_json_has_them(value, sent):
    """A value of a program becomes the value that it means."""
    assert json.dumps(json_value(value)) == json.dumps(sent)


@pytest.mark.parametrize(
    "value", [object(), b"bytes", 1j, float("nan"), Decimal("Infinity"), {"a": [object()]}, {None: 1}, range]
)
def test_a_value_without_a_form_is_an_error_of_the_client(value):
    """The error names the value; no other kind of error comes out."""
    with pytest.raises(ClientError, match="must be"):
        json_value(value, "at")


def test_queries_and_paths_take_the_same_values():
    """None is left out of a query, and a segment of a path is encoded."""
    assert query({"since": datetime(2026, 11, 23, tzinfo=UTC), "status": HTTPStatus.OK, "api": None, "x": True}) == (
        "?since=2026-11-23T00%3A00%3A00%2B00%3A00&status=200&x=true"
    )
    assert (query({}), segment("a/b?"), segment(Key.FIRST)) == ("", "a%2Fb%3F", "40001")
    for value in (None, [], {}):
        with pytest.raises(ClientError):
            text_of(value)


def test_bodies_are_json_forms_or_bytes():
    """A body has the type of its form, and one form only."""
    assert body_of({"at": timedelta(1)}) == (b'{"at": 86400}', "application/json")
    assert body_of(data={"a": 1, "b": "x y"}) == (b"a=1&b=x+y", "application/x-www-form-urlencoded")
    assert body_of(data=b"\x00") == (b"\x00", "application/octet-stream")
    assert body_of(data="\u00eb") == ("\u00eb".encode(), "text/plain; charset=utf-8")
    assert body_of() == (None, "")
    with pytest.raises(ClientError):
        body_of({}, "")


def test_seconds_are_a_number_or_a_timedelta():
    """So are words with units; negative, endless and other values are refused."""
    assert (seconds(5), seconds(timedelta(minutes=1)), seconds(Decimal("0.5")), seconds("1m30s")) == (5, 60, 0.5, 90)
    for wrong in (-1, "soon", True, None, [5], float("inf"), 1e30):
        with pytest.raises(ClientError):
            seconds(wrong)
