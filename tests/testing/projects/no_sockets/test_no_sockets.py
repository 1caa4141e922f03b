"""Tests that may talk to this machine only."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError

from kpn_sandbox.testing import Account


def test_the_sandbox_is_reached(kpn_account: Account) -> None:
    assert kpn_account.get("/agents").status == 200


def test_nothing_else_is(kpn_account: Account) -> None:
    with pytest.raises(SocketConnectBlockedError), pytest.warns(UserWarning):
        socket.create_connection(("192.0.2.1", 80), 1)
