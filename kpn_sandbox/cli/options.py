"""Parts that the commands share: flags that are settings, errors, and the way to a running sandbox."""

from collections.abc import Callable
from dataclasses import Field, fields
from typing import Any

import click

from kpn_sandbox.client import Client, ClientError
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

Command = Callable[..., Any]


class CommandError(Exception):
    """An error that ends the command with an exit code; the message says in one line what would be right."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def setting_options(*names: str) -> Callable[[Command], Command]:
    """Make a decorator that adds the flags of these settings to a command."""

    def decorate(command: Command) -> Command:
        for setting in reversed(fields(Settings)):
            if setting.name in names:
                command = _option(setting, command)
        return command

    return decorate


def gone_options(command: Command) -> Command:
    """Add the flags of earlier versions, which a command accepts with a warning."""
    command = click.option("--threads", hidden=True)(command)
    return click.option("--bind-cpus/--no-bind-cpus", default=None, hidden=True)(command)


def warn_of_gone(flags: dict[str, Any]) -> None:
    """Take the flags of earlier versions out of the flags; write a line for each of them and for their variables."""
    given = [name for name in GONE if flags.pop(name, None) is not None]
    for line in settings_without_effect(given):
        click.echo(f"kpn-sandbox: {line}", err=True)


def _option(setting: Field[Any], command: Command) -> Command:
    name, flag, metadata = setting.name, option(setting), setting.metadata
    explanation = f"{metadata['summary']} [{variable(setting)}; default: {metadata['shown']}]"
    if isinstance(setting.default, bool):
        flag = f"{flag}/--no-{flag.removeprefix('--')}"
        return click.option(flag, name, default=None, help=explanation)(command)
    return click.option(flag, name, default=None, metavar="VALUE", help=explanation)(command)


url_option = click.option(
    "--url",
    callback=lambda context, parameter, value: value and value.rstrip("/"),
    help="Base URL of the sandbox. [KPN_SANDBOX_URL; default: host and port]",
)


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


def ask_sandbox(url: str | None, settings: Settings, question: Callable[[Client], Any]) -> Any:
    """
    Call a function with a client of the running sandbox.

    Args:
        url: The base URL; that of the environment or of host and port by default.
        settings: The settings in force.
        question: The function, whose result is returned.

    Raises:
        CommandError: The sandbox refuses, or does not answer.
    """
    try:
        return question(Client(url or sandbox_url(settings), settings.admin_token))
    except ClientError as error:
        raise CommandError(str(error), 1) from None
