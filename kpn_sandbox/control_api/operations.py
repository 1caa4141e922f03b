"""What can be asked of the sandbox: method, path, who may, what goes in and what comes out. All of it is invented."""

from dataclasses import dataclass
from enum import Enum
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from marshmallow import Schema

PREFIX = "/_sandbox"
SOURCE = "the sandbox's own, no vendor has it"


class Access(Enum):
    """Who may ask."""

    OPEN = "anybody"
    ADMIN = "the administrator"
    ACCOUNT = "the account itself or the administrator"


@dataclass(frozen=True)
class Operation:
    """One request that the API answers."""

    key: str
    method: str
    path: str
    """Below the prefix."""
    summary: str
    answer: str | None = None
    """What comes out, by its name in `answers`; None for nothing."""
    body: str | None = None
    """What goes in, by its name in `schemas`."""
    query: str | None = None
    access: Access = Access.ACCOUNT
    success: int = 200
    label: str = "invented"
    source: str = SOURCE

    @property
    def rule(self) -> str:
        """The path as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")

    @property
    def answer_schema(self) -> "type[Schema] | None":
        """What comes out."""
        # Schemas take long to make, and most starts are never asked anything of this.
        from kpn_sandbox.control_api import response_schemas as answers

        return _named(answers, self.answer)

    @property
    def body_schema(self) -> "type[Schema] | None":
        """What goes in."""
        from kpn_sandbox.control_api import request_schemas as schemas

        return _named(schemas, self.body)

    @property
    def query_schema(self) -> "type[Schema] | None":
        """What may be said in the query."""
        from kpn_sandbox.control_api import request_schemas as schemas

        return _named(schemas, self.query)

    @property
    def statuses(self) -> tuple[int, ...]:
        """What it answers."""
        refusals = {400} if self.body or self.query or "{kind}" in self.path or self.method == "PATCH" else set()
        if self.access is not Access.OPEN:
            refusals |= {401, 403}
        if "{" in self.path:
            refusals |= {404}
        if self.key == "create_account":
            refusals |= {409}
        if self.method in ("POST", "PUT", "PATCH"):
            refusals |= {400, 413}
        return (self.success, *sorted({*refusals, 500, 503}))


def _named(module: ModuleType, name: str | None) -> "type[Schema] | None":
    found: type[Schema] | None = None if name is None else getattr(module, name)
    return found


_ID = "/accounts/{id}"


def _open(key: str, path: str, summary: str, answer: str) -> Operation:
    return Operation(key, "GET", path, summary, answer, access=Access.OPEN)


def _get(key: str, path: str, summary: str, answer: str, query: str | None = None) -> Operation:
    return Operation(key, "GET", _ID + path, summary, answer, query=query)


def _change(key: str, method: str, path: str, summary: str, answer: str, body: str | None = None) -> Operation:
    return Operation(key, method, _ID + path, summary, answer, body)


def _drop(key: str, path: str, summary: str) -> Operation:
    return Operation(key, "DELETE", _ID + path, summary, success=204)


OPERATIONS = (
    _open("health", "/health", "Whether the sandbox lives.", "Alive"),
    _open("ready", "/ready", "Whether its database answers, too.", "Alive"),
    _open("fidelity", "/fidelity", "How well each operation and behavior is known.", "Fidelity"),
    _open("scenarios", "/scenarios", "The scenarios and what they do.", "Scenarios"),
    Operation("list_accounts", "GET", "/accounts", "All accounts.", "Accounts", access=Access.ADMIN),
    Operation(
        "create_account",
        "POST",
        "/accounts",
        "Make an account; its secrets are told this once.",
        "NewAccount",
        "NewAccountSchema",
        access=Access.ADMIN,
        success=201,
    ),
    _get("show_account", "", "An account without its secrets.", "Account"),
    _drop("delete_account", "", "Drop an account with its whole world."),
    _change("rotate_secret", "POST", "/secret", "New secrets, told this once; old ones are void.", "NewAccount"),
    _get("show_profile", "/profile", "The profile in force, before the scenario.", "Profile"),
    Operation(
        "change_profile",
        "PATCH",
        _ID + "/profile",
        "Change the profile by a JSON merge patch (RFC 7396).",
        "Profile",
        query="EffectiveQuery",
    ),
    _get("show_scenario", "/scenario", "The scenario in force.", "ScenarioInForce"),
    _change("set_scenario", "PUT", "/scenario", "Set a scenario.", "ScenarioInForce", "ScenarioSchema"),
    _get("show_clock", "/clock", "The clock.", "Clock"),
    _change("set_clock", "PUT", "/clock", "Set the clock.", "Clock", "ClockSchema"),
    _change("advance_clock", "POST", "/clock/advance", "Move the clock on.", "Clock", "AdvanceSchema"),
    _get("list_pins", "/pins", "What is pinned.", "Pins"),
    _drop("delete_pins", "/pins", "Unpin everything."),
    _get("list_pins_of_kind", "/pins/{kind}", "What is pinned of agents, queues or trunks.", "Pins"),
    _drop("delete_pins_of_kind", "/pins/{kind}", "Unpin all agents, queues or trunks."),
    _get("show_pin", "/pins/{kind}/{key}", "A pin.", "Pin"),
    _change("set_pin", "PUT", "/pins/{kind}/{key}", "Pin fields of an object.", "Pin", "PinSchema"),
    _drop("delete_pin", "/pins/{kind}/{key}", "Unpin an object."),
    _get("list_faults", "/faults", "What is to go wrong.", "Faults"),
    Operation("add_fault", "POST", _ID + "/faults", "Let something go wrong.", "Fault", "FaultSchema", success=201),
    _drop("delete_faults", "/faults", "Let nothing go wrong any more."),
    _get("show_fault", "/faults/{fault}", "A fault and what is left of it.", "Fault"),
    _drop("delete_fault", "/faults/{fault}", "Drop a fault."),
    _get("show_quota", "/quota", "The quota.", "Quota"),
    _change("set_quota", "PUT", "/quota", "Set a quota.", "Quota", "QuotaSchema"),
    _drop("delete_quota", "/quota", "Drop the quota."),
    _get("list_requests", "/requests", "The last 1,000 requests.", "Requests", "RequestsQuery"),
    _drop("delete_requests", "/requests", "Forget the requests."),
    _get("show_conduct", "/conduct", "What the client does wrong.", "Conduct"),
    _get("list_customers", "/customers", "Everybody who calls.", "Customers"),
    _get("list_calls", "/truth/calls", "The calls behind the counters.", "Calls", "CallsQuery"),
    _get("list_states", "/truth/agents/{Logid}", "The states behind an agent.", "States", "PeriodQuery"),
    _get("list_inbox", "/inbox/kpi", "What Atobi's endpoint received.", "Inbox", "InboxQuery"),
    _change("reset", "POST", "/reset", "As in the beginning.", "Reset", "ResetSchema"),
)
