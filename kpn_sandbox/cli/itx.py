"""Commands that play ITX against a provider's endpoint."""

from collections.abc import Callable
from typing import Any

import click

from kpn_sandbox.cli.options import Failure

FINE, WRONG, NO_ANSWER = 0, 1, 2
"""Exit codes: ITX could show it; it breaks a rule or is no panel; nobody answers, or the command is wrong."""

_COLORS = {"GREEN": "green", "ORANGE": "yellow", "RED": "red"}
_SEVERITIES = {"error": "red", "warning": "yellow"}


@click.group()
def itx() -> None:
    """Play ITX: call your own Custom KPI endpoint, check its answer, show the panel."""


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    wait = click.option("--timeout", "seconds", type=click.FloatRange(0.1, 300), default=10.0, help="Seconds to wait.")
    return click.argument("url")(wait(command))


@itx.command()
@_options
@click.option("--customer-id", "customer_ids", multiple=True, required=True, help="Whose panel; may be given again.")
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@click.option("--panel/--no-panel", default=True, help="Print the panel.")
@click.pass_context
def check(
    context: click.Context, url: str, seconds: float, customer_ids: tuple[str, ...], strict: bool, panel: bool
) -> None:
    """
    Call URL as ITX would, say what is wrong with its answer, and print the panel.

    Exit code 0: ITX could show it. 1: the answer breaks a rule or is no panel. 2: nobody answers, or wrong usage.
    """
    codes = [_checked(url, customer_id, seconds, strict=strict, panel=panel) for customer_id in customer_ids]
    context.exit(max(codes))


@itx.command()
@_options
@click.option("--customer-id", default="", help="Whose panel is shown first.")
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, help="Port to listen on; 0 takes a free one.")
def panel(url: str, seconds: float, customer_id: str, host: str, port: int) -> None:
    """Serve the panel of URL as a web page, for any customer."""
    from kpn_sandbox.itx_check.caller import address
    from kpn_sandbox.itx_check.page import panel_app
    from kpn_sandbox.server.listener import AddressError, listen
    from kpn_sandbox.server.werkzeug_server import run_threaded
    from kpn_sandbox.settings import base_url

    try:
        address(url, customer_id)
        with listen(host, port) as listener:
            here = base_url(host, listener.getsockname()[1])
            app = panel_app(url, customer_id, seconds)
            run_threaded(app, listener, ready=lambda: click.echo(f"Ready: {here}"))
    except (ValueError, AddressError) as error:
        raise Failure(str(error)) from None


def _checked(url: str, customer_id: str, seconds: float, *, strict: bool, panel: bool) -> int:
    from kpn_sandbox.itx_check.caller import Unreachable, Unusable, call
    from kpn_sandbox.itx_check.rules import ERROR, check

    try:
        answer = call(url, customer_id, seconds=seconds)
    except ValueError as error:
        raise Failure(str(error)) from None
    except Unusable as error:
        return _told(customer_id, f"error: {error}", WRONG)
    except Unreachable as error:
        return _told(customer_id, f"error: {error}", NO_ANSWER)
    given, findings = check(answer.body)
    _told(customer_id, f"{len(answer.body)} bytes in {answer.seconds:.2f} s", FINE)
    if panel:
        _print_panel(given)
    for finding in findings:
        click.secho(str(finding), fg=_SEVERITIES[finding.severity])
    errors = [finding for finding in findings if finding.severity == ERROR]
    click.echo(f"{len(errors)} errors, {len(findings) - len(errors)} warnings")
    return WRONG if errors or (strict and findings) else FINE


def _told(customer_id: str, text: str, code: int) -> int:
    click.secho(f"customerId={customer_id}: {text}", fg="red" if code else None, bold=not code)
    return code


def _print_panel(given: Any) -> None:
    from kpn_sandbox.itx_check.panel import rows

    for row in rows(given):
        mark = click.style(f"  [{row.mark}]", fg=_COLORS.get(row.color)) if row.mark else ""
        links = "".join(f"  {target}" for _, target in row.links)
        click.echo("  " * row.depth + click.style(row.text, bold=row.depth == 0) + mark + links)
