"""The command that tries the documented behaviors of an API against any server."""

import time
from collections import Counter
from collections.abc import Iterable
from typing import Any

import click

from kpn_sandbox.cli.commands import CONNECTION, Choice, command
from kpn_sandbox.cli.connection import client_secret_file_option, read_secret, url_of
from kpn_sandbox.cli.options import CommandError, output_mode, output_options, setting_options, settings_from
from kpn_sandbox.cli.output import Report
from kpn_sandbox.client.external import TIMEOUT_SECONDS
from kpn_sandbox.conformance import SUITES
from kpn_sandbox.conformance.checks import (
    DIFFERS,
    HOLDS,
    NOT_TRIED,
    CheckResult,
    CheckSuite,
    Requester,
    ServerUnreachable,
    run_checks,
)
from kpn_sandbox.literals import hyphenated
from kpn_sandbox.safe_text import terminal_text

_COLORS = {HOLDS: "green", DIFFERS: "red", NOT_TRIED: "yellow"}
_LIMITS = click.FloatRange(0.1, 300)


@command()
@click.argument("url")
@click.option("--api", type=Choice([hyphenated(key) for key in SUITES]), default="kpn", help="Whose API it is.")
@click.option("--rate", type=click.FloatRange(0.01, 100), default=1.0, help="Requests per second at most.")
@click.option("--timeout", "seconds", type=_LIMITS, default=TIMEOUT_SECONDS, help="Seconds to wait for each answer.")
@click.option("--base-path", help="Path of KPN's resources below URL, tried out by default.")
@click.option("--customer-id", default="", help="Identifier of a customer whom ITX's provider knows.")
@click.option("--invented", is_flag=True, help="Try what is the sandbox's own choice, too.")
@setting_options("client_id", "client_secret", section=CONNECTION)
@client_secret_file_option
@output_options
def conformance(*, url: str, api: str, invented: bool, **options: Any) -> Report:
    """
    Try the documented behaviors of a vendor's API against the server at URL, the sandbox or the real one.

    It reads only, and shows no secrets. Exit code 0: all that could be tried holds. 1: something does not, or nothing
    could be tried. 2: the server cannot be reached, or wrong usage.
    """
    file = options.pop("client_secret_file")
    secret = {} if file is None else {"client_secret": read_secret(file)}
    settings = settings_from({name: options.pop(name) for name in ("client_id", "client_secret")} | secret)
    credentials = {"client_id": settings.client_id, "client_secret": settings.client_secret}
    suite = SUITES[next(key for key in SUITES if hyphenated(key) == api)]
    return _report(api, _results(suite, url_of(url), with_invented=invented, **credentials, **options))


COMMANDS = (conformance,)


def _results(suite: CheckSuite, url: str, *, with_invented: bool, **options: Any) -> list[CheckResult]:
    """Return the results, each of which is printed as soon as there is one, unless JSON or nothing is asked for."""
    results: list[CheckResult] = []
    printed = 0
    try:
        requester = Requester(url, **options, pause=time.sleep, now=time.monotonic)
        for each in run_checks(suite, requester, with_invented=with_invented):
            results.append(each)
            # Of a server that cannot be reached there is nothing but the error to print.
            if requester.has_answered:
                _print(results[printed:])
                printed = len(results)
    except ValueError as error:
        raise CommandError(str(error)) from None
    except ServerUnreachable as error:
        raise CommandError(f"the server at URL {error}") from None
    _print(results[printed:])
    return results


def _print(results: Iterable[CheckResult]) -> None:
    mode = output_mode()
    if not (mode.as_json or mode.quiet):
        for line in (line for each in results for line in _lines(each)):
            click.echo(line)


def _report(api: str, results: list[CheckResult]) -> Report:
    counted = Counter(each.result for each in results)
    summary = {name.replace(" ", "_"): counted[name] for name in (HOLDS, DIFFERS, NOT_TRIED)}
    record = {"api": api, **summary, "checks": [each._asdict() for each in results]}
    total = f"{counted[HOLDS]} hold, {counted[DIFFERS]} do not, {counted[NOT_TRIED]} could not be tried"
    return Report(record, [total], exit_code=0 if counted[HOLDS] and not counted[DIFFERS] else 1)


def _lines(check: CheckResult) -> list[str]:
    text = f"{check.result:<9}  {check.label:<10}  {check.behavior}"
    more = {DIFFERS: [f"expected: {check.expected}", f"got: {check.got}"], NOT_TRIED: [check.got]}.get(check.result, [])
    return [
        click.style(terminal_text(text), fg=_COLORS[check.result]),
        *(terminal_text(f"    {line}") for line in more),
    ]
