"""Werkzeug's threaded server: one process, for tests and for systems that gunicorn does not run on."""

import signal
import threading
from collections.abc import Callable
from http import HTTPStatus
from socket import socket
from typing import Any

from flask import Flask
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from kpn_sandbox.server.protocol_errors import TOO_BIG_HEADERS, TOO_BIG_LINE, unreadable


class Handler(WSGIRequestHandler):
    """A request handler that logs nothing and refuses as JSON."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Stay silent: the command line belongs to the user."""

    def log_error(self, format: str, *args: Any) -> None:
        """Stay silent about what clients got wrong; they are told in the answer."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse a request that cannot be read."""
        self.close_connection = True
        known = {refusal.status: refusal for refusal in (TOO_BIG_LINE, TOO_BIG_HEADERS)}
        answer = known.get(HTTPStatus(code)) or unreadable(message or HTTPStatus(code).phrase)
        self.wfile.write(answer.to_bytes())


class Server(ThreadedWSGIServer):
    """A threaded server that finishes the requests in flight when it closes."""

    daemon_threads = False
    block_on_close = True


def make_threaded(app: Flask, listener: socket) -> Server:
    """A threaded server on a bound socket; the caller runs `serve_forever` and ends it with `shutdown`."""
    host, port = listener.getsockname()[:2]
    server = Server(host, port, app, handler=Handler, fd=listener.fileno())
    # The server works on a copy of the socket.
    listener.close()
    return server


def run_threaded(app: Flask, listener: socket, *, ready: Callable[[], None]) -> None:
    """Serve until a signal says stop, then finish the requests in flight."""
    server = make_threaded(app, listener)

    def stop(number: int, frame: object) -> None:
        # The loop that has to end runs in this very thread.
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    ready()
    server.serve_forever()
    server.server_close()
