"""
gunicorn as a library: one master, worker processes with threads, a clean start and a clean stop.

What differs from the gunicorn command: the socket is already bound, starting and stopping are silent, Ctrl-C is as
graceful as SIGTERM, an unreadable request is refused as JSON, and a connection without a request holds no thread.
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

from kpn_sandbox.server.pausable_pool import Pool
from kpn_sandbox.server.protocol_errors import (
    FAILED,
    HEADER_BYTES,
    LINE_BYTES,
    TOO_BIG_HEADERS,
    TOO_BIG_LINE,
    Refusal,
    unreadable,
)
from kpn_sandbox.settings import Settings

# The longest delay a client may ask for is a minute; a stop waits a little longer than that.
_GRACE_SECONDS = 65
_KEEPALIVE_SECONDS = 65
_CONNECTIONS = 4000
_OPEN_FILES = 16384
_STOPS = {signal.SIGTERM, signal.SIGQUIT}


class Worker(ThreadWorker):
    """A worker process whose delayed requests do not hold up the others."""

    def get_thread_pool(self) -> Executor:
        """The pool that the application pauses in."""
        return self.app.pool

    def init_signals(self) -> None:
        """Leave Ctrl-C to the master: a terminal sends it to every process, and the worker has requests to finish."""
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def accept(self, listener: socket) -> None:
        """Accept a connection and wait for its request in the poller, where a silent client costs no thread."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + self.cfg.keepalive
        self.pending_conns.append(connection)
        self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, connection))

    def handle_error(self, req: object, client: socket, addr: object, exc: Exception) -> None:
        """Refuse a request that is not HTTP, or answer that the sandbox failed, in the shape of every other error."""
        answer = _refusal(exc)
        if answer is FAILED:
            self.log.error("request failed before it reached the application", exc_info=exc)
        try:
            util.write_nonblock(client, answer.to_bytes())
        except OSError:
            self.log.debug("the client left before its refusal")


class Master(Arbiter):
    """A master that listens on a socket it was given."""

    def __init__(self, application: "Application") -> None:
        self.LISTENERS = [application.listener]
        super().__init__(application)

    def handle_int(self) -> None:
        """Stop as on SIGTERM; a second Ctrl-C while requests are finishing stops at once."""
        raise StopIteration

    def spawn_worker(self) -> None:
        """Start a worker; a stop that reaches it in its first moments waits until it has let go of our handlers."""
        signal.pthread_sigmask(signal.SIG_BLOCK, _STOPS)
        super().spawn_worker()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)

    def spawn_workers(self) -> None:
        """Start the missing workers without gunicorn's random wait between them."""
        while len(self.WORKERS) < self.num_workers:
            self.spawn_worker()


class Application(BaseApplication):
    """The sandbox as gunicorn's application: loaded once, before the fork."""

    def __init__(
        self, flask_app: Flask, settings: Settings, *, listener: socket, pool: Pool, ready: Callable[[], None]
    ) -> None:
        self.callable_app = flask_app
        self.settings = settings
        self.listener = listener
        self.pool = pool
        self.ready = ready
        self._not_last = _tickets(settings.workers - 1)
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what it has to know."""
        options: dict[str, Any] = {
            "workers": self.settings.workers,
            "threads": self.settings.threads,
            "worker_class": Worker,
            "worker_connections": _CONNECTIONS,
            "keepalive": _KEEPALIVE_SECONDS,
            "graceful_timeout": _GRACE_SECONDS,
            "limit_request_line": LINE_BYTES,
            "limit_request_field_size": HEADER_BYTES,
            "loglevel": "warning",
            "proc_name": "kpn-sandbox",
            "control_socket_disable": True,
            "post_fork": self.forked,
            "post_worker_init": self.booted,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application that was made before the fork."""
        return self.callable_app

    def run(self) -> None:
        """Serve until a signal says stop."""
        Master(self).run()

    def forked(self, master: Arbiter, worker: Worker) -> None:
        """Settle in a new worker process."""
        # Until the worker is booted it has nothing to finish.
        for number in _STOPS:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOPS)
        _allow_many_files()
        self.callable_app.extensions["kpn_sandbox"].sandbox.database.after_fork()
        if self.settings.bind_cpus:
            bind_to_cpu(os.getppid() + worker.age)

    def booted(self, worker: Worker) -> None:
        """Tell that the server is ready, once, when the last of the first workers is."""
        if worker.age <= self.settings.workers and not _takes_ticket(self._not_last):
            self.ready()


def _refusal(error: Exception) -> Refusal:
    if isinstance(error, LimitRequestLine):
        return TOO_BIG_LINE
    if isinstance(error, LimitRequestHeaders):
        return TOO_BIG_HEADERS
    return unreadable(str(error)) if isinstance(error, ParseException) else FAILED


def _tickets(count: int) -> int:
    """A pipe shared by all workers that holds one byte for each but the last of them."""
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    os.write(writer, b"." * count)
    return reader


def _takes_ticket(reader: int) -> bool:
    try:
        return bool(os.read(reader, 1))
    except BlockingIOError:
        return False


def _allow_many_files() -> None:
    """Each waiting connection and its database are open files, and the usual limit is meant for desktop programs."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def bind_to_cpu(number: int) -> None:
    """Keep a worker's threads on one CPU: they take turns by the interpreter's lock, and moving costs them caches."""
    if hasattr(os, "sched_setaffinity"):
        cpus = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cpus[number % len(cpus)]})
