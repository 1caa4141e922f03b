"""
kpn-sandbox: the command line.

Without a command it serves. Every error is one line on standard error that says what would be right, and exit code 2.
"""

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import __version__
from .settings import Settings, SettingError, from_environment, option, sandbox_url, variable

if TYPE_CHECKING:
    from flask import Flask

_GROUP_FLAGS = ("-h", "--help", "--version")
_ELSEWHERE = ("host", "port", "database_url")


class Failure(Exception):
    """Something that ends the command: one line, and an exit code."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0].startswith("-") and words[0] not in _GROUP_FLAGS):
        words.insert(0, "serve")
    try:
        sys.exit(commands.main(words, prog_name="kpn-sandbox", standalone_mode=False))
    except click.ClickException as error:
        _end(error.format_message(), error.exit_code)
    except Failure as error:
        _end(str(error), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


def _end(message: str, exit_code: int) -> None:
    click.echo(f"kpn-sandbox: {' '.join(message.split())}", err=True)
    sys.exit(exit_code)


def setting_options(*names: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """A decorator that adds the flags of these settings."""

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        for setting in reversed(fields(Settings)):
            if setting.name in names:
                command = _option(setting.name, command)
        return command

    return decorate


def _option(name: str, command: Callable[..., Any]) -> Callable[..., Any]:
    setting = next(setting for setting in fields(Settings) if setting.name == name)
    flag, metadata = option(setting), setting.metadata
    explanation = f"{metadata['summary']} [{variable(setting)}; default: {metadata['shown']}]"
    if isinstance(setting.default, bool):
        flag = f"{flag}/--no-{flag.removeprefix('--')}"
        return click.option(flag, name, default=None, help=explanation)(command)
    return click.option(flag, name, default=None, metavar="VALUE", help=explanation)(command)


_url_option = click.option(
    "--url",
    callback=lambda context, parameter, value: value and value.rstrip("/"),
    help="Base URL of the sandbox. [KPN_SANDBOX_URL; default: host and port]",
)


def _with_flag() -> tuple[str, ...]:
    return tuple(setting.name for setting in fields(Settings) if setting.metadata["flag"])


def _given(flags: dict[str, Any]) -> dict[str, str]:
    spelled = {True: "on", False: "off"}
    return {name: spelled.get(value, value) for name, value in flags.items() if value is not None}


def _settings(flags: dict[str, Any]) -> Settings:
    try:
        return from_environment(overrides=_given(flags))
    except SettingError as error:
        raise Failure(str(error)) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kpn-sandbox", message="%(prog)s %(version)s")
def commands() -> None:
    """A living contact center behind the KPN Dashboard Server API. Without a command: serve."""


@commands.command()
@setting_options(*_with_flag())
def serve(**flags: Any) -> None:
    """Start the sandbox; SIGTERM or Ctrl-C stops it."""
    from .control.errors import ControlError
    from .server import AddressError, serve
    from .simulation.errors import SimulationError
    from .storage import StorageError

    try:
        serve(_settings(flags), announce=_announce, ready=lambda url: click.echo(f"Ready: {url}"))
    except (AddressError, ControlError, SimulationError, StorageError) as error:
        raise Failure(str(error)) from None


def _announce(app: "Flask", url: str) -> None:
    from .greeting import greeting
    from .server import FORKS

    parts = app.extensions["kpn_sandbox"]
    click.echo(greeting(parts.settings, url, parts.admin_token))
    if not FORKS:
        click.echo("  This system cannot fork: a single process with threads serves, without gunicorn.\n")


@commands.command("exec", context_settings={"allow_interspersed_args": False})
@setting_options(*(name for name in _with_flag() if name not in _ELSEWHERE))
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def execute(command: tuple[str, ...], **flags: Any) -> int:
    """Run CMD beside a sandbox of its own, on a free port with a temporary database."""
    from .execute import StartError, execute

    try:
        return execute(command, _settings(flags), _given(flags))
    except StartError as error:
        raise Failure(str(error), error.exit_code) from None


@commands.command()
@_url_option
@setting_options("host", "port", "client_id", "client_secret")
def token(url: str | None, **flags: Any) -> None:
    """Fetch an access token from a running sandbox and print it."""
    settings = _settings(flags)
    click.echo(_ask(url, settings, lambda client: client.token(settings.client_id, settings.client_secret)))


@commands.command()
@_url_option
@setting_options("host", "port")
def health(url: str | None, **flags: Any) -> None:
    """Exit with 0 if the running sandbox is ready, else with 1."""
    _ask(url, _settings(flags), lambda client: client.ready())


def _ask(url: str | None, settings: Settings, question: Callable[[Any], Any]) -> Any:
    from .client import Client, ClientError

    try:
        return question(Client(url or sandbox_url(settings)))
    except ClientError as error:
        raise Failure(str(error), 1) from None


@commands.command()
@click.argument("api", default="kpn", type=click.Choice(["kpn"]))
@_url_option
@setting_options("host", "port")
def openapi(api: str, url: str | None, **flags: Any) -> None:
    """Print the OpenAPI document of an API."""
    from .apis.kpn.openapi import document

    click.echo(json.dumps(document(url or sandbox_url(_settings(flags))), indent=2))


@commands.command()
@click.argument("folder", default="postman", type=click.Path(file_okay=False, path_type=Path))
@_url_option
@setting_options("host", "port", "client_id", "client_secret")
def postman(folder: Path, url: str | None, **flags: Any) -> None:
    """Write the Postman collection and environment into FOLDER."""
    from .postman import FILES, text

    settings = _settings(flags)
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        path = folder / name
        path.write_text(text(name, url or sandbox_url(settings), settings.client_id, settings.client_secret))
        click.echo(path)
