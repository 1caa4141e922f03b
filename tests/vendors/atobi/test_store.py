"""The inbox, on both databases."""

import pytest

from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.vendors.atobi.store import Inbox, Received, Record


@pytest.fixture
def sandbox(open_sandbox):
    """A sandbox with two accounts, on each kind of database."""
    return open_sandbox(accounts=["one", "two"])


def record(number, value="1", **changed):
    known = {"received_at": 5.0, "type": "kpi", "context": "sales", "kpi": "points", "element_id": str(number)}
    return Record(**{**known, **changed}, body={"value": value})


def test_the_inbox_replaces_by_type_context_and_id(sandbox):
    """A record replaces that of the same account, type, context and element id, and no other."""
    inbox = Inbox(sandbox.database)

    received = [
        inbox.receive("one", [record(1), record(2)]),
        inbox.receive("one", [record(1, "new")]),
        inbox.receive("one", [record(1, context="other")]),
        inbox.receive("two", [record(1)]),
    ]

    assert received == [Received(2, 0), Received(0, 1), Received(1, 0), Received(1, 0)]
    stored = [(each.context, each.element_id, each.body["value"]) for each in inbox.list("one")]
    assert stored == [("sales", "2", "1"), ("sales", "1", "new"), ("other", "1", "1")]


def test_thousands_of_records_are_one_transaction(sandbox):
    """More records than one statement can take are stored together."""
    inbox = Inbox(sandbox.database)
    many = [record(number) for number in range(2345)]

    assert [inbox.receive("one", many) for _ in range(2)] == [Received(2345, 0), Received(0, 2345)]
    assert len(inbox.list("one")) == 2345


def test_nothing_is_stored_of_a_batch_that_fails(sandbox):
    """Records are stored all or none."""
    inbox = Inbox(sandbox.database)
    broken = record(2, received_at=None)

    with pytest.raises(Exception, match="received_at"):
        inbox.receive("one", [record(1), broken])

    assert inbox.list("one") == ()


def test_an_unknown_account_has_no_inbox(sandbox):
    """Receiving records raises UnknownAccount."""
    with pytest.raises(UnknownAccount):
        Inbox(sandbox.database).receive("nobody", [record(1)])


def test_a_reset_empties_the_inbox(sandbox):
    """The layer `inbox` of one account is emptied, that of another stays."""
    inbox = Inbox(sandbox.database)
    for client_id in ("one", "two"):
        inbox.receive(client_id, [record(1)])

    sandbox.reset("one", ["inbox"])

    assert [len(inbox.list(client_id)) for client_id in ("one", "two")] == [0, 1]
