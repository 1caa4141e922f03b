"""
Connections that break: what a server behind a bad network, or a bad server, does to its callers.

    reset       the connection is reset before a byte of the answer
    empty       the connection is closed in good order, but without a byte
    garbage     bytes that are not HTTP, then the end
    drip        a correct answer, its body byte by byte
"""

import errno
import os
import socket
import struct
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask import Response

DRIP_SECONDS = 0.02
"""Between two bytes of a dripping body."""
LONGEST_DRIP_SECONDS = 60.0
"""A whole body takes no longer; a server that stops waits for it."""

_GARBAGE = b"\x16\x03\x01 this is not HTTP \xff\xfe\r\n\r\n"
_NO_LINGER = struct.pack("ii", 1, 0)
_SOCKETS = ("gunicorn.socket", "werkzeug.socket")


class BrokenConnection(Response):
    """An answer that never comes."""

    def __init__(self, connection: str) -> None:
        super().__init__(status=500)
        self._connection = connection

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """
        Break the connection that the request came over.

        Raises:
            ConnectionResetError: Always; servers take it for a client that has left.
        """
        connection = next((environ[key] for key in _SOCKETS if key in environ), None)
        if connection is not None:
            BREAKS[self._connection](connection)
        raise ConnectionResetError(errno.ECONNRESET, f"{self._connection} by a fault")


def drip(response: Response, pause: Callable[[float], None]) -> Response:
    """The same answer, its body byte by byte with a pause before each."""
    body = response.get_data()
    response.response = _drops(body, pause)
    response.headers["Content-Length"] = str(len(body))
    return response


def _drops(body: bytes, pause: Callable[[float], None]) -> Iterator[bytes]:
    seconds = min(DRIP_SECONDS, LONGEST_DRIP_SECONDS / max(1, len(body)))
    for byte in body:
        pause(seconds)
        yield bytes((byte,))


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    _leave(connection)


def _leave(connection: socket.socket) -> None:
    """
    Close the connection at once and leave a dead end in its place.

    The server still holds the socket and will read, shut down and close it; on a dead end it meets what it knows from
    clients that have left, whereas a closed socket would be an error that it logs.
    """
    dead_end, other = socket.socketpair()
    other.close()
    with dead_end:
        os.dup2(dead_end.fileno(), connection.fileno(), inheritable=False)


def _send_garbage(connection: socket.socket) -> None:
    connection.sendall(_GARBAGE)
    _leave(connection)


BREAKS: dict[str, Callable[[socket.socket], None]] = {"reset": _reset, "empty": _leave, "garbage": _send_garbage}
"""What breaks a connection before the answer; of the kinds of connection fault only `drip` answers first."""
