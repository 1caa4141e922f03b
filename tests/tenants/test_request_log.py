"""The journal: what an account asked for and how it was answered."""

import pytest
from sqlalchemy import func, select

from kpn_sandbox.storage import tables
from kpn_sandbox.tenants.request_log import CAPACITY, LogEntry, RequestLog
from tests.tenants.concurrency import in_processes, in_threads

ENTRY = LogEntry(
    client_id="anna",
    id="one",
    at=1_795_424_400.25,
    wall_at=1_795_500_000.5,
    api="kpn",
    operation="agents",
    method="GET",
    path="/agents",
    query="a=1",
    status=200,
    duration_ms=1.25,
    headers={"Accept": "application/json"},
    note="pinned: 50001",
    token="0123456789abcdef",
)


def note(sandbox):
    sandbox.request_log.write(ENTRY)


def ids(page):
    return [entry.id for entry in page.entries]


def test_what_is_noted_here_is_found_there(anna, sandbox, other):
    """As it was, at once."""
    sandbox.request_log.write(ENTRY)

    page = other.request_log.entries(anna)

    assert (page.count, page.dropped, page.entries) == (1, 0, (ENTRY,))


def test_entries_stand_in_the_order_of_their_making(anna, sandbox, other):
    """Whoever made them."""
    for number in range(6):
        (sandbox, other)[number % 2].request_log.write(ENTRY._replace(id=str(number)))

    assert ids(sandbox.request_log.entries(anna)) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"api": "kaisa"}, ["two"]),
        ({"operation": "agents"}, ["one", "three"]),
        ({"status": 503}, ["three"]),
        ({"since": ENTRY.at + 10}, ["two", "three"]),
        ({"since": ENTRY.at + 10, "operation": "agents"}, ["three"]),
        ({"status": 404}, []),
    ],
)
def test_entries_are_filtered(anna, sandbox, wanted, found):
    """All filters count together."""
    sandbox.request_log.write(ENTRY)
    sandbox.request_log.write(ENTRY._replace(id="two", api="kaisa", operation="customers", at=ENTRY.at + 10))
    sandbox.request_log.write(ENTRY._replace(id="three", status=503, at=ENTRY.at + 20))

    page = sandbox.request_log.entries(anna, **wanted)

    assert (ids(page), page.count) == (found, len(found))


@pytest.mark.parametrize(("limit", "found"), [(0, []), (1, ["2"]), (2, ["1", "2"]), (9, ["0", "1", "2"])])
def test_a_limit_keeps_the_last_ones(anna, sandbox, limit, found):
    """And the count still tells how many there are."""
    for number in range(3):
        sandbox.request_log.write(ENTRY._replace(id=str(number)))

    page = sandbox.request_log.entries(anna, limit=limit)

    assert (ids(page), page.count) == (found, 3)


def test_only_the_last_thousand_are_shown(anna, sandbox):
    """It tells how many are not, also when they are not taken away yet."""
    for number in range(CAPACITY + 150):
        sandbox.request_log.write(ENTRY._replace(id=str(number)))

    page = sandbox.request_log.entries(anna)

    assert (page.count, page.dropped) == (CAPACITY, 150)
    assert (page.entries[0].id, page.entries[-1].id) == ("150", str(CAPACITY + 149))


def test_what_cannot_be_looked_at_is_taken_away(anna, sandbox):
    """Not at each request, but often enough."""
    for number in range(CAPACITY + 2000):
        sandbox.request_log.write(ENTRY._replace(id=str(number)))

    with sandbox.database.read() as connection:
        kept = connection.scalar(select(func.count()).select_from(tables.requests))
    assert CAPACITY <= kept < CAPACITY + 1500


def test_a_cleared_journal_begins_anew(anna, sandbox, other):
    """Nothing is left and nothing is dropped."""
    note(sandbox)

    cleared = other.request_log.clear(anna)
    note(other)

    page = sandbox.request_log.entries(anna)
    assert (cleared, page.count, page.dropped) == (1, 1, 0)


def test_no_entry_is_lost_over_threads(anna, sandbox, other):
    """Each has a place of its own."""
    in_threads(lambda turn: note((sandbox, other)[turn % 2]), 200)

    assert sandbox.request_log.entries(anna).count == 200


@pytest.mark.slow
def test_no_entry_is_lost_over_processes(anna, sandbox, url):
    """Also when nothing is shared but the database."""
    in_processes(url, note, 60)

    assert sandbox.request_log.entries(anna).count == 180


def test_secrets_are_not_kept(anna, sandbox):
    """Neither in headers nor in the query; that they were there can be seen."""
    headers = {"Authorization": "Bearer abc", "cookie": "a=b", "X-Api-Key": "k", "Accept": "*/*"}
    query = "client_secret=s&customerId=5&token=abc&access%5Ftoken=x&grant_type=client_credentials&flag"

    sandbox.request_log.write(ENTRY._replace(headers=headers, query=query))

    (kept,) = sandbox.request_log.entries(anna).entries
    assert kept.headers == {"Authorization": "***", "cookie": "***", "X-Api-Key": "***", "Accept": "*/*"}
    assert kept.query == (
        "client_secret=***&customerId=5&token=***&access%5Ftoken=***&grant_type=client_credentials&flag"
    )


def test_odd_characters_do_no_harm(anna, sandbox):
    """A request is noted whatever it consists of."""
    odd = "/a\x00b\u00e9"

    sandbox.request_log.write(ENTRY._replace(path=odd, query=f"a={odd}", headers={"X-Odd": odd}))

    assert sandbox.request_log.entries(anna).count == 1


def test_a_journal_that_is_off_keeps_nothing(anna, sandbox):
    """Nobody pays for it."""
    RequestLog(sandbox.database, on=False).write(ENTRY)

    assert sandbox.request_log.entries(anna).count == 0


def test_the_journal_goes_with_its_account(anna, sandbox, other):
    """A request that is on its way when the account is deleted leaves nothing and fails nobody."""
    note(sandbox)
    other.accounts.delete(anna)

    note(sandbox)

    other.accounts.authenticate_or_create(anna, "secret")
    assert sandbox.request_log.entries(anna).count == 0
