"""A Flask application under pytest-flask, by its test client and by its live server."""

from typing import Any
from urllib.request import urlopen

import pytest
from flask.testing import FlaskClient

from kpn_sandbox.testing import Account


@pytest.fixture(autouse=True)
def as_in_the_beginning(kpn_session_account: Account) -> None:
    """Each test begins with the account as it was made."""
    kpn_session_account.reset()


def test_the_page_by_the_test_client(client: FlaskClient, kpn_session_account: Account) -> None:
    kpn_session_account.profile(agents=8)

    assert "8 agents" in client.get("/").text


def test_the_page_by_the_live_server(live_server: Any, kpn_session_account: Account) -> None:
    kpn_session_account.profile(agents=5)

    with urlopen(live_server.url("/"), timeout=10) as answer:
        assert b"5 agents" in answer.read()
    kpn_session_account.verify("agents", 1)
