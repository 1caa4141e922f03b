"""Commands that compare captured answers of KPN with the sandbox's, and make the sandbox give them."""

import json
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kpn_sandbox.cli.options import (
    ACCOUNT_SETTINGS,
    Command,
    CommandError,
    account_flags,
    ask_sandbox,
    command,
    connection_options,
    settings_from,
)
from kpn_sandbox.client import Account, Client
from kpn_sandbox.drift.captures import CaptureError, fetch_captures, read_captures
from kpn_sandbox.drift.comparison import compare
from kpn_sandbox.drift.pin_sets import apply_pins, pin_set, pins_for, read_pins
from kpn_sandbox.safe_text import terminal_text

DIFFERENT = 1
"""The exit code of `diff` when there are differences."""


def _with_account(command: Command) -> Command:
    """Give a command the account of the settings."""

    @wraps(command)
    def run(url: str | None, **rest: Any) -> Any:
        settings = settings_from(account_flags(rest))

        def ask(client: Client) -> Any:
            return command(client.account(settings.client_id, settings.client_secret), **rest)

        try:
            return ask_sandbox(url, settings, ask)
        except CaptureError as error:
            raise CommandError(str(error)) from None

    return connection_options(*ACCOUNT_SETTINGS)(run)


@command()
@click.argument("source", metavar="HAR-OR-URL")
@click.option("--token", envvar="KPN_TOKEN", help="Access token for the URL. [KPN_TOKEN]")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write pins that undo it to a file.")
@click.option("--pin", is_flag=True, help="Set these pins.")
@_with_account
def diff(account: Account, *, source: str, token: str | None, write: Path | None, pin: bool) -> int:
    """
    Compare captured answers of KPN with the sandbox: shape, types, headers, and values that do not move.

    HAR-OR-URL is an HTTP archive, a file with the body of one answer, or the URL of KPN's API or of one operation.
    Exit code 1 tells that there are differences.
    """
    found = compare(account, fetch_captures(source, token) if "://" in source else read_captures(source))
    for difference in found:
        click.echo(terminal_text(f"{difference.where}: {difference.text}"))
    pins = pins_for(found)
    if write is not None:
        write.write_text(json.dumps(pin_set(pins), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if pin:
        apply_pins(account, pins)
    return DIFFERENT if found else 0


@command()
@click.argument("source", type=click.Path(dir_okay=False))
@_with_account
def load(account: Account, source: str) -> None:
    """Let the sandbox answer what was captured: pin what an HTTP archive, an answer's body or a set of pins tells."""
    click.echo(f"{len(apply_pins(account, read_pins(source)))} pinned")


COMMANDS = (diff, load)
