"""
The command `serve`.

It runs in gevent's loop, so gevent patches the standard library first: a lock or a socket that is made before would
stop the loop instead of the one request that waits for it. So this module imports nothing that makes one, and no other
command, no test and no program that uses the package ever imports gevent.
"""

import gc
import os
from collections.abc import Callable
from typing import Any

import click

from kpn_sandbox.cli.commands import command
from kpn_sandbox.cli.options import (
    config_option,
    flagged_settings,
    gone_options,
    setting_options,
    settings_from,
    warn_of_gone,
)


def patch_standard_library() -> None:
    """Let whatever blocks in the standard library wait in gevent's loop; systems without fork serve with threads."""
    if not hasattr(os, "fork"):
        return
    from gevent import monkey

    # The master forks, waits for its children and has handlers of signals by the means of the system. It also takes
    # its signals from a queue, whose wait a handler must be able to end.
    monkey.patch_all(os=False, signal=False, subprocess=False, queue=False)


@command()
@config_option
@setting_options(*flagged_settings())
@gone_options
@click.option("--force", is_flag=True, help="Let the demo account begin anew though another process serves it.")
@click.pass_obj
def serve(patch: Callable[[], None], /, force: bool, **flags: Any) -> None:
    """Start the sandbox; SIGTERM, Ctrl-C or the end of the terminal stops it."""
    patch()
    # What a start makes stays, so collecting garbage meanwhile only takes time; the server enables it again.
    gc.disable()
    try:
        warn_of_gone(flags)
        from kpn_sandbox.cli.start import clock_of, start

        start(settings_from({**flags, "clock": clock_of(flags["clock"])}), force=force)
    finally:
        gc.enable()


COMMANDS = (serve,)
