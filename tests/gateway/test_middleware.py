"""The middleware in front of the application."""

import re
from io import BytesIO

import pytest

from kpn_sandbox.vendors import APIS
from tests.application import CREDENTIALS, TOKEN_URL

PUBLIC = "https://example.org/kpi"
HTML = {"Accept": "text/html"}
PATHS = ("/agents", "/statsapi/auth", "/customers", "/api/external/v1/kpi", "/rest/kpi", "/_sandbox/health", "/console")
ADDRESS = re.compile(r"https?://[^\"'\s\\]+")


class Broken:
    """A body whose reading fails as a server's reader does."""

    def __init__(self, error):
        self.error = error

    def read(self, size):
        raise self.error


def refused(client, path, body=b"", **environ):
    body = BytesIO(body) if isinstance(body, bytes) else body
    return client.open(path, method="POST", environ_overrides={**environ, "wsgi.input": body})


def test_an_empty_path_is_the_root(client):
    """A request without the slash is answered as the root, without a redirect."""
    bare, root = (client.get("/", environ_overrides={"PATH_INFO": path}) for path in ("", "/"))

    assert (bare.status_code, bare.data) == (root.status_code, root.data) and bare.status_code == 200


@pytest.mark.shared
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("environ", "status"),
    [
        ({"HTTP_HOST": "a,b"}, 400),
        ({"HTTP_HOST": ""}, 400),
        ({"CONTENT_LENGTH": "9", "body": b"short"}, 400),
        ({"CONTENT_LENGTH": "-1"}, 400),
        ({"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "body": Broken(OSError("bad"))}, 400),
        ({"CONTENT_LENGTH": "9", "body": Broken(TimeoutError())}, 408),
        ({"CONTENT_LENGTH": "1048577", "body": b"x" * 1_048_577}, 413),
        ({"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "body": b"x" * 1_048_577}, 413),
    ],
)
def test_what_breaks_the_rules_is_refused_by_the_api(client, path, environ, status):
    """Wrong hosts and broken bodies get JSON of the API whose path is asked for, with a request id."""
    answer = refused(client, path, **environ)

    assert (answer.status_code, answer.is_json) == (status, True)
    assert answer.headers["X-Request-Id"]
    assert ("Access-Control-Allow-Origin" in answer.headers) == (not path.startswith("/_sandbox"))


@pytest.mark.shared
def test_a_snapshot_may_be_larger_than_other_bodies(client):
    """The body of a snapshot may have 16 MB, with a text that says so; no other call gets more than 1 MB."""
    path, large = "/_sandbox/accounts/APP_CONSUMER_KEY/snapshot", b" " * 1_048_577

    assert client.put(path, data=large).status_code == 401
    assert client.post(path, data=large).status_code == 413
    refused = client.put(path, data=b" " * (16 * 1024**2 + 1))
    assert (refused.status_code, refused.json["detail"]) == (413, "Body must be at most 16 MB.")


@pytest.mark.shared
@pytest.mark.parametrize("label", ["application/x-www-form-urlencoded", "application/json"])
def test_a_byte_order_mark_is_taken(client, label):
    """A form or a JSON text may begin with the mark that Windows programs write."""
    form, text = b"grant_type=client_credentials&client_id=%s&client_secret=%s", b'{"client_id": "%s"}'
    body = form % tuple(value.encode() for value in CREDENTIALS.values()) if "form" in label else text
    path = TOKEN_URL if "form" in label else "/_sandbox/accounts"

    plain, marked = (client.post(path, data=mark + body, content_type=label) for mark in (b"", b"\xef\xbb\xbf"))

    assert plain.status_code == marked.status_code


class TestPublicUrl:
    """Behind a proxy, below a path."""

    @pytest.fixture
    def settings(self):
        return {"agents": 2, "public_url": PUBLIC}

    @pytest.mark.parametrize("below", ["", "/kpi"])
    def test_the_path_may_be_taken_off_or_not(self, client, below):
        """Pages and APIs are found in both ways."""
        for path in ("/", "/console", "/openapi/kpn.json", "/_sandbox/health", "/assets/base.css"):
            assert client.get(below + path).status_code == 200
        assert client.post(below + TOKEN_URL, data=CREDENTIALS).status_code == 200

    @pytest.mark.parametrize("path", ["/", "/openapi/kpn.json", "/openapi/sandbox.json", "/postman/"])
    def test_it_begins_every_url(self, client, path):
        """No other address of the sandbox is told, whatever Host and forwarding headers say."""
        told = {"Host": "inner:1", "X-Forwarded-Host": "outer.example", "X-Forwarded-Proto": "http"}
        text = client.get(path, headers=told).text

        assert "inner" not in text and "outer" not in text
        assert any(found.startswith(PUBLIC) for found in ADDRESS.findall(text))

    def test_it_begins_locations(self, client):
        """A redirect that a client forces leads to the public URL."""
        token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]
        answer = client.get("/kpi/agents", headers={"Authorization": f"Bearer {token}", "Prefer": "code=302"})

        assert answer.headers["Location"] == f"{PUBLIC}/agents"

    def test_its_own_address_gets_the_slash(self, client):
        """Relative links of the start page need the slash at the end."""
        answer = client.get("/kpi")

        assert (answer.status_code, answer.headers["Location"]) == (308, f"{PUBLIC}/")

    @pytest.mark.parametrize("path", ["/", "/docs", "/history", "/panel", "/wallboard", "/console"])
    def test_links_of_pages_are_relative(self, client, path):
        """Pages name their files and each other by relative links, so that they work below any path."""
        links = re.findall(r'(?:src|href)="([^"]+)"', client.get(path, headers=HTML).text)

        assert links and all(not link.startswith("/") for link in links)


@pytest.mark.parametrize("hsts", [True, False])
def test_hsts_can_be_turned_off(start, hsts):
    """KPN's header is there by default, on the fast path, too; without it, browsers stay with HTTP."""
    client = start(agents=2, hsts=hsts).test_client()
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]

    answers = [client.get("/agents", headers={"Authorization": f"Bearer {token}"}), client.get("/agents")]

    assert [("Strict-Transport-Security" in answer.headers) for answer in answers] == [hsts, hsts]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "method"),
    [
        (path, operation.method)
        for api in APIS
        for operation in api.operations
        for path in operation.paths
        if "{" not in path
    ],
)
def test_a_preflight_is_granted_what_it_asks_for(client, path, method):
    """Each vendor API grants the headers that a page asks for beside the usual ones; others are left out."""
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": method}
    names = "traceparent, Baggage,sentry-trace, authorization, b ad"

    answer = client.options(path, headers={**asked, "Access-Control-Request-Headers": names})

    granted = [name.strip().lower() for name in answer.headers["Access-Control-Allow-Headers"].split(",")]
    assert {"traceparent", "baggage", "sentry-trace", "authorization"} <= set(granted)
    assert len(granted) == len(set(granted)) and "b ad" not in granted
    assert answer.data == b"" and "Content-Type" not in answer.headers


@pytest.mark.shared
@pytest.mark.parametrize(
    ("path", "method"),
    [("/agents", "OPTIONS"), ("/statsapi/auth", "OPTIONS"), ("/customers", "GET"), ("/oauth/token", "OPTIONS")],
)
def test_an_answer_without_a_body_has_no_type(client, path, method):
    """Preflights and Kaisa's 401 have no body, and so nothing that could have a type."""
    answer = client.open(path, method=method)

    assert (answer.data, "Content-Type" in answer.headers) == (b"", False)
