"""Values as test authors naturally write them, each tried at a running sandbox; one without meaning is an error."""

import http.client
import io
import itertools
import json
import socket
import urllib.error
from collections import Counter, OrderedDict, deque
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from fractions import Fraction
from http import HTTPStatus
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy
import pytest
import requests

from kpn_sandbox.client import Account, AsyncClient, Client, ClientError
from tests.client.conftest import MONDAY


class Word(Enum):
    PEAK, AGENTS, ANY, MINUTE, PINS, KPN, AUX = "peak", "agents", "any", "minute", "pins", "kpn", "AUX"
    BUSY_HTTP = HTTPStatus.SERVICE_UNAVAILABLE
    QUARTER = timedelta(minutes=15)
    LOOSE = object()


class Name(StrEnum):
    PEAK, AGENTS, RESET = "peak", "agents", "reset"


class Login(IntEnum):
    ANNA = 40001


class Hostile:
    """A value whose every operation fails."""

    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __iter__ = __len__ = __float__ = __index__ = __repr__


def named(*names, module="elsewhere"):
    """Exception classes as a library has them that is not installed."""
    kinds = [Exception]
    for name in reversed(names):
        kinds.append(type(name, (kinds[-1],), {"__module__": module}))
    return kinds[-1]


def answered(status):
    """What clients raise for a status, as requests does."""
    response = requests.Response()
    response.status_code = status
    return requests.HTTPError(response=response)


AMSTERDAM = ZoneInfo("Europe/Amsterdam")
TEN = "2026-11-23T10:00:00+01:00"
INSTANTS = [
    (TEN, TEN),
    ("2026-11-23T09:00:00Z", TEN),
    ("2026-11-23T10:00", TEN),
    ("2026-11-23 10:00", TEN),
    (" 2026-11-23T10:00:00+01:00 ", TEN),
    ("2026-11-23", "2026-11-23T00:00:00+01:00"),
    ("10:00", TEN),
    ("9:30", "2026-11-23T09:30:00+01:00"),
    ("monday 10:00", TEN),
    ("Tuesday 10:00", "2026-11-24T10:00:00+01:00"),
    ("tomorrow", "2026-11-24T00:00:00+01:00"),
    (datetime(2026, 11, 23, 10), TEN),
    (datetime(2026, 11, 23, 9, tzinfo=UTC), TEN),
    (datetime(2026, 11, 23, 10, tzinfo=AMSTERDAM), TEN),
    (datetime(2026, 11, 23, 4, tzinfo=timezone(timedelta(hours=-5))), TEN),
    (datetime(2026, 7, 1, 10), "2026-07-01T10:00:00+02:00"),
    (date(2026, 11, 23), "2026-11-23T00:00:00+01:00"),
    (time(10), TEN),
    (numpy.datetime64("2026-11-23T10:00"), TEN),
]
DURATIONS = [
    (90, 90),
    (90.0, 90),
    (Decimal(90), 90),
    (Fraction(180, 2), 90),
    (timedelta(minutes=1, seconds=30), 90),
    ("90", 90),
    ("90s", 90),
    ("1m30s", 90),
    ("1m 30s", 90),
    ("0.5h", 1800),
    ("1d", 86_400),
    (numpy.int64(90), 90),
    (numpy.float32(90), 90),
]
NUMBERS = [12, 12.0, Decimal("12.0"), Fraction(12), numpy.int32(12), numpy.float64(12), IntEnum("N", {"N": 12}).N]
OUTCOMES = [
    (503, {"status": 503}),
    (503.0, {"status": 503}),
    ("503", {"status": 503}),
    (Decimal(503), {"status": 503}),
    (numpy.int64(503), {"status": 503}),
    (HTTPStatus.BAD_GATEWAY, {"status": 502}),
    (Word.BUSY_HTTP, {"status": 503}),
    ("ok", {"ok": True}),
    ("OK", {"ok": True}),
    ("reset", {"connection": "reset"}),
    (Name.RESET, {"connection": "reset"}),
    ("timeout", {"connection": "hang"}),
    ("250ms", {"delay_ms": 250}),
    ("2s", {"delay_ms": 2000}),
    (timedelta(seconds=0.25), {"delay_ms": 250}),
    (TimeoutError, {"connection": "hang"}),
    (TimeoutError("late"), {"connection": "hang"}),
    (socket.timeout, {"connection": "hang"}),
    (ConnectionResetError, {"connection": "reset"}),
    (ConnectionRefusedError, {"connection": "reset"}),
    (ConnectionError, {"connection": "reset"}),
    (BrokenPipeError, {"connection": "reset"}),
    (urllib.error.URLError("x"), {"connection": "reset"}),
    (http.client.RemoteDisconnected, {"connection": "empty"}),
    (http.client.BadStatusLine, {"connection": "garbage"}),
    (json.JSONDecodeError, {"connection": "garbage"}),
    (socket.gaierror, {"connection": "reset"}),
    (http.client.IncompleteRead, {"connection": "truncate"}),
    (requests.Timeout, {"connection": "hang"}),
    (requests.ReadTimeout, {"connection": "hang"}),
    (requests.ConnectTimeout, {"connection": "hang"}),
    (requests.ConnectionError, {"connection": "reset"}),
    (requests.exceptions.ChunkedEncodingError, {"connection": "truncate"}),
    (named("ReadTimeout", "TimeoutException", module="httpx"), {"connection": "hang"}),
    (named("ReadError", "NetworkError", module="httpx"), {"connection": "reset"}),
    (named("RemoteProtocolError", "ProtocolError", module="httpx"), {"connection": "garbage"}),
    (named("ServerDisconnectedError", "ClientConnectionError", module="aiohttp"), {"connection": "empty"}),
    (named("MyTimeout", "Timeout"), {"connection": "hang"}),
    ({"status": HTTPStatus.OK, "delay": timedelta(seconds=1)}, {"status": 200, "delay_ms": 1000}),
    ({"status": 503, "delay": 0.5}, {"status": 503, "delay_ms": 500}),
    ({"status": 503, "delay": "2s"}, {"status": 503, "delay_ms": 2000}),
    ({"status": 503, "delay_ms": "2s"}, {"status": 503, "delay_ms": 2000}),
    ({"status": 429, "headers": {"Retry-After": 5}}, {"status": 429, "headers": {"Retry-After": "5"}}),
    ({"connection": "timeout"}, {"connection": "hang"}),
    ({"connection": TimeoutError}, {"connection": "hang"}),
    ({"connection": ConnectionResetError(), "delay": 1}, {"connection": "reset", "delay_ms": 1000}),
    (urllib.error.HTTPError("url", 503, "late", http.client.HTTPMessage(), None), {"status": 503}),
    (answered(502), {"status": 502}),
    (numpy.array(503), {"status": 503}),
    ({"status": 200, "body": {"talk_seconds": "15m"}}, {"status": 200, "body": {"talk_seconds": "15m"}}),
    (MappingProxyType({"status": 500}), {"status": 500}),
    (OrderedDict(status=500), {"status": 500}),
]
SEEDS = [(42, "42"), (42.0, "42"), ("42", "42"), (UUID(int=7), str(UUID(int=7))), (Login.ANNA, "40001")]
SEEDS += [(2.0**53, str(2**53)), (Decimal(42), "42"), (2**100, str(2**100)), (Name.PEAK, "peak")]
SEEDS += [(numpy.int64(42), "42"), (numpy.float64(42), "42")]


