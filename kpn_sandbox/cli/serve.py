"""
What a start tells: where the sandbox is, who may enter, and one line to try it with.

Commands that start a sandbox.
"""

import gc
from typing import TYPE_CHECKING, Any

import click

from kpn_sandbox import __version__
from kpn_sandbox.cli.options import Failure, flagged_settings, given, setting_options, settings_from
from kpn_sandbox.documents import FILES
from kpn_sandbox.settings import Settings
from kpn_sandbox.web import start_page as start

if TYPE_CHECKING:
    from flask import Flask


def greeting(settings: Settings, url: str, admin_token: str) -> str:
    """
    The lines that are printed before the sandbox is ready.

    Args:
        settings: The settings in force.
        url: The base URL.
        admin_token: The administrator's token.
    """
    rows = [
        ("Demo account", f"client id      {settings.client_id}"),
        ("", f"client secret  {settings.client_secret}"),
        ("Administrator", f"token          {admin_token}"),
        ("Center", f"{settings.agents} agents, scenario {settings.scenario}, clock {settings.clock}"),
        *((name, f"{url}{path}") for path, name, _ in start.PAGES),
        ("OpenAPI", f"{url}/openapi/kpn.json"),
        *(("Postman" if name == FILES[0] else "", f"{url}/postman/{name}") for name in FILES),
    ]
    table = "\n".join(f"  {label:<15}{text}" for label, text in rows)
    return f"kpn-sandbox {__version__} at {url}\n\n{table}\n\n  Try it:\n{curl_line(settings, url)}\n"


def curl_line(settings: Settings, url: str) -> str:
    """A line for a POSIX shell that fetches a token and, with it, the agents."""
    return start.curl_line(settings.client_id, settings.client_secret, url)


_ELSEWHERE = ("host", "port", "database_url")


@click.command()
@setting_options(*flagged_settings())
def serve(**flags: Any) -> None:
    """Start the sandbox; SIGTERM or Ctrl-C stops it."""
    # What is imported stays, so looking for garbage in it only takes time; the server begins to look again.
    gc.disable()
    from kpn_sandbox.server import AddressError, serve
    from kpn_sandbox.simulation.errors import SimulationError
    from kpn_sandbox.storage import StorageError
    from kpn_sandbox.tenants.errors import ControlError

    try:
        serve(settings_from(flags), announce=_announce, ready=lambda url: click.echo(f"Ready: {url}"))
    except StorageError as error:
        raise Failure(f"{error}; choose another with --database-url") from None
    except (AddressError, ControlError, SimulationError) as error:
        raise Failure(str(error)) from None


def _announce(app: "Flask", url: str) -> None:
    from kpn_sandbox.cli.serve import greeting
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
    from kpn_sandbox.cli.exec import StartError, execute

    try:
        return execute(command, settings_from(flags), given(flags), faults_used=require_faults_used)
    except StartError as error:
        raise Failure(str(error), error.exit_code) from None
