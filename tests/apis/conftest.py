"""An application on a database of its own, with wall time that is moved by hand and delays that only are told."""

import pytest

from kpn_sandbox.app import create_app
from kpn_sandbox.settings import Settings

TOKEN_PATH = "/oauth/client_credential/accesstoken"
TOKEN_URL = f"{TOKEN_PATH}?grant_type=client_credentials"
CREDENTIALS = {"client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"}


class Wall:
    """Wall time that stands until it is moved."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


@pytest.fixture
def wall():
    return Wall(1_795_424_400.25)


@pytest.fixture
def pauses():
    """The delays that requests asked for, in seconds."""
    return []


@pytest.fixture
def settings():
    """Settings beside the database; override it for others."""
    return {"agents": 12}


@pytest.fixture
def start(tmp_path, wall, pauses):
    """Starts the application, as another worker or another start would."""
    apps = []

    def one_more(**settings):
        url = f"sqlite:///{tmp_path}/sandbox.db"
        apps.append(create_app(Settings(database_url=url, **settings), source=wall, pause=pauses.append))
        return apps[-1]

    yield one_more
    for app in apps:
        app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture
def app(start, settings):
    return start(**settings)


@pytest.fixture
def sandbox(app):
    """What the application answers from, to turn it without the control API."""
    return app.extensions["kpn_sandbox"].sandbox


@pytest.fixture
def client(app):
    return app.test_client()


@pytest.fixture
def token(client):
    return client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]


@pytest.fixture
def get(client, token):
    """Asks with a good token."""

    def ask(path, method="GET", **headers):
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        return client.open(path, method=method, headers={"Authorization": f"Bearer {token}", **names})

    return ask
