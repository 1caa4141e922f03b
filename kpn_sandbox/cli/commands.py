"""
click's commands, groups and options as this command line has them.

Help shows a command's own options first, and errors name what was probably meant.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import click

from kpn_sandbox.instants import seconds_of
from kpn_sandbox.literals import hyphenated
from kpn_sandbox.settings import SWITCH_WORDS
from kpn_sandbox.validation import near_miss

Command = Callable[..., Any]

CONNECTION, OUTPUT = "Connection", "Output"
"""Sections of a command's help beside that of its own options."""


class SectionOption(click.Option):
    """An option that help shows in a section of its own."""

    def __init__(self, *names: Any, section: str, **attributes: Any) -> None:
        super().__init__(*names, **attributes)
        self.section = section


class SandboxCommand(click.Command):
    """A command whose help shows its own options first, and whose switches say how they are turned off."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """
        Read the words of the command.

        Args:
            ctx, args: As click has them.

        Raises:
            UsageError: A switch has a value.
        """
        switches = {name: each for each in self.params if each.secondary_opts for name in each.opts}
        words = [word for each in args for word in (each.split("=", 1) if each.startswith("--") else [each])]
        for name, value in pairwise(words):
            if name in switches and value.lower() in SWITCH_WORDS:
                off = switches[name].secondary_opts[0]
                raise click.UsageError(f"{name} has no value, but two forms: {name} is on, {off} is off", ctx)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """
        Write the options, section by section.

        Args:
            ctx, formatter: As click has them.
        """
        _write_options(self, ctx, formatter)


class SandboxGroup(click.Group):
    """A group whose help shows its own options first, and whose errors name what was probably meant."""

    command_class = SandboxCommand

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """
        Write the commands and the options, section by section.

        Args:
            ctx, formatter: As click has them.
        """
        self.format_commands(ctx, formatter)
        _write_options(self, ctx, formatter)

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """
        Find the command that the words name.

        Args:
            ctx, args: As click has them.

        Raises:
            UsageError: There is none of this name.
        """
        name = args[0]
        if not ctx.resilient_parsing and not name.startswith("-") and self.get_command(ctx, name) is None:
            raise click.UsageError(f"No such command {name!r}.{near_miss(name, self.list_commands(ctx))}", ctx)
        return super().resolve_command(ctx, args)


class Choice(click.Choice):  # type: ignore[type-arg]
    """A choice whose error names the word that was probably meant."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """
        Return the word.

        Args:
            value, param, ctx: As click has them.

        Raises:
            BadParameter: It is none of the words.
        """
        if hyphenated(str(value)) in self.choices:
            # An API may be spelled as in request bodies, too.
            value = hyphenated(str(value))
        try:
            return str(super().convert(value, param, ctx))
        except click.BadParameter as error:
            meant = near_miss(str(value), map(str, self.choices))
            raise click.BadParameter(error.message + meant, ctx, param) from None


def command(name: str | None = None, **attributes: Any) -> Callable[[Command], SandboxCommand]:
    """
    Make a decorator that makes a command of a function.

    Args:
        name, attributes: As for `click.command`.
    """
    return click.command(name, cls=SandboxCommand, **attributes)


def group(name: str | None = None, **attributes: Any) -> Callable[[Command], SandboxGroup]:
    """
    Make a decorator that makes a group of commands of a function.

    Args:
        name, attributes: As for `click.group`.
    """
    return click.group(name, cls=SandboxGroup, **attributes)


def _write_options(command: click.Command, context: click.Context, formatter: click.HelpFormatter) -> None:
    sections: dict[str, list[tuple[str, str]]] = {"Options": [], OUTPUT: [], CONNECTION: []}
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            sections[getattr(parameter, "section", "Options")].append(record)
    for title, records in sections.items():
        if records:
            with formatter.section(title if title == "Options" else f"{title} options"):
                formatter.write_dl(records)


class Duration(click.ParamType):  # type: ignore[type-arg]
    """The type of options and arguments that hold a duration; their value is in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """
        Return the seconds.

        Args:
            value, param, ctx: As click has them.
        """
        try:
            return seconds_of(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f"must be {error}, not {value!r}", param, ctx)


DURATION = Duration()
