"""Settings of an account: clock, profile, scenario, secrets, snapshots, over a socket."""

import json

import pytest

from kpn_sandbox.client import ClientError, Rejected
from tests.client.conftest import MONDAY


def test_a_new_secret_is_used_from_then_on(account):
    """After its secret was rotated, the account still has access."""
    before = account.client_secret

    account.rotate()

    assert account.client_secret != before
    assert account.show()["client_id"] == account.client_id


def test_a_snapshot_is_restored_from_an_object_a_text_or_a_file(account, tmp_path):
    """What `snapshot` returns is restored as it is, as JSON text, and from a file; what is none raises ClientError."""
    account.freeze(MONDAY)
    state = account.snapshot()
    file = tmp_path / "state.json"
    file.write_text(json.dumps(state))

    for form in (state, json.dumps(state), file):
        account.advance(60)
        assert account.restore(form)["notes"] == []
        assert account.snapshot() == state

    for wrong in ({}, "no JSON", "[]", tmp_path / "missing.json"):
        with pytest.raises(ClientError):
            account.restore(wrong)


def test_the_clock_is_set(account):
    """The clock can be frozen, moved forward, run fast, and show wall time again."""
    frozen = {"mode": "frozen", "at": MONDAY, "speed": 0, "tokens": "account", "not_in_force": []}
    assert account.freeze(MONDAY) == frozen
    assert account.freeze(tokens="wall") == {**frozen, "tokens": "wall"}
    assert account.run(tokens="account")["tokens"] == "account"
    account.freeze(MONDAY)
    assert account.advance(3600)["at"] == account.freeze()["at"] == "2026-11-23T11:00:00+01:00"
    assert account.run(MONDAY, speed=60)["speed"] == 60
    assert (account.run()["speed"], account.clock()["mode"]) == (1, "running")


def test_changes_count_always_or_from_now_on(account):
    """A change counts always unless it says now; the clock has in words what is not in force at its instant."""
    account.freeze(MONDAY)
    always = account.scenario("busy")
    now = account.scenario("peak", effective="now")
    account.profile(load=2, effective="now")

    earlier = account.freeze("2026-11-23T09:00:00+01:00")

    assert (always["effective_from"], now["effective_from"]) == (None, MONDAY)
    assert (account.scenario()["name"], account.profile()["load"]) == ("busy", 1)
    assert sorted(earlier["not_in_force"]) == [
        f'profile {{"load": 2}} counts from {MONDAY} on',
        f'scenario "peak" counts from {MONDAY} on',
    ]


def test_profile_and_scenario_are_set_and_reset(account):
    """Profile and scenario change, and a reset of one layer or of all restores them."""
    account.profile(load=2)
    account.scenario("peak", for_seconds=60)

    assert (account.profile()["load"], account.scenario()["name"]) == (2, "peak")
    assert account.reset("profile") == ["profile"]
    assert "scenario" in account.reset()
    assert (account.profile()["load"], account.scenario()["name"]) == (1, "normal")


def test_an_error_says_what_would_be_right(account):
    """The error has one line that says what would be right, and the status."""
    with pytest.raises(Rejected, match=r"agents must be a whole number from 1 to 5000\. It was 0\.$") as rejected:
        account.profile(agents=0)

    assert rejected.value.status == 400


def test_a_problem_comes_with_the_error(account):
    """The problem document of the control API is there as it came."""
    with pytest.raises(ClientError) as error:
        account.profile(agents=0, load=9)

    assert error.value.status == 400
    assert [each["field"] for each in error.value.problem["errors"]] == ["agents", "load"]