@pytest.fixture(scope="module")
def account(client):
    """One account for all of the table; each test sets what it looks at."""
    return client.new_account(at=MONDAY, profile={"agents": 9}, client_id="natural")


@pytest.mark.parametrize(("given", "meant"), INSTANTS, ids=repr)
def test_an_instant_is_natural_everywhere(account, given, meant):
    """Wherever an instant goes, each form of it is the same instant."""
    account.freeze(MONDAY)
    assert account.freeze(given)["at"] == meant
    account.freeze(MONDAY)
    assert account.run(given, speed=0.001)["at"] == meant
    account.freeze(MONDAY)
    assert isinstance(account.requests(since=given), list) and isinstance(account.inbox(since=given), list)
    later = datetime.fromisoformat(meant) > datetime.fromisoformat(MONDAY)
    if later:
        assert account.pin("agents", 40001, Agent="x", expires_at=given)["expires_at"] == meant
    elif meant.startswith("2026-11-23"):
        assert account.calls(given) == account.calls(meant) and account.states(40001, given, given) is not None
    assert account.schedule(given)["date"] == meant[:10]


def test_accounts_begin_at_natural_instants(client):
    """A time without a day is of the day by wall time; `clock` takes what `at` takes."""
    for given, meant in INSTANTS:
        for settings in ({"at": given}, {"clock": {"mode": "frozen", "at": given}}):
            with client.new_account(**settings) as made:
                assert made.settings["clock"]["mode"] == "frozen"
                assert made.settings["clock"]["at"][11:16] == meant[11:16]


