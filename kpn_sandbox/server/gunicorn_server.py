"""
gunicorn as a library: a master, and worker processes in which gevent serves.

It differs from the gunicorn command in five ways: the sockets are bound already, starting and stopping print nothing,
Ctrl-C and a closed terminal are as graceful as SIGTERM, nothing is loaded anew while it runs, and the workers are those
of `gevent_worker`.
"""

import os
import signal
from collections.abc import Callable, Sequence
from socket import socket
from threading import Event
from typing import Any, NamedTuple

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.http import Request

from kpn_sandbox.literals import LARGEST_BODY_BYTES
from kpn_sandbox.server import protocol_errors
from kpn_sandbox.server.client_connection import Deadlines
from kpn_sandbox.server.gevent_worker import IGNORED_SIGNALS, ComputingThreads, SandboxWorker
from kpn_sandbox.server.tls import TlsFiles

_STOP_SIGNALS = (signal.SIGTERM, signal.SIGQUIT)

# A worker finishes its requests in less; one that does not is killed.
_SPARE_SECONDS = 3


class GunicornMaster(Arbiter):
    """A master that listens on sockets that are bound already."""

    def __init__(self, application: "GunicornApplication") -> None:
        self.LISTENERS = list(application.listeners)
        super().__init__(application)

    def init_signals(self) -> None:
        """Handle signals as gunicorn does; SIGHUP stays ignored where `nohup` has had it ignored."""
        hang_up = signal.getsignal(signal.SIGHUP)
        super().init_signals()
        if hang_up is signal.SIG_IGN:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)

    def handle_int(self) -> None:
        """
        Stop as on SIGTERM; a second Ctrl-C while requests are finishing stops at once.

        Raises:
            StopIteration: Always; gunicorn takes it as the order to stop.
        """
        raise StopIteration

    def handle_hup(self) -> None:
        """
        Stop as on SIGTERM: the terminal is closed.

        Raises:
            StopIteration: Always; gunicorn takes it as the order to stop.
        """
        raise StopIteration

    def handle_usr2(self) -> None:
        """Do nothing, where gunicorn would start a second master."""

    def handle_ttin(self) -> None:
        """Do nothing: the settings say how many workers there are."""

    handle_ttou = handle_ttin

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


class WorkerServices(NamedTuple):
    """Things that a worker process shares with the application and with the start."""

    stopping: Event
    """Set in a worker when it stops; the application's waits end with it."""
    computing: ComputingThreads
    """Started in a worker; runs the application's long computations."""
    ready: Callable[[], None]
    """Called when all workers accept requests."""
    tls: TlsFiles | None = None
    """Certificate and key of a server of HTTPS."""


class GunicornApplication(BaseApplication):
    """
    The sandbox as gunicorn's application, loaded once before the fork.

    Args:
        app: The application.
        workers: Number of worker processes.
        listeners: The sockets to serve on, bound and listening.
        services: What the workers share with the application.
        deadlines: How long a client is waited for, where that is not the usual time.
    """

    def __init__(
        self,
        app: Flask,
        workers: int,
        listeners: Sequence[socket],
        services: WorkerServices,
        deadlines: Deadlines | None = None,
    ) -> None:
        self.callable_app = app
        self.workers = workers
        self.listeners = listeners
        self.services = services
        self.deadlines = deadlines or Deadlines()
        self._tickets = _make_tickets(workers - 1)
        super().__init__()

    def load_config(self) -> None:
        """Set gunicorn's options."""
        options: dict[str, Any] = {
            "workers": self.workers,
            "worker_class": SandboxWorker,
            "keepalive": int(self.deadlines.idle) or 1,
            "graceful_timeout": int(self.deadlines.computing) + _SPARE_SECONDS,
            "limit_request_line": protocol_errors.LINE_BYTES,
            "limit_request_field_size": protocol_errors.HEADER_BYTES,
            # A file would be sent past the deadlines.
            "sendfile": False,
            "loglevel": "warning",
            "proc_name": "kpn-sandbox",
            "control_socket_disable": True,
            # By default gunicorn takes the scheme from X-Forwarded-Proto of every client at this machine.
            "forwarded_allow_ips": "",
            "pre_request": withhold_continue,
            "pre_fork": self.forking,
            "post_fork": self.forked,
            "post_worker_init": self.booted,
        }
        if self.services.tls is not None:
            # gunicorn only takes the scheme of requests from it; the connections do TLS.
            options["certfile"] = str(self.services.tls.certificate)
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Return the application, which was made before the fork."""
        return self.callable_app

    def run(self) -> None:
        """Serve until a signal says stop."""
        GunicornMaster(self).run()

    def forking(self, master: Arbiter, worker: SandboxWorker) -> None:
        """
        Give a new worker the number of one that is gone, from 1 on.

        Args:
            master: The master that is about to fork.
            worker: The worker.
        """
        used = {each.part for each in master.WORKERS.values()}
        worker.part = next(number for number in range(1, self.workers + len(used) + 2) if number not in used)

    def forked(self, master: Arbiter, worker: SandboxWorker) -> None:
        """
        Prepare a new worker process.

        Args:
            master: The master that forked.
            worker: The worker of this process.
        """
        # Until the worker has booted it has nothing to finish, so a stop signal may simply end it.
        for number in _STOP_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        for number in IGNORED_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _STOP_SIGNALS)
        self.callable_app.extensions["kpn_sandbox"].sandbox.database.after_fork()

    def booted(self, worker: SandboxWorker) -> None:
        """Call `ready` once, when the last of the first workers has booted; workers that replace others do not."""
        self.services.computing.start()
        if worker.age <= self.workers and not _take_ticket(self._tickets):
            self.services.ready()


def withhold_continue(worker: object, request: Request) -> None:
    """
    Let no client send a body that is too large.

    Args:
        worker: Worker of the request.
        request: A request whose head was read; the application refuses it.
    """
    length = next((value for name, value in request.headers if name == "CONTENT-LENGTH"), "0")
    if request._expected_100_continue and int(length) > LARGEST_BODY_BYTES:
        request._expected_100_continue = False
        # The body may still come, and would be taken for the next request.
        request.force_close()


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
