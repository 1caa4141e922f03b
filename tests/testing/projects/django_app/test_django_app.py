"""A Django project under pytest-django, by its test client and by its live server."""

from typing import Any
from urllib.request import urlopen

import pytest
from django.test import Client

from kpn_sandbox.testing import Account


@pytest.fixture(autouse=True)
def center(settings: Any, kpn_session_account: Account) -> Account:
    """The account of the session as in the beginning, and its address among Django's settings."""
    kpn_session_account.reset()
    settings.KPN_URL = kpn_session_account.url
    settings.KPN_CLIENT_ID = kpn_session_account.client_id
    settings.KPN_CLIENT_SECRET = kpn_session_account.client_secret
    return kpn_session_account


def test_the_page_by_the_test_client(client: Client, center: Account) -> None:
    center.profile(agents=8)

    assert b"8 agents" in client.get("/").content


@pytest.mark.django_db
def test_the_page_by_the_live_server(live_server: Any, center: Account) -> None:
    center.profile(agents=5)

    with urlopen(live_server.url, timeout=10) as answer:
        assert b"5 agents" in answer.read()
