"""Snapshots of accounts: read at one moment, restored in one transaction."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.profile import ALWAYS, Profile
from kpn_sandbox.storage import tables
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import FrozenClock, RunningClock
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.tenants.snapshot import AccountSnapshot
from kpn_sandbox.tenants.timeline import AccountTimeline, Change, Setting

AT = 1_795_424_400.5
BASE = Setting(ALWAYS, Profile(agents=7), "busy")
SNAPSHOT = AccountSnapshot(
    seed="elsewhere",
    timeline=AccountTimeline(BASE, (Change(AT, {"agents": 9}), Change(AT + 1, scenario="peak"))),
    clock=FrozenClock(AT, "wall"),
    pins=(Pin("agents", "40001", {"Reason": "2"}, AT - 1, 3),),
    plans=(FaultPlan("kpn", outcomes=(Outcome(503), Outcome(500)), id="one", used=1),),
    quota=Quota(5),
)


def without_marks(snapshot):
    return replace(snapshot, pins=tuple(replace(pin, mark="") for pin in snapshot.pins))


def test_a_restored_snapshot_is_taken_again(sandbox, other, anna):
    """A snapshot that is restored by one worker is that of the account at another one."""
    sandbox.tenant(anna)

    assert other.restore(anna, SNAPSHOT)

    assert without_marks(sandbox.snapshot(anna)) == SNAPSHOT
    tenant = sandbox.tenant(anna)
    assert (tenant.account.seed, tenant.center.seed, tenant.now()) == ("elsewhere", "elsewhere", AT)
    assert [plan.remaining for plan in tenant.plans] == [1]


def test_a_snapshot_takes_the_place_of_all_state(sandbox, anna):
    """Whatever the account had and the snapshot has not is gone, and its secret stays."""
    sandbox.restore(anna, SNAPSHOT)
    empty = AccountSnapshot("seed", AccountTimeline(Setting(ALWAYS, Profile(), "normal")), RunningClock(AT))

    sandbox.restore(anna, empty)

    assert replace(sandbox.snapshot(anna), clock=empty.clock) == empty
    assert sandbox.accounts.authenticate(anna, "secret").seed == "seed"


def test_a_reset_restores_the_base_of_the_snapshot(sandbox, anna):
    """Profile, scenario and clock go back to the snapshot that was restored last, without its dated changes."""
    sandbox.restore(anna, SNAPSHOT)
    sandbox.configuration.patch(anna, {"agents": 30})
    sandbox.clocks.advance(anna, 60)

    sandbox.reset(anna)

    tenant = sandbox.tenant(anna)
    assert (tenant.timeline.base, tenant.timeline.changes, tenant.clock) == (BASE, (), SNAPSHOT.clock)


def test_an_entry_is_restored_once(sandbox, other, anna):
    """A snapshot that comes from the entry that the account was made from is not restored again; from another it is."""
    assert sandbox.restore(anna, SNAPSHOT, entry="first")
    sandbox.clocks.advance(anna, 60)

    assert not other.restore(anna, SNAPSHOT, entry="first")
    assert sandbox.tenant(anna).now() == AT + 60
    assert other.restore(anna, SNAPSHOT, entry="second")
    assert sandbox.tenant(anna).now() == AT


def test_a_timeline_that_is_not_allowed_changes_nothing(sandbox, anna):
    """An error leaves the account as it was."""
    before = sandbox.snapshot(anna)
    wrong = AccountTimeline(BASE, (Change(AT, {"agents": 0}),))

    with pytest.raises(InvalidProfile):
        sandbox.restore(anna, replace(SNAPSHOT, timeline=wrong))

    assert sandbox.snapshot(anna) == before


def test_the_start_does_not_undo_a_restored_snapshot(sandbox, accounts):
    """An account that begins with the same settings as before keeps its restored state; with others it begins anew."""
    settings = NewAccount("anna", "secret", profile=Profile(agents=3))
    accounts.ensure(settings)
    sandbox.restore("anna", SNAPSHOT)

    accounts.ensure(settings)
    assert accounts.show("anna").seed == "elsewhere"

    accounts.ensure(replace(settings, profile=Profile(agents=4)))
    assert accounts.show("anna").seed == "anna"
    assert sandbox.tenant("anna").timeline.base.profile.agents == 4


def test_an_account_of_an_older_schema_begins_as_before(sandbox, accounts):
    """An account whose row does not say how it was created is not made anew by a start with the same settings."""
    settings = NewAccount("anna", "secret", profile=Profile(agents=3))
    accounts.ensure(settings)
    with sandbox.database.write() as connection:
        connection.execute(update(tables.accounts).values(created_with=None))
    sandbox.configuration.patch("anna", {"agents": 9})

    accounts.ensure(settings)

    assert sandbox.tenant("anna").timeline.base.profile.agents == 9


def test_an_account_that_does_not_exist_has_no_snapshot(sandbox):
    """Neither is it read nor restored."""
    with pytest.raises(UnknownAccount):
        sandbox.snapshot("nobody")
    with pytest.raises(UnknownAccount):
        sandbox.restore("nobody", SNAPSHOT)
