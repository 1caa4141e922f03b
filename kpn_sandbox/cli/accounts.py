"""
Commands about accounts: to make, show and delete them, to save and restore their state, and to get a token.

`token` and `health` need no more than any client has.
"""

import json
import sys
from pathlib import Path
from typing import Any

import click

from kpn_sandbox.cli.commands import DURATION, command, group
from kpn_sandbox.cli.connection import (
    ACCOUNT_SETTINGS,
    account_flags,
    ask_sandbox,
    connection_options,
    instant_of,
    read_secret,
    with_account,
    with_client,
)
from kpn_sandbox.cli.control import fields_of, json_of
from kpn_sandbox.cli.options import CommandError, settings_from, write_whole
from kpn_sandbox.cli.output import OutputMode, Rows, deleted, print_result
from kpn_sandbox.client import Account, Client, JsonObject
from kpn_sandbox.literals import KPN_TOKEN_REQUEST, TOOL_USER_AGENT
from kpn_sandbox.safe_text import terminal_text

_HEALTH_SECONDS = 5.0


@group()
def account() -> None:
    """Make, list, show and delete accounts; all but one's own take KPN_SANDBOX_ADMIN_TOKEN."""


@account.command("create")
@click.argument("client_id", required=False)
@click.option("--secret", help="Its client secret; made by default. A process list shows it.")
@click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="File with its client secret; - is standard input.",
)
@click.option("--seed", help="Seed of its center; the client id by default.")
@click.option("--scenario", help="Its scenario.")
@click.option("--at", help="Instant at which its clock stands, in the forms of `clock freeze`; running by default.")
@click.option("--profile", multiple=True, metavar="FIELD=VALUE", help="A field of its profile; may be repeated.")
@click.option(
    "--expires-in",
    "--expires-in-seconds",
    "expires_in_seconds",
    type=DURATION,
    metavar="DURATION",
    help="After so long it is dropped; never by default.",
)
@with_client
def create_account(
    client: Client, secret: str | None, secret_file: Path | None, profile: tuple[str, ...], at: str | None, **rest: Any
) -> Any:
    """Make an account and print its secrets, this once."""
    secret = secret if secret_file is None else read_secret(secret_file)
    patch: Any = fields_of(profile, json_of) or None
    return client.new_account(client_secret=secret, profile=patch, at=instant_of(at, client), **rest).settings


@account.command("list")
@with_client
def list_accounts(client: Client) -> Any:
    """List all accounts."""
    return Rows(client.accounts(), ("client_id", "scenario", "seed", "created_at", "expires_at"))


@account.command("show")
@click.argument("named", metavar="[CLIENT_ID]", required=False)
@with_account
def show_account(account: Account) -> Any:
    """Show an account without its secrets."""
    return account.show()


@account.command("delete")
@click.argument("named", metavar="CLIENT_ID")
@with_account
def delete_account(account: Account) -> Any:
    """Delete an account with all of its state."""
    account.delete()
    return deleted(f"account {account.client_id}")


@command()
@click.option("--json", "as_json", is_flag=True, help="Print the whole answer.")
@connection_options(*ACCOUNT_SETTINGS)
def token(url: str | None, as_json: bool, **flags: Any) -> None:
    """Fetch an access token from a running sandbox and print it; it does not count for `conduct`."""
    settings = settings_from(account_flags(flags))

    def fetch(client: Client) -> JsonObject:
        credentials = client.authorization(settings.client_id, settings.client_secret)
        answer = client.ask("POST", KPN_TOKEN_REQUEST, credentials, user_agent=TOOL_USER_AGENT)
        return {**answer, "access_token": client.member("access_token", answer, str)}

    answer = ask_sandbox(url, settings, fetch)
    if as_json:
        print_result(answer, OutputMode(as_json=True))
    else:
        click.echo(terminal_text(answer["access_token"]))


@command()
@click.option("--json", "as_json", is_flag=True, help="Print how the sandbox is.")
@connection_options("host", "port")
def health(url: str | None, as_json: bool, **flags: Any) -> None:
    """Exit with 0 if the running sandbox is ready, else with 1."""
    answer = ask_sandbox(url, settings_from(flags), lambda client: client.ready(), _HEALTH_SECONDS)
    if as_json:
        print_result(answer, OutputMode(as_json=True))


@group()
def snapshot() -> None:
    """Save the state of an account in a file, or restore it."""


@snapshot.command("save")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@with_account
def save_snapshot(account: Account, file: Path) -> Any:
    """Write the state of the account into FILE; - prints it."""
    state = account.snapshot()
    if str(file) == "-":
        return state
    return write_whole(file, json.dumps(state, indent=2, ensure_ascii=False) + "\n")


@snapshot.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@with_account
def restore_snapshot(account: Account, file: Path) -> Any:
    """Give the account the state in FILE, whole or not at all; - reads it from standard input."""
    restored = account.restore(_read_json(file))
    for note in restored["notes"]:
        click.echo(f"note: {terminal_text(note)}", err=True)
    return restored


def _read_json(file: Path) -> Any:
    try:
        text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
        parsed = json.loads(text)
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise CommandError(f"{file} must hold the JSON of a snapshot: {error}") from None
    if not isinstance(parsed, dict):
        raise CommandError(f"{file} must hold the JSON object of a snapshot")
    return parsed


COMMANDS = (token, health, account, snapshot)
