"""
Commands that control an account of a running sandbox: the control API from the shell.

The account is that of `--client-id` and `--client-secret`. Where `KPN_SANDBOX_ADMIN_TOKEN` is set the administrator
asks, for any account. Responses are printed as JSON. `token` and `health` need no more than any client has.
"""

import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

import click

from kpn_sandbox.cli.options import Command, CommandError, ask_sandbox, setting_options, settings_from, url_option
from kpn_sandbox.client import Account, Client, JsonObject
from kpn_sandbox.literals import (
    CONNECTION_FAULTS,
    OBJECT_KINDS,
    QUOTA_UNITS,
    TOKEN_TIMES,
    Effective,
    ObjectKind,
    ResetLayer,
    ScenarioName,
    TokenTime,
)
from kpn_sandbox.safe_text import terminal_json, terminal_text

_UNITS_HELP = f"{', '.join(QUOTA_UNITS[:-1])} or {QUOTA_UNITS[-1]}."


def with_client(command: Command) -> Command:
    """Give a command the administrator's client, and print what the command returns."""

    @wraps(command)
    def run(url: str | None, host: str | None, port: str | None, **rest: Any) -> None:
        administrator_token()
        settings = settings_from({"host": host, "port": port})
        _print(ask_sandbox(url, settings, lambda client: command(client, **rest)))

    return url_option(setting_options("host", "port")(run))


def administrator_token() -> str:
    """
    Return the administrator's token of the environment.

    Raises:
        CommandError: There is none.
    """
    token = settings_from({}).admin_token
    if token is None:
        raise CommandError("KPN_SANDBOX_ADMIN_TOKEN must hold the administrator's token, as serve prints it")
    return token


def with_account(command: Command) -> Command:
    """Give a command an account, that of its argument `named` or of the settings, and print what it returns."""

    @wraps(command)
    def run(url: str | None, named: str | None = None, **rest: Any) -> None:
        # A group that shows something by itself is called before its subcommands, too.
        if click.get_current_context().invoked_subcommand:
            return
        flags = {name: rest.pop(name) for name in ("host", "port", "client_id", "client_secret")}
        settings = settings_from({**flags, "client_id": named or flags["client_id"]})
        secret = settings.client_secret if settings.admin_token is None else None
        _print(ask_sandbox(url, settings, lambda client: command(client.account(settings.client_id, secret), **rest)))

    return url_option(setting_options("host", "port", "client_id", "client_secret")(run))


def _print(result: Any) -> None:
    if result is not None:
        click.echo(terminal_json(json.dumps(result, indent=2, ensure_ascii=False)))


@click.group()
def account() -> None:
    """Make, list, show and delete accounts; all but one's own take KPN_SANDBOX_ADMIN_TOKEN."""


@account.command("create")
@click.argument("client_id", required=False)
@click.option("--secret", help="Its client secret; made by default.")
@click.option("--seed", help="Seed of its center; the client id by default.")
@click.option("--scenario", help="Its scenario.")
@click.option("--at", help="Instant at which its clock stands; running by default.")
@click.option("--profile", multiple=True, metavar="FIELD=VALUE", help="A field of its profile; may be repeated.")
@click.option("--expires-in-seconds", type=int, help="After so long it is dropped; never by default.")
@with_client
def create_account(client: Client, secret: str | None, profile: tuple[str, ...], **rest: Any) -> Any:
    """Make an account and print its secrets, this once."""
    return client.new_account(client_secret=secret, profile=_fields(profile, _json) or None, **rest).settings


@account.command("list")
@with_client
def list_accounts(client: Client) -> Any:
    """List all accounts."""
    return client.accounts()


@account.command("show")
@click.argument("named", metavar="[CLIENT_ID]", required=False)
@with_account
def show_account(account: Account) -> Any:
    """Show an account without its secrets."""
    return account.show()


@account.command("delete")
@click.argument("named", metavar="CLIENT_ID")
@with_account
def delete_account(account: Account) -> None:
    """Drop an account with its whole world."""
    account.delete()


def _effective_options(command: Command) -> Command:
    """Give a command the flag for changes that count from now on; they count always by default."""
    now = click.option(
        "--now", "effective", flag_value="now", help="Let it count from now on; otherwise as if it had always been so."
    )
    # An earlier version rebuilt the day with this flag, which is what a change does by default now.
    midnight = click.option("--midnight", "effective", flag_value="always", hidden=True)
    return now(midnight(command))


@click.command()
@click.argument("name", required=False)
@click.option("--for-seconds", type=float, help="From now on; after so long the one in force before comes back.")
@_effective_options
@with_account
def scenario(
    account: Account, name: ScenarioName | None, effective: Effective | None, for_seconds: float | None
) -> Any:
    """Show the scenario, or set one."""
    return account.scenario(name, effective=effective, for_seconds=for_seconds)


