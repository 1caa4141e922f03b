"""
Faults of the connection: what clients of a bad server, or behind a bad network, meet.

    reset       the connection is reset before the first byte of the response
    empty       the connection is closed in good order, but without a byte
    garbage     the response is bytes that are not HTTP
    drip        the response is correct, its body is sent byte by byte
"""

import errno
import os
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Response

DRIP_SECONDS = 0.02
"""Pause between two bytes of a dripping body."""
LONGEST_DRIP_SECONDS = 60.0
"""Most seconds that a dripping body takes; a server that stops sends the rest at once."""

_GARBAGE = b"\x16\x03\x01 this is not HTTP \xff\xfe\r\n\r\n"
_NO_LINGER = struct.pack("ii", 1, 0)
_SOCKETS = ("gunicorn.socket", "werkzeug.socket")


class BrokenConnection(Response):
    """A response that breaks its connection instead of being sent."""

    def __init__(self, connection: str) -> None:
        super().__init__(status=500)
        self._connection = connection

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """
        Break the connection of the request.

        Raises:
            ConnectionResetError: Always; servers treat it as a client that has disconnected.
        """
        connection = next((environ[key] for key in _SOCKETS if key in environ), None)
        if connection is not None:
            BREAKS[self._connection](connection)
        raise ConnectionResetError(errno.ECONNRESET, f"{self._connection} by a fault")


def drip(response: Response, pause: Callable[[float], object]) -> Response:
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


def _single_bytes(body: bytes, pause: Callable[[float], object]) -> Iterator[bytes]:
    seconds = min(DRIP_SECONDS, LONGEST_DRIP_SECONDS / max(1, len(body)))
    for byte in body:
        pause(seconds)
        yield bytes((byte,))


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    _close(connection)


def _close(connection: socket.socket) -> None:
    """
    Close the connection at once, and put a socket whose other end is closed in its place.

    The server still holds the socket and will read, shut down and close it. With such a socket it sees a client that
    has disconnected; a closed one would be an error that it logs.
    """
    disconnected, other = socket.socketpair()
    other.close()
    with disconnected:
        os.dup2(disconnected.fileno(), connection.fileno(), inheritable=False)


def _send_garbage(connection: socket.socket) -> None:
    connection.sendall(_GARBAGE)
    _close(connection)


BREAKS: dict[str, Callable[[socket.socket], None]] = {"reset": _reset, "empty": _close, "garbage": _send_garbage}
"""Faults that break the connection before the response, by kind."""
