"""Overrides of the simulated center: pins, faults and the quota."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import Enum
from importlib import import_module
from typing import Any, Unpack

from kpn_sandbox.client.arguments import Operation, Outcome, PinFields, Seed
from kpn_sandbox.client.configuration import AccountConfiguration
from kpn_sandbox.client.errors import ClientError, NotAsExpected, Rejected
from kpn_sandbox.client.http import JsonObject, Steps
from kpn_sandbox.client.outcomes import outcome_of, outcomes_of
from kpn_sandbox.client.records import FaultRecord, PinRecord, QuotaRecord
from kpn_sandbox.client.steps import sends_requests
from kpn_sandbox.client.values import (
    Document,
    Number,
    control_value,
    flattened,
    is_collection,
    is_length_of_time,
    json_value,
    present,
    read_document,
    seconds,
    segment,
    shown,
    text_of,
    unwrapped,
)
from kpn_sandbox.literals import OBJECT_KINDS, ApiKey, ObjectKind, QuotaUnit
from kpn_sandbox.safe_text import terminal_text
from kpn_sandbox.validation import invalid_value_message, is_exact

_UNIT_SECONDS = {"minute": 60, "hour": 3600, "day": 86_400, "week": 604_800}
_NONE = 404


class AccountOverrides(AccountConfiguration):
    """Pins, faults and the quota of an account."""

    @sends_requests
    def pin(
        self,
        kind: ObjectKind | Enum,
        key: Number,
        *,
        expires_at: Any = None,
        reads: int | Decimal | None = None,
        **fields: Unpack[PinFields],
    ) -> Steps[PinRecord]:
        """
        Fix fields of an object.

        Args:
            kind: `agents`, `queues` or `trunks`.
            key: The number of the object.
            expires_at: Until when, an instant of the account's clock; for good by default.
            reads: For how many answers; all by default.
            fields: Values by name, as the vendor spells them.
        """
        place = _place(kind, key)
        until = yield from self._instant(expires_at, "expires_at")
        body = present(fields=fields, expires_at=until, reads=reads)
        return (yield from self._record(PinRecord, "PUT", place, body))

    @sends_requests
    def pins(self) -> Steps[list[PinRecord]]:
        """All pins."""
        return (yield from self._listed("pins", "/pins"))

    @sends_requests
    def unpin(
        self,
        kind: ObjectKind | Enum | Mapping[str, Any] | Iterable[Mapping[str, Any]] | None = None,
        key: Number | None = None,
    ) -> Steps[list[PinRecord]]:
        """
        Drop the pin of an object, all pins of a kind, or all pins, and return those that there were.

        Args:
            kind: `agents`, `queues` or `trunks`, or what `pin` returned, or a list of that.
            key: The number of the object.

        Raises:
            ClientError: An object is named, and nothing of it is pinned.
        """
        dropped: list[PinRecord] = []
        for each in flattened(kind, "kind"):
            dropped += yield from self._unpin(each, key)
        return dropped

    def _unpin(self, kind: Any, key: Any) -> Steps[list[PinRecord]]:
        if isinstance(kind, Mapping):
            pin = json_value(kind, "pin")
            if not {"kind", "key"} <= pin.keys():
                raise ClientError(f"a pin must be what pin returned, not {shown(kind)}")
            kind, key = pin["kind"], pin["key"]
        if kind is None and key is not None:
            raise ClientError(f"kind must be one of {', '.join(OBJECT_KINDS)} where a key is given, not None")
        place = "/pins" if kind is None else f"/pins/{_kind(kind)}" if key is None else _place(kind, key)
        before: list[PinRecord] = yield from self._listed("pins", "/pins")
        dropped: list[PinRecord] = [
            pin for pin in before if f"/pins/{pin['kind']}/{pin['key']}/".startswith(f"{place}/")
        ]
        if key is not None and not dropped:
            pinned = ", ".join(f"{pin['kind']} {pin['key']}" for pin in before[:10]) or "nothing"
            raise ClientError(f"nothing is pinned of {_kind(kind)} {text_of(key)}; pinned is {pinned}", _NONE)
        yield from self._ask("DELETE", place)
        return dropped

    @sends_requests
    def load(self, source: Document | Iterable[PinRecord]) -> Steps[list[PinRecord]]:
        """
        Pin the answers in a capture, all or none, and return the pins.

        Args:
            source: An answer of KPN, an HTTP archive of them, or a set of pins: the object, its JSON text or bytes, the
                path of a file with it, or the open file; also what `pin` and `pins` return.

        Raises:
            ClientError: There are none, or the sandbox refuses one; what was pinned before is pinned again.
        """
        wanted = _pins_in(source)
        before = {(pin["kind"], pin["key"]): pin for pin in (yield from self._listed("pins", "/pins"))}
        done: list[Any] = []
        try:
            for pin in wanted:
                done.append((yield from self._set(pin)))
        except ClientError:
            for made in done:
                place = made["kind"], made["key"]
                if place in before:
                    yield from self._set(before[place])
                else:
                    yield from self._ask("DELETE", _place(*place))
            raise
        return done

    def _set(self, pin: Mapping[str, Any]) -> Steps[JsonObject]:
        wanted = {name: pin.get(name) for name in ("fields", "expires_at", "reads")}
        return self._ask("PUT", _place(pin["kind"], pin["key"]), present(**wanted))

    @sends_requests
    def fail(
        self,
        operation: Operation | None,
        *outcomes: Outcome | Iterable[Outcome],
        api: ApiKey | Enum = "kpn",
        repeat: bool = False,
        key: Number | None = None,
    ) -> Steps[FaultRecord]:
        """
        Plan how the next requests end, one outcome after the other.

        Args:
            operation: `token`, `agents`, `agent`, `queues`, `queue`, `trunks`, `trunk`; `any` or None for all.
            outcomes: A status such as `503`, `"ok"`, a broken connection such as `"reset"` or `"timeout"`, an exception
                class such as `TimeoutError`, a `timedelta` for a delay, a mapping such as
                `{"status": 503, "delay_ms": 200}`, or a list of outcomes.
            api: The API that the operation belongs to.
            repeat: Whether to begin again when all are used up.
            key: The Logid or Number of the only object whose requests fail.
        """
        plan = {"outcomes": outcomes_of(outcomes), "repeat": repeat, "key": key}
        body = present(api=api, operation=operation, **plan)
        return (yield from self._record(FaultRecord, "POST", "/faults", body))

    @sends_requests
    def fail_sometimes(
        self,
        operation: Operation | None,
        probability: float | Decimal,
        outcome: Outcome,
        *,
        api: ApiKey | Enum = "kpn",
        seed: Seed | None = None,
        key: Number | None = None,
    ) -> Steps[FaultRecord]:
        """
        Plan that requests end in some way by chance.

        Args:
            operation, outcome, api, key: As in `fail`.
            probability: From 0 to 1.
            seed: For the same sequence of chances in every run.
        """
        chance = {"probability": probability, "outcome": outcome_of(outcome), "seed": seed_text(seed), "key": key}
        body = present(api=api, operation=operation, **chance)
        return (yield from self._record(FaultRecord, "POST", "/faults", body))

    @sends_requests
    def faults(self) -> Steps[list[FaultRecord]]:
        """All planned faults, with how many outcomes of each are left."""
        return (yield from self._listed("faults", "/faults"))

    @sends_requests
    def unused_faults(self) -> Steps[list[FaultRecord]]:
        """The faults with outcomes left, without those that never end."""
        return (yield from self._unused())

    def _unused(self) -> Steps[list[FaultRecord]]:
        return [fault for fault in (yield from self._listed("faults", "/faults")) if fault["remaining"]]

    @sends_requests
    def assert_faults_used(self) -> Steps[None]:
        """
        Check that all planned outcomes happened.

        Raises:
            NotAsExpected: Outcomes are left; it is an AssertionError, too.
        """
        left = [describe_fault(fault) for fault in (yield from self._unused())]
        if left:
            raise NotAsExpected("faults left unused: " + "; ".join(left))

    @sends_requests
    def heal(self, fault: Any = None) -> Steps[None]:
        """
        Drop a fault, or all faults.

        Args:
            fault: What `fail` returned, or its id; a list of such; all by default.
        """
        for path in ["/faults"] if fault is None else _fault_paths(json_value(fault, "fault")):
            yield from self._ask("DELETE", path)

    @sends_requests
    def quota(
        self,
        limit: int | Decimal | None = None,
        interval: int | Decimal | timedelta = 1,
        unit: QuotaUnit | Enum = "minute",
        *,
        retry_after: bool = False,
    ) -> Steps[QuotaRecord | None]:
        """
        Limit the calls in a window of time, and return the quota; without a limit the one in force, None for none.

        Args:
            limit: Calls in a window.
            interval: Length of the window, in units, or a `timedelta` or words such as "15m" for whole units.
            unit: `minute`, `hour`, `day`, `week` or `month`.
            retry_after: Whether refusals carry `Retry-After`.
        """
        if limit is not None:
            window = {"interval": _units(interval, unit), "unit": unit}
            body = {"limit": limit, **window, "retry_after": retry_after}
            return (yield from self._record(QuotaRecord, "PUT", "/quota", body))
        try:
            return (yield from self._record(QuotaRecord, "GET", "/quota"))
        except Rejected as error:
            if error.status != _NONE or "quota" not in str(error).lower():
                raise
            return None

    @sends_requests
    def drop_quota(self) -> Steps[None]:
        """Allow any number of calls."""
        yield from self._ask("DELETE", "/quota")


def seed_text(seed: Any) -> str | None:
    """
    Return a seed as it is sent: a number as its digits, which JSON would round when there are many.

    Raises:
        ClientError: It is neither a text nor an integer.
    """
    given, plain = unwrapped(seed), json_value(seed, "seed")
    if (
        isinstance(plain, bool | float)
        or isinstance(given, timedelta)
        or (isinstance(given, float) and not is_exact(given))
    ):
        raise ClientError(f"seed must be a text or an integer, not {shown(seed)}")
    return None if plain is None else text_of(plain, "seed")


def describe_fault(fault: Mapping[str, Any]) -> str:
    """One line about a fault and what is left of it."""
    left = fault["remaining"]
    outcomes = "without end" if left is None else f"{left} outcome left" if left == 1 else f"{left} outcomes left"
    operation = f"{fault['operation'] or 'any operation'} of {fault['api']}"
    return terminal_text(f"{operation}: {outcomes} (fault {fault['id']})")


def object_number(value: Any, name: str = "key") -> str:
    """
    Return the number of an object as a path has it.

    Args:
        value: Such as `40001` or `"40001"`.
        name: Its name, for the error.

    Raises:
        ClientError: It has no such form.
    """
    text = text_of(value, name)
    if not (text.isascii() and text.isdecimal() and len(text) <= 9):
        raise ClientError(f"{name} must be a number of 1 to 9 digits, not {shown(value)}")
    return text


def _pins_in(source: Any) -> list[Any]:
    """The pins that are given as such, or that a capture has."""
    plain = json_value(source if is_collection(source) else read_document(source, "a capture"), "a capture")
    pins = plain if isinstance(plain, list) else [plain]
    if pins and all(isinstance(pin, dict) and {"kind", "key", "fields"} <= pin.keys() for pin in pins):
        return pins
    # Named by a text, because the reader knows KPN's operations and so imports the server's packages (0.4 s).
    reader: Any = import_module("kpn_sandbox.drift.pin_sets")
    try:
        return [pin._asdict() for pin in reader.read_pins(plain)]
    except reader.CaptureError as error:
        raise ClientError(str(error)) from None


def _kind(value: Any) -> str:
    text = text_of(value, "kind")
    if text not in OBJECT_KINDS:
        raise ClientError(invalid_value_message("kind", text, f"one of {', '.join(OBJECT_KINDS)}"))
    return text


def _place(kind: Any, key: Any) -> str:
    return f"/pins/{_kind(kind)}/{object_number(key)}"


def _fault_paths(fault: Any) -> list[str]:
    if isinstance(fault, list):
        return [path for each in fault for path in _fault_paths(each)]
    chosen = fault.get("id") if isinstance(fault, dict) else fault
    if not isinstance(chosen, str):
        raise ClientError(f"a fault must be what fail returned, or its id, not {shown(fault)}")
    return [f"/faults/{segment(chosen, 'fault')}"]


def _units(interval: Any, unit: Any) -> Any:
    """The length of a window in units, where it is a length of time."""
    given = unwrapped(interval)
    if not is_length_of_time(given):
        return control_value(given, "interval")
    length, total = _UNIT_SECONDS.get(str(json_value(unit, "unit")), 0), seconds(given, "interval")
    if not length or total % length:
        raise ClientError(f"interval must be whole units of {text_of(unit, 'unit')}, not {shown(interval)}")
    return int(total) // length
