"""Two sandboxes on one database, as two workers or machines have it, and wall time that is moved by hand."""

import pytest

from kpn_sandbox.tenants.accounts import NewAccount


@pytest.fixture
def sandbox(open_sandbox):
    return open_sandbox()


@pytest.fixture
def other(open_sandbox):
    """The sandbox of another worker or machine on the same database."""
    return open_sandbox()


@pytest.fixture
def database(sandbox):
    return sandbox.database


@pytest.fixture
def accounts(sandbox):
    return sandbox.accounts


@pytest.fixture
def anna(sandbox):
    """The client id of an account."""
    return sandbox.accounts.create(NewAccount("anna", "secret")).account.client_id
