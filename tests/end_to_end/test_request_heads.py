"""Known request heads over real connections: split anywhere, many at once, and all of them logged."""

import re
import socket

import pytest

from kpn_sandbox.client import Client

pytestmark = pytest.mark.slow

SOON = 20
CHANGING = re.compile(rb"(Date|X-Request-Id): [^\r]*\r\n")


class Connection:
    """A kept connection on which bytes are sent as they are."""

    def __init__(self, url):
        host, _, port = url.removeprefix("http://").partition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=SOON)
        self._stream = self._socket.makefile("rb")

    def send(self, *pieces):
        """Send bytes in several packets."""
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            self._socket.sendall(piece)

    def response(self):
        """The next response without what differs by request."""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self._stream.readline()
            assert line, "the connection was closed"
            head += line
        length = re.search(rb"Content-Length: (\d+)", head)
        return CHANGING.sub(b"", head) + self._stream.read(int(length[1]) if length else 0)

    def close(self):
        self._stream.close()
        self._socket.close()


@pytest.fixture
def frozen(start):
    """A server whose account is frozen, so that each response is the same."""
    return start("--clock", "2026-11-23T10:00:00+01:00")


@pytest.fixture
def head(frozen):
    return f"GET /queues HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {frozen.token()}\r\n\r\n".encode()


@pytest.fixture
def connection(frozen):
    opened = Connection(frozen.url)
    yield opened
    opened.close()


def test_a_head_may_be_split_at_every_byte(connection, head):
    """However a head arrives, the response is that of the head in one piece, before and after it is known."""
    connection.send(head)
    first = connection.response()
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")

    for place in range(1, len(head)):
        connection.send(head[:place], head[place:])
        assert connection.response() == first


def test_heads_may_be_sent_at_once(connection, head):
    """Requests in one packet are all answered, in their order; a known one after them as well."""
    other = head.replace(b"/queues", b"/trunks")
    connection.send(head)
    queues = connection.response()
    connection.send(head * 3 + other + head[:40], head[40:])

    answers = [connection.response() for _ in range(5)]

    assert [answer == queues for answer in answers] == [True, True, True, False, True]
    connection.send(head)
    assert connection.response() == queues


def test_a_body_is_not_taken_for_a_request(connection, head):
    """The body of another request, though it looks like a known head, is not answered."""
    connection.send(head)
    queues = connection.response()
    post = head.replace(b"GET", b"POST").replace(b"\r\n\r\n", f"\r\nContent-Length: {len(head)}\r\n\r\n".encode())

    connection.send(post, head)
    assert connection.response().startswith(b"HTTP/1.1 405")
    connection.send(head)
    assert connection.response() == queues


def test_answered_requests_are_logged(frozen, connection, head):
    """Every response that a client has read is in the request log when that is read by anyone."""
    for number in range(1, 30):
        connection.send(head)
        connection.response()
        if number % 10 == 0:
            account = Client(frozen.url, admin_token=frozen.admin_token).account("APP_CONSUMER_KEY")
            assert len(account.requests(operation="queues")) == number
