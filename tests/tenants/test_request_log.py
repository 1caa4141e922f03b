"""The request log: the last requests of each account and how they were answered."""

import pytest
from sqlalchemy import func, select

from kpn_sandbox.storage import tables
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.http_archive import har
from kpn_sandbox.tenants.request_log import CAPACITY, LogEntry, RequestLog, loggable_body
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


def write(sandbox):
    sandbox.request_log.write(ENTRY)


def ids(page):
    return [entry.id for entry in page.entries]


def test_an_entry_is_read_by_other_workers(anna, sandbox, other):
    """Another worker reads an entry at once, as it was written."""
    sandbox.request_log.write(ENTRY)

    page = other.request_log.entries(anna)

    assert (page.count, page.dropped, page.entries) == (1, 0, (ENTRY,))


def test_entries_are_in_the_order_of_writing(anna, sandbox, other):
    """The order is the same whichever worker wrote an entry."""
    for number in range(6):
        (sandbox, other)[number % 2].request_log.write(ENTRY._replace(id=str(number)))

    assert ids(sandbox.request_log.entries(anna)) == ["0", "1", "2", "3", "4", "5"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"api": "kaisa"}, ["two"]),
        ({"operation": "agents"}, ["one", "three"]),
        ({"status": (500, 599)}, ["three"]),
        ({"since": ENTRY.at + 10}, ["two", "three"]),
        ({"since": ENTRY.at + 10, "operation": "agents"}, ["three"]),
        ({"status": (404, 404)}, []),
        ({"path": "/agents", "method": "GET"}, ["one", "two", "three"]),
        ({"path": "/agent"}, []),
        ({"path": "/ag*", "status": (200, 200)}, ["one", "two"]),
        ({"path": "/_g*"}, []),
    ],
)
def test_entries_are_filtered(anna, sandbox, wanted, found):
    """An entry is returned if it matches all filters."""
    sandbox.request_log.write(ENTRY)
    sandbox.request_log.write(ENTRY._replace(id="two", api="kaisa", operation="customers", at=ENTRY.at + 10))
    sandbox.request_log.write(ENTRY._replace(id="three", status=503, at=ENTRY.at + 20))

    page = sandbox.request_log.entries(anna, **wanted)

    assert (ids(page), page.count) == (found, len(found))


@pytest.mark.parametrize(("limit", "found"), [(0, []), (1, ["2"]), (2, ["1", "2"]), (9, ["0", "1", "2"])])
def test_a_limit_returns_the_last_ones(anna, sandbox, limit, found):
    """The count is that of all entries that match."""
    for number in range(3):
        sandbox.request_log.write(ENTRY._replace(id=str(number)))

    page = sandbox.request_log.entries(anna, limit=limit)

    assert (ids(page), page.count) == (found, 3)


def test_only_the_last_thousand_are_returned(anna, sandbox):
    """The number of older requests is returned, also before they are deleted."""
    for number in range(CAPACITY + 150):
        sandbox.request_log.write(ENTRY._replace(id=str(number)))

    page = sandbox.request_log.entries(anna)

    assert (page.count, page.dropped) == (CAPACITY, 150)
    assert (page.entries[0].id, page.entries[-1].id) == ("150", str(CAPACITY + 149))


def test_old_entries_are_deleted(anna, sandbox):
    """Entries beyond the capacity are deleted now and then, not at each request."""
    for number in range(CAPACITY + 2000):
        sandbox.request_log.write(ENTRY._replace(id=str(number)))

    with sandbox.database.read() as connection:
        stored = connection.scalar(select(func.count()).select_from(tables.requests))
    assert CAPACITY <= stored < CAPACITY + 1500


def test_a_cleared_log_begins_anew(anna, sandbox, other):
    """No entry is left, and none counts as dropped."""
    write(sandbox)

    cleared = other.request_log.clear(anna)
    write(other)

    page = sandbox.request_log.entries(anna)
    assert (cleared, page.count, page.dropped) == (1, 1, 0)


def test_no_entry_is_lost_over_threads(anna, sandbox, other):
    """Each entry of many threads has a number of its own."""
    in_threads(lambda turn: write((sandbox, other)[turn % 2]), 200)

    assert sandbox.request_log.entries(anna).count == 200


@pytest.mark.slow
def test_no_entry_is_lost_over_processes(anna, sandbox, url):
    """No entry is lost, also when processes share only the database."""
    in_processes(url, write, 60)

    assert sandbox.request_log.entries(anna).count == 180


