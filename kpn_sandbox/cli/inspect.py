"""Commands that look at a running sandbox: what its state is, what was requested, and what clients do wrong."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import click

from kpn_sandbox.cli.commands import command
from kpn_sandbox.cli.connection import administrator_token, instant_of, with_account
from kpn_sandbox.cli.options import CommandError, output_mode
from kpn_sandbox.cli.output import Rows, Sections, deleted, print_entry
from kpn_sandbox.client import Account, Client, JsonObject, describe_fault
from kpn_sandbox.client.external import TIMEOUT_SECONDS, DeadlineConnection
from kpn_sandbox.literals import OBJECT_KINDS

_LAST_REQUESTS = 5
_LOOK_SECONDS = 0.5
_PAGE = 1000


@command()
@with_account
def status(account: Account) -> Any:
    """Show the state of the account: clock, scenario, size, pins, faults, quota, last requests."""
    shown, profile = account.show(), account.profile()
    record = {
        "url": account.url,
        "account": {name: shown[name] for name in ("client_id", "seed", "created_at", "expires_at")},
        "clock": account.clock(),
        "scenario": account.scenario(),
        "size": {kind: _count(profile[kind]) for kind in OBJECT_KINDS},
        "pins": account.pins(),
        "faults": account.faults(),
        "quota": account.quota(),
        "requests": account.requests(limit=_LAST_REQUESTS),
        "replay": shown["replay"],
    }
    return Sections(record, _status_in_words(record))


def _status_in_words(record: JsonObject) -> JsonObject:
    account, clock, scenario, quota = (record[name] for name in ("account", "clock", "scenario", "quota"))
    since = f"since {scenario['effective_from']}" if scenario["effective_from"] else "always"
    until = f", until {scenario['ends_at']}" if scenario["ends_at"] else ""
    absent = {"not in force": clock["not_in_force"]} if clock["not_in_force"] else {}
    return {
        "sandbox": record["url"],
        "account": f"{account['client_id']} (seed {account['seed']})",
        "clock": _clock_in_words(clock),
        "scenario": f"{scenario['name']} ({since}{until})",
        **absent,
        "center": ", ".join(f"{number} {kind}" for kind, number in record["size"].items()),
        "pins": "\n".join(map(_pin_in_words, record["pins"])) or None,
        "faults": "\n".join(map(describe_fault, record["faults"])) or None,
        "quota": quota and f"{quota['limit']} in {quota['interval']} {quota['unit']}",
        "last requests": "\n".join(map(_request_in_words, record["requests"])) or None,
    }


def _count(setting: Any) -> int:
    return len(setting) if isinstance(setting, list) else int(setting)


def _clock_in_words(clock: JsonObject) -> str:
    if clock["mode"] == "frozen":
        return f"frozen at {clock['at']}"
    return f"running, {clock['at']}, at {clock['speed']:g} times the speed of wall time"


def _pin_in_words(pin: JsonObject) -> str:
    return f"{pin['kind']} {pin['key']}: {', '.join(f'{name}={value}' for name, value in pin['fields'].items())}"


def _request_in_words(entry: JsonObject) -> str:
    return f"{entry['at'][11:19]}  {entry['status'] or 'none'}  {entry['method']} {entry['path']}"


@command()
@click.option("--api", help="Only requests of this API.")
@click.option("--operation", help="Such as agents or token.")
@click.option("--method", help="Such as GET.")
@click.option("--path", help="As it was sent; with a * at its end for any end.")
@click.option("--status", help="Such as 503 or 5xx.")
@click.option("--since", help="An instant of the account's clock, in the forms of `clock freeze`.")
@click.option("--limit", type=int, help="Only the newest so many.")
@click.option("-f", "--follow", is_flag=True, help="Go on and print what comes, one request a line, until Ctrl-C.")
@click.option("--har", is_flag=True, help="Print an HTTP archive.")
@click.option("--clear", is_flag=True, help="Forget them all.")
@click.option("--all", "of_all", is_flag=True, help="Those of all accounts and of none, for KPN_SANDBOX_ADMIN_TOKEN.")
@with_account
def requests(account: Account, follow: bool, har: bool, clear: bool, of_all: bool, **filters: Any) -> Any:
    """Show the last requests, oldest first."""
    _check_options([har, clear, of_all, follow and not of_all].count(True))
    _check_options(2 if clear and any(value is not None for value in filters.values()) else 0)
    if clear:
        logged = len(account.requests())
        account.forget_requests()
        return deleted(*([f"{logged} requests of the log"] if logged else []))
    since = instant_of(filters.pop("since"), account)
    present = {name: value for name, value in {**filters, "since": since}.items() if value is not None}
    if har:
        return account.har(**present)
    read = account.requests
    if of_all:
        read = Client(DeadlineConnection(account.url, administrator_token(), TIMEOUT_SECONDS)).all_requests
    if follow:
        return _follow(read, present)
    return Rows(
        read(**present),
        [
            *(["account"] if of_all else []),
            "at",
            "received_at",
            "method",
            "path",
            "query",
            "status",
            "duration_ms",
            "reason",
            "note",
        ],
    )


def _check_options(count: int) -> None:
    if count > 1:
        raise CommandError("only one of --har, --clear and --all, --follow with --all only, no filter with --clear")


def _follow(read: Callable[..., Sequence[Any]], filters: JsonObject) -> None:
    """Print the requests as they come; it ends with the process."""
    mode, seen = output_mode(), set[str]()
    limit = filters.pop("limit", 10)
    while True:
        entries = read(**filters, limit=_PAGE)
        fresh = [entry for entry in entries if entry["id"] not in seen]
        for entry in fresh if seen else fresh[len(fresh) - min(limit, len(fresh)) :]:
            print_entry(entry, mode)
        # What is not among the last ones any more does not come again.
        seen = {entry["id"] for entry in entries} | {""}
        time.sleep(_LOOK_SECONDS)


@command()
@with_account
def conduct(account: Account) -> Any:
    """Show what the client does wrong."""
    return account.conduct()


COMMANDS = (status, requests, conduct)
