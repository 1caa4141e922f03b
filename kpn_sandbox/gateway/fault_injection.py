"""
Faults of the connection: what clients of a bad server, or behind a bad network, meet.

    reset       the connection is reset before the first byte of the response
    empty       the connection is closed in good order, but without a byte
    garbage     the response is bytes that are not HTTP
    hang        no byte until the client leaves, at most as long as the longest delay; then the connection is closed
    drip        the response is correct, its body is sent byte by byte
    truncate    the response announces its body and sends half of it, then the connection is closed

A response without a body, as that to HEAD, has nothing to truncate: it is sent, and the connection is closed.
"""

import errno
import os
import select
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Response

from kpn_sandbox.literals import LONGEST_DELAY_MS

DRIP_SECONDS = 0.02
"""Pause between two bytes of a dripping body."""
LONGEST_DRIP_SECONDS = 60.0
"""Most seconds that a dripping body takes; a server that stops sends the rest at once."""

LOOK_SECONDS = 0.25
"""Pause between two looks whether the client of a hanging request has left."""
MOST_LOOKS = round(LONGEST_DELAY_MS / 1000 / LOOK_SECONDS)

_GARBAGE = b"\x16\x03\x01 this is not HTTP \xff\xfe\r\n\r\n"
_NO_LINGER = struct.pack("ii", 1, 0)
_SOCKETS = ("gunicorn.socket", "werkzeug.socket")
# The first byte of Linux' tcp_info is the state of the connection (linux/tcp.h, include/net/tcp_states.h).
_TCP_ESTABLISHED = 1

_Pause = Callable[[float], object]


class BrokenConnection(Response):
    """
    A response that breaks its connection instead of being sent.

    Args:
        connection: One of `BREAKS`.
        pause: Waits for some seconds, at most until the server stops.
    """

    def __init__(self, connection: str, pause: _Pause) -> None:
        super().__init__(status=500)
        self._connection = connection
        self._pause = pause

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """
        Break the connection of the request.

        Raises:
            ConnectionResetError: Always; servers treat it as a client that has disconnected.
        """
        connection = next((environ[key] for key in _SOCKETS if key in environ), None)
        if connection is not None:
            BREAKS[self._connection](connection, self._pause)
        raise ConnectionResetError(errno.ECONNRESET, f"{self._connection} by a fault")


class TruncatedResponse(Response):
    """A response that ends after half of its body, although its head announces the whole."""

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Send the head and half of the body; then the server closes the connection, as of a client that has left."""
        body, status, headers = self.get_wsgi_response(environ)
        start_response(status, headers)
        return _first_half(b"".join(body))


def _first_half(body: bytes) -> Iterator[bytes]:
    # Servers send the head with the first bytes, even when there are none.
    yield body[: len(body) // 2]
    raise ConnectionResetError(errno.ECONNRESET, "truncate by a fault")


def truncate(response: Response, pause: _Pause) -> Response:
    """
    Return a response that breaks off after half of its body.

    Args:
        response: The response; its headers are those of the result.
        pause: Not needed; as all `DAMAGES` have it.
    """
    truncated = TruncatedResponse(response.get_data(), response.status)
    truncated.headers = response.headers
    return truncated


def drip(response: Response, pause: _Pause) -> Response:
    """
    Make a response drip: its body is sent byte by byte, with a pause before each.

    Args:
        response: The response, which is changed.
        pause: Waits for some seconds, at most until the server stops.
    """
    body = response.get_data()
    response.response = _single_bytes(body, pause)
    response.headers["Content-Length"] = str(len(body))
    return response


def _single_bytes(body: bytes, pause: _Pause) -> Iterator[bytes]:
    seconds = min(DRIP_SECONDS, LONGEST_DRIP_SECONDS / max(1, len(body)))
    for byte in body:
        pause(seconds)
        yield bytes((byte,))


def has_left(connection: socket.socket) -> bool:
    """Whether the client has closed its side of a connection, or the connection is broken."""
    try:
        # Linux knows without reading; what the client has sent stays unread, TLS records included.
        return connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != _TCP_ESTABLISHED
    except (AttributeError, OSError):
        return _has_ended(connection)


def _has_ended(connection: socket.socket) -> bool:
    """Whether reading from a connection, such as a Unix socket, would find its end."""
    # A duplicate, because a TLS socket cannot peek.
    with socket.fromfd(connection.fileno(), connection.family, connection.type) as plain:
        try:
            return bool(select.select([plain], [], [], 0)[0]) and not plain.recv(1, socket.MSG_PEEK)
        except OSError:
            return True


def _hang(connection: socket.socket, pause: _Pause) -> None:
    for _ in range(MOST_LOOKS):
        # A pause says whether the server stops.
        if has_left(connection) or pause(LOOK_SECONDS):
            break
    _close(connection, pause)


def _reset(connection: socket.socket, pause: _Pause) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    _close(connection, pause)


def _close(connection: socket.socket, pause: _Pause) -> None:
    """
    Close the connection at once, and put a socket whose other end is closed in its place.

    The server still holds the socket and will read, shut down and close it. With such a socket it sees a client that
    has disconnected; a closed one would be an error that it logs.
    """
    disconnected, other = socket.socketpair()
    other.close()
    with disconnected:
        os.dup2(disconnected.fileno(), connection.fileno(), inheritable=False)


def _send_garbage(connection: socket.socket, pause: _Pause) -> None:
    connection.sendall(_GARBAGE)
    _close(connection, pause)


BREAKS: dict[str, Callable[[socket.socket, _Pause], None]] = {
    "reset": _reset,
    "empty": _close,
    "garbage": _send_garbage,
    "hang": _hang,
}
"""Faults that break the connection before the response, by kind."""

DAMAGES: dict[str, Callable[[Response, _Pause], Response]] = {"drip": drip, "truncate": truncate}
"""Faults that damage the sending of a response, by kind."""