def test_secrets_are_redacted(anna, sandbox):
    """Secrets in headers and query are replaced, and their names stay."""
    headers = {"Authorization": "Bearer abc", "cookie": "a=b", "X-Api-Key": "k", "Accept": "*/*"}
    query = "client_secret=s&customerId=5&token=abc&access%5Ftoken=x&grant_type=client_credentials&flag"

    sandbox.request_log.write(ENTRY._replace(headers=headers, query=query))

    (entry,) = sandbox.request_log.entries(anna).entries
    assert entry.headers == {"Authorization": "***", "cookie": "***", "X-Api-Key": "***", "Accept": "*/*"}
    assert entry.query == (
        "client_secret=***&customerId=5&token=***&access%5Ftoken=***&grant_type=client_credentials&flag"
    )


def test_odd_characters_do_no_harm(anna, sandbox):
    """A request is logged whatever characters it has."""
    odd = "/a\x00b\u00e9"

    sandbox.request_log.write(ENTRY._replace(path=odd, query=f"a={odd}", headers={"X-Odd": odd}))

    assert sandbox.request_log.entries(anna).count == 1


def test_a_log_that_is_off_stores_nothing(anna, sandbox):
    """With the log off, no entry is written."""
    RequestLog(sandbox.database, on=False).write(ENTRY)

    assert sandbox.request_log.entries(anna).count == 0


def test_the_log_is_deleted_with_its_account(anna, sandbox, other):
    """A request that ends after its account was deleted leaves no entry and raises no error."""
    write(sandbox)
    other.accounts.delete(anna)

    write(sandbox)

    other.accounts.authenticate_or_create(anna, "secret")
    assert sandbox.request_log.entries(anna).count == 0


def test_an_archive_has_the_required_fields():
    """An archive has every required field of HAR 1.2, and fields of the sandbox under names of its own."""
    archive = har([ENTRY], base_url="http://127.0.0.1:8080", version="1.0")

    assert archive == {
        "log": {
            "version": "1.2",
            "creator": {"name": "kpn-sandbox", "version": "1.0"},
            "entries": [
                {
                    "startedDateTime": "2026-11-24T06:00:00.500+00:00",
                    "time": 1.25,
                    "request": {
                        "method": "GET",
                        "url": "http://127.0.0.1:8080/agents?a=1",
                        "httpVersion": "HTTP/1.1",
                        "cookies": [],
                        "headers": [{"name": "Accept", "value": "application/json"}],
                        "queryString": [{"name": "a", "value": "1"}],
                        "headersSize": -1,
                        "bodySize": -1,
                    },
                    "response": {
                        "status": 200,
                        "statusText": "",
                        "httpVersion": "HTTP/1.1",
                        "cookies": [],
                        "headers": [],
                        "content": {"size": -1, "mimeType": "application/json"},
                        "redirectURL": "",
                        "headersSize": -1,
                        "bodySize": -1,
                    },
                    "cache": {},
                    "timings": {"send": 0, "wait": 1.25, "receive": 0},
                    "comment": "pinned: 50001",
                    "_id": "one",
                    "_api": "kpn",
                    "_operation": "agents",
                    "_at": "2026-11-23T10:00:00+01:00",
                    "_received_at": "2026-11-24T07:00:00+01:00",
                    "_reason": "",
                }
            ],
        }
    }


def test_an_archive_has_headers_and_bodies_of_both_sides():
    """Headers of the response, its Location and both bodies stand where HAR has them."""
    headers = {"Content-Type": "text/plain", "Location": "/else"}
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    entry = ENTRY._replace(headers=sent, response_headers=headers, request_body="a=1", response_body="b")

    (shown,) = har([entry], base_url="http://x", version="1")["log"]["entries"]

    assert shown["request"]["postData"] == {"mimeType": sent["Content-Type"], "params": [], "text": "a=1"}
    assert {"name": "X-Request-Id", "value": "one"} in shown["response"]["headers"]
    assert shown["response"]["content"] == {"size": -1, "mimeType": "text/plain", "text": "b"}
    assert shown["response"]["redirectURL"] == "/else"


@pytest.mark.parametrize(
    ("body", "content_type", "logged"),
    [
        (b"", "text/plain", None),
        (b"a=1&client_secret=x", "application/x-www-form-urlencoded; charset=utf-8", "a=1&client_secret=***"),
        (b'{"password": "x", "b": 1}', "application/json", '{"password": "***", "b": 1}'),
        (b"\xff\x00", "image/png", "\ufffd\ufffd"),
        (b"x" * 10_000, "text/plain", "x" * 8192),
        ("é".encode() * 5_000, "text/plain", "é" * 4096),
    ],
)
def test_a_logged_body_is_short_and_without_secrets(body, content_type, logged):
    """A body is redacted as what it is, cut to 8 KB between characters, and can be stored whatever its bytes are."""
    assert loggable_body(body, content_type) == logged


