"""Table of the control API's operations: who may call, what comes in, which view handles it, what goes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from typing import Any, get_type_hints

from marshmallow import Schema

from kpn_sandbox.client.records import CallsRecord, IntervalsRecord, LogPageRecord, ProfileRecord
from kpn_sandbox.control_api import request_schemas as requests
from kpn_sandbox.control_api.context import ControlView
from kpn_sandbox.control_api.snapshot_schemas import SnapshotRequestSchema
from kpn_sandbox.control_api.views import accounts, configuration, inspection, overrides, status
from kpn_sandbox.gateway.api import Behavior

PREFIX = "/_sandbox"


class Access(StrEnum):
    """Who may call an operation; the values are words for the OpenAPI document."""

    OPEN = "anybody"
    ADMIN = "the administrator"
    ACCOUNT = "the account itself or the administrator"


@dataclass(frozen=True)
class ControlOperation:
    """
    One operation of the control API.

    Args:
        view: Handles the requests.
        method: HTTP method.
        path: Path below `PREFIX`, variables in braces.
        summary: One sentence for the documents.
        name: Its key, where a view handles several operations; the name of the view by default.
        body: Schema of the request body, None when the view checks it.
        documented_body: Schema for the documents of a body that the view checks.
        query: Schema of the query.
        returns: Type of the response's body, where the view's annotation does not say it.
        access: Who may call it.
        success: Status of a response that succeeded.
        conflict: Whether it is refused with 409 when it goes against what there is.
        reads_account: Whether it needs an account that this version can read.
        headers: Headers of a response that succeeded and what they say.
    """

    view: ControlView
    method: str
    path: str
    summary: str
    name: str = ""
    body: type[Schema] | None = requests.NoBodySchema
    documented_body: type[Schema] | None = None
    query: type[Schema] = requests.NoQuerySchema
    returns: type | None = None
    access: Access = Access.ACCOUNT
    success: int = 200
    conflict: bool = False
    reads_account: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Name of the operation in the documents."""
        return self.name or self.view.__name__

    @property
    def response(self) -> Any:
        """Type of the body of a response that succeeded, `NoneType` for none."""
        return self.returns or get_type_hints(self.view)["return"]

    @property
    def takes_body(self) -> bool:
        """Whether a request may have a body with fields."""
        return self.body is not requests.NoBodySchema

    @property
    def may_lack_body(self) -> bool:
        """Whether a request without a body is accepted."""
        return not self.takes_body or self.method == "POST"

    @property
    def behavior(self) -> Behavior:
        """How well the operation is known: the sandbox invented all of its own."""
        return Behavior(f"{self.method} {PREFIX}{self.path}", "invented", "the sandbox's own, no vendor has it")

    @property
    def statuses(self) -> tuple[int, ...]:
        """Statuses of its responses, the successful one first."""
        errors = {400, 500, 503}
        if self.access is not Access.OPEN:
            errors |= {401, 403}
        if "{" in self.path:
            # A newer version may have stored what this one cannot read.
            errors |= {404, 409} if self.reads_account else {404}
        if self.conflict:
            errors |= {409}
        if self.method in ("POST", "PUT", "PATCH"):
            errors |= {413}
        return (self.success, *sorted(errors))


def _on_account(method: str, view: ControlView, path: str, summary: str, **options: Any) -> ControlOperation:
    return ControlOperation(view, method, f"/accounts/{{id}}{path}", summary, **options)


_open = partial(ControlOperation, method="GET", access=Access.OPEN)
_get, _post, _put, _patch = (partial(_on_account, method) for method in ("GET", "POST", "PUT", "PATCH"))
_delete = partial(_on_account, "DELETE", success=204)

_EFFECTIVE_FROM = {
    configuration.EFFECTIVE_FROM: "From when on the profile, or the change of it, counts; empty for always."
}

