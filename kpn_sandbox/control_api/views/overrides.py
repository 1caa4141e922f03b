"""What is not as it would be: pins, faults and a quota."""

import re
from collections.abc import Callable
from typing import Any

from kpn_sandbox.control_api.context import Call, View
from kpn_sandbox.control_api.errors import BadRequest, NotFound
from kpn_sandbox.control_api.serializers import fault_record, pin_record
from kpn_sandbox.literals import OBJECT_KINDS
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.quota import Quota

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_LOOK: dict[str, Callable[[Center, int, float], Any]] = {
    "agents": Center.agent,
    "queues": Center.queue,
    "trunks": Center.trunk,
}


def list_pins(call: Call) -> dict[str, Any]:
    """What is pinned, of one kind or of all."""
    kind = _kind(call) if "kind" in call.path else None
    pins = call.sandbox.pins.list(call.client_id, call.tenant.now())
    return {"pins": [pin_record(pin) for pin in pins if kind in (None, pin.kind)]}


def show_pin(call: Call) -> dict[str, Any]:
    """A pin."""
    return pin_record(call.sandbox.pins.show(call.client_id, _kind(call), call.path["key"], call.tenant.now()))


def set_pin(call: Call) -> dict[str, Any]:
    """Pin fields of an object."""
    kind, key = _kind(call), _existing(call)
    _check_fields(call, kind)
    expires_at, reads = call.body.get("expires_at"), call.body.get("reads")
    fields = call.body["fields_"]
    return pin_record(call.sandbox.pins.put(call.client_id, kind, key, fields, expires_at=expires_at, reads=reads))


def delete_pins(call: Call) -> None:
    """Unpin an object, all of a kind, or everything."""
    kind = _kind(call) if "kind" in call.path else None
    call.sandbox.pins.remove(call.client_id, kind, call.path.get("key"))


def _kind(call: Call) -> str:
    if call.path["kind"] not in OBJECT_KINDS:
        raise NotFound(f"Only {', '.join(OBJECT_KINDS)} can be pinned.")
    return call.path["kind"]


def _existing(call: Call) -> str:
    """The number of an object that is there now."""
    key, tenant = call.path["key"], call.tenant
    if not _NUMBER.fullmatch(key):
        raise NotFound("The key must be the number of an object, 1 to 9 digits.")
    _LOOK[call.path["kind"]](tenant.center, int(key), tenant.now())
    return key


def _check_fields(call: Call, kind: str) -> None:
    check = next(face.pins[kind] for face in call.parts.faces if kind in face.pins)
    pinned = call.body["fields_"]
    if not pinned:
        raise BadRequest.of([{"field": "fields", "value": {}, "allowed": "an object with at least one field"}])
    wrong = check(pinned)
    if wrong:
        told = [{"field": f"fields.{name}", "value": pinned.get(name), "allowed": wrong[name]} for name in wrong]
        raise BadRequest.of(told)


def list_faults(call: Call) -> dict[str, Any]:
    """What is to go wrong, used up faults included."""
    return {"faults": [fault_record(plan) for plan in call.sandbox.faults.list(call.client_id)]}


def add_fault(call: Call) -> dict[str, Any]:
    """Let something go wrong."""
    _check_fault(call)
    plan = dict(call.body)
    plan["outcomes"] = tuple(Outcome(**told) for told in plan.get("outcomes", ()))
    if "outcome" in plan:
        plan["outcome"] = Outcome(**plan["outcome"])
    return fault_record(call.sandbox.faults.add(call.client_id, FaultPlan(**plan)))


def show_fault(call: Call) -> dict[str, Any]:
    """A fault and what is left of it."""
    return fault_record(call.sandbox.faults.show(call.client_id, call.path["fault"]))


def delete_faults(call: Call) -> None:
    """Drop a fault, or all of them."""
    call.sandbox.faults.remove(call.client_id, call.path.get("fault"))


def _check_fault(call: Call) -> None:
    """Refuse what could never happen: an API or operation that is not there, a status without a shape."""
    face = call.parts.face(call.body["api"])
    if face is None:
        here = ", ".join(each.key for each in call.parts.faces)
        raise BadRequest.of([{"field": "api", "value": call.body["api"], "allowed": f"one of {here}"}])
    operation = call.body.get("operation")
    if operation is not None and operation not in face.operations:
        allowed = f"one of {', '.join(face.operations)}, or left out for all"
        raise BadRequest.of([{"field": "operation", "value": operation, "allowed": allowed}])
    told = [(f"outcomes[{position}]", each) for position, each in enumerate(call.body.get("outcomes", ()))]
    for path, outcome in [*told, ("outcome", call.body.get("outcome", {}))]:
        status = outcome.get("status")
        if status is not None and status not in face.statuses and "body" not in outcome:
            allowed = f"one of {', '.join(map(str, face.statuses))}, or come with a body"
            raise BadRequest.of([{"field": f"{path}.status", "value": status, "allowed": allowed}])


def show_quota(call: Call) -> dict[str, Any]:
    """The quota."""
    return call.tenant.required_quota().to_dict()


def set_quota(call: Call) -> dict[str, Any]:
    """Set a quota."""
    return call.sandbox.quotas.set(call.client_id, Quota(**call.body)).to_dict()


def delete_quota(call: Call) -> None:
    """Drop the quota."""
    call.sandbox.quotas.remove(call.client_id)


VIEWS: dict[str, View] = {
    "list_pins": list_pins,
    "delete_pins": delete_pins,
    "list_pins_of_kind": list_pins,
    "delete_pins_of_kind": delete_pins,
    "show_pin": show_pin,
    "set_pin": set_pin,
    "delete_pin": delete_pins,
    "list_faults": list_faults,
    "add_fault": add_fault,
    "delete_faults": delete_faults,
    "show_fault": show_fault,
    "delete_fault": delete_faults,
    "show_quota": show_quota,
    "set_quota": set_quota,
    "delete_quota": delete_quota,
}
