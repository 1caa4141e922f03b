"""Table of the control API's operations: method, path, who may call, what comes in and what goes out."""

from dataclasses import dataclass
from enum import StrEnum

from marshmallow import Schema

from kpn_sandbox.control_api import request_schemas as requests
from kpn_sandbox.control_api import response_schemas as responses

PREFIX = "/_sandbox"
SOURCE = "the sandbox's own, no vendor has it"


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
        key: Its name, by which `routes` finds its view.
        method: HTTP method.
        path: Path below `PREFIX`, variables in braces.
        summary: One sentence for the documents.
        response: Type of a response that succeeded, None for a response without a body.
        body: Schema of the request body, None when there is none or when the view checks it.
        query: Schema of the query, None when there is none.
        access: Who may call it.
        success: Status of a response that succeeded.
        label: How well it is known; the sandbox invented all of its own operations.
        source: Where it is documented.
    """

    key: str
    method: str
    path: str
    summary: str
    response: type | None = None
    body: type[Schema] | None = None
    query: type[Schema] | None = None
    access: Access = Access.ACCOUNT
    success: int = 200
    label: str = "invented"
    source: str = SOURCE

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")

    @property
    def takes_body(self) -> bool:
        """Whether requests have a body, with or without a schema."""
        return self.method in ("POST", "PUT", "PATCH")

    @property
    def statuses(self) -> tuple[int, ...]:
        """Statuses of its responses, the successful one first."""
        errors = {500, 503}
        if self.query or "{kind}" in self.path:
            errors |= {400}
        if self.access is not Access.OPEN:
            errors |= {401, 403}
        if "{" in self.path:
            errors |= {404}
        if self.key == "create_account":
            errors |= {409}
        if self.takes_body:
            errors |= {400, 413}
        return (self.success, *sorted(errors))


_ID = "/accounts/{id}"


def _open(key: str, path: str, summary: str, response: type) -> ControlOperation:
    return ControlOperation(key, "GET", path, summary, response, access=Access.OPEN)


def _get(key: str, path: str, summary: str, response: type, *, query: type[Schema] | None = None) -> ControlOperation:
    return ControlOperation(key, "GET", _ID + path, summary, response, query=query)


def _change(
    key: str, method_and_path: str, summary: str, response: type, *, body: type[Schema] | None = None
) -> ControlOperation:
    method, _, path = method_and_path.partition(" ")
    return ControlOperation(key, method, _ID + path, summary, response, body)


def _delete(key: str, path: str, summary: str) -> ControlOperation:
    return ControlOperation(key, "DELETE", _ID + path, summary, success=204)


OPERATIONS = (
    _open("health", "/health", "Whether the sandbox lives.", responses.HealthRecord),
    _open("ready", "/ready", "Whether its database answers, too.", responses.HealthRecord),
    _open("fidelity", "/fidelity", "How well each operation and behavior is known.", responses.FidelityRecord),
    _open("scenarios", "/scenarios", "The scenarios and what they do.", responses.ScenariosRecord),
    ControlOperation(
        "list_accounts", "GET", "/accounts", "All accounts.", responses.AccountsRecord, access=Access.ADMIN
    ),
    ControlOperation(
        "create_account",
        "POST",
        "/accounts",
        "Make an account; its secrets are told this once.",
        responses.NewAccountRecord,
        body=requests.NewAccountRequestSchema,
        access=Access.ADMIN,
        success=201,
    ),
    _get("show_account", "", "An account without its secrets.", responses.AccountRecord),
    _delete("delete_account", "", "Drop an account with its whole world."),
    _change(
        "rotate_secret", "POST /secret", "New secrets, told this once; old ones are void.", responses.NewAccountRecord
    ),
    _change(
        "revoke_tokens",
        "POST /tokens/revoke",
        "Revoke one or all access tokens and sessions.",
        responses.RevokedRecord,
        body=requests.RevokeRequestSchema,
    ),
    _get("show_profile", "/profile", "The profile in force, before the scenario.", responses.ProfileRecord),
    ControlOperation(
        "change_profile",
        "PATCH",
        _ID + "/profile",
        "Change the profile by a JSON merge patch (RFC 7396).",
        responses.ProfileRecord,
        query=requests.EffectiveQuerySchema,
    ),
    _get("show_scenario", "/scenario", "The scenario in force.", responses.ScenarioInForceRecord),
    _change(
        "set_scenario",
        "PUT /scenario",
        "Set a scenario.",
        responses.ScenarioInForceRecord,
        body=requests.ScenarioRequestSchema,
    ),
    _get("show_clock", "/clock", "The clock.", responses.ClockRecord),
    _change("set_clock", "PUT /clock", "Set the clock.", responses.ClockRecord, body=requests.ClockRequestSchema),
    _change(
        "advance_clock",
        "POST /clock/advance",
        "Move the clock on.",
        responses.ClockRecord,
        body=requests.AdvanceRequestSchema,
    ),
    _get("list_pins", "/pins", "What is pinned.", responses.PinsRecord),
    _delete("delete_pins", "/pins", "Unpin everything."),
    _get("list_pins_of_kind", "/pins/{kind}", "What is pinned of agents, queues or trunks.", responses.PinsRecord),
    _delete("delete_pins_of_kind", "/pins/{kind}", "Unpin all agents, queues or trunks."),
    _get("show_pin", "/pins/{kind}/{key}", "A pin.", responses.PinRecord),
    _change(
        "set_pin",
        "PUT /pins/{kind}/{key}",
        "Pin fields of an object.",
        responses.PinRecord,
        body=requests.PinRequestSchema,
    ),
    _delete("delete_pin", "/pins/{kind}/{key}", "Unpin an object."),
    _get("list_faults", "/faults", "What is to go wrong.", responses.FaultsRecord),
    ControlOperation(
        "add_fault",
        "POST",
        _ID + "/faults",
        "Let something go wrong.",
        responses.FaultRecord,
        body=requests.FaultRequestSchema,
        success=201,
    ),
    _delete("delete_faults", "/faults", "Let nothing go wrong any more."),
    _get("show_fault", "/faults/{fault}", "A fault and what is left of it.", responses.FaultRecord),
    _delete("delete_fault", "/faults/{fault}", "Drop a fault."),
    _get("show_quota", "/quota", "The quota.", responses.QuotaRecord),
    _change("set_quota", "PUT /quota", "Set a quota.", responses.QuotaRecord, body=requests.QuotaRequestSchema),
    _delete("delete_quota", "/quota", "Drop the quota."),
    _get(
        "list_requests",
        "/requests",
        "The last 1,000 requests.",
        responses.LogPageRecord,
        query=requests.RequestsQuerySchema,
    ),
    _delete("delete_requests", "/requests", "Forget the requests."),
    _get("show_conduct", "/conduct", "What the client does wrong.", responses.ConductRecord),
    _get("list_customers", "/customers", "Everybody who calls.", responses.CustomersRecord),
    _get(
        "list_calls",
        "/truth/calls",
        "The calls behind the counters.",
        responses.CallsRecord,
        query=requests.CallsQuerySchema,
    ),
    _get(
        "list_states",
        "/truth/agents/{Logid}",
        "The states behind an agent.",
        responses.StatesRecord,
        query=requests.PeriodQuerySchema,
    ),
    _get(
        "list_inbox",
        "/inbox/kpi",
        "What Atobi's endpoint received.",
        responses.InboxRecord,
        query=requests.InboxQuerySchema,
    ),
    _change("reset", "POST /reset", "As in the beginning.", responses.ResetRecord, body=requests.ResetRequestSchema),
)
