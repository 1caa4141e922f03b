"""
kpn-sandbox: the command line.

Without a command it serves. Every error is one line on standard error that says what would be right, and exit code 2;
1 when a running sandbox refuses or is not there.

A module of commands is imported when one of them runs: `serve` and the documents need all of the package, which takes
0.7 s of CPU, and `token` or `clock` without it take less than 0.1 s.
"""

import gc
import sys
from collections.abc import Callable, Sequence
from errno import ENOSPC
from importlib import import_module
from typing import Any

import click

from kpn_sandbox import __version__
from kpn_sandbox.cli.commands import SandboxGroup
from kpn_sandbox.cli.options import CommandError, joined
from kpn_sandbox.cli.output import discard_output
from kpn_sandbox.cli.serve import patch_standard_library
from kpn_sandbox.safe_text import terminal_text

COMMANDS = {
    "serve": ("serve",),
    "exec": ("exec",),
    "accounts": ("token", "health", "account", "snapshot"),
    "control": ("scenario", "clock", "profile", "pin", "fault", "quota", "reset"),
    "inspect": ("status", "requests", "conduct"),
    "documents": ("openapi", "postman"),
    "drift": ("diff", "load"),
    "conformance": ("conformance",),
    "itx": ("itx",),
}
"""The commands of each module."""

PIPE_CLOSED = 141
"""Exit code of a command whose output nobody reads any more: 128 + 13, as shells report SIGPIPE."""

_GROUP_FLAGS = ("-h", "--help", "--version")


class LazyGroup(SandboxGroup):
    """A group that imports the module of a command when the command is looked up."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted(name for names in COMMANDS.values() for name in names)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Import a command; None when there is none of this name."""
        module = next((module for module, names in COMMANDS.items() if name in names), None)
        if module is None:
            return None
        # What is imported stays, so collecting garbage meanwhile only takes time: 0.05 s of 0.7 s for `serve`.
        gc.disable()
        try:
            commands: tuple[click.Command, ...] = import_module(f"{__name__}.{module}").COMMANDS
        finally:
            gc.enable()
        return next(command for command in commands if command.name == name)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kpn-sandbox", message="%(prog)s %(version)s")
def commands() -> None:
    """A living contact center behind the KPN Dashboard Server API. Without a command: serve."""


def main(
    arguments: Sequence[str] | None = None, *, before_serving: Callable[[], None] = patch_standard_library
) -> None:
    """
    Run the command line and end the process with its exit code.

    Args:
        arguments: Words of the command line, those of the process by default.
        before_serving: Called by `serve` before it imports a server.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0].startswith("-") and words[0] not in _GROUP_FLAGS):
        words.insert(0, "serve")
    try:
        sys.exit(commands.main(words, prog_name="kpn-sandbox", standalone_mode=False, obj=before_serving))
    except click.exceptions.NoArgsIsHelpError as error:
        # Its message is the whole help.
        context: Any = error.ctx
        known = joined(context.command.list_commands(context))
        click.echo(f"kpn-sandbox: {context.info_name} needs a command: {known}", err=True)
        sys.exit(error.exit_code)
    except (click.ClickException, CommandError) as error:
        # click breaks some of its own messages into lines; all else is written in one.
        message = str(error) if isinstance(error, CommandError) else " ".join(error.format_message().split())
        click.echo(f"kpn-sandbox: {terminal_text(message)}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        discard_output()
        sys.exit(PIPE_CLOSED)
    except OSError as error:
        if error.errno != ENOSPC:
            raise
        discard_output()
        click.echo(f"kpn-sandbox: what it prints cannot be written: {error.strerror}", err=True)
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        # 128 + 2, as shells report a command that Ctrl-C ended.
        sys.exit(130)
