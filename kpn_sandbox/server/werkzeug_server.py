"""Werkzeug's threaded server: one process, for tests and for systems without fork."""

import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPMessage
from io import BufferedIOBase
from socket import SHUT_RDWR, socket
from time import sleep
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from kpn_sandbox.literals import LARGEST_BODY_BYTES
from kpn_sandbox.server.protocol_errors import (
    HEADERS_TOO_LONG,
    LINE_TOO_LONG,
    ProtocolErrorResponse,
    bad_request,
    refuse,
)
from kpn_sandbox.server.strict_http import ChunkedBody, RequestHead, read_head

_BY_STATUS = {response.status: response for response in (LINE_TOO_LONG, HEADERS_TOO_LONG)}


STALLED_SECONDS = 30
"""Seconds without a byte from or to a client after which its connection is closed, unless the application works."""

COMPUTING_SECONDS = 30
"""Seconds that a server that closes waits for the responses under way; it closes other connections at once."""

MOST_CONNECTIONS = 1000
"""Connections with a thread each; further ones wait until one of these ends."""

_FULL_SECONDS = 0.02
_HANG_UP = getattr(signal, "SIGHUP", signal.SIGTERM)


class _RecordedLines:
    """
    The lines of a stream, which are kept when they are read.

    Args:
        first, stream: The line that was read before, and the stream.
    """

    def __init__(self, first: bytes, stream: BufferedIOBase) -> None:
        self.received = bytearray(first)
        self._stream = stream

    def readline(self, size: int) -> bytes:
        line = self._stream.readline(size)
        self.received += line
        return line


class QuietRequestHandler(WSGIRequestHandler):
    """A request handler that logs nothing, sends its errors as JSON and is as strict as gunicorn."""

    timeout = STALLED_SECONDS
    server: "ThreadedServer"
    _lines: "_RecordedLines | None" = None

    def parse_request(self) -> bool:
        """Read the head of a request; refuse what gunicorn refuses, and return whether there is a request."""
        self._lines = _RecordedLines(self.raw_requestline, self.rfile)
        head = read_head(self.raw_requestline, self._lines)
        self.close_connection = True
        if isinstance(head, ProtocolErrorResponse):
            self._refuse(head)
        if not isinstance(head, RequestHead):
            return False
        self.command, self.path, self.request_version = head.method, head.target, head.version
        self.requestline = f"{head.method} {head.target} {head.version}"
        self.headers = HTTPMessage()
        for name, value in head.headers:
            self.headers[name] = value
        return True

    def run_wsgi(self) -> None:
        """Run the application; a client that asks first may not send a body that is too large."""
        length = self.headers.get("Content-Length", "0")
        self._expects = self.headers["Expect"]
        if self._expects and length.isdecimal() and int(length) > LARGEST_BODY_BYTES:
            del self.headers["Expect"]
        with self.server.responding(self.connection):
            super().run_wsgi()

    def make_environ(self) -> dict[str, Any]:
        """Return the WSGI environment, with a reader of chunks that takes no broken ones."""
        environ: dict[str, Any] = super().make_environ()
        if self._expects:
            environ["HTTP_EXPECT"] = self._expects
        if environ.get("HTTP_TRANSFER_ENCODING", "").lower() == "chunked":
            environ["wsgi.input"] = ChunkedBody(self.rfile)
        return environ

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Log nothing: the terminal is the program's that runs the server."""

    def log_error(self, format: str, *args: Any) -> None:
        """Log nothing: a client's mistake is in the response to it."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Send the response to bytes that are no request, and close the connection."""
        self.close_connection = True
        status = HTTPStatus(code)
        response = _BY_STATUS.get(status) or bad_request(message or status.phrase)
        self._refuse(response)

    def _refuse(self, response: ProtocolErrorResponse) -> None:
        # Programs may serve an application of their own.
        parts = self.server.app.extensions.get("kpn_sandbox")  # type: ignore[attr-defined]
        log = None if parts is None else parts.sandbox.request_log
        # A request line that is too long is refused before its headers are read.
        received = bytes(self._lines.received) if self._lines is not None else self.raw_requestline
        self.wfile.write(refuse(response, received, log))


class ThreadedServer(ThreadedWSGIServer):
    """A server with a thread per connection, which finishes the responses under way when it is closed."""

    # A thread must not keep the process alive; `server_close` waits for those that matter.
    daemon_threads = True
    block_on_close = False

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._connections: set[socket] = set()
        self._responding: set[socket] = set()
        self._changed = threading.Condition()
        # It closes the socket that it has made, when it is to take over another one.
        super().__init__(*arguments, **options)

    def get_request(self) -> tuple[socket, Any]:
        """
        Accept a connection.

        Raises:
            OSError: There are enough connections, or no more files; the next one waits a little.
        """
        try:
            if len(self._connections) >= MOST_CONNECTIONS:
                raise BlockingIOError
            return super().get_request()
        except OSError:
            # The server tries again at once as long as a connection waits.
            sleep(_FULL_SECONDS)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """
        Serve a connection until its end.

        Args:
            request, client_address: The connection, and where it comes from.
        """
        with self._among(self._connections, request):
            super().process_request_thread(request, client_address)

    def responding(self, connection: Any) -> AbstractContextManager[None]:
        """Return a context in which the server owes a response on a connection."""
        return self._among(self._responding, connection)

    def server_close(self) -> None:
        """Close all connections: at once those without a request, the others with their response."""
        super().server_close()
        with self._changed:
            _shut(self._connections - self._responding)
            self._changed.wait_for(lambda: not self._responding, COMPUTING_SECONDS)
            _shut(self._connections)

    @contextmanager
    def _among(self, connections: set[socket], connection: socket) -> Iterator[None]:
        with self._changed:
            connections.add(connection)
        try:
            yield
        finally:
            with self._changed:
                connections.discard(connection)
                self._changed.notify_all()


def _shut(connections: Iterable[socket]) -> None:
    """End the waits of threads on connections, which they close then."""
    for connection in connections:
        # It may be closed already.
        with suppress(OSError):
            connection.shutdown(SHUT_RDWR)


def make_threaded(app: Flask, listener: socket) -> ThreadedServer:
    """
    Return a server; run it with `serve_forever`, and end it with `shutdown` and `server_close`.

    Args:
        app: Application to serve.
        listener: Bound socket, which the server takes over.
    """
    host, port = listener.getsockname()[:2]
    server = ThreadedServer(host, port, app, handler=QuietRequestHandler, fd=listener.fileno())
    # Werkzeug duplicates the file descriptor, so the original would keep the port open.
    listener.close()
    return server


def run_threaded(
    app: Flask, listeners: Sequence[socket], *, stopping: threading.Event, ready: Callable[[], None]
) -> None:
    """
    Serve until SIGINT, SIGTERM or the end of the terminal, then finish the requests in flight.

    Args:
        app: Application to serve.
        listeners: Bound sockets, which the servers take over.
        stopping: Set when the servers stop, which ends the application's waits.
        ready: Called once requests are accepted.
    """
    servers = [make_threaded(app, listener) for listener in listeners]

    def stop(number: int, frame: object) -> None:
        stopping.set()
        # A signal handler runs in the main thread, which is in serve_forever: shutdown would wait for it to end.
        for server in servers:
            threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGINT, signal.SIGTERM, _HANG_UP):
        signal.signal(number, stop)
    others = [threading.Thread(target=server.serve_forever) for server in servers[1:]]
    for other in others:
        other.start()
    ready()
    servers[0].serve_forever()
    for other in others:
        other.join()
    for server in servers:
        server.server_close()
