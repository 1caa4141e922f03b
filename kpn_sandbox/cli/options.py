"""Parts that the commands share: sections of help, near misses, settings as flags, and the way to a sandbox."""

import os
import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import Field, fields
from functools import partial, wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from kpn_sandbox.cli.commands import CONNECTION, OUTPUT, Command, SectionOption
from kpn_sandbox.cli.output import OutputMode, print_result
from kpn_sandbox.client import Account, Client, ClientError, Rejected, Unreachable
from kpn_sandbox.client.external import TIMEOUT_SECONDS, PromptConnection
from kpn_sandbox.instants import instant_text
from kpn_sandbox.safe_text import terminal_text
from kpn_sandbox.settings import (
    GONE,
    SettingError,
    Settings,
    from_environment,
    option,
    sandbox_url,
    settings_without_effect,
    variable,
)


class CommandError(Exception):
    """An error that ends the command with an exit code; the message says in one line what would be right."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def setting_options(*names: str, section: str | None = None) -> Callable[[Command], Command]:
    """
    Make a decorator that adds the flags of these settings to a command.

    Args:
        names: The settings.
        section: The section of the help in which they stand; with the command's own options by default.
    """

    def decorate(command: Command) -> Command:
        for setting in reversed(fields(Settings)):
            if setting.name in names:
                command = _option(setting, command, section)
        return command

    return decorate


def config_option(command: Command) -> Command:
    """Add the option for a file of settings, which goes below environment and flags."""
    text = "TOML file of settings. [KPN_SANDBOX_CONFIG; default: kpn-sandbox.toml, or pyproject.toml]"
    return click.option("--config", metavar="FILE", help=text)(command)


def gone_options(command: Command) -> Command:
    """Add the flags of earlier versions, which a command accepts with a warning."""
    command = click.option("--threads", hidden=True)(command)
    return click.option("--bind-cpus/--no-bind-cpus", default=None, hidden=True)(command)


def warn_of_gone(flags: dict[str, Any]) -> None:
    """Take the flags of earlier versions out of the flags; write a line for each of them and for their variables."""
    given = [name for name in GONE if flags.pop(name, None) is not None]
    for line in settings_without_effect(given):
        click.echo(f"kpn-sandbox: {line}", err=True)


def _option(setting: Field[Any], command: Command, section: str | None) -> Command:
    name, flag, metadata = setting.name, option(setting), setting.metadata
    more: dict[str, Any] = {"default": None} if section is None else {"cls": SectionOption, "section": section}
    summary = metadata["summary"] if section is None else _CONNECTION_HELP[name]
    more["help"] = f"{summary} [{variable(setting)}; default: {metadata['shown']}]"
    if isinstance(setting.default, bool):
        return click.option(f"{flag}/--no-{flag.removeprefix('--')}", name, **more)(command)
    return click.option(flag, name, metavar="VALUE", **more)(command)


_CONNECTION_HELP = {"host": "Its host.", "port": "Its port.", "client_id": "Account.", "client_secret": "Its secret."}


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


def output_options(command: Command) -> Command:
    """Give a command the options for what it prints, and print what it returns."""

    @wraps(command)
    def run(as_json: bool, quiet: bool, **rest: Any) -> Any:
        mode = OutputMode(*(inherited(name, value) for name, value in (("as_json", as_json), ("quiet", quiet))))
        click.get_current_context().meta[OUTPUT] = mode
        result = command(**rest)
        print_result(result, mode)
        # The command line ends with what a command returns.
        return getattr(result, "exit_code", None)

    quiet = click.option("-q", "--quiet", is_flag=True, cls=SectionOption, section=OUTPUT, help="Print only errors.")
    text = "Print JSON, as into a pipe, where a table would be."
    return click.option("--json", "as_json", is_flag=True, cls=SectionOption, section=OUTPUT, help=text)(quiet(run))


def output_mode() -> OutputMode:
    """Return how the present command prints."""
    mode: OutputMode = click.get_current_context().meta.get(OUTPUT, OutputMode())
    return mode


def inherited(name: str, value: Any) -> Any:
    """
    Return the value of an option, or if it is not given that of the group before the command.

    Args:
        name, value: The option's name, and what the command line has for it after the command.
    """
    parent = click.get_current_context().parent
    return value if value or parent is None else parent.params.get(name) or value


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


def write_whole(file: Path, text: str) -> None:
    """
    Write a file whole or not at all: what is there stays until the new text is written.

    Args:
        file: Where to write.
        text: What to write.

    Raises:
        CommandError: It cannot be written.
    """
    if file.exists() and not file.is_file():
        # Such as /dev/stdout or a named pipe, which must not be replaced by a file.
        file.write_text(text, encoding="utf-8")
        return
    target = file.resolve()
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(target)
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}") from None
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def flagged_settings() -> tuple[str, ...]:
    """The settings that have a flag."""
    return tuple(setting.name for setting in fields(Settings) if setting.metadata["flag"])


def flag_texts(flags: dict[str, Any]) -> dict[str, str]:
    """The values of the flags that the command line has, as the environment would spell them."""
    switches = {True: "on", False: "off"}
    return {name: switches.get(value, value) for name, value in flags.items() if value is not None}


def settings_from(flags: dict[str, Any]) -> Settings:
    """
    Read the settings from the flags and the environment.

    Raises:
        CommandError: One of them cannot be used.
    """
    try:
        return from_environment(overrides=flag_texts(flags))
    except SettingError as error:
        raise CommandError(str(error)) from None


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
        return question(Client(PromptConnection(address_of(url, settings), settings.admin_token, seconds)))
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


def joined(words: Iterable[str]) -> str:
    """Return words in a row as a sentence has them."""
    *first, last = words
    return f"{', '.join(first)} or {last}"
