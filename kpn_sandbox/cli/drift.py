"""Commands that hold captured answers of KPN against the sandbox."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kpn_sandbox.cli.options import Command, Failure, ask, setting_options, settings_from, url_option

if TYPE_CHECKING:
    from kpn_sandbox.testing import Account

DIFFERENT = 1


def _asks(url: str | None, given: dict[str, Any], question: "Callable[[Account], Any]") -> Any:
    from kpn_sandbox.drift.captures import CaptureError
    from kpn_sandbox.testing.account import Account

    settings = settings_from(given)
    known = {"client_id": settings.client_id, "client_secret": settings.client_secret}
    try:
        return ask(url, settings, lambda client: question(Account(client, known)))
    except CaptureError as error:
        raise Failure(str(error)) from None


def _account_options(command: Command) -> Command:
    return url_option(setting_options("host", "port", "client_id", "client_secret")(command))


@click.command()
@click.argument("source", metavar="HAR-OR-URL")
@click.option("--token", envvar="KPN_TOKEN", help="Access token for the URL. [KPN_TOKEN]")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write pins that undo it to a file.")
@click.option("--pin", is_flag=True, help="Set these pins.")
@_account_options
def diff(source: str, token: str | None, write: Path | None, pin: bool, url: str | None, **given: Any) -> int:
    """
    Compare captured answers of KPN with the sandbox: shape, types, headers, and values that do not move.

    HAR-OR-URL is an HTTP archive, a file with the body of one answer, or the URL of KPN's API or of one operation.
    Exit code 1 tells that there are differences.
    """
    return int(_asks(url, given, lambda account: _diff(account, source, token, (write, pin))))


def _diff(account: "Account", source: str, token: str | None, wanted: tuple[Path | None, bool]) -> int:
    from kpn_sandbox.drift.captures import captures, fetched
    from kpn_sandbox.drift.comparison import compare
    from kpn_sandbox.drift.pin_sets import apply, from_differences, to_set

    found = compare(account, fetched(source, token) if "://" in source else captures(source))
    for difference in found:
        click.echo(f"{difference.where}: {difference.what}")
    pins, (write, pin) = from_differences(found), wanted
    if write is not None:
        write.write_text(json.dumps(to_set(pins), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    if pin:
        apply(account, pins)
    return DIFFERENT if found else 0


@click.command()
@click.argument("source", type=click.Path(dir_okay=False))
@_account_options
def load(source: str, url: str | None, **given: Any) -> None:
    """Let the sandbox answer what was captured: pin what an HTTP archive, an answer's body or a set of pins tells."""
    pins = _asks(url, given, lambda account: account.load(source))
    click.echo(f"{len(pins)} pinned")


COMMANDS = (diff, load)
