"""The sandbox opens an account's center at its own instant, as it is now, whoever changed it."""

import pytest

from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import FrozenClock
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.tenants.sandbox import CENTERS
from tests.tenants.concurrency import in_threads


@pytest.fixture
def opened(sandbox):
    """Makes an account and opens it."""

    def make(client_id="anna", seed="seed", **settings):
        sandbox.accounts.create(NewAccount(client_id, "secret", seed, **settings))
        return sandbox.tenant(client_id)

    return make


def test_an_account_has_its_own_time(opened, wall):
    """A running clock follows the wall, a frozen one does not."""
    running = opened("anna")
    frozen = opened("berta", clock=FrozenClock(5.0))

    wall.at += 10

    assert (running.now(), frozen.now()) == (wall.at, 5.0)


def test_accounts_with_the_same_seed_and_configuration_share_a_center(opened):
    """It is the same center, so it is computed once."""
    assert opened("anna").center is opened("berta").center


def test_another_seed_or_configuration_is_another_center(opened, wall):
    """Seed, scenario and profile each make a difference."""
    tenants = [
        opened("a"),
        opened("b", "other seed"),
        opened("c", scenario="peak"),
        opened("d", profile=Profile(agents=49)),
    ]

    assert len({tenant.center.queues(wall.at) for tenant in tenants}) == 4


def test_centers_are_not_kept_for_ever(sandbox, anna):
    """A center that was not used for long is made anew and is the same."""
    first = sandbox.tenant(anna).center
    sandbox.clocks.set(anna, "frozen")
    for number in range(CENTERS + 1):
        sandbox.configuration.patch(anna, {"ring_seconds": number / 100})
        sandbox.tenant(anna)
    sandbox.reset(anna)

    again = sandbox.tenant(anna).center

    assert again is not first
    assert again.digest == first.digest


@pytest.mark.parametrize("client_id", ["nobody", "an\x00na", ""])
def test_nobody_has_no_center(sandbox, client_id):
    """An unknown account is told, also one that nobody can have."""
    with pytest.raises(UnknownAccount):
        sandbox.tenant(client_id)


def test_an_account_that_nobody_changes_is_read_once(anna, sandbox):
    """Asking whether it changed is all that a request costs."""
    assert sandbox.tenant(anna) is sandbox.tenant(anna)


def test_what_others_do_is_not_noticed(anna, sandbox, other):
    """A change of another account makes nobody read this one again."""
    other.accounts.create(NewAccount("berta"))
    before = sandbox.tenant(anna)

    other.pins.put("berta", Pin("agents", "50001", {}))
    other.configuration.patch("berta", {"agents": 9})

    assert sandbox.tenant(anna) is before


@pytest.mark.parametrize(
    "change",
    [
        lambda other: other.clocks.advance("anna", 1),
        lambda other: other.configuration.patch("anna", {"agents": 9}),
        lambda other: other.configuration.set_scenario("anna", "peak"),
        lambda other: other.pins.put("anna", Pin("agents", "50001", {})),
        lambda other: other.pins.remove("anna"),
        lambda other: other.faults.add("anna", FaultPlan("kpn", outcomes=(Outcome(503),))),
        lambda other: other.faults.remove("anna"),
        lambda other: other.quotas.set("anna", Quota(1)),
        lambda other: other.quotas.remove("anna"),
        lambda other: other.accounts.rotate_secret("anna"),
        lambda other: other.reset("anna"),
    ],
)
def test_every_change_is_noticed(anna, sandbox, other, change):
    """By every worker, at its next question."""
    before = sandbox.tenant(anna)

    change(other)

    assert sandbox.tenant(anna).version == other.tenant(anna).version != before.version


def test_an_account_is_read_as_a_whole(anna, sandbox, other):
    """Who asks while others reset it finds all of the change or nothing of it."""

    def turn(number):
        if number % 2:
            other.quotas.set(anna, Quota(1))
            other.reset(anna)
        tenant = sandbox.tenant(anna)
        return tenant.version, tenant.quota

    seen = in_threads(turn, 100)

    quotas = {}
    for version, quota in seen:
        assert quotas.setdefault(version, quota) == quota


def test_the_world_tells_pins_but_the_replay_line_does_not(anna, sandbox):
    """Pinned answers are others, though the center is the same."""
    plain = sandbox.tenant(anna)

    sandbox.pins.put(anna, Pin("agents", "50001", {"Status": "AUX"}))

    pinned = sandbox.tenant(anna)
    assert pinned.cache_key != plain.cache_key
    assert pinned.replay("now") == plain.replay("now")


def test_the_replay_line_tells_all_that_is_needed(opened):
    """Engine, account, seed, configuration and instant, with odd characters escaped."""
    tenant = opened("anna", "a seed; é")

    told = tenant.replay("2026-11-23T10:00:00+01:00")

    config = tenant.center.digest
    assert told == f"engine=1; account=anna; seed=a%20seed%3B%20%C3%A9; config={config}; at=2026-11-23T10:00:00+01:00"
