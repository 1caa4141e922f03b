"""
gunicorn as a library: a master and worker processes with threads.

It differs from the gunicorn command in five ways: the socket is bound already, starting and stopping print nothing,
Ctrl-C is as graceful as SIGTERM, bytes that are no request get JSON, and silent connections hold no thread.
"""

import os
import resource
import signal
import time
from collections.abc import Callable
from concurrent.futures import Executor
from functools import partial
from selectors import EVENT_READ
from socket import socket
from typing import Any

from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from kpn_sandbox.server import protocol_errors
from kpn_sandbox.server.pausable_pool import PausableThreadPool
from kpn_sandbox.settings import Settings

# A client may ask for a delay of up to a minute; a stop waits a little longer, so that such a response is sent.
_GRACE_SECONDS = 65
# Clients that poll once a minute keep their connection.
_KEEPALIVE_SECONDS = 65
_CONNECTIONS = 4000
_OPEN_FILES = 16384
_STOP_SIGNALS = {signal.SIGTERM, signal.SIGQUIT}


class GunicornWorker(ThreadWorker):
    """A worker process whose delayed requests do not block the others."""

    def get_thread_pool(self) -> Executor:
        """Return the pool that the application pauses in."""
        pool: Executor = self.app.pool
        return pool

    def init_signals(self) -> None:
        """Leave Ctrl-C to the master: a terminal sends it to every process, and a worker has requests to finish."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def accept(self, listener: socket) -> None:
        """Accept a connection; its request is waited for in the poller, where a silent client holds no thread."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            # Another worker was faster, or the client is gone already.
            return
        self.nr_conns += 1
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(connection)
        self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, connection))

    def handle_error(self, req: object, client: socket, addr: object, exc: Exception) -> None:
        """Send the response to bytes that are no request, or to a request that failed outside the application."""
        response = _response(exc)
        if response is protocol_errors.SERVER_FAILED:
            self.log.error("request failed before it reached the application", exc_info=exc)
        try:
            util.write_nonblock(client, response.to_bytes())
        except OSError:
            self.log.debug("the client left before the error response")


class GunicornMaster(Arbiter):
    """A master that listens on a socket that is bound already."""

    def __init__(self, application: "GunicornApplication") -> None:
        self.LISTENERS = [application.listener]
        super().__init__(application)

    def handle_int(self) -> None:
        """
        Stop as on SIGTERM; a second Ctrl-C while requests are finishing stops at once.

        Raises:
            StopIteration: Always; gunicorn takes it as the order to stop.
        """
        raise StopIteration

    def spawn_worker(self) -> None:
        """Start a worker; a stop signal in its first moments waits until `forked` has reset the handlers."""
        # Between fork and the worker's own handlers the child has the master's, which would lose the signal.
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
        super().spawn_worker()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)

    def spawn_workers(self) -> None:
        """Start the missing workers without gunicorn's random wait between them."""
        while len(self.WORKERS) < self.num_workers:
            self.spawn_worker()


class GunicornApplication(BaseApplication):
    """The sandbox as gunicorn's application, loaded once before the fork; calls `ready` when all workers accept."""

    def __init__(
        self, app: Flask, settings: Settings, *, listener: socket, pool: PausableThreadPool, ready: Callable[[], None]
    ) -> None:
        self.callable_app = app
        self.settings = settings
        self.listener = listener
        self.pool = pool
        self.ready = ready
        self._tickets = _make_tickets(settings.workers - 1)
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        options: dict[str, Any] = {
            "workers": self.settings.workers,
            "threads": self.settings.threads,
            "worker_class": GunicornWorker,
            "worker_connections": _CONNECTIONS,
            "keepalive": _KEEPALIVE_SECONDS,
            "graceful_timeout": _GRACE_SECONDS,
            "limit_request_line": protocol_errors.LINE_BYTES,
            "limit_request_field_size": protocol_errors.HEADER_BYTES,
            "loglevel": "warning",
            "proc_name": "kpn-sandbox",
            "control_socket_disable": True,
            "post_fork": self.forked,
            "post_worker_init": self.booted,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application, which was made before the fork."""
        return self.callable_app

    def run(self) -> None:
        """Serve until a signal says stop."""
        GunicornMaster(self).run()

    def forked(self, master: Arbiter, worker: GunicornWorker) -> None:
        """
        Prepare a new worker process.

        Args:
            master: The master that forked.
            worker: The worker of this process.
        """
        # Until the worker has booted it has nothing to finish, so a stop signal may simply end it.
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
        _raise_file_limit()
        self.callable_app.extensions["kpn_sandbox"].sandbox.database.after_fork()
        if self.settings.bind_cpus:
            bind_to_cpu(os.getppid() + worker.age)

    def booted(self, worker: GunicornWorker) -> None:
        """Call `ready` once, when the last of the first workers has booted; workers that replace others do not."""
        if worker.age <= self.settings.workers and not _take_ticket(self._tickets):
            self.ready()


def _response(error: Exception) -> protocol_errors.ProtocolErrorResponse:
    if isinstance(error, LimitRequestLine):
        return protocol_errors.LINE_TOO_LONG
    if isinstance(error, LimitRequestHeaders):
        return protocol_errors.HEADERS_TOO_LONG
    if isinstance(error, ParseException):
        return protocol_errors.bad_request(str(error))
    return protocol_errors.SERVER_FAILED


def _make_tickets(count: int) -> int:
    # Workers share nothing but this pipe. Each but the last takes one byte, which no two can read.
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.write(writer, b"." * count)
    return reader


def _take_ticket(reader: int) -> bool:
    try:
        return bool(os.read(reader, 1))
    except BlockingIOError:
        return False


def _raise_file_limit() -> None:
    # Each waiting connection is an open file, and the usual limit of 1,024 is meant for desktop programs.
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def bind_to_cpu(number: int) -> None:
    """Keep the threads of this process on one CPU; numbers that follow each other get different CPUs."""
    # The interpreter's lock lets one thread run at a time, so more CPUs would only cost caches.
    if hasattr(os, "sched_setaffinity"):
        cpus = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cpus[number % len(cpus)]})
