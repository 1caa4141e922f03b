"""Bodies that are too large, over a real socket."""

import json
from base64 import b64encode
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

pytestmark = pytest.mark.slow

HUGE = b'{"agents": 60, "padding": "' + b"x" * (10 * 1024 * 1024) + b'"}'


@pytest.mark.parametrize(
    ("method", "path", "shape"),
    [
        ("POST", "/oauth/client_credential/accesstoken?grant_type=client_credentials", "ErrorCode"),
        ("GET", "/agents", "Error"),
        ("PATCH", "/_sandbox/accounts/APP_CONSUMER_KEY/profile", "detail"),
    ],
)
def test_a_body_that_is_too_large_gets_an_error_response(sandbox, method, path, shape):
    """Ten megabytes are taken in and refused in the shape of the API, and the sandbox goes on."""
    connection = HTTPConnection(urlsplit(sandbox.url).netloc)
    credentials = b64encode(b"APP_CONSUMER_KEY:APP_CONSUMER_SECRET").decode()
    headers = {"Content-Type": "application/json", "Authorization": f"Basic {credentials}"}

    connection.request(method, path, HUGE, headers)
    answer = connection.getresponse()

    body = json.loads(answer.read())
    assert 400 <= answer.status < 500
    assert shape in body or "fault" in body
    connection.close()
