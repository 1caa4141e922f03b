"""A sandbox over a socket, with a client and an account of it."""

import pytest

from kpn_sandbox.client import Client
from kpn_sandbox.testing import running

MONDAY = "2026-11-23T10:00:00+01:00"


@pytest.fixture(scope="module")
def client():
    """The administrator's client of a sandbox that serves on a free port."""
    with running({"agents": 5, "admin_token": "admin-token"}) as sandbox:
        yield Client(sandbox.url, "admin-token")


@pytest.fixture
def account(client):
    """A fresh account with a frozen clock."""
    return client.new_account(seed="client", profile={"agents": 9}, clock={"mode": "frozen", "at": MONDAY})
