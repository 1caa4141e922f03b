"""
The sandbox on a socket.

`serve` runs gunicorn as a library: worker processes with threads, ready when it says so, and a stop that finishes
what was begun. Where processes cannot fork (Windows) it runs Werkzeug's threaded server instead.
"""

import gc
import os
from collections.abc import Callable
from functools import partial
from time import sleep

from flask import Flask

from kpn_sandbox.app import create_app
from kpn_sandbox.server.listener import AddressError, listen
from kpn_sandbox.server.pausable_pool import Pool
from kpn_sandbox.settings import Settings, base_url

__all__ = ["FORKS", "AddressError", "serve"]

FORKS = hasattr(os, "fork")


def serve(
    settings: Settings, *, announce: Callable[[Flask, str], None], ready: Callable[[str], None], forks: bool = FORKS
) -> None:
    """
    Serve the sandbox until SIGTERM or Ctrl-C.

    Args:
        settings: What to serve, and where.
        announce: Called with the application and its base URL before it serves.
        ready: Called with the base URL once requests are accepted.
        forks: Whether to serve from worker processes, or else from threads of this one.

    Raises:
        AddressError: The address cannot be listened on.
    """
    with listen(settings.host, settings.port) as listener:
        url = base_url(settings.host, listener.getsockname()[1])
        pool = Pool(settings.threads)
        app = create_app(settings, pause=pool.pause if forks else sleep)
        announce(app, url)
        # What is there now stays; worker processes share it as long as nobody looks through it for garbage.
        gc.freeze()
        gc.enable()
        if forks:
            from kpn_sandbox.server.gunicorn_server import Application

            Application(app, settings, listener=listener, pool=pool, ready=partial(ready, url)).run()
        else:
            from kpn_sandbox.server.werkzeug_server import run_threaded

            run_threaded(app, listener, ready=partial(ready, url))
