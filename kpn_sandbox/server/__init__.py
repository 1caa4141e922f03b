"""
HTTP servers for the application, used as libraries; `serve` picks one.

    gunicorn_server     worker processes with threads: a call when ready, a stop that finishes requests in flight
    werkzeug_server     threads in one process, where processes cannot fork (Windows) and inside the pytest fixture
    listener            the listening socket, made before anything else, so that a bad address is found at once
    pausable_pool       a thread pool in which delayed requests do not hold up others
    protocol_errors     responses to what is not HTTP
"""

import gc
import os
from collections.abc import Callable
from functools import partial

from flask import Flask

from kpn_sandbox.app import create_app, sleep
from kpn_sandbox.server.listener import AddressError, listen
from kpn_sandbox.server.pausable_pool import PausableThreadPool
from kpn_sandbox.server.werkzeug_server import run_threaded
from kpn_sandbox.settings import Settings, base_url

__all__ = ["FORKS", "AddressError", "serve"]

FORKS = hasattr(os, "fork")
"""Whether processes can fork on this system."""


def serve(
    settings: Settings, *, announce: Callable[[Flask, str], None], ready: Callable[[str], None], forks: bool = FORKS
) -> None:
    """
    Serve the sandbox until SIGTERM or Ctrl-C.

    Args:
        settings: Settings of the start.
        announce: Called with the application and its base URL before it serves.
        ready: Called with the base URL once requests are accepted.
        forks: Whether to serve from worker processes; otherwise threads of this process serve.

    Raises:
        AddressError: The address cannot be listened on.
    """
    with listen(settings.host, settings.port) as listener:
        url = base_url(settings.host, listener.getsockname()[1])
        pool = PausableThreadPool(settings.threads)
        app = create_app(settings, pause=pool.pause if forks else sleep)
        announce(app, url)
        # Worker processes share the memory of this one until they write to it, and a collection writes to every
        # object that it looks at. What exists by now lives as long as the process, so collections shall skip it.
        gc.freeze()
        gc.enable()
        if forks:
            # gunicorn needs modules that systems without fork do not have.
            from kpn_sandbox.server.gunicorn_server import GunicornApplication

            GunicornApplication(app, settings, listener=listener, pool=pool, ready=partial(ready, url)).run()
        else:
            run_threaded(app, listener, ready=partial(ready, url))
