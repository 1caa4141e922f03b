"""A sandbox over a socket, with a client and an account of it."""

import socket
import threading

import pytest

from kpn_sandbox.app import create_app
from kpn_sandbox.client import Client
from kpn_sandbox.server.werkzeug_server import make_threaded
from kpn_sandbox.settings import Settings

MONDAY = "2026-11-23T10:00:00+01:00"


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The administrator's client of a sandbox that serves on a free port."""
    url = f"sqlite:///{tmp_path_factory.mktemp('client')}/sandbox.db"
    app = create_app(Settings(database_url=url, agents=5, admin_token="admin-token"))
    listener = socket.create_server(("127.0.0.1", 0))
    server = make_threaded(app, listener)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield Client(f"http://127.0.0.1:{server.port}", "admin-token")
    server.shutdown()
    serving.join()
    server.server_close()
    app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture
def account(client):
    """A fresh account with a frozen clock."""
    return client.new_account(seed="client", profile={"agents": 9}, clock={"mode": "frozen", "at": MONDAY})
