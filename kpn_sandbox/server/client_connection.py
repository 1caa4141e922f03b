"""
A client's connection under gevent, and the deadlines that keep silent clients from holding it for ever.

A connection knows since when it waits for its client, and for what. The worker looks at all of them once in a while and
ends the waits that take too long; so a deadline costs a request no timer.
"""

import errno
import socket
from contextlib import suppress
from enum import IntEnum
from math import inf
from time import monotonic
from typing import Any, NamedTuple

import gevent
from gevent.socket import socket as gevent_socket

TURN_SECONDS = 0.02
"""Time after which a connection that never has to wait lets the others have their turn."""

# A greenlet that sleeps for no time at all may go on before the loop has looked at any other connection.
_OTHERS_SECONDS = 0.002
# As much of a head as the log of a refusal shows.
_HEAD_BYTES = 65_536


class Phase(IntEnum):
    """The state of a connection."""

    IDLE = 0
    """Between two requests, or before the first."""
    HEAD = 1
    """In the middle of the line and the headers of a request."""
    REQUEST = 2
    """From the end of the head to the end of the response."""
    LINGER = 3
    """After the last response."""


class Deadlines(NamedTuple):
    """Seconds after which a server no longer waits for a client."""

    stalled: float = 30
    """Without a byte in the middle of a request: its head, its body, or the response that is written."""
    idle: float = 65
    """Between requests, so that clients that poll once a minute keep their connection."""
    crowded: float = 10
    """Between requests while new connections wait for a place."""
    linger: float = 2
    """After the last response, for the client to stop sending and to read it."""
    stopping: float = 1
    """As `stalled`, while the server stops."""
    computing: float = 30
    """For a request that is still computed while the server stops."""


class RequestTimeout(BaseException):
    """
    The client sent nothing for too long in the middle of a request.

    Not an Exception: the application must not answer it like an error of its own.
    """


class ClientConnection(gevent_socket):
    """
    A connection to a client.

    Args:
        client: The accepted socket, whose file descriptor is taken over.
    """

    def __init__(self, client: socket.socket) -> None:
        super().__init__(client.family, client.type, client.proto, client.detach())
        self.phase = Phase.IDLE
        self.answered = False
        """Whether bytes of a response to the present request have been sent."""
        self.head = b""
        """Bytes of the head of the present request, as far as they have arrived."""
        self.environ: dict[str, Any] = {}
        """WSGI environment of the present request, once the application has it."""
        self._turn_since = monotonic()
        self._waits_since = inf
        self._sending = False
        self._ended = False

    def waited(self, now: float) -> float:
        """Return for how many seconds the client has neither sent nor read a byte; negative when it need not."""
        return now - self._waits_since

    def end_wait(self) -> None:
        """End the wait for the client; bytes that have arrived already are still received."""
        self._ended = True
        with suppress(OSError):
            self.shutdown(socket.SHUT_RDWR if self._sending else socket.SHUT_RD)

    def give_way(self) -> None:
        """Let the other connections have their turn, if this one has not waited for a while."""
        if monotonic() - self._turn_since > TURN_SECONDS:
            gevent.sleep(_OTHERS_SECONDS)
            self._turn_since = monotonic()

    def recv(self, size: int, flags: int = 0) -> bytes:
        """
        Receive up to so many bytes; none when the client has closed its side.

        Args:
            size, flags: As for a socket.

        Raises:
            RequestTimeout: The wait was ended in the middle of a request.
        """
        began = self._waits_since = monotonic()
        try:
            data: bytes = super().recv(size, flags)
        except OSError:
            if not self._ended:
                raise
            # The receiving side is shut down by now, so this does not wait.
            data = super().recv(size, flags)
        finally:
            self._waits_since = inf
        now = monotonic()
        if now - began > _OTHERS_SECONDS:
            self._turn_since = now
        if self.phase is Phase.HEAD and len(self.head) < _HEAD_BYTES:
            self.head += data
        if not data and self._ended and self.phase in (Phase.HEAD, Phase.REQUEST):
            raise RequestTimeout
        return data

    def sendall(self, data: bytes, flags: int = 0) -> None:
        """
        Send all bytes; the deadline counts from the last one that the client has taken.

        Args:
            data, flags: As for a socket.

        Raises:
            ConnectionAbortedError: The wait was ended.
        """
        self.answered = self._sending = True
        view = memoryview(data)
        # A long response may be made while it is sent, to a client that reads as fast.
        self.give_way()
        try:
            while view:
                self._waits_since = monotonic()
                view = view[self.send(view, flags) :]
        except OSError:
            if self._ended:
                raise ConnectionAbortedError(errno.ECONNABORTED, "the client reads nothing") from None
            raise
        finally:
            self._waits_since = inf
            self._sending = False

    def linger(self, seconds: float) -> None:
        """Let the client read the last response; closing while it still sends would make its system discard it."""
        self.phase = Phase.LINGER
        with suppress(OSError), gevent.Timeout(seconds, False):
            self.shutdown(socket.SHUT_WR)
            while self.recv(65_536):
                pass
