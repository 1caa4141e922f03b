"""Refusals of bytes that are no request: they echo the id that was sent, and stand in the request log."""

import pytest

from kpn_sandbox.server.protocol_errors import HEADERS_TOO_LONG, TIMEOUT, bad_request, refuse
from kpn_sandbox.storage import StorageError


def refused(sandbox, received, response=TIMEOUT):
    """The id in the response to some bytes, and its entry in the log of requests that belong to no account."""
    head, _, _ = refuse(response, received, sandbox.request_log).partition(b"\r\n\r\n")
    (entry,) = sandbox.request_log.all_entries().entries
    return head.rpartition(b"X-Request-Id: ")[2].decode(), entry


@pytest.mark.parametrize(
    ("lines", "is_echoed"),
    [
        (b"X-Request-Id: sent-1", True),
        (b"Bad header\r\nx-request-ID:\tsent-1 \r\nHost: a", True),
        (b"X-Request-Id: sent-1\r\nX-Request-Id: sent-1", False),
        (b"X-Request-Id: sent 1", False),
        (b"X-Request-Id: ", False),
        (b"X-Request-Id: " + b"a" * 65, False),
        (b"Host: a\r\n\r\nX-Request-Id: sent-1", False),
        (b"A: X-Request-Id: sent-1", False),
        (b"", False),
    ],
)
def test_the_id_that_was_sent_is_echoed(sandbox, lines, is_echoed):
    """A good id in the head comes back, any other one and one of a body is replaced by a new one."""
    sent, entry = refused(sandbox, b"GET /agents HTTP/1.1\r\n" + lines + b"\r\n\r\n")

    assert (sent == "sent-1") is is_echoed and sent == entry.id and len(sent) in (6, 32)


@pytest.mark.parametrize(
    ("received", "method", "path", "query"),
    [
        (b"GET /agents?token=hidden1 HTTP/1.1\r\nAuthorization: Bearer hidden2\r\nHo", "GET", "/agents", "token=***"),
        (b"GET /agents\x00 HTTP/1.1\r\n\r\n", "GET", "/agents", ""),
        (b"\r\nPOST http://a/b HTTP/9\r\n", "POST", "http://a/b", ""),
        (b"\x16\x03\x01\x02\xff\x00", "", "", ""),
        (b"GE", "", "", ""),
        (b"", "", "", ""),
    ],
)
def test_a_refusal_is_in_the_log_without_secrets(sandbox, received, method, path, query):
    """Whatever was sent, its refusal is among the requests that belong to no account, as far as it can be read."""
    _, entry = refused(sandbox, received, bad_request("broken"))

    assert (entry.client_id, entry.api, entry.operation, entry.status) == (None, "kpn", "", 400)
    assert (entry.method, entry.path, entry.query) == (method, path, query)
    assert entry.note == "Bad request: broken" and "hidden" not in str(entry)
    assert entry.all_response_headers["Connection"] == "close"


def test_a_refusal_that_cannot_be_logged_is_503(sandbox):
    """Nothing is answered that the log does not have."""

    def fail(entry):
        raise StorageError("the disk is full")

    sandbox.request_log.commit = fail

    response = refuse(HEADERS_TOO_LONG, b"GET / HTTP/1.1\r\n", sandbox.request_log)
    assert response.startswith(b"HTTP/1.1 503 Service Unavailable\r\n") and b"ServiceUnavailable" in response
