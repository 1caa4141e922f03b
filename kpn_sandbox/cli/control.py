"""
Commands that control an account of a running sandbox: the control API from the shell.

The account is that of `--client-id` and `--client-secret`. Where `KPN_SANDBOX_ADMIN_TOKEN` is set the administrator
asks, for any account.
"""

import json
from collections.abc import Callable
from typing import Any

import click

from kpn_sandbox.cli.commands import DURATION, Choice, Command, command, group
from kpn_sandbox.cli.connection import instant_of, with_account
from kpn_sandbox.cli.options import CommandError, joined
from kpn_sandbox.cli.output import Rows, deleted
from kpn_sandbox.client import Account, describe_fault
from kpn_sandbox.client.records import ClockRecord
from kpn_sandbox.instants import FORMS, seconds_of
from kpn_sandbox.literals import (
    CONNECTION_FAULTS,
    OBJECT_KINDS,
    QUOTA_UNITS,
    RESET_LAYERS,
    SCENARIO_NAMES,
    TOKEN_TIMES,
    Effective,
    ObjectKind,
    ResetLayer,
    TokenTime,
)
from kpn_sandbox.safe_text import terminal_text
from kpn_sandbox.validation import near_miss

_UNITS_HELP = f"{joined(QUOTA_UNITS)}."
_FORMS_HELP = f"AT is {FORMS}. A time without a day is of the account's day, a day of the week the coming one."


def _effective_options(command: Command) -> Command:
    """Give a command the flag for changes that count from now on; they count always by default."""
    now = click.option(
        "--now", "effective", flag_value="now", help="Let it count from now on; otherwise as if it had always been so."
    )
    # An earlier version rebuilt the day with this flag, which is what a change does by default now.
    midnight = click.option("--midnight", "effective", flag_value="always", hidden=True)
    return now(midnight(command))


@command(help=f"Show the scenario, or set one: {joined(SCENARIO_NAMES)}.")
@click.argument("words", nargs=-1, metavar="[NAME]")
@click.option(
    "--for",
    "--for-seconds",
    "for_seconds",
    type=DURATION,
    metavar="DURATION",
    help="From now on; after so long, like 90, 15m or 1h30m, the one in force before comes back.",
)
@_effective_options
@with_account
def scenario(account: Account, words: tuple[str, ...], effective: Effective | None, for_seconds: float | None) -> Any:
    """Show or set the scenario; the command's help is made from the names."""
    # A name of two words need not be quoted.
    name: Any = " ".join(words) or None
    return account.scenario(name, effective=effective, for_seconds=for_seconds)


@group(invoke_without_command=True)
@with_account
def clock(account: Account) -> Any:
    """Show the clock, or turn it."""
    return _with_warnings(account.clock())


_tokens_option = click.option(
    "--tokens", type=Choice(TOKEN_TIMES), help="Whose time the life of tokens follows; as before by default."
)


@clock.command("freeze", help=f"Let time stand still, at the instant AT or now.\n\n{_FORMS_HELP}")
@click.argument("at", nargs=-1)
@_tokens_option
@with_account
def freeze(account: Account, at: tuple[str, ...], tokens: TokenTime | None) -> Any:
    """Freeze the clock; the command's help is made from the forms of an instant."""
    return _with_warnings(account.freeze(instant_of(" ".join(at), account), tokens=tokens))


@clock.command(
    "run", help=f"Let time run, from AT and at a speed; with neither it is that of the wall again.\n\n{_FORMS_HELP}"
)
@click.argument("at", nargs=-1)
@click.option("--speed", type=float, help="Seconds of the account per second of wall time, up to 3600.")
@_tokens_option
@with_account
def run(account: Account, at: tuple[str, ...], speed: float | None, tokens: TokenTime | None) -> Any:
    """Start the clock; the command's help is made from the forms of an instant."""
    return _with_warnings(account.run(instant_of(" ".join(at), account), speed=speed, tokens=tokens))


@clock.command("advance")
@click.argument("seconds", type=DURATION, metavar="DURATION")
@with_account
def advance(account: Account, seconds: float) -> Any:
    """Move time on by a DURATION like 3600, 90s, 15m or 1h30m."""
    return _with_warnings(account.advance(seconds))


@command()
@click.argument("fields", nargs=-1, metavar="[FIELD=VALUE]...")
@_effective_options
@with_account
def profile(account: Account, fields: tuple[str, ...], effective: Effective | None) -> Any:
    """Show the profile, or change fields of it; null brings back a default."""
    return account.profile(effective=effective or "always", **fields_of(fields, json_of))


@group(invoke_without_command=True)
@with_account
def pin(account: Account) -> Any:
    """Show what is pinned, or pin and unpin."""
    return Rows(account.pins(), ("kind", "key", "fields", "expires_at", "reads"))