def test_headers_that_all_responses_have_are_not_stored(anna, sandbox, other):
    """Common headers are left out of the rows; a read entry has them unless they were changed or missing."""
    common = {"kpn": {"api-version": "1.0", "sunset": "n/a"}}
    sandbox.request_log.common_headers = other.request_log.common_headers = common
    for headers in ({**common["kpn"], "ETag": "1"}, {"api-version": "2.0"}, {}):
        sandbox.request_log.write(ENTRY._replace(response_headers=headers))

    read = [entry.response_headers for entry in other.request_log.entries(anna).entries]

    assert read == [{**common["kpn"], "ETag": "1"}, {"api-version": "2.0"}, {}]
    stored = sandbox.database.fetch_one(select(tables.requests.c.response_headers).where(tables.requests.c.number == 1))
    assert stored == ('{"ETag":"1"}',)


def test_a_request_without_a_query_has_none():
    """An empty query adds nothing to the URL, and a Retry-After is a header of the response."""
    (entry,) = har([ENTRY._replace(query="", retry_after=5)], base_url="http://x", version="1")["log"]["entries"]

    assert (entry["request"]["url"], entry["request"]["queryString"]) == ("http://x/agents", [])
    assert entry["response"]["headers"] == [{"name": "Retry-After", "value": "5"}]


def test_entries_are_written_together(anna, sandbox, other):
    """Entries of several accounts in one transaction have the numbers that they would have one by one."""
    other.accounts.create(NewAccount("bob", "secret"))
    sandbox.request_log.write(ENTRY)

    sandbox.request_log.write_all([ENTRY._replace(client_id=who, id=who + n) for n in "12" for who in (anna, "bob")])

    assert ids(other.request_log.entries(anna)) == ["one", "anna1", "anna2"]
    assert ids(other.request_log.entries("bob")) == ["bob1", "bob2"]


def test_a_deleted_account_takes_no_entry_of_others_with_it(anna, sandbox, other):
    """Of entries that are written together only those of accounts that exist are stored."""
    sandbox.request_log.write_all([ENTRY, ENTRY._replace(client_id="nobody"), ENTRY._replace(id="two")])

    assert ids(other.request_log.entries(anna)) == ["one", "two"]


def test_entries_that_are_written_together_are_not_lost_over_threads(anna, sandbox, other):
    """Transactions of two workers at once leave no entry out."""
    stores = [sandbox, other]

    in_threads(lambda number: stores[number % 2].request_log.write_all([ENTRY] * 5), 40)

    assert sandbox.request_log.entries(anna).count == 200


def test_refused_requests_push_out_no_others(anna, sandbox):
    """Thousands of refused requests leave the account's own entries; both are read in the order of writing."""
    sandbox.request_log.write(ENTRY._replace(id="first"))
    for number in range(CAPACITY + 30):
        sandbox.request_log.write(ENTRY._replace(id=str(number), refused=True))
    sandbox.request_log.write(ENTRY._replace(id="last"))

    page = sandbox.request_log.entries(anna)

    assert (page.count, page.dropped) == (CAPACITY + 2, 30)
    assert ids(page) == ["first", *map(str, range(30, CAPACITY + 30)), "last"]
    assert sandbox.request_log.clear(anna) >= CAPACITY + 2
    assert sandbox.request_log.entries(anna).count == 0


def test_requests_of_nobody_are_read_with_all_others(anna, sandbox, other):
    """The list of all requests has those that belong to no account, too, by wall time, and its filters hold."""
    sandbox.request_log.write(ENTRY._replace(id="second", wall_at=2.0))
    sandbox.request_log.write(ENTRY._replace(id="first", wall_at=1.0, client_id=None, status=401, refused=True))
    sandbox.request_log.write(ENTRY._replace(id="third", wall_at=3.0, refused=True, status=401))

    log = other.request_log
    assert ids(log.all_entries()) == ["first", "second", "third"]
    assert [entry.client_id for entry in log.all_entries().entries] == [None, anna, anna]
    assert ids(log.all_entries(status=(401, 401))) == ["first", "third"]
    assert ids(log.all_entries(since=2.0)) == ["second", "third"]
    assert (ids(log.all_entries(limit=1)), log.all_entries(limit=1).count) == (["third"], 3)
    assert ids(log.entries(anna)) == ["second", "third"]


def test_refused_entries_are_deleted_with_their_account(anna, sandbox):
    """An account that is deleted leaves no refused request behind; those of nobody stay."""
    sandbox.request_log.write(ENTRY._replace(refused=True))
    sandbox.request_log.write(ENTRY._replace(client_id=None))
    sandbox.accounts.delete(anna)

    assert [entry.client_id for entry in sandbox.request_log.all_entries().entries] == [None]
