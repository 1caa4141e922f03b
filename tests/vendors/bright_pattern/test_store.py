"""Subscriptions and wallboards of an account, on both databases."""

from threading import Thread

import pytest

from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.vendors.bright_pattern.store import (
    MOST_WALLBOARDS,
    Subscriptions,
    TooManySubscriptions,
    UnknownWallboard,
    Wallboards,
)


@pytest.fixture
def sandbox(open_sandbox):
    return open_sandbox(accounts=["anna"])


@pytest.fixture
def other(open_sandbox):
    """Another worker, or another machine."""
    return open_sandbox()


@pytest.fixture
def anna():
    return "anna"


@pytest.fixture
def tenant(sandbox, anna):
    return sandbox.tenant(anna)


def test_a_user_has_one_subscription(sandbox, other, tenant):
    """A second subscription replaces the first, for every worker."""
    mine = Subscriptions(sandbox.database)
    for body in ("one", "two"):
        mine.put(tenant, "user", body, 10)

        found = Subscriptions(other.database).find(other.tenant(tenant.account.client_id), "user")
        assert found.body == body
    assert mine.find(sandbox.tenant(tenant.account.client_id), "nobody") is None


def test_the_limit_is_exact(sandbox, other, tenant):
    """Of many users who subscribe at the same time as many succeed as may."""
    rejected = []

    def put(one, user):
        try:
            Subscriptions(one.database).put(one.tenant(tenant.account.client_id), user, "{}", 3)
        except TooManySubscriptions:
            rejected.append(user)

    threads = [Thread(target=put, args=((sandbox, other)[number % 2], f"user {number}")) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(rejected) == 7


def test_age_is_by_the_faster_clock(sandbox, anna, wall):
    """A subscription ages by wall time while the account's clock stands, and by that clock when it is moved."""
    sandbox.clocks.set(anna, "frozen")
    subscriptions = Subscriptions(sandbox.database)
    subscriptions.put(sandbox.tenant(anna), "user", "{}", 1)
    young = subscriptions.find(sandbox.tenant(anna), "user").age(sandbox.tenant(anna))
    wall.at += 2
    older = subscriptions.find(sandbox.tenant(anna), "user").age(sandbox.tenant(anna))
    sandbox.clocks.advance(anna, 100)
    oldest = subscriptions.find(sandbox.tenant(anna), "user").age(sandbox.tenant(anna))

    assert (young, older) == (0, 2)
    assert oldest == pytest.approx(100, abs=1)


def test_a_subscription_can_be_removed(sandbox, tenant):
    """Deleting a subscription returns whether there was one."""
    subscriptions = Subscriptions(sandbox.database)
    subscriptions.put(tenant, "user", "{}", 1)

    assert [subscriptions.remove(tenant, "user") for _ in range(2)] == [True, False]


def test_the_oldest_wallboards_are_deleted(sandbox, anna):
    """Beyond the limit the oldest wallboard is deleted; any JSON is stored as configuration."""
    wallboards = Wallboards(sandbox.database)
    numbers = range(MOST_WALLBOARDS + 1)
    made = [wallboards.add(anna, name=f"wall {number}", config={"é\x00": [number]}) for number in numbers]

    assert wallboards.list(anna) == tuple(made[1:])
    assert wallboards.show(anna, made[-1].id).config == {"é\x00": [MOST_WALLBOARDS]}


def test_an_unknown_wallboard_is_an_error(sandbox, anna):
    """Showing, changing and deleting raise UnknownWallboard."""
    wallboards = Wallboards(sandbox.database)

    for ask in (
        lambda: wallboards.show(anna, "x\x00"),
        lambda: wallboards.remove(anna, "x"),
        lambda: wallboards.change(anna, "x", name="name"),
        lambda: wallboards.change(anna, "x", is_default=True),
    ):
        with pytest.raises(UnknownWallboard):
            ask()


def test_an_account_has_one_default_wallboard(sandbox, other, anna):
    """A default wallboard takes the place of the one before, however it becomes one; other accounts keep theirs."""
    emma = sandbox.accounts.create(NewAccount("emma", "secret")).account.client_id
    mine, theirs = Wallboards(sandbox.database), Wallboards(other.database)
    hers = mine.add(emma, name="hers", is_default=True)

    def defaults():
        return [each.name for each in theirs.list(anna) if each.is_default]

    one, two = mine.add(anna, name="one", is_default=True), mine.add(anna, name="two", is_default=True)
    assert defaults() == ["two"]
    mine.change(anna, one.id, is_default=True)
    assert defaults() == ["one"]
    with pytest.raises(UnknownWallboard):
        mine.change(anna, hers.id, is_default=True)
    assert defaults() == ["one"]
    mine.change(anna, two.id, is_default=False)
    assert defaults() == ["one"]
    assert theirs.show(emma, hers.id).is_default


def test_changes_of_two_properties_do_not_undo_each_other(sandbox, other, anna):
    """Two workers that set two properties at the same time both succeed: each writes its own property only."""
    mine, theirs = Wallboards(sandbox.database), Wallboards(other.database)
    made = mine.add(anna, name="Hall", config={"widgets": [1]})

    threads = [
        Thread(target=mine.change, args=(anna, made.id), kwargs={"name": "Lobby"}),
        Thread(target=theirs.change, args=(anna, made.id), kwargs={"config": {"widgets": [2]}}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = mine.show(anna, made.id)
    assert (found.name, found.config) == ("Lobby", {"widgets": [2]})
