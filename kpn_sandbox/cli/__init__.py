"""
kpn-sandbox: the command line.

Without a command it serves. Every error is one line on standard error that says what would be right, and exit code 2;
1 when a running sandbox refuses or is not there.

    serve       starts a sandbox
    exec        starts a sandbox for another command
    control     the control API: accounts, clock, scenario, faults and the like
    inspect     what a running sandbox gives
    documents   OpenAPI documents and Postman files
    drift       captured answers of KPN beside the sandbox's
    itx         plays ITX
    options     what the commands share

Each module has its commands in `COMMANDS` and is imported when one of them runs: `serve` and the documents need all of
the package, which takes 0.5 s of CPU, and `token` or `clock` without it take less than 0.1 s.
"""

import gc
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from kpn_sandbox import __version__
from kpn_sandbox.cli.options import CommandError

MODULES = {
    "serve": "serve",
    "exec": "exec",
    "token": "inspect",
    "health": "inspect",
    "openapi": "documents",
    "postman": "documents",
    "itx": "itx",
    "account": "control",
    "scenario": "control",
    "clock": "control",
    "profile": "control",
    "pin": "control",
    "fault": "control",
    "quota": "control",
    "requests": "control",
    "conduct": "control",
    "reset": "control",
    "diff": "drift",
    "load": "drift",
}
"""The module of each command."""

_GROUP_FLAGS = ("-h", "--help", "--version")


class LazyGroup(click.Group):
    """A group that imports the module of a command when the command is looked up."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names of all commands, in the order of the help."""
        return sorted(MODULES)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """
        Import a command.

        Args:
            context: Not used.
            name: The name of the command.

        Returns:
            None when there is no such command.
        """
        if name not in MODULES:
            return None
        # What is imported stays, so collecting garbage meanwhile only takes time: 0.09 s of 0.7 s for `serve`.
        gc.disable()
        try:
            module = import_module(f"{__name__}.{MODULES[name]}")
        finally:
            gc.enable()
        commands: tuple[click.Command, ...] = module.COMMANDS
        return next(command for command in commands if command.name == name)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kpn-sandbox", message="%(prog)s %(version)s")
def commands() -> None:
    """A living contact center behind the KPN Dashboard Server API. Without a command: serve."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if not words or (words[0].startswith("-") and words[0] not in _GROUP_FLAGS):
        words.insert(0, "serve")
    try:
        sys.exit(commands.main(words, prog_name="kpn-sandbox", standalone_mode=False))
    except click.ClickException as error:
        _fail(error.format_message(), error.exit_code)
    except CommandError as error:
        _fail(str(error), error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        # 128 + 2, as shells report a command that Ctrl-C ended.
        sys.exit(130)


def _fail(message: str, exit_code: int) -> None:
    click.echo(f"kpn-sandbox: {' '.join(message.split())}", err=True)
    sys.exit(exit_code)