@pytest.mark.parametrize(("given", "meant"), DURATIONS, ids=repr)
def test_a_duration_is_natural_everywhere(account, given, meant):
    """Wherever seconds go, each form of them is the same length of time."""
    account.freeze(MONDAY)
    account.advance(given)
    assert (account.now() - datetime.fromisoformat(MONDAY)).total_seconds() == meant
    ends = datetime.fromisoformat(account.scenario("peak", for_seconds=given)["ends_at"])
    assert (ends - account.now()).total_seconds() == meant
    if meant <= 1800:
        assert account.profile(talk_seconds=given)["talk_seconds"] == meant
        assert account.profile(queues=[{"wrap_seconds": given}])["queues"] == [{"wrap_seconds": meant}]
    assert account.get("/agents", timeout=given).status == 200
    assert account.wait_for("agents", 1, timeout=given)


@pytest.mark.parametrize("given", NUMBERS, ids=repr)
def test_a_number_is_natural_everywhere(client, account, given):
    """Wherever a whole number goes, each form of it is the same number."""
    assert account.profile(agents=given)["agents"] == 12
    assert account.quota(given, given)["interval"] == 12
    account.drop_quota()
    assert account.pin("agents", 40001, Time=given, reads=given)["fields"] == {"Time": "12"}
    assert account.pins()[0]["reads"] == 12
    assert len(account.customers(given)) == 12
    assert account.requests(limit=given) is not None
    with pytest.raises(AssertionError, match="not 12"):
        account.verify("queue", given)
    with client.new_account(agents=given, expires_in_seconds=given) as made:
        assert made.settings["profile"]["agents"] == 12


@pytest.mark.parametrize("given", [40001, 40001.0, "40001", Login.ANNA, Decimal(40001), numpy.int64(40001)], ids=repr)
def test_a_number_of_an_object_is_natural_everywhere(account, given):
    """Wherever a Logid goes, each form of it is the same agent."""
    assert account.pin("agents", given, Agent="x")["key"] == "40001"
    assert [each["key"] for each in account.unpin("agents", given)] == ["40001"]
    assert account.fail("agent", 503, key=given)["key"] == "40001"
    assert account.states(given) == account.states(40001)
    assert account.calls(agent=given) == account.calls(agent=40001)
    account.heal()


@pytest.mark.parametrize(("given", "meant"), OUTCOMES, ids=repr)
def test_an_outcome_is_natural_everywhere(account, given, meant):
    """In order, in lists and by chance, each form of an outcome is the same."""
    assert account.fail("any", given)["outcomes"] == [meant]
    lists = [given], (given,), [[given]], (each for each in [given]), deque([given]), iter([given])
    for each in lists:
        assert account.fail(None, each, "ok")["outcomes"] == [meant, {"ok": True}]
    assert account.fail_sometimes("agents", Fraction(1, 2), given)["outcome"] == meant
    account.heal(account.faults())
    assert account.faults() == []


@pytest.mark.parametrize(("given", "meant"), SEEDS, ids=repr)
def test_a_seed_is_natural_everywhere(client, account, given, meant):
    """A seed is a text; a number is told as its digits, however many."""
    with client.new_account(seed=given) as made:
        assert made.settings["seed"] == meant
    assert account.fail_sometimes("agents", Decimal("0.5"), 503, seed=given)["seed"] == meant
    account.heal()


def test_words_are_natural_everywhere(client, account):
    """An enumeration stands for its value, whatever class it has."""
    for scenario in ("peak", Word.PEAK, Name.PEAK, "PEAK"):
        assert account.scenario(scenario)["name"] == "peak"
    for kind in ("agents", Word.AGENTS, Name.AGENTS):
        assert account.pin(kind, 40001, Status=Word.AUX, Reason=2)["fields"] == {"Status": "AUX", "Reason": "2"}
        assert len(account.unpin(kind)) == 1
        assert account.fail(kind, 503, api=Word.KPN)["operation"] == "agents"
        assert account.requests(kind) == account.requests(operation="agents")
    assert account.reset(Word.PINS, "faults") == account.reset(["pins", "faults"]) == ["pins", "faults"]
    assert account.reset(layer for layer in ("pins", "faults")) == ["pins", "faults"]
    for quarter in (timedelta(minutes=15), Word.QUARTER, numpy.timedelta64(15, "m"), "15m", 15):
        assert account.quota(60, quarter)["interval"] == 15
        assert account.intervals(quarter) == account.intervals(15) != account.intervals(30)
    assert account.quota(60, timedelta(days=2), unit="day") == account.quota(60, 2, "day")
    assert account.quota() == {"limit": 60, "interval": 2, "unit": "day", "retry_after": False}
    account.drop_quota()
    assert account.quota() is None
    assert account.profile(patience_seconds=float("inf"))["patience_seconds"] == "unlimited"
    assert account.profile(queues=({"name": name} for name in ("a", "b")))["queues"] == [{"name": "a"}, {"name": "b"}]
    for status in (503, "503", HTTPStatus.SERVICE_UNAVAILABLE, "5xx", "5XX", Word.BUSY_HTTP, None):
        assert account.requests(status=status, api=Word.KPN, method="get", path=Path("/nothing")) == []


