"""Views of what a client sees in place of the simulated center: pins, faults and the quota."""

import re
from collections.abc import Callable
from typing import Any

from kpn_sandbox.client.records import FaultRecord, FaultsRecord, PinRecord, PinsRecord, QuotaRecord
from kpn_sandbox.control_api.context import ControlRequest, checked_fields, checked_plan
from kpn_sandbox.control_api.errors import ProblemError, invalid_fields
from kpn_sandbox.control_api.serializers import fault_record, instant_text, pin_record, quota_record
from kpn_sandbox.literals import OBJECT_KINDS, ObjectKind
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_FIND: dict[ObjectKind, Callable[[Center, int, float], Any]] = {
    "agents": Center.agent,
    "queues": Center.queue,
    "trunks": Center.trunk,
}


def list_pins(request: ControlRequest) -> PinsRecord:
    """Return the pins on objects of the kind in the path, or on all objects."""
    kind = _kind(request) if "kind" in request.path else None
    pins = request.sandbox.pins.list(request.client_id, request.tenant.now())
    return {"pins": [pin_record(pin) for pin in pins if kind in (None, pin.kind)]}


def show_pin(request: ControlRequest) -> PinRecord:
    """
    Return the pin on an object.

    Raises:
        UnknownPin: There is none.
    """
    kind, key = _kind(request), request.path["key"]
    return pin_record(request.sandbox.pins.show(request.client_id, kind, key, request.tenant.now()))


def set_pin(request: ControlRequest) -> PinRecord:
    """
    Pin fields of an object and return the pin.

    Raises:
        ProblemError: There is no such object, a field is not one of its fields or has a value it cannot have, or the
            pin would have expired already.
    """
    kind = _kind(request)
    key = _existing_key(request, kind)
    fields = checked_fields(request.context.apis, kind, request.body["fields_"])
    expires_at, reads = request.body.get("expires_at"), request.body.get("reads")
    now = request.tenant.now()
    if expires_at is not None and expires_at <= now:
        allowed = f"after the account's present instant, {instant_text(now)}"
        raise invalid_fields({"field": "expires_at", "value": instant_text(expires_at), "allowed": allowed})
    pin = request.sandbox.pins.put(request.client_id, Pin(kind, key, fields, expires_at, reads))
    return pin_record(pin)


def delete_pins(request: ControlRequest) -> None:
    """Delete the pin on an object, on all objects of a kind, or all pins, by what the path has."""
    kind = _kind(request) if "kind" in request.path else None
    key = _number(request) if "key" in request.path else None
    request.sandbox.pins.remove(request.client_id, kind, key)


def _kind(request: ControlRequest) -> ObjectKind:
    for kind in OBJECT_KINDS:
        if kind == request.path["kind"]:
            return kind
    raise ProblemError(404, f"Only {', '.join(OBJECT_KINDS)} can be pinned.")


def _existing_key(request: ControlRequest, kind: ObjectKind) -> str:
    """Return the number in the path if the center has such an object now."""
    key, tenant = _number(request), request.tenant
    _FIND[kind](tenant.center, int(key), tenant.now())
    return key


def _number(request: ControlRequest) -> str:
    key = request.path["key"]
    if not _NUMBER.fullmatch(key):
        raise ProblemError(404, "The key must be the number of an object, 1 to 9 digits.")
    return key


def list_faults(request: ControlRequest) -> FaultsRecord:
    """Return all fault plans, used up ones included."""
    return {"faults": [fault_record(plan) for plan in request.sandbox.faults.list(request.client_id)]}


def add_fault(request: ControlRequest) -> FaultRecord:
    """
    Add a fault plan and return it.

    Raises:
        ProblemError: It could never take effect.
    """
    plan = checked_plan(request.context.apis, request.body, request.given)
    return fault_record(request.sandbox.faults.add(request.client_id, plan))


def show_fault(request: ControlRequest) -> FaultRecord:
    """
    Return a fault plan.

    Raises:
        UnknownFault: There is none with that id.
    """
    return fault_record(request.sandbox.faults.show(request.client_id, request.path["fault"]))


def delete_faults(request: ControlRequest) -> None:
    """Delete the fault plan in the path, or all of them."""
    request.sandbox.faults.remove(request.client_id, request.path.get("fault"))


def show_quota(request: ControlRequest) -> QuotaRecord:
    """
    Return the quota.

    Raises:
        NoQuota: The account has none.
    """
    return quota_record(request.tenant.required_quota())


def set_quota(request: ControlRequest) -> QuotaRecord:
    """Set the quota and return it."""
    return quota_record(request.sandbox.quotas.set(request.client_id, Quota(**request.body)))


def delete_quota(request: ControlRequest) -> None:
    """Delete the quota, so that the account may make any number of requests."""
    request.sandbox.quotas.remove(request.client_id)
