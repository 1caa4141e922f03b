"""
What differs between a captured answer and the sandbox's.

Asking the sandbox what was asked of KPN, and comparing the answers.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from marshmallow import Schema

from kpn_sandbox.client import basic
from kpn_sandbox.drift.captures import Capture
from kpn_sandbox.literals import KPN_TOKEN_REQUEST
from kpn_sandbox.testing.account import Account
from kpn_sandbox.testing.reply import Reply, send
from kpn_sandbox.vendors.kpn.operations import TOKEN
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, QueueSchema, TrunkSchema

SCHEMAS: dict[str, type[Schema]] = {"agents": AgentSchema, "queues": QueueSchema, "trunks": TrunkSchema}
KEYS = {"agents": "Logid", "queues": "Number", "trunks": "Number"}
STEADY = {"agents": ("Agent", "Skill", "Lvl", "Dep"), "queues": ("Name",), "trunks": ("Name", "TotalPorts")}
"""Values that do not move by nature."""

PASSING = {
    "age",
    "cache-control",
    "connection",
    "content-encoding",
    "content-length",
    "date",
    "etag",
    "expires",
    "keep-alive",
    "last-modified",
    "pragma",
    "preference-applied",
    "server",
    "set-cookie",
    "transfer-encoding",
    "vary",
    "via",
    "x-request-id",
}
"""Headers that tell of servers and moments, not of the API."""

COMPARED = ("api-version", "content-type", "strict-transport-security", "sunset")
"""Headers whose values are compared; none of them can hold a secret."""


class Difference(NamedTuple):
    """Something that is not the same."""

    where: str
    """Operation and field."""
    what: str
    pin: tuple[str, str, str, str] | None = None
    """Kind, key, field and captured value, where a pin would make it the same."""


def differences(capture: Capture, reply: Reply) -> list[Difference]:
    """
    Compare.

    Args:
        capture: What was captured.
        reply: What the sandbox answers to the same request, with the same status.
    """
    return [*_headers(capture, reply), *_bodies(capture, reply)]


def _headers(capture: Capture, reply: Reply) -> Iterator[Difference]:
    if not capture.headers:
        return
    where = f"{capture.operation.key}: header"
    theirs, ours = _lasting(capture.headers), _lasting(dict(reply.headers.items()))
    for name in sorted(theirs.keys() - ours.keys()):
        yield Difference(f"{where} {name}", "the sandbox does not send it")
    for name in sorted(ours.keys() - theirs.keys()):
        yield Difference(f"{where} {name}", "only the sandbox sends it")
    for name in COMPARED:
        if name in theirs and name in ours and theirs[name] != ours[name]:
            yield Difference(f"{where} {name}", f"{theirs[name]!r}, in the sandbox {ours[name]!r}")


def _lasting(headers: Mapping[str, str]) -> dict[str, str]:
    """Those that tell of the API, by their names in small letters."""
    named = {name.lower(): value for name, value in headers.items()}
    return {name: named[name] for name in named if name not in PASSING and not name.startswith("x-sandbox-")}


def _bodies(capture: Capture, reply: Reply) -> Iterator[Difference]:
    key, kind = capture.operation.key, capture.operation.kind
    if capture.status != reply.status:
        yield Difference(key, f"status {capture.status}, in the sandbox {reply.status}")
        return
    if capture.status != 200 or capture.operation is TOKEN:
        yield from _shapes(key, capture.body, dict(reply))
        return
    # What is below the records' key is looked at by their schema.
    yield from _shapes(key, _envelope(capture.body, key), _envelope(reply, key))
    theirs, ours = _records(capture.body, key), _records(reply, key)
    yield from _fields(f"{key}: DataSet.{key}", theirs, SCHEMAS[kind]())
    yield from _values(kind, theirs, ours)


def _envelope(body: Any, key: str) -> Any:
    if not isinstance(body, Mapping) or not isinstance(body.get("DataSet"), Mapping):
        return body
    return {**body, "DataSet": {name: None if name == key else value for name, value in body["DataSet"].items()}}


def _records(body: Any, key: str) -> list[Any]:
    data = body.get("DataSet") if isinstance(body, Mapping) else None
    found = data.get(key) if isinstance(data, Mapping) else None
    return found if isinstance(found, list) else [] if found is None else [found]


def _shapes(where: str, captured: Any, own: Any) -> Iterator[Difference]:
    """Which fields there are and of which types, whatever their values."""
    if _type(captured) != _type(own):
        yield Difference(where, f"{_type(captured)}, in the sandbox {_type(own)}")
    elif isinstance(captured, Mapping):
        yield from _names(where, list(captured), list(own))
        for name in captured.keys() & own.keys():
            yield from _shapes(f"{where}.{name}", captured[name], own[name])


def _names(where: str, captured: list[str], own: list[str]) -> Iterator[Difference]:
    for name in captured:
        if name not in own:
            yield Difference(f"{where}.{name}", "the sandbox does not have it")
    for name in own:
        if name not in captured:
            yield Difference(f"{where}.{name}", "only the sandbox has it")
    if set(captured) == set(own) and captured != own:
        yield Difference(where, f"the order is {', '.join(captured)}, in the sandbox {', '.join(own)}")


def _fields(where: str, records: list[Any], schema: Schema) -> Iterator[Difference]:
    """What breaks the schema that the sandbox answers by, and how often."""
    seen: Counter[tuple[str, str]] = Counter()
    orders = set()
    for record in records:
        if not isinstance(record, Mapping):
            seen["", f"must be an object, not {_type(record)}"] += 1
            continue
        seen.update(_broken(schema.validate(record)))
        orders.add(tuple(record))
    for (name, message), count in sorted(seen.items()):
        times = f" ({count} times)" if count > 1 else ""
        yield Difference(f"{where}.{name}" if name else where, f"against the sandbox: {message}{times}")
    for order in sorted(orders):
        if set(order) == set(schema.fields) and order != tuple(schema.fields):
            yield Difference(where, f"the order is {', '.join(order)}, in the sandbox {', '.join(schema.fields)}")


def _broken(errors: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, messages in errors.items():
        # A list's positions tell nothing about its shape.
        path = above if isinstance(name, int) else f"{above}.{name}".lstrip(".")
        if isinstance(messages, Mapping):
            yield from _broken(messages, path)
        else:
            yield from ((path, str(message)) for message in messages)


def _values(kind: str, captured: list[Any], own: list[Any]) -> Iterator[Difference]:
    key = KEYS[kind]
    known = {record[key]: record for record in own}
    for record in captured:
        same: dict[str, Any] = known.get(record.get(key), {}) if isinstance(record, Mapping) else {}
        for name in STEADY[kind] if same else ():
            if record.get(name, same[name]) != same[name]:
                told = f"{record[name]!r}, in the sandbox {same[name]!r}"
                pin = (kind, str(same[key]), name, record[name]) if isinstance(record[name], str) else None
                yield Difference(f"{kind} {same[key]}: {name}", told, pin)


def _type(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "true or false", str: "a text", int: "a number", float: "a number", list: "a list"}
    return next((told for kind, told in names.items() if isinstance(value, kind)), "an object")


def compare(account: Account, captures: Iterable[Capture]) -> list[Difference]:
    """
    What differs, each difference once.

    Args:
        account: Whose center the captured answers are compared with.
        captures: What was captured.
    """
    found = [difference for capture in captures for difference in differences(capture, ask(account, capture))]
    return list({(each.where, each.what): each for each in found}.values())


def ask(account: Account, capture: Capture) -> Reply:
    """The sandbox's answer to the same request; a refusal is wished for."""
    wish = {} if capture.status == 200 else {"Prefer": f"code={capture.status}"}
    if capture.operation is TOKEN:
        credentials = {"Authorization": basic(account.client_id, account.client_secret)}
        return send("POST", account.url + KPN_TOKEN_REQUEST, {**credentials, **wish})
    reply = account.get(capture.path, headers=wish)
    if capture.status == 200 and reply.status == 404 and capture.operation.parameter is not None:
        return account.get(_another(account, capture))
    return reply


def _another(account: Account, capture: Capture) -> str:
    """The path of the first object of the kind, when the center has none of the captured number."""
    kind, parameter = capture.operation.kind, str(capture.operation.parameter)
    first = account.get(f"/{kind}")["DataSet"][kind][0]
    return capture.operation.path.replace(f"{{{parameter}}}", first[parameter])
