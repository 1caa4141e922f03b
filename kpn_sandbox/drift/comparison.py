"""
The differences between a captured answer of KPN and the sandbox's answer to the same request.

What the sandbox promises is compared: which fields and headers there are, in which order, of which types, and values
that do not move by nature. Counters and times move, so they are not.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from marshmallow import Schema

from kpn_sandbox.client import Account, Response
from kpn_sandbox.drift.captures import Capture
from kpn_sandbox.literals import TOOL_USER_AGENT
from kpn_sandbox.vendors.kpn.operations import TOKEN
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, QueueSchema, TrunkSchema

SCHEMAS: dict[str, type[Schema]] = {"agents": AgentSchema, "queues": QueueSchema, "trunks": TrunkSchema}
KEY_FIELDS = {"agents": "Logid", "queues": "Number", "trunks": "Number"}
STABLE_FIELDS = {"agents": ("Agent", "Skill", "Lvl", "Dep"), "queues": ("Name",), "trunks": ("Name", "TotalPorts")}
"""Fields whose values do not move by nature."""

IGNORED_HEADERS = frozenset(
    "age cache-control connection content-encoding content-length date etag expires keep-alive last-modified pragma "
    "preference-applied server set-cookie transfer-encoding vary via x-request-id".split()
)
"""Headers that belong to a server or a moment, not to the API."""

COMPARED_HEADERS = ("api-version", "content-type", "strict-transport-security", "sunset")
"""Headers whose values are compared; none of them can hold a secret."""


class Difference(NamedTuple):
    """One difference between a capture and the sandbox."""

    where: str
    """Operation and field."""
    text: str
    """How they differ, in words."""
    pin: tuple[str, str, str, str] | None = None
    """Kind, key, field and captured value of the pin that would remove the difference; None when no pin can."""


def compare(account: Account, captures: Iterable[Capture]) -> list[Difference]:
    """
    Repeat captured requests at the sandbox and compare the answers.

    Args:
        account: The account whose center answers.
        captures: The captured answers.

    Returns:
        Each difference once, however many captures have it.
    """
    found = {}
    for capture in captures:
        response = _sandbox_response(account, capture)
        for difference in (*_header_differences(capture, response), *_body_differences(capture, response)):
            found[difference.where, difference.text] = difference
    return list(found.values())


def _sandbox_response(account: Account, capture: Capture) -> Response:
    """The sandbox's response to the request of a capture; an error that was captured is forced."""
    prefer = {"User-Agent": TOOL_USER_AGENT}
    if capture.status != 200:
        prefer["Prefer"] = f"code={capture.status}"
    if capture.operation is TOKEN:
        return account.request_token(prefer)
    response = account.get(capture.path, headers=prefer)
    if capture.status == 200 and response.status == 404 and capture.operation.parameter:
        return account.get(_path_of_first(account, capture))
    return response


def _path_of_first(account: Account, capture: Capture) -> str:
    """The path of the first object of the kind, for a center that has none of the captured number."""
    kind, parameter = capture.operation.kind, capture.operation.parameter
    first = account.get(f"/{kind}")["DataSet"][kind][0]
    return capture.operation.path.replace(f"{{{parameter}}}", first[parameter])


def _header_differences(capture: Capture, response: Response) -> Iterator[Difference]:
    if not capture.headers:
        return
    where = f"{capture.operation.key}: header"
    captured, own = _comparable(capture.headers), _comparable(dict(response.headers.items()))
    for name in sorted(captured.keys() - own.keys()):
        yield Difference(f"{where} {name}", "the sandbox does not send it")
    for name in sorted(own.keys() - captured.keys()):
        yield Difference(f"{where} {name}", "only the sandbox sends it")
    for name in COMPARED_HEADERS:
        if name in captured and name in own and captured[name] != own[name]:
            yield Difference(f"{where} {name}", f"{captured[name]!r}, in the sandbox {own[name]!r}")


