"""Commands that start a sandbox."""

import gc
from typing import TYPE_CHECKING, Any

import click

from kpn_sandbox.cli.options import Failure, flagged_settings, given, setting_options, settings_from

if TYPE_CHECKING:
    from flask import Flask

_ELSEWHERE = ("host", "port", "database_url")


@click.command()
@setting_options(*flagged_settings())
def serve(**flags: Any) -> None:
    """Start the sandbox; SIGTERM or Ctrl-C stops it."""
    # What is imported stays, so looking for garbage in it only takes time; the server begins to look again.
    gc.disable()
    from kpn_sandbox.control.errors import ControlError
    from kpn_sandbox.server import AddressError, serve
    from kpn_sandbox.simulation.errors import SimulationError
    from kpn_sandbox.storage import StorageError

    try:
        serve(settings_from(flags), announce=_announce, ready=lambda url: click.echo(f"Ready: {url}"))
    except StorageError as error:
        raise Failure(f"{error}; choose another with --database-url") from None
    except (AddressError, ControlError, SimulationError) as error:
        raise Failure(str(error)) from None


def _announce(app: "Flask", url: str) -> None:
    from kpn_sandbox.greeting import greeting
    from kpn_sandbox.server import FORKS

    parts = app.extensions["kpn_sandbox"]
    click.echo(greeting(parts.settings, url, parts.admin_token))
    if not FORKS:
        click.echo("  This system cannot fork: a single process with threads serves, without gunicorn.\n")


@click.command("exec", context_settings={"allow_interspersed_args": False})
@setting_options(*(name for name in flagged_settings() if name not in _ELSEWHERE))
@click.option("--require-faults-used", is_flag=True, help="Fail if CMD succeeds but leaves outcomes of faults unused.")
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(command: tuple[str, ...], require_faults_used: bool, **flags: Any) -> int:
    """Run CMD beside a sandbox of its own, on a free port with a temporary database."""
    from kpn_sandbox.execute import StartError, execute

    try:
        return execute(command, settings_from(flags), given(flags), faults_used=require_faults_used)
    except StartError as error:
        raise Failure(str(error), error.exit_code) from None
