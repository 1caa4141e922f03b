"""One worker with one account, and further workers on the same database."""

import base64

import pytest
from sqlalchemy import func, select

from kpn_sandbox.auth import BearerAuth, TokenRequest, Tokens, TokenServer
from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.accounts import Account, NewAccount
from kpn_sandbox.tenants.sandbox import Sandbox

ANNA = Account("anna", "seed")


class Worker:
    """The connections, caches and authentication of one worker process, on the common database."""

    def __init__(self, url, wall):
        self.database = Database(url)
        self.sandbox = Sandbox(self.database, wall)
        self.tokens = Tokens(self.sandbox, purpose="kpn", life_seconds=3599)
        self.auth = BearerAuth(self.tokens)
        self.server = TokenServer(self.tokens, self.sandbox.accounts.authenticate)

    def token(self, client_id="anna", secret="secret"):
        """Return a new token for the credentials."""
        form = {"client_id": client_id, "client_secret": secret}
        return self.server.token(TokenRequest({}, "client_credentials", form))

    def stored(self, client_id):
        """Return the number of stored tokens of an account."""
        rows = select(func.count()).select_from(tables.tokens).where(tables.tokens.c.client_id == client_id)
        with self.database.read() as connection:
            return connection.scalar(rows)

    def authenticated(self, text):
        """Return the account that a token authenticates."""
        return self.auth.authenticate(f"Bearer {text}").account


@pytest.fixture
def start_worker(url, wall):
    """Starts one more worker on the same database."""
    workers = []

    def start():
        workers.append(Worker(url, wall))
        return workers[-1]

    yield start
    for worker in workers:
        worker.database.close()


@pytest.fixture
def worker(start_worker):
    """A worker with the account `anna`."""
    worker = start_worker()
    worker.sandbox.accounts.create(NewAccount("anna", "secret", "seed"))
    return worker


@pytest.fixture
def basic():
    """The Authorization header of HTTP Basic."""

    def header(client_id, secret):
        return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}

    return header
