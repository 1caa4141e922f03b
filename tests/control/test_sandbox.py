"""The sandbox opens an account's center at its own instant."""

from kpn_sandbox.control.accounts import Account
from kpn_sandbox.control.clock import FrozenClock
from kpn_sandbox.control.sandbox import CENTERS
from kpn_sandbox.simulation.profile import Profile


def test_an_account_has_its_own_time(sandbox, wall):
    """A running clock follows the wall, a frozen one does not."""
    running = sandbox.open(Account("anna", "seed"))
    frozen = sandbox.open(Account("berta", "seed", clock=FrozenClock(5.0)))

    wall.at += 10

    assert (running.now(), frozen.now()) == (wall.at, 5.0)


def test_accounts_with_the_same_seed_and_configuration_share_a_center(sandbox):
    """It is the same center, so it is computed once."""
    anna, berta = (sandbox.open(Account(name, "seed")) for name in ("anna", "berta"))

    assert anna.center is berta.center


def test_another_seed_or_configuration_is_another_center(sandbox, wall):
    """Seed, scenario and profile each make a difference."""
    differing = [
        Account("anna", "seed"),
        Account("anna", "other seed"),
        Account("anna", "seed", "peak"),
        Account("anna", "seed", profile=Profile(agents=49)),
    ]

    answers = {sandbox.open(account).center.queues(wall.at) for account in differing}

    assert len(answers) == 4


def test_centers_are_not_kept_for_ever(sandbox):
    """A center that was not used for long is made anew and is the same."""
    first = sandbox.open(Account("anna", "seed"))
    for number in range(CENTERS):
        sandbox.open(Account("anna", f"seed {number}"))

    again = sandbox.open(Account("anna", "seed"))

    assert again.center is not first.center
    assert again.center.digest == first.center.digest


def test_the_replay_line_tells_all_that_is_needed(sandbox):
    """Engine, account, seed, configuration and instant, with odd characters escaped."""
    tenant = sandbox.open(Account("anna", "a seed; é"))

    told = tenant.replay("2026-11-23T10:00:00+01:00")

    config = tenant.center.digest
    assert told == f"engine=1; account=anna; seed=a%20seed%3B%20%C3%A9; config={config}; at=2026-11-23T10:00:00+01:00"