def test_what_methods_return_they_take(account):
    """Pins as they were returned, one or several, can be dropped and pinned again, with the time they have left."""
    account.freeze(MONDAY)
    account.reset("pins")
    first = account.pin("agents", 40001, Agent="Anna", reads=3, expires_at=timedelta(hours=1) + account.now())
    pins = [first, account.pin("queues", 1000, Name="Sales")]
    for given in (pins, tuple(pins), iter(pins), (pin for pin in pins)):
        assert account.unpin(given) == pins and account.pins() == []
        assert account.load(iter(pins)) == account.load(account.pins()) == account.load({"pins": pins}["pins"]) == pins
    assert account.load(first) == account.unpin(first) == [first]
    assert account.unpin([]) == []
    account.reset("pins")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda client, account: client.new_account(seed=2.0**53 + 2), "seed must be a text or an integer"),
        (lambda client, account: client.new_account(seed=42.5), "seed must be a text or an integer"),
        (lambda client, account: account.fail_sometimes("any", 1, 503, seed=True), "seed must be a text or an integer"),
        (lambda client, account: client.new_account(seed=timedelta(1)), "seed must be a text or an integer"),
        (lambda client, account: account.fail("any", requests.HTTPError), "HTTPError does not say which status"),
        (lambda client, account: account.fail("any", urllib.error.HTTPError), "HTTPError does not say which status"),
        (lambda client, account: account.pin("agents", 40001, reads=timedelta(1), Agent="x"), "reads must be a number"),
        (lambda client, account: account.run(speed=timedelta(1)), "speed must be a number"),
        (lambda client, account: account.quota(60, "30m", "hour"), "interval must be whole units of hour, not '30m'"),
        (lambda client, account: account.intervals(timedelta(seconds=90)), "minutes must be a whole number"),
        (lambda client, account: client.new_account(3), "it takes settings by name"),
        (lambda client, account: Account(client.url, "x", "y", 5), "settings must be a mapping, not 5"),
        (lambda client, account: Client(), r"Client\(\) missing .*; it takes url, admin_token, proxies"),
        (lambda client, account: Client(client.url, "t", 5), r"Client\(\) too many"),
        (lambda client, account: AsyncClient(), "it takes url, admin_token"),
    ],
)
def test_what_means_nothing_is_refused_with_what_would_be_right(client, account, call, message):
    """A value that would be taken for another one is refused, too; so is a call that has no place for it."""
    with pytest.raises(ClientError, match=message):
        call(client, account)


def test_documents_are_natural(account, tmp_path):
    """A capture and a snapshot may be an object, text, bytes, a path as text or `Path`, or an open file."""
    account.freeze(MONDAY)
    documents = account.snapshot(), {"pins": [{"kind": "agents", "key": 40001, "fields": {"Agent": "Anna"}}]}
    for document, take in zip(documents, (account.restore, account.load), strict=True):
        text, file = json.dumps(document), tmp_path / "document.json"
        file.write_text("\ufeff" + text, encoding="utf-8")
        forms = [
            document,
            MappingProxyType(document),
            text,
            f" {text}\n",
            text.encode(),
            bytearray(text.encode()),
            file,
        ]
        forms += [str(file), io.StringIO(text), io.BytesIO(text.encode())]
        answers = [take(form) for form in forms]
        with file.open("rb") as binary, file.open(encoding="utf-8") as texts:
            answers += [take(binary), take(texts)]
        assert answers == [answers[0]] * len(answers)
    assert [pin["key"] for pin in account.pins()] == ["40001"]


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


