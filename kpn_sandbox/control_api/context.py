"""
The context of a view of the control API: the sandbox, and a request that is authenticated and validated.

What a schema cannot check of a body, because it depends on the APIs of the vendors, is checked here, too: the fields of
pins, and fault plans.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from kpn_sandbox.client.errors import FieldError
from kpn_sandbox.control_api.errors import invalid_fields
from kpn_sandbox.gateway.api import Behavior, VendorApi
from kpn_sandbox.literals import ObjectKind
from kpn_sandbox.tenants.faults import ANY_OPERATION, FaultPlan, Outcome
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.validation import numbers_as_text


@dataclass(frozen=True)
class ControlContext:
    """
    Parts of the application that the control API works on.

    Args:
        sandbox: Accounts and their stores.
        apis: APIs of the vendors.
        behaviors: How well the control API's own operations are known.
        started_at: Wall time of the start, in epoch seconds.
        pause: Waits for some seconds while other requests are served; says whether the server stops.
    """

    sandbox: Sandbox
    apis: Sequence[type[VendorApi]]
    behaviors: Sequence[Behavior]
    started_at: float
    pause: Callable[[float], bool]


@dataclass(frozen=True)
class ControlRequest:
    """
    One request to the control API.

    Args:
        context: Parts of the application.
        path: Variables of the path.
        body: The body as its schema loaded it; empty without one.
        given: The body as the client sent it, parsed but not validated.
        query: The query as its schema loaded it; empty without one.
        base_url: URL of the sandbox as the client sees it, without a slash at the end.
    """

    context: ControlContext
    path: Mapping[str, str]
    body: dict[str, Any]
    given: Any
    query: dict[str, Any]
    base_url: str

    @property
    def sandbox(self) -> Sandbox:
        """Accounts and their stores."""
        return self.context.sandbox

    @property
    def client_id(self) -> str:
        """Client id in the path."""
        return self.path["id"]

    @property
    def tenant(self) -> Tenant:
        """
        The account in the path, as it is at this moment.

        Raises:
            UnknownAccount: There is no account with that client id.
        """
        return self.sandbox.tenant(self.client_id)


ControlView = Callable[[ControlRequest], Mapping[str, Any] | Response | None]
"""Handles a request; returns a JSON object, None for no body, or a response that is complete."""


def checked_fields(apis: Sequence[type[VendorApi]], kind: ObjectKind, given: dict[str, Any]) -> dict[str, Any]:
    """
    Return fields to pin, with numbers as the vendor spells them: as texts.

    Args:
        apis: APIs of the vendors.
        kind, given: The kind of the object, and the fields as the client sent them.

    Raises:
        ProblemError: There is no field, or one that the object does not have or whose value it cannot have.
    """
    check = next(api.pin_checks[kind] for api in apis if kind in api.pin_checks)
    pinned: dict[str, Any] = numbers_as_text(given)
    if not pinned:
        raise invalid_fields({"field": "fields", "value": {}, "allowed": "an object with at least one field"})
    errors: list[FieldError] = [
        {"field": f"fields.{name}", "value": given.get(name), "allowed": allowed}
        for name, allowed in check(pinned).items()
    ]
    if errors:
        raise invalid_fields(*errors)
    return pinned


def checked_plan(apis: Sequence[type[VendorApi]], body: dict[str, Any], given: dict[str, Any]) -> FaultPlan:
    """
    Return the fault plan of a body.

    Args:
        apis: APIs of the vendors.
        body, given: The body as its schema loaded it, and as the client sent it.

    Raises:
        ProblemError: An API or operation does not exist, or the API has no body for a status.
    """
    _check_fault(apis, body, given)
    outcomes = tuple(Outcome(**outcome) for outcome in body.get("outcomes", ()))
    outcome = {"outcome": Outcome(**body["outcome"])} if "outcome" in body else {}
    return FaultPlan(**{**body, "outcomes": outcomes, **outcome})


def _check_fault(apis: Sequence[type[VendorApi]], body: dict[str, Any], given: dict[str, Any]) -> None:
    api = next((each for each in apis if each.key == body["api"]), None)
    if api is None:
        keys = ", ".join(each.key for each in apis)
        raise invalid_fields({"field": "api", "value": body["api"], "allowed": f"one of {keys}"})
    operation = body.get("operation")
    known = [each.key for each in api.operations]
    if operation not in (None, ANY_OPERATION, *known):
        allowed = f"one of {', '.join(known)}, or {ANY_OPERATION}"
        raise invalid_fields({"field": "operation", "value": operation, "allowed": allowed})
    if body.get("key") is not None:
        _check_key(api, operation, given["key"])
    for path, outcome in _outcomes(body):
        status = outcome.get("status")
        if status is not None and status not in api.statuses and "body" not in outcome:
            allowed = f"one of {', '.join(map(str, api.statuses))}, or come with a body"
            raise invalid_fields({"field": f"{path}.status", "value": status, "allowed": allowed})


def _check_key(api: type[VendorApi], operation: str | None, key: Any) -> None:
    """Refuse the key of an object for operations that are not about one object."""
    single = [each.key for each in api.operations if each.parameter]
    if (operation or ANY_OPERATION) not in ([ANY_OPERATION, *single] if single else ()):
        reason = (
            f"only {', '.join(single)} and {ANY_OPERATION} have one"
            if single
            else f"{api.key} has no operation with one"
        )
        raise invalid_fields({"field": "key", "value": key, "allowed": f"left out: {reason}"})


def _outcomes(plan: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the outcomes of a plan, each with its path in the body."""
    listed = [(f"outcomes[{position}]", outcome) for position, outcome in enumerate(plan.get("outcomes", ()))]
    return [*listed, ("outcome", plan.get("outcome", {}))]
