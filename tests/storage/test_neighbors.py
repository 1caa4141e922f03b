"""What the neighbors keep, on every database: the inbox, added customers, nonces, texts made once."""

import pytest

from kpn_sandbox.auth.digest import DigestAuth
from kpn_sandbox.auth.errors import DigestRefused, UnknownToken
from kpn_sandbox.auth.url_tokens import UrlTokenAuth
from kpn_sandbox.storage import Database
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import get_or_create_secret
from kpn_sandbox.vendors.atobi.store import Inbox, Received, Record
from kpn_sandbox.vendors.kaisa.store import FIRST_ADDED, CustomerStore
from tests.vendors.kaisa.conftest import credentials


@pytest.fixture
def sandbox(url):
    database = Database(url)
    sandbox = Sandbox(database, lambda: 1_795_424_400.0)
    sandbox.accounts.create(NewAccount("one", "secret"))
    sandbox.accounts.create(NewAccount("two", "secret"))
    yield sandbox
    database.close()


def record(number, value="1", **changed):
    known = {"received_at": 5.0, "type": "kpi", "context": "sales", "kpi": "points", "element_id": str(number)}
    return Record(**{**known, **changed}, body={"value": value})


def test_the_inbox_replaces_by_type_context_and_id(sandbox):
    """Another account, another context and another type are another figure."""
    inbox = Inbox(sandbox.database)

    told = [
        inbox.receive("one", [record(1), record(2)]),
        inbox.receive("one", [record(1, "new")]),
        inbox.receive("one", [record(1, context="other")]),
        inbox.receive("two", [record(1)]),
    ]

    assert told == [Received(2, 0), Received(0, 1), Received(1, 0), Received(1, 0)]
    kept = [(each.context, each.element_id, each.body["value"]) for each in inbox.list("one")]
    assert kept == [("sales", "2", "1"), ("sales", "1", "new"), ("other", "1", "1")]


def test_thousands_of_records_are_one_transaction(sandbox):
    """More than one statement can take."""
    inbox = Inbox(sandbox.database)
    many = [record(number) for number in range(2345)]

    assert [inbox.receive("one", many) for _ in range(2)] == [Received(2345, 0), Received(0, 2345)]
    assert len(inbox.list("one")) == 2345


def test_nothing_is_kept_of_a_batch_that_fails(sandbox):
    """A record that cannot be written takes the others with it."""
    inbox = Inbox(sandbox.database)
    broken = record(2, received_at=None)

    with pytest.raises(Exception, match="received_at"):
        inbox.receive("one", [record(1), broken])

    assert inbox.list("one") == ()


def test_the_inbox_of_nobody_takes_nothing(sandbox):
    """An account that is gone has no inbox."""
    with pytest.raises(UnknownAccount):
        Inbox(sandbox.database).receive("nobody", [record(1)])


def test_a_directory_counts_on(sandbox):
    """Each account numbers the customers that it adds from the same first id."""
    directory = CustomerStore(sandbox.database)

    ids = [directory.add(client_id, {"name": "x"}) for client_id in ("one", "one", "two")]
    directory.change("one", FIRST_ADDED, {"custnr": "5"})
    directory.change("one", 400_000, {"name": "renamed"})

    assert ids == [FIRST_ADDED, FIRST_ADDED + 1, FIRST_ADDED]
    assert directory.entries("one") == {
        400_000: {"name": "renamed"},
        FIRST_ADDED: {"name": "x", "custnr": "5"},
        FIRST_ADDED + 1: {"name": "x"},
    }


def test_a_reset_empties_inbox_and_directory(sandbox):
    """What an account sent in is one layer."""
    Inbox(sandbox.database).receive("one", [record(1)])
    CustomerStore(sandbox.database).add("one", {"name": "x"})

    sandbox.reset("one", ["inbox"])

    assert (Inbox(sandbox.database).list("one"), CustomerStore(sandbox.database).entries("one")) == ((), {})


def test_a_count_of_a_nonce_is_good_once(sandbox):
    """On whichever database."""
    door = DigestAuth(sandbox)
    header = credentials(door.challenge(), "GET", "/x", user="one", password="secret")

    tenant = door.authenticate(header, "GET", "/x")

    assert tenant.account.client_id == "one"
    with pytest.raises(DigestRefused, match="used before"):
        door.authenticate(header, "GET", "/x")


def test_a_fixed_token_has_one_owner(sandbox):
    """Until the account gets another secret."""
    tokens, made = UrlTokenAuth(sandbox), sandbox.accounts.rotate("one")

    tenant = tokens.authenticate(made.itx_token)
    sandbox.accounts.rotate("one")

    assert tenant.account.client_id == "one"
    for token in (made.itx_token, "nobody's"):
        with pytest.raises(UnknownToken):
            tokens.authenticate(token)


def test_a_kept_text_stays(sandbox):
    """Whoever asks first makes it; all others get the same, and each name has its own."""
    first = get_or_create_secret(sandbox.database, "a key")

    assert get_or_create_secret(sandbox.database, "a key") == first != get_or_create_secret(sandbox.database, "another")
