"""The sandbox opens accounts as tenants, as they are now, whichever worker changed them."""

import gc
import re
import weakref
from importlib.metadata import version
from json import JSONDecodeError

import pytest
from sqlalchemy import Engine, delete, event, insert, update

from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.storage import tables
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import FrozenClock
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownAccount, UnreadableAccount
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from kpn_sandbox.tenants.sandbox import CENTERS, Sandbox
from kpn_sandbox.tenants.transactions import account_transaction
from tests.tenants.concurrency import in_threads

AT = 1_795_424_400.0


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


def test_a_deleted_account_leaves_the_caches(sandbox, other):
    """A worker that deletes an account keeps nothing of it, another one not after it has looked for it."""
    for worker in (sandbox, other):
        if worker is sandbox:
            worker.accounts.create(NewAccount("anna"))
        worker.tenant("anna").warm()
    gone = [weakref.ref(worker.tenant("anna").center.day_index_at(AT)[0]) for worker in (sandbox, other)]

    sandbox.delete("anna")
    other.find_tenant("anna")
    gc.collect()

    assert [reference() for reference in gone] == [None, None]


def test_a_center_that_others_share_stays(sandbox, opened):
    """The center of a seed that somebody chose stays when one of its accounts is deleted."""
    center = opened("anna").center
    center.agents(AT)
    opened("berta")

    sandbox.delete("anna")

    assert sandbox.tenant("berta").center is center


def test_the_caches_are_bounded_together(sandbox):
    """Three quarters of the bytes are for days, which are dropped when they are more; the last two are always kept."""
    small = Sandbox(sandbox.database, sandbox.wall_clock, cache_bytes=1024)
    small.accounts.create(NewAccount("anna"))
    center = small.tenant("anna").center

    first = weakref.ref(center.day_index_at(AT)[0])
    kept = first() is center.day_index_at(AT)[0]
    for later in (1, 2):
        center.day_index_at(AT + later * 86_400)
    gc.collect()

    assert kept and first() is None


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
        sandbox.configuration.patch(anna, {"talk_seconds": 250 + number / 100})
        sandbox.tenant(anna)
    sandbox.reset(anna)

    again = sandbox.tenant(anna).center

    assert again is not first
    assert again.digest == first.digest


def test_accounts_are_listed_by_pages(sandbox, wall):
    """Pages hold the oldest accounts first, each account once, though accounts are deleted and made between them."""
    for number in range(7):
        sandbox.accounts.create(NewAccount(f"anna-{number % 3}-{number}"))
        wall.at += number % 2

    first = sandbox.page(3)
    sandbox.delete(first.accounts[-1].account.client_id)
    sandbox.accounts.create(NewAccount("last"))
    second = sandbox.page(3, first.next)
    third = sandbox.page(3, second.accounts[-1].account.client_id)

    shown = [tenant.account for page in (first, second, third) for tenant in page.accounts]
    assert [len(page.accounts) for page in (first, second, third)] == [3, 3, 2]
    assert shown == sorted(shown, key=lambda account: (account.created_at, account.client_id))
    assert len({account.client_id for account in shown}) == 8
    assert second.next is not None and third.next is None


@pytest.mark.parametrize("after", ["nobody", "x:anna", ":", "1.5:", "nan:"])
def test_a_page_after_nothing_is_refused(sandbox, anna, after):
    """What no page ended with is no place to go on from."""
    with pytest.raises(InvalidSetting, match="after must be"):
        sandbox.page(10, after)


def test_a_list_shows_accounts_as_they_are(sandbox, other, opened):
    """A list shows what others changed: dated changes, pins and clocks, the same as a look at each account."""
    for client_id in ("anna", "berta", "carla"):
        opened(client_id, client_id, clock=FrozenClock(1_795_424_400.0))
    other.configuration.patch("berta", {"agents": 7}, "now")
    other.configuration.set_scenario("berta", "peak", for_seconds=60)
    other.pins.put("carla", Pin("agents", "40001", {"Agent": "Somebody"}))

    page = sandbox.page(10).accounts

    for tenant in page:
        known = sandbox.tenant(tenant.account.client_id)
        assert (tenant.account, tenant.cache_key, tenant.clock) == (known.account, known.cache_key, known.clock)
        assert tenant.in_force(tenant.now()) == known.in_force(known.now())


def test_a_list_costs_the_same_number_of_queries_however_long(sandbox, opened):
    """A list of many accounts makes as many queries as a list of one."""
    statements = []
    for number in range(20):
        opened(f"account-{number}")
    sandbox = Sandbox(sandbox.database, sandbox.wall_clock)
    event.listen(Engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    sandbox.page(1)
    one = len(statements)
    sandbox.page(20)

    assert len(statements) - one == one <= 4


UNKNOWN_FIELDS = [
    {"profile": '{"agents": 5, "moods": 3}'},
    {"profile": "[]"},
    {"scenario": "carnival"},
    {"clock": '{"mode": "dreaming"}'},
    {"clock": '{"mode": "running", "at": 0.0, "since": 0.0, "speed": 1.0, "jitter": 3}'},
    {"origin_profile": '{"moods": 3}'},
    {"origin_scenario": "carnival"},
    {"quota": '{"limit": 1, "interval": 1, "unit": "fortnight", "mercy": true}'},
]


@pytest.mark.parametrize("stored", UNKNOWN_FIELDS)
def test_an_account_of_a_newer_version_can_be_listed_and_deleted(sandbox, anna, stored):
    """Whatever a newer version stored, a look says so, and the account can be listed and deleted, others as ever."""
    sandbox.accounts.create(NewAccount("berta"))
    with account_transaction(sandbox.database, anna) as connection:
        connection.execute(update(tables.accounts).where(tables.accounts.c.client_id == anna).values(stored))

    with pytest.raises(UnreadableAccount, match="has account anna from a newer version of the sandbox"):
        sandbox.tenant(anna)
    unreadable, berta = sandbox.page(10).accounts
    sandbox.delete(anna)

    assert (unreadable.client_id, bool(unreadable.field_error)) == (anna, True)
    assert berta.account.client_id == "berta"
    assert sandbox.find_tenant(anna) is None


def test_a_damaged_account_can_be_listed_and_deleted(sandbox, anna):
    """A field that is no JSON is a failure that a look does not hide, but the account can be listed and deleted."""
    with account_transaction(sandbox.database, anna) as connection:
        connection.execute(update(tables.accounts).values(profile="no json"))

    with pytest.raises(JSONDecodeError):
        sandbox.tenant(anna)
    listed = sandbox.page(10).accounts
    sandbox.delete(anna)

    assert [each.client_id for each in listed] == [anna]
    assert sandbox.page(10).accounts == ()


def test_rows_of_a_newer_version_make_an_account_unreadable(sandbox, anna):
    """A dated change, a pin or a fault plan that this version does not know is no failure without a name."""
    rows = [
        (tables.configuration, {"effective_at": 1.0, "profile": '{"moods": 3}', "ends": 0}),
        (tables.pins, {"kind": "robots", "key": "1", "mark": "", "fields": "{}"}),
        (tables.faults, {"id": "x", "plan": '{"api": "kpn", "mercy": true}', "used": 0}),
    ]
    for table, values in rows:
        with account_transaction(sandbox.database, anna) as connection:
            connection.execute(insert(table).values(client_id=anna, **values))
        with pytest.raises(UnreadableAccount):
            sandbox.tenant(anna)
        with account_transaction(sandbox.database, anna) as connection:
            connection.execute(delete(table))

    assert sandbox.tenant(anna).account.client_id == anna


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
