"""The sandbox opens accounts as tenants, as they are now, whichever worker changed them."""

import re
from importlib.metadata import version

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
    """Creates an account and opens it."""

    def make(client_id="anna", seed="seed", **settings):
        sandbox.accounts.create(NewAccount(client_id, "secret", seed, **settings))
        return sandbox.tenant(client_id)

    return make


def test_an_account_has_its_own_clock(opened, wall):
    """A running clock follows wall time, a frozen one does not."""
    running = opened("anna")
    frozen = opened("berta", clock=FrozenClock(5.0))

    wall.at += 10

    assert (running.now(), frozen.now()) == (wall.at, 5.0)


def test_accounts_with_the_same_seed_and_configuration_share_a_center(opened):
    """Two such accounts have the same center, so it is computed once."""
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


def test_the_cache_of_centers_is_bounded(sandbox, anna):
    """A center that left the cache is made anew and gives the same figures."""
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
def test_an_unknown_account_has_no_tenant(sandbox, client_id):
    """An unknown client id raises UnknownAccount, also one that no account can have."""
    with pytest.raises(UnknownAccount):
        sandbox.tenant(client_id)


def test_an_unchanged_account_is_read_once(anna, sandbox):
    """A request for an unchanged account costs only the look at its version."""
    assert sandbox.tenant(anna) is sandbox.tenant(anna)


def test_changes_of_other_accounts_leave_the_cache(anna, sandbox, other):
    """A change of another account does not make this one be read again."""
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
    """Every worker has a change at its next request."""
    before = sandbox.tenant(anna)

    change(other)

    assert sandbox.tenant(anna).version == other.tenant(anna).version != before.version


def test_an_account_is_read_as_a_whole(anna, sandbox, other):
    """A request during a reset finds all of it or nothing of it."""

    def turn(number):
        if number % 2:
            other.quotas.set(anna, Quota(1))
            other.reset(anna)
        tenant = sandbox.tenant(anna)
        return tenant.version, tenant.quota

    seen = in_threads(turn, 100)

    quotas = {}
    for number, quota in seen:
        assert quotas.setdefault(number, quota) == quota


def test_cache_key_and_replay_line_have_pins(anna, sandbox):
    """Responses with pins are others, though the center is the same."""
    plain = sandbox.tenant(anna)

    sandbox.pins.put(anna, Pin("agents", "50001", {"Status": "AUX"}))

    pinned = sandbox.tenant(anna)
    assert pinned.cache_key != plain.cache_key
    assert pinned.replay("now") != plain.replay("now")
    assert pinned.center is plain.center


def test_the_replay_line_has_all_that_is_needed(opened):
    """The line has engine, account, seed, configuration and instant, with odd characters escaped."""
    tenant = opened("anna", "a seed; é")

    line = tenant.replay("2026-11-23T10:00:00+01:00")

    config = tenant.center.digest
    names = f"nl_NL/{version('faker')}"
    assert line == (
        f"engine=2; account=anna; seed=a%20seed%3B%20%C3%A9; config={config}; names={names}; "
        "at=2026-11-23T10:00:00+01:00"
    )


def test_the_replay_line_changes_with_pins_and_locales(opened, sandbox):
    """Pins and the locale of names change bytes, so the line tells both; numbered names are the same everywhere."""
    opened("anna", "seed")
    plain = sandbox.tenant("anna").replay("now")
    sandbox.pins.put("anna", Pin("agents", "40001", {"Status": "AUX"}))
    pinned = sandbox.tenant("anna").replay("now")
    sandbox.configuration.patch("anna", {"locale": "sv_SE"})
    swedish = sandbox.tenant("anna").replay("now")
    sandbox.configuration.patch("anna", {"names": "numbered"})
    numbered = sandbox.tenant("anna").replay("now")

    assert "pins=" not in plain and re.search(r"; pins=[0-9a-f]{16}; at=now$", pinned)
    assert f"names=sv_SE/{version('faker')}; pins=" in swedish
    assert "names=" not in numbered and "; pins=" in numbered
