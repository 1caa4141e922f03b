"""Clients that do what clients should not: stall, never read, close late, or stay without a word."""

import json
import resource
import time
from collections.abc import Iterable
from contextlib import suppress
from http.client import HTTPConnection
from socket import SO_RCVBUF, SOL_SOCKET, socket
from urllib.parse import urlsplit

SOON = 30

_TOKEN = b"POST /oauth/client_credential/accesstoken?grant_type=client_credentials HTTP/1.1\r\nHost: here\r\n"
_FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
STALLED = (
    b"GET /agents HT",
    b"GET /agents HTTP/1.1\r\nHost: here\r\nAccept: ",
    _TOKEN + _FORM + b"Content-Length: 100\r\n\r\nclient_id",
    _TOKEN + _FORM + b"Transfer-Encoding: chunked\r\n\r\n40\r\nclient_id",
)
"""Requests that end in the middle: of the line, of a header, of the body, of a chunk."""

CLOSING = b"GET /_sandbox/health HTTP/1.0\r\n\r\n"
IDLE = b"GET /_sandbox/health HTTP/1.1\r\nHost: here\r\n\r\n"


class Crowd:
    """
    Connections to one server, all open at the same time.

    Args:
        url, token: The server, and an access token of the demo account.
    """

    def __init__(self, url: str, token: str) -> None:
        address = urlsplit(url)
        self.address = (address.hostname, address.port)
        self.authorization = f"Authorization: Bearer {token}\r\n".encode()
        self.connections: list[socket] = []
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def __enter__(self) -> "Crowd":
        return self

    def __exit__(self, *error: object) -> None:
        for connection in self.connections:
            with suppress(OSError):
                connection.close()

    def open(self, count: int, *requests: bytes, receive_bytes: int = 0) -> list[socket]:
        """Open connections and send each one of the requests, in turn."""
        opened = []
        for number in range(count):
            connection = socket()
            connection.settimeout(SOON)
            if receive_bytes:
                connection.setsockopt(SOL_SOCKET, SO_RCVBUF, receive_bytes)
            connection.connect(self.address)
            opened.append(connection)
            if requests:
                # Once: a server that waits for the client to read takes no more than fits into its buffer.
                connection.send(requests[number % len(requests)])
        self.connections += opened
        return opened

    def stall(self, count: int) -> list[socket]:
        """Open connections with requests that stop in the middle."""
        return self.open(count, *STALLED)

    def never_read(self, count: int) -> list[socket]:
        """Open connections that ask more than fits into their buffers, and read nothing."""
        request = b"GET /agents HTTP/1.1\r\nHost: here\r\n" + self.authorization + b"\r\n"
        return self.open(count, request * 1000, receive_bytes=2048)

    def delay(self, count: int, milliseconds: int) -> list[socket]:
        """Open connections with requests that are answered late."""
        prefer = f"Prefer: delay-ms={milliseconds}\r\n".encode()
        return self.open(count, b"GET /queues HTTP/1.1\r\nHost: here\r\n" + self.authorization + prefer + b"\r\n")


def answers(connections: Iterable[socket]) -> list[bytes]:
    """The status lines of the answers."""
    return [connection.makefile("rb").readline() for connection in connections]


def waits(crowd: Crowd, paths: Iterable[str], *, seconds: float, per_second: int) -> list[float]:
    """The seconds that each of many requests took, sent at a steady rate over one connection per path."""
    host, port = crowd.address
    headers = {"Authorization": crowd.authorization.decode().strip().removeprefix("Authorization: ")}
    connections = [(HTTPConnection(str(host), port, timeout=SOON), path) for path in paths]
    took = []
    began = time.perf_counter()
    for number in range(int(seconds * per_second)):
        time.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        connection, path = connections[number % len(connections)]
        asked = time.perf_counter()
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        json.loads(response.read())
        assert response.status == 200
        took.append(time.perf_counter() - asked)
    for connection, _ in connections:
        connection.close()
    return sorted(took)
