"""
HTTP servers for the application, used as libraries; `serve` picks one.

    gunicorn_server     a master and worker processes: a call when ready, a stop that finishes requests in flight
    gevent_worker       a worker process, in which no client can hold up another
    client_connection   a client's connection, and the deadlines that keep silent clients from holding it
    werkzeug_server     threads in one process, where processes cannot fork (Windows) and inside the pytest fixture
    tls                 HTTPS: the TLS layer of a connection, and a certificate for this machine
    listener            the listening sockets, made before anything else, so that a bad address is found at once
    protocol_errors     responses to what is not HTTP
    strict_http         the syntax of a request for the threaded server, as strict as gunicorn
"""

import gc
import os
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from flask import Flask

from kpn_sandbox.app import create_app
from kpn_sandbox.server.listener import AddressError, listen_on_loopbacks
from kpn_sandbox.server.werkzeug_server import run_threaded
from kpn_sandbox.settings import SettingError, Settings, base_url, hide_from_libraries

if TYPE_CHECKING:
    from kpn_sandbox.server.client_connection import Deadlines

__all__ = ["FORKS", "AddressError", "serve"]

FORKS = hasattr(os, "fork")
"""Whether processes can fork on this system; then gevent has patched the standard library by now."""


def serve(
    settings: Settings,
    *,
    announce: Callable[[Flask, str], None],
    ready: Callable[[str], None],
    forks: bool = FORKS,
    force: bool = False,
    deadlines: "Deadlines | None" = None,
) -> None:
    """
    Serve the sandbox until SIGTERM, Ctrl-C or the end of the terminal.

    Args:
        settings: Settings of the start.
        announce: Called with the application and its base URL before it serves.
        ready: Called with the base URL once requests are accepted.
        forks: Whether to serve from worker processes; otherwise threads of this process serve.
        force: As for `create_app`.
        deadlines: How long worker processes wait for a client, where that is not the usual time.

    Raises:
        AddressError: The address cannot be listened on.
        SettingError: The certificate cannot be used.
    """
    if settings.certificate is not None and not forks:
        raise SettingError("--certificate needs a system that can fork: serve HTTPS by a proxy here")
    stopping = Event()
    with ExitStack() as stack:
        listeners = [stack.enter_context(each) for each in listen_on_loopbacks(settings.host, settings.port)]
        url = base_url(settings.host, listeners[0].getsockname()[1], is_secure=settings.certificate is not None)
        if not forks:
            app = create_app(settings, pause=stopping.wait, force=force)
            stack.callback(_close_database, app, os.getpid())
            announce(app, url)
            run_threaded(app, listeners, stopping=stopping, ready=partial(ready, url))
            return
        # gunicorn needs modules that systems without fork do not have, and gevent has patched before this module came.
        hide_from_libraries("PORT", "WEB_CONCURRENCY")
        from kpn_sandbox.server.gevent_worker import ComputingThreads
        from kpn_sandbox.server.gunicorn_server import GunicornApplication, WorkerServices
        from kpn_sandbox.server.tls import tls_of

        tls = tls_of(settings)

        computing = ComputingThreads()
        app = create_app(settings, pause=stopping.wait, run=computing.run, force=force)
        stack.callback(_close_database, app, os.getpid())
        announce(app, url)
        # Worker processes share the memory of this one until they write to it, and a collection writes to every
        # object that it looks at. What exists by now lives as long as the process, so collections shall skip it.
        gc.freeze()
        gc.enable()
        services = WorkerServices(stopping, computing, partial(ready, url), tls)
        GunicornApplication(app, settings.workers, listeners, services, deadlines).run()


def _close_database(app: Flask, starter: int) -> None:
    """Close the database of an application in the process that made it; its workers end in the same functions."""
    if os.getpid() == starter:
        app.extensions["kpn_sandbox"].sandbox.database.close()
