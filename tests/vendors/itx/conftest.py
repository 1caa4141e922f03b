"""A client that requests panels as ITX does, with the demo account's token."""

import pytest

from kpn_sandbox.simulation.customers import Customers
from kpn_sandbox.simulation.names import center_names
from kpn_sandbox.vendors.itx.auth import itx_token
from tests.application import CREDENTIALS

TOKEN = itx_token(*CREDENTIALS.values())


@pytest.fixture
def customers():
    """The demo account's customers."""
    return Customers(center_names(CREDENTIALS["client_id"]), 10_000)


@pytest.fixture
def ask(client):
    """Request the panel of a customer."""

    def ask(customer_id, *, token=TOKEN, method="GET", **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        query = {"token": token, "customerId": customer_id}
        return client.open("/rest/kpi", method=method, query_string=query, headers=names)

    return ask


@pytest.fixture
def sections(ask):
    """The documents of a customer, by section."""
    return lambda customer_id, **headers: {
        section["title"]: section["documents"] for section in ask(customer_id, **headers).json["sections"]
    }