def _comparable(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that belong to the API, by their names in small letters."""
    named = {name.lower(): value for name, value in headers.items()}
    return {name: named[name] for name in named if name not in IGNORED_HEADERS and not name.startswith("x-sandbox-")}


def _body_differences(capture: Capture, response: Response) -> Iterator[Difference]:
    key, kind = capture.operation.key, capture.operation.kind
    if capture.status != response.status:
        yield Difference(key, f"status {capture.status}, in the sandbox {response.status}")
        return
    if capture.status != 200 or capture.operation is TOKEN:
        yield from _shape_differences(key, capture.body, dict(response))
        return
    # The records are left out: their schema checks them.
    yield from _shape_differences(key, _envelope(capture.body, key), _envelope(response, key))
    captured, own = _records(capture.body, key), _records(response, key)
    yield from _schema_differences(f"{key}: DataSet.{key}", captured, SCHEMAS[kind]())
    yield from _value_differences(kind, captured, own)


def _envelope(body: Any, key: str) -> Any:
    if not isinstance(body, Mapping) or not isinstance(body.get("DataSet"), Mapping):
        return body
    return {**body, "DataSet": {name: None if name == key else value for name, value in body["DataSet"].items()}}


def _records(body: Any, key: str) -> list[Any]:
    data = body.get("DataSet") if isinstance(body, Mapping) else None
    found = data.get(key) if isinstance(data, Mapping) else None
    return found if isinstance(found, list) else [] if found is None else [found]


def _shape_differences(where: str, captured: Any, own: Any) -> Iterator[Difference]:
    """Compare which fields there are, of which types, and ignore their values."""
    if _type(captured) != _type(own):
        yield Difference(where, f"{_type(captured)}, in the sandbox {_type(own)}")
    elif isinstance(captured, Mapping):
        yield from _name_differences(where, list(captured), list(own))
        for name in captured:
            if name in own:
                yield from _shape_differences(f"{where}.{name}", captured[name], own[name])


def _name_differences(where: str, captured: list[str], own: list[str]) -> Iterator[Difference]:
    for name in captured:
        if name not in own:
            yield Difference(f"{where}.{name}", "the sandbox does not have it")
    for name in own:
        if name not in captured:
            yield Difference(f"{where}.{name}", "only the sandbox has it")
    if set(captured) == set(own) and captured != own:
        yield Difference(where, f"the order is {', '.join(captured)}, in the sandbox {', '.join(own)}")


def _schema_differences(where: str, records: list[Any], schema: Schema) -> Iterator[Difference]:
    """Check captured records with the schema of the sandbox's answers, and count each error."""
    seen: Counter[tuple[str, str]] = Counter()
    orders = set()
    for record in records:
        if not isinstance(record, Mapping):
            seen["", f"must be an object, not {_type(record)}"] += 1
            continue
        seen.update(_messages(schema.validate(record)))
        orders.add(tuple(record))
    for (name, message), count in sorted(seen.items()):
        times = f" ({count} times)" if count > 1 else ""
        yield Difference(f"{where}.{name}" if name else where, f"against the sandbox: {message}{times}")
    for order in sorted(orders):
        if set(order) == set(schema.fields) and order != tuple(schema.fields):
            yield Difference(where, f"the order is {', '.join(order)}, in the sandbox {', '.join(schema.fields)}")


def _messages(errors: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, str]]:
    for name, messages in errors.items():
        # Positions in a list are left out, so that the same error in every item counts as one.
        path = above if isinstance(name, int) else f"{above}.{name}".lstrip(".")
        if isinstance(messages, Mapping):
            yield from _messages(messages, path)
        else:
            yield from ((path, str(message)) for message in messages)


def _value_differences(kind: str, captured: list[Any], own: list[Any]) -> Iterator[Difference]:
    key = KEY_FIELDS[kind]
    known = {each[key]: each for each in own if isinstance(each, Mapping) and isinstance(each.get(key), str)}
    for record in captured:
        number = record.get(key) if isinstance(record, Mapping) else None
        same: Mapping[str, Any] = known.get(number, {}) if isinstance(number, str) else {}
        for name in STABLE_FIELDS[kind] if same else ():
            if record.get(name, same.get(name)) != same.get(name):
                text = f"{record[name]!r}, in the sandbox {same.get(name)!r}"
                pin = (kind, str(same[key]), name, record[name]) if isinstance(record[name], str) else None
                yield Difference(f"{kind} {same[key]}: {name}", text, pin)


def _type(value: Any) -> str:
    if value is None:
        return "null"
    # bool before int, which it is a kind of.
    names = {bool: "true or false", str: "a text", int: "a number", float: "a number", list: "a list"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), "an object")
