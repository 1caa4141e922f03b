"""The application talks to an account that lives as long as its server."""

import pytest
from dashboard import create_app
from flask import Flask

from kpn_sandbox.testing import Account


@pytest.fixture(scope="session")
def app(kpn_session_account: Account) -> Flask:
    account = kpn_session_account
    return create_app(account.url, account.client_id, str(account.client_secret))
