"""An administrator, an account of its own, and ways to turn it; on each kind of database."""

from base64 import b64encode

import pytest

from kpn_sandbox.app import create_app
from kpn_sandbox.settings import Settings

on_one_database = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For long tables of what is refused before any database is asked."""

MONDAY = "2026-11-23T10:00:00+01:00"


class Turn:
    """Asks the control API below a path."""

    def __init__(self, client, authorization, below=""):
        self._client = client
        self._headers = {"Authorization": authorization}
        self._below = below

    def __call__(self, method, path="", body=None, **more):
        options = more if body is None else {"json": body, **more}
        return self._client.open(f"/_sandbox{self._below}{path}", method=method, headers=self._headers, **options)


def basic(client_id, secret):
    return f"Basic {b64encode(f'{client_id}:{secret}'.encode()).decode()}"


@pytest.fixture
def start(url, wall, pauses):
    """Starts the application, as another worker or another start would."""
    apps = []

    def one_more(**settings):
        apps.append(create_app(Settings(database_url=url, **settings), wall_clock=wall, pause=pauses.append))
        return apps[-1]

    yield one_more
    for app in apps:
        app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture
def admin(app, client):
    """Asks as the administrator."""
    return Turn(client, f"Bearer {app.extensions['kpn_sandbox'].admin_token}")


@pytest.fixture
def made(admin):
    """What the making of an account answered; its clock stands."""
    clock = {"mode": "frozen", "at": MONDAY}
    return admin("POST", "/accounts", {"client_id": "berta", "profile": {"agents": 15}, "clock": clock}).json


@pytest.fixture
def turn(client, made):
    """Asks as that account about itself."""
    return Turn(client, basic("berta", made["client_secret"]), "/accounts/berta")


@pytest.fixture
def kpn(client, made):
    """Asks the vendor's API as that account."""
    form = {name: made["credentials"]["kpn"][name] for name in ("client_id", "client_secret")}
    token = client.post(made["credentials"]["kpn"]["token_url"], data=form).json["access_token"]
    return lambda path: client.get(path, headers={"Authorization": f"Bearer {token}"})
