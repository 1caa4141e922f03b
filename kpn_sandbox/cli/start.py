"""The start of a server for `serve`: its errors in one line, and the banner, which says where the sandbox is."""

from datetime import UTC, datetime
from pathlib import Path

import click
from flask import Flask

from kpn_sandbox import __version__
from kpn_sandbox.cli.options import CommandError
from kpn_sandbox.cli.output import discard_output
from kpn_sandbox.documents import FILES
from kpn_sandbox.gateway.hosts import is_loopback
from kpn_sandbox.instants import instant_text
from kpn_sandbox.server import FORKS, AddressError
from kpn_sandbox.server import serve as run_server
from kpn_sandbox.settings import SELF_SIGNED, SettingError, Settings, data_folder
from kpn_sandbox.simulation.errors import SimulationError
from kpn_sandbox.storage import LockedError, SchemaError, StorageError
from kpn_sandbox.tenants.clock import WallClock, wall_time
from kpn_sandbox.tenants.errors import TenantError
from kpn_sandbox.web.start_page import PAGES, curl_line

_REACHABLE_AT = "by whoever reaches this address; the demo account's credentials are enough to use it"
_REACHABLE = {host: _REACHABLE_AT.replace("this address", "any address of this machine") for host in ("0.0.0.0", "::")}


def start(settings: Settings, *, force: bool = False) -> None:
    """
    Serve until a signal says stop.

    Args:
        settings: The settings in force.
        force: Whether the demo account may begin anew though another process serves it.

    Raises:
        CommandError: The server cannot start.
    """
    try:
        run_server(settings, announce=_print_banner, ready=lambda url: _say(f"Ready: {url}"), force=force)
    except (SchemaError, LockedError) as error:
        raise CommandError(str(error)) from None
    except StorageError as error:
        raise CommandError(f"{error}; choose another with --database-url") from None
    except (AddressError, SettingError, TenantError, SimulationError) as error:
        raise CommandError(str(error)) from None


def clock_of(text: str | None, now: WallClock = wall_time) -> str | None:
    """
    Return the clock that a flag means; what is no instant stays as it is, and the settings refuse it.

    Args:
        text: `running`, or an instant as people write it; None where there is no flag.
        now: Returns wall time, whose day a time without one has.
    """
    try:
        return text and instant_text(text, lambda: datetime.fromtimestamp(now(), UTC))
    except ValueError:
        return text


def _say(text: str) -> None:
    """Print a text; whoever has read the first lines may have closed the pipe, which is no reason not to serve."""
    try:
        click.echo(text)
    except BrokenPipeError:
        discard_output()


def _print_banner(app: Flask, url: str) -> None:
    services = app.extensions["kpn_sandbox"]
    for note in services.notes:
        click.echo(f"kpn-sandbox: {note}", err=True)
    _say(banner(services.settings, url, services.admin_token))
    if not FORKS:
        click.echo("  This system cannot fork: a single process with threads serves, without gunicorn.\n")


def _certificate(settings: Settings) -> Path:
    made = settings.certificate == SELF_SIGNED
    return data_folder() / "localhost.pem" if made else Path(str(settings.certificate))


def banner(settings: Settings, url: str, admin_token: str) -> str:
    """
    The lines that are printed before the sandbox is ready.

    Args:
        settings: The settings in force.
        url: The base URL.
        admin_token: The administrator's token.
    """
    url = settings.public_url or url
    reach = [] if is_loopback(settings.host) else [("Reachable", _REACHABLE.get(settings.host, _REACHABLE_AT))]
    rows = [
        ("Demo account", f"client id      {settings.client_id}"),
        ("", f"client secret  {settings.client_secret}"),
        ("Administrator", f"token          {admin_token}"),
        ("Center", f"{settings.agents} agents, scenario {settings.scenario}, clock {settings.clock}"),
        *reach,
        *([("Certificate", str(_certificate(settings)))] if settings.certificate else []),
        *((name, f"{url}{path}") for path, name, _ in PAGES),
        ("OpenAPI", f"{url}/openapi/kpn.json"),
        *(("Postman" if name == FILES[0] else "", f"{url}/postman/{name}") for name in FILES),
    ]
    table = "\n".join(f"  {label:<15}{text}" for label, text in rows)
    line = curl_line(settings.client_id, settings.client_secret, url)
    return f"kpn-sandbox {__version__} at {url}\n\n{table}\n\n  Try it:\n{line}\n"