OPERATIONS = (
    _open(status.health, path="/health", summary="Whether the sandbox lives."),
    _open(status.ready, path="/ready", summary="Whether its database can be written to, too."),
    _open(status.fidelity, path="/fidelity", summary="How well each operation and behavior is known."),
    _open(status.scenarios, path="/scenarios", summary="The scenarios and what they do."),
    ControlOperation(
        accounts.list_accounts,
        "GET",
        "/accounts",
        "All accounts, by pages.",
        query=requests.AccountsQuerySchema,
        access=Access.ADMIN,
    ),
    ControlOperation(
        inspection.list_requests,
        "GET",
        "/requests",
        "The last requests of all accounts, and those that belong to none.",
        name="list_all_requests",
        query=requests.RequestsQuerySchema,
        returns=LogPageRecord,
        access=Access.ADMIN,
    ),
    ControlOperation(
        accounts.create_account,
        "POST",
        "/accounts",
        "Make an account; its secrets are shown this once.",
        body=requests.NewAccountRequestSchema,
        access=Access.ADMIN,
        success=201,
        conflict=True,
    ),
    _get(accounts.show_account, "", "An account without its secrets."),
    _delete(accounts.delete_account, "", "Drop an account with its whole state.", reads_account=False),
    _post(accounts.rotate_secret, "/secret", "New secrets, shown this once; old ones are void."),
    _post(
        accounts.revoke_tokens,
        "/tokens/revoke",
        "Revoke one or all access tokens and sessions.",
        body=requests.RevokeRequestSchema,
    ),
    _get(
        configuration.show_profile,
        "/profile",
        "The profile in force, before the scenario.",
        returns=ProfileRecord,
        headers=_EFFECTIVE_FROM,
    ),
    _patch(
        configuration.change_profile,
        "/profile",
        "Change the profile by a JSON merge patch (RFC 7396).",
        body=None,
        query=requests.EffectiveQuerySchema,
        returns=ProfileRecord,
        conflict=True,
        headers=_EFFECTIVE_FROM,
    ),
    _get(configuration.show_scenario, "/scenario", "The scenario in force."),
    _put(
        configuration.set_scenario,
        "/scenario",
        "Set a scenario.",
        body=requests.ScenarioRequestSchema,
        query=requests.EffectiveQuerySchema,
        conflict=True,
    ),
    _get(configuration.show_clock, "/clock", "The clock."),
    _put(configuration.set_clock, "/clock", "Set the clock.", body=requests.ClockRequestSchema),
    _post(configuration.advance_clock, "/clock/advance", "Move the clock on.", body=requests.AdvanceRequestSchema),
    _get(
        configuration.show_snapshot,
        "/snapshot",
        "The state of the account in one document.",
        returns=SnapshotRequestSchema,
        conflict=True,
    ),
    _put(
        configuration.restore_snapshot,
        "/snapshot",
        "Restore a snapshot, whole or not at all.",
        body=None,
        documented_body=SnapshotRequestSchema,
        conflict=True,
    ),
    _get(overrides.list_pins, "/pins", "What is pinned."),
    _delete(overrides.delete_pins, "/pins", "Unpin everything."),
    _get(overrides.list_pins, "/pins/{kind}", "What is pinned of agents, queues or trunks.", name="list_pins_of_kind"),
    _delete(overrides.delete_pins, "/pins/{kind}", "Unpin all agents, queues or trunks.", name="delete_pins_of_kind"),
    _get(overrides.show_pin, "/pins/{kind}/{key}", "A pin."),
    _put(overrides.set_pin, "/pins/{kind}/{key}", "Pin fields of an object.", body=requests.PinRequestSchema),
    _delete(overrides.delete_pins, "/pins/{kind}/{key}", "Unpin an object.", name="delete_pin"),
    _get(overrides.list_faults, "/faults", "What is to go wrong."),
    _post(overrides.add_fault, "/faults", "Let something go wrong.", body=requests.FaultRequestSchema, success=201),
    _delete(overrides.delete_faults, "/faults", "Let nothing go wrong any more."),
    _get(overrides.show_fault, "/faults/{fault}", "A fault and what is left of it."),
    _delete(overrides.delete_faults, "/faults/{fault}", "Drop a fault.", name="delete_fault"),
    _get(overrides.show_quota, "/quota", "The quota."),
    _put(overrides.set_quota, "/quota", "Set a quota.", body=requests.QuotaRequestSchema),
    _delete(overrides.delete_quota, "/quota", "Drop the quota."),
    _get(
        inspection.list_requests,
        "/requests",
        "The last 1,000 requests.",
        query=requests.RequestsQuerySchema,
        returns=LogPageRecord,
    ),
    _delete(inspection.delete_requests, "/requests", "Forget the requests."),
    _get(inspection.show_conduct, "/conduct", "What the client does wrong."),
    _get(inspection.list_customers, "/customers", "Everybody who calls.", query=requests.CustomersQuerySchema),
    _get(
        inspection.list_calls,
        "/truth/calls",
        "The calls behind the counters.",
        query=requests.CallsQuerySchema,
        returns=CallsRecord,
    ),
    _get(
        inspection.list_states, "/truth/agents/{Logid}", "The states behind an agent.", query=requests.PeriodQuerySchema
    ),
    _get(
        inspection.list_intervals,
        "/truth/intervals",
        "The figures of queues by interval.",
        query=requests.IntervalsQuerySchema,
        returns=IntervalsRecord,
    ),
    _get(
        inspection.show_schedule,
        "/truth/schedule",
        "The planned shifts and who kept to them.",
        query=requests.ScheduleQuerySchema,
    ),
    _get(inspection.list_inbox, "/inbox/kpi", "What Atobi's endpoint received.", query=requests.InboxQuerySchema),
    _post(configuration.reset, "/reset", "As in the beginning.", body=requests.ResetRequestSchema),
)
