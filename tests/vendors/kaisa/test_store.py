"""Added and changed customers, on both databases."""

import pytest

from kpn_sandbox.vendors.kaisa.store import FIRST_ADDED, CustomerStore


@pytest.fixture
def sandbox(open_sandbox):
    """A sandbox with two accounts, on each kind of database."""
    return open_sandbox(accounts=["one", "two"])


def test_each_account_numbers_its_customers(sandbox):
    """The customers that an account adds have ids from the same first one on, and changes are merged."""
    customers = CustomerStore(sandbox.database)

    ids = [customers.add(client_id, {"name": "x"}) for client_id in ("one", "one", "two")]
    customers.change("one", FIRST_ADDED, {"custnr": "5"})
    customers.change("one", 400_000, {"name": "renamed"})

    assert ids == [FIRST_ADDED, FIRST_ADDED + 1, FIRST_ADDED]
    assert customers.entries("one") == {
        400_000: {"name": "renamed"},
        FIRST_ADDED: {"name": "x", "custnr": "5"},
        FIRST_ADDED + 1: {"name": "x"},
    }


def test_a_reset_forgets_added_customers(sandbox):
    """Added customers belong to the layer `inbox`."""
    customers = CustomerStore(sandbox.database)
    customers.add("one", {"name": "x"})

    sandbox.reset("one", ["inbox"])

    assert customers.entries("one") == {}
