"""Options that the commands share: settings as flags, and what is printed."""

import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import Field, fields
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kpn_sandbox.cli.commands import OUTPUT, Command, SectionOption
from kpn_sandbox.cli.output import OutputMode, print_result
from kpn_sandbox.settings import (
    GONE,
    SettingError,
    Settings,
    from_environment,
    option,
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


def joined(words: Iterable[str]) -> str:
    """Return words in a row as a sentence has them."""
    *first, last = words
    return f"{', '.join(first)} or {last}"
