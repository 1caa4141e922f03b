"""Views of what a client sees in place of the simulated center: pins, faults and the quota."""

import re
from collections.abc import Callable
from typing import Any

from kpn_sandbox.control_api.context import ControlRequest
from kpn_sandbox.control_api.errors import ProblemError, invalid_fields
from kpn_sandbox.control_api.fields import FieldError
from kpn_sandbox.control_api.response_schemas import FaultRecord, FaultsRecord, PinRecord, PinsRecord, QuotaRecord
from kpn_sandbox.control_api.serializers import fault_record, instant_text, pin_record, quota_record
from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.literals import OBJECT_KINDS, ObjectKind
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.tenants.faults import ANY_OPERATION, FaultPlan, Outcome
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.validation import numbers_as_text

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
    fields = _checked_fields(request, kind)
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
    request.sandbox.pins.remove(request.client_id, kind, request.path.get("key"))


def _kind(request: ControlRequest) -> ObjectKind:
    for kind in OBJECT_KINDS:
        if kind == request.path["kind"]:
            return kind
    raise ProblemError(404, f"Only {', '.join(OBJECT_KINDS)} can be pinned.")


def _existing_key(request: ControlRequest, kind: ObjectKind) -> str:
    """Return the number in the path if the center has such an object now."""
    key, tenant = request.path["key"], request.tenant
    if not _NUMBER.fullmatch(key):
        raise ProblemError(404, "The key must be the number of an object, 1 to 9 digits.")
    _FIND[kind](tenant.center, int(key), tenant.now())
    return key


def _checked_fields(request: ControlRequest, kind: ObjectKind) -> dict[str, Any]:
    """Return the fields to pin, with numbers as the vendor spells them: as texts."""
    check = next(api.pin_checks[kind] for api in request.context.apis if kind in api.pin_checks)
    pinned: dict[str, Any] = numbers_as_text(request.body["fields_"])
    if not pinned:
        raise invalid_fields({"field": "fields", "value": {}, "allowed": "an object with at least one field"})
    errors: list[FieldError] = [
        {"field": f"fields.{name}", "value": request.body["fields_"].get(name), "allowed": allowed}
        for name, allowed in check(pinned).items()
    ]
    if errors:
        raise invalid_fields(*errors)
    return pinned


def list_faults(request: ControlRequest) -> FaultsRecord:
    """Return all fault plans, used up ones included."""
    return {"faults": [fault_record(plan) for plan in request.sandbox.faults.list(request.client_id)]}


def add_fault(request: ControlRequest) -> FaultRecord:
    """
    Add a fault plan and return it.

    Raises:
        ProblemError: It could never take effect.
    """
    _check_fault(request)
    plan = dict(request.body)
    plan["outcomes"] = tuple(Outcome(**outcome) for outcome in plan.get("outcomes", ()))
    if "outcome" in plan:
        plan["outcome"] = Outcome(**plan["outcome"])
    return fault_record(request.sandbox.faults.add(request.client_id, FaultPlan(**plan)))


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


def _check_fault(request: ControlRequest) -> None:
    """Refuse an API or operation that does not exist, and a status for which the API has no body."""
    api = request.context.api(request.body["api"])
    if api is None:
        keys = ", ".join(each.key for each in request.context.apis)
        raise invalid_fields({"field": "api", "value": request.body["api"], "allowed": f"one of {keys}"})
    operation = request.body.get("operation")
    known = [each.key for each in api.operations]
    if operation not in (None, ANY_OPERATION, *known):
        allowed = f"one of {', '.join(known)}, or {ANY_OPERATION}"
        raise invalid_fields({"field": "operation", "value": operation, "allowed": allowed})
    if "key" in request.body:
        _check_key(request, api)
    for path, outcome in _outcomes(request.body):
        status = outcome.get("status")
        if status is not None and status not in api.statuses and "body" not in outcome:
            allowed = f"one of {', '.join(map(str, api.statuses))}, or come with a body"
            raise invalid_fields({"field": f"{path}.status", "value": status, "allowed": allowed})


def _check_key(request: ControlRequest, api: type[VendorApi]) -> None:
    """Refuse the key of an object for operations that are not about one object."""
    single = [each.key for each in api.operations if each.parameter]
    operation = request.body.get("operation", ANY_OPERATION)
    if operation not in ([ANY_OPERATION, *single] if single else ()):
        reason = (
            f"only {', '.join(single)} and {ANY_OPERATION} have one"
            if single
            else f"{api.key} has no operation with one"
        )
        raise invalid_fields({"field": "key", "value": request.given["key"], "allowed": f"left out: {reason}"})


def _outcomes(plan: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the outcomes of a plan, each with its path in the body."""
    listed = [(f"outcomes[{position}]", outcome) for position, outcome in enumerate(plan.get("outcomes", ()))]
    return [*listed, ("outcome", plan.get("outcome", {}))]


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