@pin.command("set")
@click.argument("kind", type=Choice(OBJECT_KINDS))
@click.argument("key")
@click.argument("fields", nargs=-1, required=True, metavar="FIELD=VALUE...")
@click.option("--reads", type=int, help="For so many answers.")
@click.option("--expires-at", help="Until when, by the account's clock; in the forms of `clock freeze`.")
@with_account
def set_pin(
    account: Account, kind: ObjectKind, key: str, fields: tuple[str, ...], expires_at: str | None, **rest: Any
) -> Any:
    """Let fields of an object stay as they are."""
    until = instant_of(expires_at, account)
    return account.pin(kind, key, expires_at=until, **rest, **fields_of(fields, _kpn_value))


@pin.command("drop")
@click.argument("kind", required=False, type=Choice(OBJECT_KINDS))
@click.argument("key", required=False)
@with_account
def drop_pins(account: Account, kind: ObjectKind | None, key: str | None) -> Any:
    """Unpin an object, all of a kind, or everything."""
    return deleted(*(f"pin on {pin['kind']} {pin['key']}" for pin in account.unpin(kind, key)))


@group(invoke_without_command=True)
@with_account
def fault(account: Account) -> Any:
    """Show what is to go wrong, or let it."""
    return Rows(account.faults(), ("id", "api", "operation", "key", "outcomes", "probability", "repeat", "remaining"))


@fault.command(
    "add",
    help="Let the next requests of OPERATION end as given, one OUTCOME after the other.\n\n"
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
def add_fault(account: Account, operation: Any, outcomes: tuple[str, ...], **rest: Any) -> Any:
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
def drop_faults(account: Account, fault_id: str | None) -> Any:
    """Drop a fault, or all of them."""
    dropped = [fault for fault in account.faults() if fault_id in (None, fault["id"])]
    account.heal(fault_id)
    return deleted(*(describe_fault(fault) for fault in dropped))


@command()
@click.argument("limit", type=int, required=False)
@click.option("--interval", type=int, default=1, show_default=True)
@click.option("--unit", default="minute", show_default=True, help=_UNITS_HELP)
@click.option("--retry-after", is_flag=True, help="Let refusals say when to come again.")
@click.option("--drop", is_flag=True, help="Allow any number of calls.")
@with_account
def quota(account: Account, limit: int | None, drop: bool, **rest: Any) -> Any:
    """Show the quota, set it to LIMIT calls in a window of time, or drop it."""
    if drop:
        dropped = account.quota()
        account.drop_quota()
        return deleted(*(f"quota of {each['limit']} a {each['unit']}" for each in (dropped,) if each))
    return account.ask("GET", "/quota") if limit is None else account.quota(limit, **rest)


@command(help=f"Make LAYERS as in the beginning: {joined(RESET_LAYERS)}; all by default.")
@click.argument("layers", nargs=-1)
@with_account
def reset(account: Account, layers: tuple[ResetLayer, ...]) -> Any:
    """Reset layers; the command's help is made from their names."""
    return account.reset(*layers)


def _with_warnings(clock: ClockRecord) -> ClockRecord:
    """Return a clock, and print on standard error what is not in force at its instant."""
    for sentence in clock["not_in_force"]:
        click.echo(f"not in force: {terminal_text(sentence)}", err=True)
    return clock


COMMANDS = (scenario, clock, profile, pin, fault, quota, reset)


def json_of(text: str) -> Any:
    """Return what a text means as JSON; the text itself if it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _kpn_value(text: str) -> Any:
    """A field's value as KPN spells it: a text, unless it is null or a list."""
    return json_of(text) if text == "null" or text.startswith("[") else text


def fields_of(words: tuple[str, ...], parse: Callable[[str], Any]) -> dict[str, Any]:
    """
    Return the values of `NAME=VALUE` words by name.

    Args:
        words, parse: The words, and what makes a value of the text after the sign.

    Raises:
        CommandError: A word is not so written.
    """
    pairs = [word.partition("=") for word in words]
    for name, equals, _ in pairs:
        if not name or not equals:
            raise CommandError(f"fields must be written NAME=VALUE, not {name!r}")
    return {name: parse(value) for name, _, value in pairs}


def _outcome(word: str) -> dict[str, Any]:
    """Parse `503`, `200ms`, `503+200ms`, `ok`, `reset`, or the JSON of an outcome."""
    if word.startswith("{"):
        parsed = json_of(word)
        if isinstance(parsed, dict):
            return parsed
    outcome: dict[str, Any] = {}
    for part in word.split("+"):
        if part.isdecimal():
            outcome["status"] = int(part)
        elif (delay := _milliseconds(part)) is not None:
            outcome["delay_ms"] = delay
        elif part == "ok":
            outcome["ok"] = True
        elif part in (*CONNECTION_FAULTS, "timeout"):
            outcome["connection"] = part
        else:
            meant = near_miss(part, ("ok", "timeout", *CONNECTION_FAULTS))
            example = "like 503, 200ms, 503+200ms, ok, reset or JSON"
            raise CommandError(f"an outcome must be {example}, not {word!r}{'.' if meant else ''}{meant}")
    return outcome


def _milliseconds(word: str) -> int | None:
    """Return the milliseconds of a delay such as `200ms` or `2s`; None when it is none."""
    if word.endswith("ms") and word[:-2].isdecimal():
        return int(word[:-2])
    try:
        return int(seconds_of(word) * 1000)
    except ValueError:
        return None
