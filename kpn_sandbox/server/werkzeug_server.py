"""Werkzeug's threaded server: one process, for tests and for systems without fork."""

import signal
import threading
from collections.abc import Callable, Sequence
from http import HTTPStatus
from http.client import HTTPMessage
from socket import socket
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from kpn_sandbox.literals import LARGEST_BODY_BYTES
from kpn_sandbox.server.protocol_errors import HEADERS_TOO_LONG, LINE_TOO_LONG, ProtocolErrorResponse, bad_request
from kpn_sandbox.server.strict_http import ChunkedBody, RequestHead, read_head

_BY_STATUS = {response.status: response for response in (LINE_TOO_LONG, HEADERS_TOO_LONG)}


class QuietRequestHandler(WSGIRequestHandler):
    """A request handler that logs nothing, sends its errors as JSON and is as strict as gunicorn."""

    def parse_request(self) -> bool:
        """Read the head of a request; refuse what gunicorn refuses, and return whether there is a request."""
        head = read_head(self.raw_requestline, self.rfile)
        self.close_connection = True
        if isinstance(head, ProtocolErrorResponse):
            self.wfile.write(head.to_bytes())
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
        self.wfile.write(response.to_bytes())


class ThreadedServer(ThreadedWSGIServer):
    """A threaded server that finishes the requests in flight when it is closed."""

    daemon_threads = False
    block_on_close = True


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
    Serve until SIGINT or SIGTERM, then finish the requests in flight.

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

    for number in (signal.SIGINT, signal.SIGTERM):
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
