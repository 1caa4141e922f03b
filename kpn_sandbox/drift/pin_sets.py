"""
Pin sets: pins that make the sandbox answer what was captured, in a form to keep in a file.

A set is JSON: `{"pins": [{"kind": "agents", "key": "40001", "fields": {"Agent": "Anna"}}]}`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from kpn_sandbox.client import Account, ClientError
from kpn_sandbox.client.records import FaultRecord
from kpn_sandbox.drift.captures import Capture, CaptureError, Skip, read_captures, read_json
from kpn_sandbox.drift.comparison import KEY_FIELDS, Difference
from kpn_sandbox.vendors.kpn.api import KpnApi
from kpn_sandbox.vendors.kpn.operations import TOKEN


class CapturedPin(NamedTuple):
    """Fields of one object with their captured values."""

    kind: str
    key: str
    fields: dict[str, Any]


def read_pins(source: Any, skip: Skip | None = None) -> list[CapturedPin]:
    """
    Find the pins in a pin set or a capture.

    Args:
        source: A file's path, or what is in it: a pin set, an HTTP archive, or the body of one response. Of several
            responses about one object the last counts.
        skip: Is called with each entry of an archive that is left out.

    Raises:
        CaptureError: There are none.
    """
    content = read_json(source)
    if isinstance(content, Mapping) and "pins" in content:
        return _from_set(content["pins"])
    found = {each[:2]: each for capture in _captures(content, skip) for each in _from_capture(capture)}
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


def check_pins(pins: Iterable[CapturedPin]) -> None:
    """
    Check the kinds and the values of pins, before any is set.

    Raises:
        CaptureError: One cannot be set; the message names the first.
    """
    for pin in pins:
        if pin.kind not in KpnApi.pin_checks:
            raise CaptureError(f"kind must be one of {', '.join(KpnApi.pin_checks)}, not {pin.kind!r}")
        for name, allowed in KpnApi.pin_checks[pin.kind](pin.fields).items():
            raise CaptureError(f"{pin.kind} {pin.key}: {name} must be {allowed}, not {pin.fields[name]!r}")


def serve_verbatim(account: Account, captures: Iterable[Capture]) -> list[FaultRecord]:
    """
    Let the sandbox answer captured requests with the captured bodies, as they are, until these faults are dropped.

    Args:
        account: The account whose requests are so answered.
        captures: The captured answers; of several to one request the last counts. Tokens are left out.

    Returns:
        The fault plans.

    Raises:
        CaptureError: There is nothing to serve.
        ClientError: The sandbox refuses one; the others are dropped again.
    """
    chosen = {each.path: each for each in captures if each.operation is not TOKEN and each.status >= 200}
    if not chosen:
        raise CaptureError("the capture holds no answer about agents, queues or trunks")
    done: list[FaultRecord] = []
    try:
        for capture in chosen.values():
            key = capture.path.rpartition("/")[2] if capture.operation.parameter else None
            outcome = {"status": capture.status, "body": capture.text}
            operation: Any = capture.operation.key
            done.append(account.fail(operation, outcome, repeat=True, key=key))
    except ClientError:
        for plan in done:
            account.heal(plan["id"])
        raise
    return done


def _captures(content: Any, skip: Skip | None) -> list[Capture]:
    return read_captures(content) if skip is None else read_captures(content, skip)


def _from_set(pins: Any) -> list[CapturedPin]:
    try:
        return [CapturedPin(str(pin["kind"]), str(pin["key"]), dict(pin["fields"])) for pin in pins]
    except (KeyError, TypeError, ValueError):
        raise CaptureError('each of the pins must have "kind", "key" and "fields"') from None


def _from_capture(capture: Capture) -> Iterable[CapturedPin]:
    if capture.status != 200 or capture.operation is TOKEN or not isinstance(capture.body, Mapping):
        return
    kind = capture.operation.kind
    held = data.get(capture.operation.key) if isinstance(data := capture.body.get("DataSet"), Mapping) else None
    for record in held if isinstance(held, list) else [held]:
        if isinstance(record, Mapping) and KEY_FIELDS[kind] in record:
            key = str(record[KEY_FIELDS[kind]])
            yield CapturedPin(kind, key, {name: record[name] for name in record if name != KEY_FIELDS[kind]})
