"""
The way of a command to a running sandbox: its URL, the account, and secrets from files.

Apart from the other options, because the client that it uses takes time to import, which `serve` need not wait for.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from kpn_sandbox.cli.commands import CONNECTION, Command, SectionOption
from kpn_sandbox.cli.options import CommandError, inherited, output_mode, output_options, setting_options, settings_from
from kpn_sandbox.client import Account, Client, ClientError, Rejected, Unreachable
from kpn_sandbox.client.external import TIMEOUT_SECONDS, DeadlineConnection
from kpn_sandbox.instants import instant_text
from kpn_sandbox.safe_text import terminal_text
from kpn_sandbox.settings import Settings, sandbox_url


def url_of(text: str) -> str:
    """
    Return the base URL that a text means: without a slash at its end, and of HTTP if it names no scheme.

    Raises:
        CommandError: It is no base URL.
    """
    url = (text if "://" in text else f"http://{text}").rstrip("/")
    with suppress(ValueError):
        parts = urlsplit(url)
        if parts.scheme in ("http", "https") and parts.hostname and parts.port != 0 and not set("?# @") & set(url):
            return url
    raise CommandError(f"a URL must be like http://127.0.0.1:8080, not {re.sub('[^/]*@', '***@', text)!r}")


_connection_option = partial(click.option, cls=SectionOption, section=CONNECTION)
url_option = _connection_option(
    "--url",
    callback=lambda context, parameter, value: value and url_of(value),
    help="Base URL of the sandbox. [KPN_SANDBOX_URL; default: host and port]",
)
client_secret_file_option = _connection_option(
    "--client-secret-file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="File with the client secret, in place of KPN_SANDBOX_CLIENT_SECRET; - is standard input.",
)


def connection_options(*names: str) -> Callable[[Command], Command]:
    """Make a decorator that adds the options for the way to a sandbox: its URL, and these settings."""

    def decorate(command: Command) -> Command:
        if "client_secret" in names:
            command = client_secret_file_option(command)
        return url_option(setting_options(*names, section=CONNECTION)(command))

    return decorate


def with_client(command: Command) -> Command:
    """Give a command the administrator's client, and print what the command returns."""

    @output_options
    @wraps(command)
    def run(url: str | None, host: str | None, port: str | None, **rest: Any) -> Any:
        administrator_token()
        settings = settings_from({"host": host, "port": port})
        return ask_sandbox(url, settings, lambda client: command(client, **rest))

    return connection_options("host", "port")(run)


def administrator_token() -> str:
    """
    Return the administrator's token of the environment.

    Raises:
        CommandError: There is none.
    """
    token = settings_from({}).admin_token
    if token is None:
        raise CommandError("KPN_SANDBOX_ADMIN_TOKEN must hold the administrator's token, as serve prints it")
    return token


ACCOUNT_SETTINGS = ("host", "port", "client_id", "client_secret")
"""Settings that lead to an account of a running sandbox."""


def with_account(command: Command) -> Command:
    """Give a command an account, that of its argument `named` or of the settings, and print what it returns."""

    @output_options
    @wraps(command)
    def run(url: str | None, named: str | None = None, **rest: Any) -> Any:
        # A group that shows something by itself is called before its subcommands, too.
        if click.get_current_context().invoked_subcommand:
            return None
        flags = account_flags(rest)
        settings = settings_from({**flags, "client_id": named or flags["client_id"]})
        secret = settings.client_secret if settings.admin_token is None else None
        address = inherited("url", url)
        return ask_sandbox(
            address, settings, lambda client: command(client.account(settings.client_id, secret), **rest)
        )

    return connection_options(*ACCOUNT_SETTINGS)(run)


def account_flags(options: dict[str, Any]) -> dict[str, Any]:
    """Take the flags that lead to an account out of a command's options, and return them by setting."""
    flags = {name: inherited(name, options.pop(name)) for name in ACCOUNT_SETTINGS}
    file = inherited("client_secret_file", options.pop("client_secret_file"))
    return flags if file is None else {**flags, "client_secret": read_secret(file)}


def read_secret(file: Path) -> str:
    """
    Return the secret in a file; `-` is standard input.

    Raises:
        CommandError: The file cannot be read, or is empty.
    """
    try:
        with click.open_file(str(file), encoding="utf-8-sig") as opened:
            secret = str(opened.read()).strip()
    except (OSError, ValueError) as error:
        raise CommandError(f"{file} cannot be read: {getattr(error, 'strerror', None) or 'it is no text'}") from None
    if not secret:
        raise CommandError(f"{file} must hold a secret, but is empty")
    return secret


def address_of(url: str | None, settings: Settings) -> str:
    """
    Return the base URL of the running sandbox.

    Args:
        url: That of the command line; that of the environment or of host and port by default.
        settings: The settings in force.
    """
    return url or url_of(sandbox_url(settings))


def ask_sandbox(
    url: str | None, settings: Settings, question: Callable[[Client], Any], seconds: float = TIMEOUT_SECONDS
) -> Any:
    """
    Call a function with a client of the running sandbox.

    Args:
        url: The base URL; that of the environment or of host and port by default.
        settings: The settings in force.
        question: The function, whose result is returned.
        seconds: How long each response may take.

    Raises:
        CommandError: The sandbox refuses, or does not answer.
    """
    try:
        return question(Client(DeadlineConnection(address_of(url, settings), settings.admin_token, seconds)))
    except ClientError as error:
        raise CommandError(str(error), 1 if isinstance(error, Rejected | Unreachable) else 2) from None


def instant_of(text: str | None, of: Account | Client) -> str | None:
    """
    Return the instant that a text means, and say on standard error which that is if the text does not.

    Args:
        text: The instant as it was written; None or an empty text for none.
        of: The account whose clock has the day of a time without one, or the sandbox whose wall time has it.

    Raises:
        CommandError: It is no instant.
    """
    if not text:
        return None
    try:
        instant = instant_text(text, of.now)
    except ValueError as error:
        raise CommandError(f"an instant must be {error}, not {text!r}") from None
    if instant != text.strip() and not output_mode().quiet:
        click.echo(f"{terminal_text(text)} is {instant}", err=True)
    return instant
