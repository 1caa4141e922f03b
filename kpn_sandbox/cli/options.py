"""What the commands share: flags that are settings, how a command fails, and how a running sandbox is asked."""

from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from kpn_sandbox.settings import SettingError, Settings, from_environment, option, sandbox_url, variable

if TYPE_CHECKING:
    from kpn_sandbox.client import Client

Command = Callable[..., Any]


class Failure(Exception):
    """Something that ends the command: one line, and an exit code."""

    def __init__(self, message: str, exit_code: int = 2) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def setting_options(*names: str) -> Callable[[Command], Command]:
    """A decorator that adds the flags of these settings."""

    def decorate(command: Command) -> Command:
        for setting in reversed(fields(Settings)):
            if setting.name in names:
                command = _option(setting.name, command)
        return command

    return decorate


def _option(name: str, command: Command) -> Command:
    setting = next(setting for setting in fields(Settings) if setting.name == name)
    flag, metadata = option(setting), setting.metadata
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


def given(flags: dict[str, Any]) -> dict[str, str]:
    """The flags that were given, as text."""
    spelled = {True: "on", False: "off"}
    return {name: spelled.get(value, value) for name, value in flags.items() if value is not None}


def settings_from(flags: dict[str, Any]) -> Settings:
    """
    The settings in force.

    Raises:
        Failure: One of them cannot be used.
    """
    try:
        return from_environment(overrides=given(flags))
    except SettingError as error:
        raise Failure(str(error)) from None


def ask(url: str | None, settings: Settings, question: "Callable[[Client], Any]") -> Any:
    """
    What a running sandbox answers.

    Raises:
        Failure: It refuses, or nobody answers.
    """
    # Imported here because a start does not ask anybody, and importing takes time.
    from kpn_sandbox.client import Client, ClientError

    try:
        return question(Client(url or sandbox_url(settings), settings.admin_token))
    except ClientError as error:
        raise Failure(str(error), 1) from None
