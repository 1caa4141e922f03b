"""Reset of an account to its state at creation, layer by layer."""

import pytest
from sqlalchemy import func, insert, select

from kpn_sandbox.literals import RESET_LAYERS
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.storage import tables
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import RunningClock
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownAccount
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.tenants.request_log import LogEntry
from kpn_sandbox.vendors.atobi.store import inbox
from tests.application import TOKEN_ROW

AT = 1_795_424_400.0


def write_request(sandbox, client_id):
    sandbox.request_log.write(LogEntry(client_id, "r", 0.0, 0.0, "kpn", "agents", "GET", "/agents", "", 200, 1.0))


def receive(sandbox, client_id):
    with sandbox.database.write() as connection:
        connection.execute(insert(inbox).values(client_id=client_id, received_at=0.0, body="{}"))


def issue_token(sandbox, client_id):
    row = {"digest": client_id, "client_id": client_id, **TOKEN_ROW}
    with sandbox.database.write() as connection:
        connection.execute(insert(tables.tokens).values(row))


CHANGES = {
    "profile": lambda sandbox, anna: sandbox.configuration.patch(anna, {"agents": 9}),
    "scenario": lambda sandbox, anna: sandbox.configuration.set_scenario(anna, "busy", for_seconds=60),
    "clock": lambda sandbox, anna: sandbox.clocks.set(anna, "frozen", at=AT),
    "pins": lambda sandbox, anna: sandbox.pins.put(anna, Pin("agents", "50001", {})),
    "faults": lambda sandbox, anna: sandbox.faults.add(anna, FaultPlan("kpn", outcomes=(Outcome(503),))),
    "quota": lambda sandbox, anna: sandbox.quotas.set(anna, Quota(5)),
    "requests": write_request,
    "inbox": receive,
    "tokens": issue_token,
}


@pytest.fixture
def changed(sandbox):
    """An account with a beginning of its own and a change in every layer; and another one like it."""
    began = {"profile": Profile(agents=7), "scenario": "peak", "clock": RunningClock(AT, 1_795_424_000.0, 60.0)}
    for client_id in ("anna", "berta"):
        sandbox.accounts.create(NewAccount(client_id, **began))
        for change in CHANGES.values():
            change(sandbox, client_id)
        tenant = sandbox.tenant(client_id)
        sandbox.quotas.count(client_id, tenant.quota, "kpn", tenant.now())
    return "anna"


def state(sandbox, client_id="anna"):
    """Return the state of every layer of an account."""
    tenant = sandbox.tenant(client_id)
    at = tenant.now()
    with sandbox.database.read() as connection:
        rows = {
            table.name: connection.scalar(select(func.count()).where(table.c.client_id == client_id))
            for table in (inbox, tables.tokens, tables.requests, tables.quota_counts, tables.faults)
        }
    return {
        "profile": {setting.profile.agents for setting in tenant.timeline.settings},
        "scenario": {setting.scenario for setting in tenant.timeline.settings},
        "clock": at,
        "pins": tenant.pins,
        "faults": rows["faults"],
        "quota": (tenant.quota, rows["quota_counts"]),
        "requests": rows["requests"],
        "inbox": rows["inbox"],
        "tokens": rows["tokens"],
    }


NOTHING = {
    "profile": {7},
    "scenario": {"peak"},
    "clock": AT,
    "pins": (),
    "faults": 0,
    "quota": (None, 0),
    "requests": 0,
    "inbox": 0,
    "tokens": 0,
}


def test_every_layer_has_a_change_in_this_test():
    """The tests of this module change every layer that there is."""
    assert list(CHANGES) == list(RESET_LAYERS) == list(NOTHING)


@pytest.mark.parametrize("layer", RESET_LAYERS)
def test_a_layer_is_reset_and_the_others_stay(changed, sandbox, other, layer):
    """A reset of one layer counts at every worker and leaves the others; a clock starts again from its beginning."""
    sandbox.clocks.set(changed, "frozen", at=AT + 5)
    before = state(other)

    assert sandbox.reset(changed, [layer]) == (layer,)

    assert state(other) == {**before, layer: NOTHING[layer]}


def test_a_reset_restores_the_beginning(changed, sandbox, other):
    """Doing it twice changes nothing more, and the other account stays as it was."""
    before = state(other, "berta")

    assert sandbox.reset(changed) == RESET_LAYERS
    once = state(other)
    sandbox.reset(changed)

    assert once == state(other) == NOTHING
    assert state(other, "berta") == before


@pytest.mark.parametrize("layers", [["shoes"], ["pins", 5], "pins", 5, {"pins": True}, [["pins"]]])
def test_an_unknown_layer_is_refused(changed, sandbox, layers):
    """The error names the layers that exist, and nothing is reset."""
    before = state(sandbox)

    with pytest.raises(InvalidSetting, match="layers must be a list of profile, scenario, clock"):
        sandbox.reset(changed, layers)

    assert state(sandbox) == before


def test_an_empty_list_resets_nothing(changed, sandbox):
    """An empty list of layers leaves the account as it is."""
    before = state(sandbox)

    assert sandbox.reset(changed, []) == ()
    assert state(sandbox) == before


def test_an_unknown_account_is_not_reset(sandbox):
    """A reset raises UnknownAccount."""
    with pytest.raises(UnknownAccount):
        sandbox.reset("nobody")


def test_every_table_of_an_account_names_its_layer():
    """A table of an account, of a vendor too, names a layer that exists; credentials go only with their account."""
    of_accounts = {table.name: table.info for table in tables.metadata.tables.values() if "client_id" in table.c}
    without = {name for name, info in of_accounts.items() if info.get(tables.RESET_LAYER) not in RESET_LAYERS}

    assert without == {"accounts", "credentials", "configuration"}
