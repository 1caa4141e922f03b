"""
Pin sets: pins that make the sandbox answer what was captured, in a form to keep in a file.

A set is JSON: `{"pins": [{"kind": "agents", "key": "40001", "fields": {"Agent": "Anna"}}]}`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, cast

from kpn_sandbox.client import Account, JsonObject
from kpn_sandbox.drift.captures import Capture, CaptureError, read_captures, read_json
from kpn_sandbox.drift.comparison import KEY_FIELDS, Difference
from kpn_sandbox.literals import ObjectKind
from kpn_sandbox.vendors.kpn.operations import TOKEN


class CapturedPin(NamedTuple):
    """Fields of one object with their captured values."""

    kind: str
    key: str
    fields: dict[str, Any]


def read_pins(source: Any) -> list[CapturedPin]:
    """
    Find the pins in a pin set or a capture.

    Args:
        source: A file's path, or what is in it: a pin set, an HTTP archive, or the body of one response. Of several
            responses about one object the last counts.

    Raises:
        CaptureError: There are none.
    """
    content = read_json(source)
    if isinstance(content, Mapping) and "pins" in content:
        return _from_set(content["pins"])
    found = {each[:2]: each for capture in read_captures(content) for each in _from_capture(capture)}
    if not found:
        raise CaptureError("the capture holds no agent, queue or trunk")
    return list(found.values())


def pins_for(differences: Iterable[Difference]) -> list[CapturedPin]:
    """The pins that remove those differences that pins can remove."""
    fields: dict[tuple[str, str], dict[str, Any]] = {}
    for difference in differences:
        if difference.pin is not None:
            kind, key, name, value = difference.pin
            fields.setdefault((kind, key), {})[name] = value
    return [CapturedPin(kind, key, values) for (kind, key), values in fields.items()]


def pin_set(pins: Iterable[CapturedPin]) -> dict[str, Any]:
    """A pin set, ready to be written as JSON."""
    return {"pins": [pin._asdict() for pin in pins]}


def apply_pins(account: Account, pins: Iterable[CapturedPin]) -> list[JsonObject]:
    """
    Set pins at the sandbox, which refuses one whose object its center does not have, and return them as it has them.

    Args:
        account: The account that gets them.
        pins: What to pin.
    """
    # The sandbox refuses a kind that it does not have.
    return [account.pin(cast(ObjectKind, pin.kind), pin.key, **pin.fields) for pin in pins]


def _from_set(pins: Any) -> list[CapturedPin]:
    try:
        return [CapturedPin(str(pin["kind"]), str(pin["key"]), dict(pin["fields"])) for pin in pins]
    except (KeyError, TypeError, ValueError):
        raise CaptureError('each of the pins must have "kind", "key" and "fields"') from None


def _from_capture(capture: Capture) -> Iterable[CapturedPin]:
    if capture.status != 200 or capture.operation is TOKEN or not isinstance(capture.body, Mapping):
        return
    kind = capture.operation.kind
    held = (capture.body.get("DataSet") or {}).get(capture.operation.key)
    for record in held if isinstance(held, list) else [held]:
        if isinstance(record, Mapping) and KEY_FIELDS[kind] in record:
            key = record[KEY_FIELDS[kind]]
            yield CapturedPin(kind, key, {name: record[name] for name in record if name != KEY_FIELDS[kind]})
