"""
kpn-sandbox: the command line.

Without a command it serves. Every error is one line on standard error that says what would be right, and exit code 2;
1 when a running sandbox refuses or is not there.
"""

import sys
from collections.abc import Sequence

import click

from kpn_sandbox import __version__
from kpn_sandbox.cli import control as turning
from kpn_sandbox.cli import drift as drifting
from kpn_sandbox.cli import inspect as asking
from kpn_sandbox.cli import itx
from kpn_sandbox.cli import serve as starting
from kpn_sandbox.cli.options import Failure

_GROUP_FLAGS = ("-h", "--help", "--version")


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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="kpn-sandbox", message="%(prog)s %(version)s")
def commands() -> None:
    """A living contact center behind the KPN Dashboard Server API. Without a command: serve."""


for command in (
    starting.serve,
    starting.execute,
    asking.token,
    asking.health,
    asking.openapi,
    asking.postman,
    itx.itx,
    *turning.COMMANDS,
    *drifting.COMMANDS,
):
    commands.add_command(command)
