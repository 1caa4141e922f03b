"""
gunicorn's gevent worker, in which a client costs a greenlet and not a thread.

gunicorn reads the requests and writes the responses. What is done here instead of there: accepting connections, which
waits when there are as many as the process may have files; deadlines that count progress; a stop that waits for
requests in flight only.
"""

import errno
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from socket import socket
from time import monotonic
from typing import Any

import gevent
from gevent.lock import Semaphore
from gevent.threadpool import ThreadPool
from gunicorn.http import get_parser
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, NoMoreData, ParseException
from gunicorn.workers.ggevent import GeventWorker

from kpn_sandbox.gateway.fast_path import FAST_PATH
from kpn_sandbox.gateway.middleware import ACCESS_LOG
from kpn_sandbox.gateway.request_info import STREAMS, WsgiApp
from kpn_sandbox.literals import LARGEST_BODY_BYTES
from kpn_sandbox.server import protocol_errors
from kpn_sandbox.server.client_connection import ClientConnection, Phase, RequestTimeout
from kpn_sandbox.server.group_commit import GroupCommit
from kpn_sandbox.server.request_heads import RequestHeadCache
from kpn_sandbox.server.tls import TlsConnection, TlsFiles

OPEN_FILES = 16_384
"""Files that a worker may have open, where the system allows so many; each connection is one."""
_OTHER_FILES = 32
"""Open files of a worker that are no connections: listeners, pipes, the database."""
_FEWEST_CONNECTIONS = 8

IGNORED_SIGNALS = (signal.SIGINT, signal.SIGHUP, signal.SIGUSR2)
"""Signals of a terminal, which reach every process of it, are the master's matter: a worker has requests to finish."""

_CLIENT_LEFT = (errno.EPIPE, errno.ECONNRESET, errno.ENOTCONN, errno.ECONNABORTED, errno.ETIMEDOUT, errno.EHOSTUNREACH)
# More threads would only take the processor from each other and from the loop.
_THREADS = 2
_SWITCH_SECONDS = 0.001

_LOOK_SECONDS = 1.0
_LOOK_SECONDS_STOPPING = 0.02


