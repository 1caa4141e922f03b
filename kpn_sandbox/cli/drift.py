"""Commands that compare captured answers of KPN with the sandbox's, and make the sandbox give them."""

import json
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kpn_sandbox.cli.commands import Command, command
from kpn_sandbox.cli.connection import ACCOUNT_SETTINGS, account_flags, ask_sandbox, connection_options, read_secret
from kpn_sandbox.cli.options import CommandError, output_options, settings_from, write_whole
from kpn_sandbox.cli.output import Report
from kpn_sandbox.client import Account, Client, Rejected
from kpn_sandbox.drift.captures import Capture, CaptureError, fetch_captures, read_captures
from kpn_sandbox.drift.comparison import Difference, compare
from kpn_sandbox.drift.pin_sets import CapturedPin, check_pins, pin_set, pins_for, read_pins, serve_verbatim
from kpn_sandbox.safe_text import terminal_json, terminal_text

DIFFERENT = 1
"""The exit code of `diff` when there are differences."""


def _with_account(command: Command) -> Command:
    """Give a command the account of the settings, and print what it returns."""

    @output_options
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
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="File with that token; - is standard input.",
)
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write pins that undo it to a file.")
@click.option("--pin", is_flag=True, help="Set these pins.")
@_with_account
def diff(
    account: Account, *, source: str, token: str | None, token_file: Path | None, write: Path | None, pin: bool
) -> Report:
    """
    Compare captured answers of KPN with the sandbox: shape, types, headers, and values that do not move.

    HAR-OR-URL is an HTTP archive, a file with the body of one answer, or the URL of KPN's API or of one operation.
    Exit code 1 tells that there are differences.
    """
    token = token if token_file is None else read_secret(token_file)
    found = _compared(account, fetch_captures(source, token) if "://" in source else read_captures(source, _skip))
    pins = pins_for(found)
    if write is not None:
        write_whole(write, terminal_json(json.dumps(pin_set(pins), indent=2, ensure_ascii=False)) + "\n")
    if pin:
        account.load(pin_set(pins))
    record = {"differences": [{"where": each.where, "text": each.text} for each in found]}
    lines = [terminal_text(f"{each.where}: {each.text}") for each in found]
    return Report(record, lines, exit_code=DIFFERENT if found else 0)


@command()
@click.argument("source", type=click.Path(dir_okay=False))
@click.option(
    "--verbatim", is_flag=True, help="Serve the captured bodies as they are, path by path, until `fault drop`."
)
@_with_account
def load(account: Account, source: str, verbatim: bool) -> Report:
    """
    Let the sandbox answer what was captured: pin what an HTTP archive, an answer's body or a set of pins says.

    All is pinned or nothing. A capture of a center with other numbers than this one's cannot be pinned, but --verbatim
    serves it.
    """
    if verbatim:
        plans = serve_verbatim(account, read_captures(source, _skip))
        return Report({"served": len(plans)}, [f"{len(plans)} served as they are, until fault drop"])
    pins = read_pins(source, _skip)
    check_pins(pins)
    count = _pin_all(account, pins)
    return Report({"pinned": count}, [f"{count} pinned"])


def _compared(account: Account, captures: list[Capture]) -> list[Difference]:
    try:
        return compare(account, captures)
    except RecursionError:
        raise CommandError("the capture is nested too deeply to be compared") from None


def _pin_all(account: Account, pins: list[CapturedPin]) -> int:
    try:
        return len(account.load(pin_set(pins)))
    except Rejected as error:
        raise CommandError(f"nothing is pinned: {error}; --verbatim serves answers of any center", 1) from None


def _skip(reason: str) -> None:
    click.echo(f"kpn-sandbox: {terminal_text(reason)}", err=True)


COMMANDS = (diff, load)
