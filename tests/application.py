"""The application as tests start it: the demo credentials, the token endpoint, and wall time that is moved by hand."""

TOKEN_PATH = "/oauth/client_credential/accesstoken"
TOKEN_URL = f"{TOKEN_PATH}?grant_type=client_credentials"
CREDENTIALS = {"client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"}


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
