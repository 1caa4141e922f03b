"""The application as tests start it: the demo credentials, the token endpoint, and wall time that is moved by hand."""

from contextlib import contextmanager
from threading import Thread

from kpn_sandbox.app import create_app
from kpn_sandbox.settings import Settings

TOKEN_PATH = "/oauth/client_credential/accesstoken"
TOKEN_URL = f"{TOKEN_PATH}?grant_type=client_credentials"
CREDENTIALS = {"client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"}
TOKEN_ROW = {"kind": "kpn", "user": "", "nonce": "", "issued_at": 0.0, "wall_at": 0.0, "revoked": 0}
"""Columns of a stored token beside its digest and its account."""


class Wall:
    """Wall time that stands until it is moved."""

    def __init__(self, at):
        self.at = at

    def __call__(self):
        return self.at


class CountedApp:
    """The application behind the fast path, counting the requests that reach it."""

    def __init__(self, next_app):
        self.next_app = next_app
        self.requests = 0

    def __call__(self, environ, start_response):
        self.requests += 1
        return self.next_app(environ, start_response)


@contextmanager
def starting(url, wall, pauses):
    """Yield what starts the application on a database once more, as another worker or another start would."""
    apps = []

    def one_more(**settings):
        made = Settings(database_url=url, **settings)
        apps.append(create_app(made, wall_clock=wall, pause=pauses.append, force=True))
        return apps[-1]

    yield one_more
    for app in apps:
        app.extensions["kpn_sandbox"].sandbox.database.close()


@contextmanager
def serving(server):
    """Let a server of the standard library or of Werkzeug answer in a thread."""
    with server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()
