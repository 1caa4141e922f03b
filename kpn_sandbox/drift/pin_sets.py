"""
Override sets: pins that make the sandbox answer what was captured.

A set is JSON: `{"pins": [{"kind": "agents", "key": "40001", "fields": {"Agent": "Anna"}}]}`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kpn_sandbox.client import Account, Answer
from kpn_sandbox.drift.captures import Capture, CaptureError, captures, told_in
from kpn_sandbox.drift.comparison import KEYS, Difference
from kpn_sandbox.vendors.kpn.operations import TOKEN


class Override(NamedTuple):
    """Fields of one object."""

    kind: str
    key: str
    fields: dict[str, Any]


def overrides(source: Any) -> list[Override]:
    """
    The overrides in a set or a capture.

    Args:
        source: A file's path, or what is in it: a set, an HTTP archive, or the body of one answer. Of several answers
            about one object the last counts.

    Raises:
        CaptureError: There are none.
    """
    told = told_in(source)
    if isinstance(told, Mapping) and "pins" in told:
        return _from_set(told["pins"])
    found = {each[:2]: each for capture in captures(told) for each in _from_capture(capture)}
    if not found:
        raise CaptureError("the capture holds no agent, queue or trunk")
    return list(found.values())


def from_differences(found: Iterable[Difference]) -> list[Override]:
    """The overrides that make what can be pinned the same."""
    fields: dict[tuple[str, str], dict[str, Any]] = {}
    for difference in found:
        if difference.pin is not None:
            kind, key, name, value = difference.pin
            fields.setdefault((kind, key), {})[name] = value
    return [Override(kind, key, values) for (kind, key), values in fields.items()]


def to_set(found: Iterable[Override]) -> dict[str, Any]:
    """A set, ready to be written."""
    return {"pins": [override._asdict() for override in found]}


def apply(account: Account, found: Iterable[Override]) -> list[Answer]:
    """
    Pin everything.

    Raises:
        ClientError: The sandbox refuses a pin, for instance because its center has no such object.
    """
    return [account.pin(override.kind, override.key, **override.fields) for override in found]


def _from_set(pins: Any) -> list[Override]:
    try:
        return [Override(str(pin["kind"]), str(pin["key"]), dict(pin["fields"])) for pin in pins]
    except (KeyError, TypeError, ValueError):
        raise CaptureError('each of the pins must have "kind", "key" and "fields"') from None


def _from_capture(capture: Capture) -> Iterable[Override]:
    if capture.status != 200 or capture.operation is TOKEN or not isinstance(capture.body, Mapping):
        return
    kind = capture.operation.kind
    told = (capture.body.get("DataSet") or {}).get(capture.operation.key)
    for record in told if isinstance(told, list) else [told]:
        if isinstance(record, Mapping) and KEYS[kind] in record:
            yield Override(kind, record[KEYS[kind]], {name: record[name] for name in record if name != KEYS[kind]})