CYCLE = []
CYCLE.append(CYCLE)
ODD = [
    True,
    10**400,
    float("nan"),
    float("inf"),
    Decimal("sNaN"),
    Decimal("1e999"),
    Fraction(10**400),
    1j,
    "",
    "a\0b",
    "\ud800",
    "..",
    "../../accounts",
    "%2f",
    "４０００１",
    b"x",
    memoryview(b"x"),
    object(),
    Hostile(),
    Hostile,
    Word.LOOSE,
    CYCLE,
    nested(5000),
    datetime.min,
    datetime.max.replace(tzinfo=UTC),
    timedelta.max,
    timedelta(-1),
    Path("/no/such/file"),
    numpy.array([[1]]),
    {"a": CYCLE},
    {None: 1},
    itertools.count(),
    range(10**9),
    SimpleNamespace(a=1),
    Counter("ab"),
    print,
    Exception,
    KeyboardInterrupt(),
    ...,
    io.BytesIO(b"\xff"),
]
CALLS = {
    "new_account": lambda client, account, odd: client.new_account(at=odd, agents=odd, seed=odd),
    "new_account profile": lambda client, account, odd: client.new_account(profile=odd, agents=3, clock=odd),
    "new_account clock": lambda client, account, odd: client.new_account(clock={"mode": "frozen", "at": odd}),
    "account": lambda client, account, odd: client.account(odd, odd).show(),
    "token": lambda client, account, odd: client.token(odd, odd),
    "profile": lambda client, account, odd: account.profile(agents=odd, queues=odd),
    "scenario": lambda client, account, odd: account.scenario(odd, for_seconds=odd),
    "freeze": lambda client, account, odd: account.freeze(odd, tokens=odd),
    "run": lambda client, account, odd: account.run(odd, speed=odd),
    "advance": lambda client, account, odd: account.advance(odd),
    "reset": lambda client, account, odd: account.reset("pins", odd),
    "restore": lambda client, account, odd: account.restore(odd),
    "load": lambda client, account, odd: account.load(odd),
    "pin": lambda client, account, odd: account.pin(odd, odd, Agent="x"),
    "pin key": lambda client, account, odd: account.pin("agents", odd, Agent="x"),
    "pin field": lambda client, account, odd: account.pin("agents", 40001, Time=odd, reads=odd, expires_at=odd),
    "unpin": lambda client, account, odd: account.unpin(odd, odd),
    "fail": lambda client, account, odd: account.fail("agents", odd, key=odd),
    "fail operation": lambda client, account, odd: account.fail(odd, 503, api=odd, repeat=odd),
    "fail mapping": lambda client, account, odd: account.fail("agents", {"status": odd, "delay": odd, "headers": odd}),
    "fail_sometimes": lambda client, account, odd: account.fail_sometimes("agents", odd, odd, seed=odd),
    "heal": lambda client, account, odd: account.heal(odd),
    "quota": lambda client, account, odd: account.quota(odd, odd, odd),
    "requests": lambda client, account, odd: account.requests(odd, status=odd, since=odd, limit=odd),
    "requests path": lambda client, account, odd: account.requests(path=odd, api=odd),
    "wait_for": lambda client, account, odd: account.wait_for("agents", odd, timeout=0),
    "wait_for timeout": lambda client, account, odd: account.wait_for("queue", 99, timeout=[odd]),
    "verify": lambda client, account, odd: account.verify("agents", odd),
    "customers": lambda client, account, odd: account.customers(odd, after=odd),
    "calls": lambda client, account, odd: account.calls(odd, odd, queue=odd),
    "states": lambda client, account, odd: account.states(odd),
    "intervals": lambda client, account, odd: account.intervals(odd, queue=odd),
    "schedule": lambda client, account, odd: account.schedule(odd),
    "get options": lambda client, account, odd: account.get("/queues", params=[odd], headers=odd, timeout=odd),
    "get timeout": lambda client, account, odd: account.get("/queues", timeout={"s": odd}),
    "body": lambda client, account, odd: account.post("/queues", json=1, data=odd),
    "ask": lambda client, account, odd: account.ask("PUT", "/clock", odd),
    "url": lambda client, account, odd: Client([odd]).ready(),
}


@pytest.mark.parametrize("call", CALLS)
def test_only_errors_of_the_client_come_out(client, account, call):
    """Whatever a value is, it is refused in one line by `ClientError`, before or after the sandbox has seen it."""
    for odd in ODD:
        try:
            CALLS[call](client, account, odd)
        except ClientError as error:
            assert "\n" not in str(error) and error.status < 500
        else:
            pytest.fail(f"{call} takes {type(odd)}")
