"""An administrator, an account with credentials, and callers of the control API, on each kind of database."""

from base64 import b64encode

import pytest

from tests.application import starting

on_one_database = pytest.mark.parametrize("url", ["sqlite"], indirect=True)
"""For long tables of requests that are refused before any database is read."""

MONDAY = "2026-11-23T10:00:00+01:00"


class ControlCaller:
    """Calls the control API below a path."""

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
    """Start the application, as another worker or another start would."""
    with starting(url, wall, pauses) as start:
        yield start


@pytest.fixture
def admin(app, client):
    """Calls the control API as the administrator."""
    return ControlCaller(client, f"Bearer {app.extensions['kpn_sandbox'].admin_token}")


@pytest.fixture
def made(admin):
    """The response that created an account with a frozen clock."""
    clock = {"mode": "frozen", "at": MONDAY}
    return admin("POST", "/accounts", {"client_id": "berta", "profile": {"agents": 15}, "clock": clock}).json


@pytest.fixture
def control(client, made):
    """Calls the control API as that account about itself."""
    return ControlCaller(client, basic("berta", made["client_secret"]), "/accounts/berta")


@pytest.fixture
def kpn(client, made):
    """Calls KPN's API as that account."""
    form = {name: made["credentials"]["kpn"][name] for name in ("client_id", "client_secret")}
    token = client.post(made["credentials"]["kpn"]["token_url"], data=form).json["access_token"]
    return lambda path: client.get(path, headers={"Authorization": f"Bearer {token}"})