@click.group(invoke_without_command=True)
@with_account
def clock(account: Account) -> Any:
    """Show the clock, or turn it."""
    return _with_warnings(account.clock())


_tokens_option = click.option(
    "--tokens", type=click.Choice(TOKEN_TIMES), help="Whose time the life of tokens follows; as before by default."
)


@clock.command("freeze")
@click.argument("at", required=False)
@_tokens_option
@with_account
def freeze(account: Account, at: str | None, tokens: TokenTime | None) -> Any:
    """Let time stand still, at the instant AT or now."""
    return _with_warnings(account.freeze(at, tokens=tokens))


@clock.command("run")
@click.argument("at", required=False)
@click.option("--speed", type=float, help="Seconds of the account per second of wall time, up to 3600.")
@_tokens_option
@with_account
def run(account: Account, at: str | None, speed: float | None, tokens: TokenTime | None) -> Any:
    """Let time run, from AT and at a speed; with neither it is that of the wall again."""
    return _with_warnings(account.run(at, speed=speed, tokens=tokens))


@clock.command("advance")
@click.argument("seconds", type=float)
@with_account
def advance(account: Account, seconds: float) -> Any:
    """Move time on."""
    return _with_warnings(account.advance(seconds))


@click.command()
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@_effective_options
@with_account
def profile(account: Account, fields: tuple[str, ...], effective: Effective | None) -> Any:
    """Show the profile, or change fields of it; null brings back a default."""
    return account.profile(effective=effective or "always", **_fields(fields, _json))


@click.group(invoke_without_command=True)
@with_account
def pin(account: Account) -> Any:
    """Show what is pinned, or pin and unpin."""
    return account.pins()


@pin.command("set")
@click.argument("kind", type=click.Choice(OBJECT_KINDS))
@click.argument("key")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--reads", type=int, help="For so many answers.")
@click.option("--expires-at", help="Until when, by the account's clock.")
@with_account
def set_pin(account: Account, kind: ObjectKind, key: str, fields: tuple[str, ...], **rest: Any) -> Any:
    """Let fields of an object stay as they are."""
    return account.pin(kind, key, **rest, **_fields(fields, _kpn_value))


@pin.command("drop")
@click.argument("kind", required=False, type=click.Choice(OBJECT_KINDS))
@click.argument("key", required=False)
@with_account
def drop_pins(account: Account, kind: ObjectKind | None, key: str | None) -> None:
    """Unpin an object, all of a kind, or everything."""
    account.unpin(kind, key)


@click.group(invoke_without_command=True)
@with_account
def fault(account: Account) -> Any:
    """Show what is to go wrong, or let it."""
    return account.faults()


@fault.command(
    "add",
    help="Let the next requests of OPERATION end as told, one OUTCOME after the other.\n\n"
    "OPERATION is token, agents, agent, queues, queue, trunks, trunk, or any; an OUTCOME is like 503, 200ms, "
    f"503+200ms, ok, {', '.join(CONNECTION_FAULTS)}, or the JSON of one.",
)
@click.argument("operation")
@click.argument("outcomes", nargs=-1, required=True, metavar="OUTCOME...")
@click.option("--api", default="kpn", show_default=True)
@click.option("--key", help="Only for the agent, queue or trunk with this Logid or Number.")
@click.option("--repeat", is_flag=True, help="Begin again when all outcomes are used up.")
@click.option("--probability", type=float, help="Let one outcome happen by chance instead, 0 to 1.")
@click.option("--seed", help="Which chance.")
@with_account
def add_fault(account: Account, operation: str, outcomes: tuple[str, ...], **rest: Any) -> Any:
    """
    Add a fault plan; the command's help is made from the words it takes.

    Raises:
        CommandError: The outcomes do not fit the options.
    """
    planned = [_outcome(word) for word in outcomes]
    probability, seed = rest["probability"], rest["seed"]
    limits = {"api": rest["api"], "key": rest["key"]}
    if probability is None:
        return account.fail(operation, *planned, repeat=rest["repeat"], **limits)
    if len(planned) > 1 or rest["repeat"]:
        raise CommandError("with --probability there must be one OUTCOME and no --repeat")
    return account.fail_sometimes(operation, probability, planned[0], seed=seed, **limits)


@fault.command("drop")
@click.argument("fault_id", required=False)
@with_account
def drop_faults(account: Account, fault_id: str | None) -> None:
    """Drop a fault, or all of them."""
    account.heal(fault_id)


@click.command()
@click.argument("limit", type=int, required=False)
@click.option("--interval", type=int, default=1, show_default=True)
@click.option("--unit", default="minute", show_default=True, help=_UNITS_HELP)
@click.option("--retry-after", is_flag=True, help="Let refusals say when to come again.")
@click.option("--drop", is_flag=True, help="Allow any number of calls.")
@with_account
def quota(account: Account, limit: int | None, drop: bool, **rest: Any) -> Any:
    """Show the quota, set it to LIMIT calls in a window of time, or drop it."""
    if drop:
        return account.drop_quota()
    return account.ask("GET", "/quota") if limit is None else account.quota(limit, **rest)