class SandboxWorker(GeventWorker):
    """A worker process in which no client can hold up another."""

    part = 0
    """Part of the shared figures that it counts in; no other worker has the same at the same time."""

    def patch(self) -> None:
        """Patch nothing: `serve` has patched before anything else was imported."""

    def init_signals(self) -> None:
        """Handle signals as gunicorn does, but leave those of the terminal to the master."""
        # gunicorn resets all handlers first, which for a moment would let a signal of the terminal end the worker.
        signal.pthread_sigmask(signal.SIG_BLOCK, IGNORED_SIGNALS)
        super().init_signals()
        for number in IGNORED_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, IGNORED_SIGNALS)

    def load_wsgi(self) -> None:
        """Load the application; each connection shall know the environment of its present request, which may stream."""
        super().load_wsgi()
        application: WsgiApp = self.wsgi  # type: ignore[has-type]

        def noting(environ: dict[str, Any], start_response: Any) -> Any:
            environ["gunicorn.socket"].environ = environ
            environ[STREAMS] = True
            return application(environ, start_response)

        self.wsgi = noting

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop: every wait of the application ends, and requests in flight are answered."""
        self.alive = False
        self.app.services.stopping.set()

    def handle_quit(self, sig: int, frame: object) -> None:
        """Stop at once."""
        os._exit(0)

    def run(self) -> None:
        """Serve until a signal says stop, then finish the requests in flight."""
        self.deadlines = self.app.deadlines
        extensions = self.app.callable_app.extensions
        parts = extensions["kpn_sandbox"]
        access_log = extensions.get(ACCESS_LOG)
        self.heads = RequestHeadCache(extensions[FAST_PATH], hsts=parts.settings.hsts, access_log=access_log)
        metrics = extensions[FAST_PATH].metrics
        metrics.use_part(self.part)
        log = parts.sandbox.request_log
        log.commit = GroupCommit(log.write_all).write
        self.connections: set[ClientConnection] = set()
        self._room = Semaphore(raise_file_limit())
        accepting = [gevent.spawn(self._accept, listener) for listener in self.sockets]
        while not self.app.services.stopping.wait(min(_LOOK_SECONDS, self.deadlines.stalled / 10)):
            self.notify()
            self._end_late_waits()
            metrics.set_gauges((*parts.sandbox.cache_figures(), len(self.heads)))
        # Clients whose connections the system has accepted by now may have sent their requests.
        gevent.sleep(_LOOK_SECONDS_STOPPING)
        gevent.killall(accepting)
        for listener in self.sockets:
            listener.close()
        self._finish()

    def _accept(self, listener: socket) -> None:
        """Accept connections for as long as there is room; further ones wait in the system's queue."""
        address = listener.getsockname()
        while True:
            self._room.acquire()
            try:
                client, client_address = listener.accept()
            except OSError as error:
                self._room.release()
                # Without a free file the client goes on waiting. Any other error is that of a client that has left.
                gevent.sleep(0.1 if error.errno in (errno.EMFILE, errno.ENFILE) else 0)
                continue
            gevent.spawn(self._serve, self._connection(client), client_address, address)
            # One connection at a time: it may have sent its request, and another worker may have nothing to do.
            gevent.sleep(0)

    def _connection(self, client: socket) -> ClientConnection:
        tls: TlsFiles | None = self.app.services.tls
        return ClientConnection(client) if tls is None else TlsConnection(client, tls.context)

    def _serve(self, connection: ClientConnection, client: Any, address: Any) -> None:
        self.connections.add(connection)
        try:
            self.handle(address, connection, client)
        except OSError as error:
            if error.errno not in _CLIENT_LEFT:
                self.log.exception("connection failed")
        finally:
            self.connections.discard(connection)
            with suppress(OSError):
                connection.close()
            self._room.release()

    def handle(self, listener: Any, client: ClientConnection, addr: Any) -> None:
        """
        Answer the requests of a connection.

        Args:
            listener: Address of the listening socket.
            client, addr: The connection, and the address of its other end.
        """
        parser = get_parser(self.cfg, client, addr)
        sender = addr[0] if isinstance(addr, tuple) else ""
        request = None
        try:
            while received := self._received(client, parser.unreader):
                client.phase, client.answered = Phase.REQUEST, False
                response = self.heads.respond(received, sender) if self.alive else None
                if response is not None:
                    client.sendall(response)
                    continue
                client.phase, client.head = Phase.HEAD, received
                parser.unreader.unread(received)
                request = next(parser)
                client.phase, client.environ = Phase.REQUEST, {}
                # It raises StopIteration after a response that ends the connection.
                self.handle_request(listener, request, client, addr)
                self.heads.learn(received, client.environ)
                if not parser.finish_body(max_bytes=LARGEST_BODY_BYTES):
                    break
        except StopIteration:
            # A body that the application has not read may still be on its way.
            if parser.mesg is None or not _has_body(parser.mesg):
                return
        except (NoMoreData, RequestTimeout) as error:
            if isinstance(error, NoMoreData) or client.answered:
                return
            self._refuse(client, protocol_errors.TIMEOUT)
        except OSError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the client gets a response
            self.handle_error(request, client, addr, error)
        client.linger(self.deadlines.linger)

    def _received(self, connection: ClientConnection, unreader: Any) -> bytes:
        """Wait for the first bytes of the next request and return them; none when there is no further request."""
        connection.phase = Phase.IDLE
        # A client that has sent many requests at once must not keep the others waiting.
        connection.give_way()
        return unreader.take_buffered() or connection.recv(unreader.mxchunk)

    def handle_error(self, req: object, client: ClientConnection, addr: object, exc: Exception) -> None:
        """
        Send the response to bytes that are no request, or to a request that failed outside the application.

        Args:
            req, client, addr: The request if it could be read, the connection, and the address of its other end.
            exc: The error.
        """
        response = _response(exc)
        if response is protocol_errors.SERVER_FAILED:
            self.log.error("request failed before it reached the application", exc_info=exc)
        self._refuse(client, response)

    def _refuse(self, client: ClientConnection, response: protocol_errors.ProtocolErrorResponse) -> None:
        log = self.app.callable_app.extensions["kpn_sandbox"].sandbox.request_log
        client.sendall(protocol_errors.refuse(response, client.head, log))

    def _end_late_waits(self) -> None:
        idle = self.deadlines.crowded if self._room.locked() else self.deadlines.idle
        now = monotonic()
        for connection in tuple(self.connections):
            if connection.waited(now) > (idle if connection.phase is Phase.IDLE else self.deadlines.stalled):
                connection.end_wait()

    def _finish(self) -> None:
        """Wait for the requests in flight; connections without one, and clients that do nothing, are not waited for."""
        began = monotonic()
        while self.connections and (now := monotonic()) - began < self.deadlines.computing:
            self.notify()
            late = now - began > self.deadlines.stopping
            for connection in tuple(self.connections):
                waits_late = connection.waited(now) > self.deadlines.stopping or connection.phase is Phase.HEAD
                if connection.phase in (Phase.IDLE, Phase.LINGER) or late and waits_late:
                    connection.end_wait()
            gevent.sleep(_LOOK_SECONDS_STOPPING)


class ComputingThreads:
    """
    Runs computations that take long in threads of a worker once they are started, and before that at once.

    A day of a large center takes a tenth of a second and more, in which the loop would serve nobody.
    """

    def __init__(self) -> None:
        self._pool: ThreadPool | None = None

    def start(self) -> None:
        """Run what comes from now on in threads; call it after a fork."""
        # The loop gives up the interpreter's lock for each statement to the database, and gets it back from a thread
        # that computes after this time at the latest: by default 5 ms, which made 50 ms of a request.
        sys.setswitchinterval(_SWITCH_SECONDS)
        self._pool = ThreadPool(_THREADS)

    def run(self, compute: Callable[[], Any]) -> Any:
        """Return the result of a computation, which must not touch what the loop uses: caches, locks, the database."""
        return compute() if self._pool is None else self._pool.apply(compute)


def _has_body(request: Any) -> bool:
    return any(name in ("CONTENT-LENGTH", "TRANSFER-ENCODING") for name, _ in request.headers)


def _response(error: Exception) -> protocol_errors.ProtocolErrorResponse:
    if isinstance(error, LimitRequestLine):
        return protocol_errors.LINE_TOO_LONG
    if isinstance(error, LimitRequestHeaders):
        return protocol_errors.HEADERS_TOO_LONG
    if isinstance(error, ParseException):
        return protocol_errors.bad_request(str(error))
    return protocol_errors.SERVER_FAILED


def raise_file_limit() -> int:
    """Raise the limit of open files as far as it makes sense and is allowed; return how many connections fit in it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        # The usual limit of 1,024 is meant for desktop programs. Some systems allow less than they say.
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    files = OPEN_FILES if soft == resource.RLIM_INFINITY else min(soft, OPEN_FILES)
    return max(_FEWEST_CONNECTIONS, files - _OTHER_FILES)