@click.command()
@click.option("--api")
@click.option("--operation")
@click.option("--method")
@click.option("--path", help="As it was sent; with a * at its end for any end.")
@click.option("--status", help="Such as 503 or 5xx.")
@click.option("--since", help="An ISO 8601 instant with offset, by the account's clock.")
@click.option("--limit", type=int, help="Only the newest so many.")
@click.option("--har", is_flag=True, help="Print an HTTP archive.")
@click.option("--clear", is_flag=True, help="Forget them.")
@click.option("--all", "of_all", is_flag=True, help="Those of all accounts and of none, for KPN_SANDBOX_ADMIN_TOKEN.")
@with_account
def requests(account: Account, har: bool, clear: bool, of_all: bool, **filters: Any) -> Any:
    """Show the last requests, oldest first."""
    present = {name: value for name, value in filters.items() if value is not None}
    if of_all:
        return _all_requests(account.url, har or clear, present)
    if clear:
        return account.forget_requests()
    return account.har(**present) if har else account.requests(**present)


@click.command()
@with_account
def conduct(account: Account) -> Any:
    """Show what the client does wrong."""
    return account.conduct()


@click.command()
@click.argument("layers", nargs=-1)
@with_account
def reset(account: Account, layers: tuple[ResetLayer, ...]) -> Any:
    """Make LAYERS, or all of them, as in the beginning."""
    return account.reset(*layers)


@click.command()
@url_option
@setting_options("host", "port", "client_id", "client_secret")
def token(url: str | None, **flags: Any) -> None:
    """Fetch an access token from a running sandbox and print it."""
    settings = settings_from(flags)
    token = ask_sandbox(url, settings, lambda client: client.token(settings.client_id, settings.client_secret))
    click.echo(terminal_text(token))


@click.command()
@url_option
@setting_options("host", "port")
def health(url: str | None, **flags: Any) -> None:
    """Exit with 0 if the running sandbox is ready, else with 1."""
    ask_sandbox(url, settings_from(flags), lambda client: client.ready())


@click.group()
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
    return _write_whole(file, json.dumps(state, indent=2, ensure_ascii=False) + "\n")


@snapshot.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True, path_type=Path))
@with_account
def restore_snapshot(account: Account, file: Path) -> Any:
    """Give the account the state in FILE, whole or not at all; - reads it from standard input."""
    restored = account.restore(_read_json(file))
    for note in restored["notes"]:
        click.echo(f"note: {terminal_text(note)}", err=True)
    return restored


def _write_whole(file: Path, text: str) -> None:
    """Write a file whole or not at all: what is there stays until the new text is written."""
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


def _all_requests(url: str, otherwise: bool, filters: dict[str, Any]) -> Any:
    if otherwise:
        raise CommandError("--all goes with neither --har nor --clear")
    return Client(url, administrator_token()).all_requests(**filters)


def _with_warnings(clock: JsonObject) -> JsonObject:
    """Return a clock, and print on standard error what is not in force at its instant."""
    for sentence in clock["not_in_force"]:
        click.echo(f"not in force: {terminal_text(sentence)}", err=True)
    return clock


COMMANDS = (token, health, account, scenario, clock, profile, pin, fault, quota, requests, conduct, reset, snapshot)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _kpn_value(text: str) -> Any:
    """A field's value as KPN spells it: a text, unless it is null or a list."""
    return _json(text) if text == "null" or text.startswith("[") else text


def _fields(words: tuple[str, ...], parse: Callable[[str], Any]) -> dict[str, Any]:
    pairs = [word.partition("=") for word in words]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise CommandError(f"fields must be written NAME=VALUE, not {name!r}")
    return {name: parse(value) for name, _, value in pairs}


def _outcome(word: str) -> dict[str, Any]:
    """Parse `503`, `200ms`, `503+200ms`, `ok`, `reset`, or the JSON of an outcome."""
    if word.startswith("{"):
        parsed = _json(word)
        if isinstance(parsed, dict):
            return parsed
    outcome: dict[str, Any] = {}
    for part in word.split("+"):
        if part.isdecimal():
            outcome["status"] = int(part)
        elif part.endswith("ms") and part[:-2].isdecimal():
            outcome["delay_ms"] = int(part[:-2])
        elif part == "ok":
            outcome["ok"] = True
        elif part in CONNECTION_FAULTS:
            outcome["connection"] = part
        else:
            raise CommandError(f"an outcome must be like 503, 200ms, 503+200ms, ok, reset or JSON, not {word!r}")
    return outcome
