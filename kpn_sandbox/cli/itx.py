"""Commands that play ITX against a provider's endpoint."""

from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import click

from kpn_sandbox.cli.commands import group
from kpn_sandbox.cli.options import CommandError, output_mode, output_options
from kpn_sandbox.cli.output import Report, print_result
from kpn_sandbox.client.external import TIMEOUT_SECONDS
from kpn_sandbox.itx_check.caller import CallFailed, EndpointUnreachable, customer_in, panel_url, request_panel
from kpn_sandbox.itx_check.panel import panel_app, panel_rows
from kpn_sandbox.itx_check.rules import Severity, check_panel
from kpn_sandbox.safe_text import terminal_text
from kpn_sandbox.server.listener import AddressError, listen
from kpn_sandbox.server.werkzeug_server import run_threaded
from kpn_sandbox.settings import base_url

FINE, WRONG, NO_ANSWER = 0, 1, 2
"""Exit codes: ITX could show it; it breaks a rule or is no panel; there is no answer, or the command is wrong."""

_STATUS_COLORS = {"GREEN": "green", "ORANGE": "yellow", "RED": "red"}
_SEVERITY_COLORS = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


@group()
def itx() -> None:
    """Play ITX: call your own Custom KPI endpoint, check its answer, show the panel."""


COMMANDS = (itx,)


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    limits = click.FloatRange(0.1, 300)
    wait = click.option("--timeout", "seconds", type=limits, default=TIMEOUT_SECONDS, help="Seconds to wait.")
    return click.argument("url")(wait(command))


@itx.command()
@_options
@click.option(
    "--customer-id", "customer_ids", multiple=True, help="Whose panel; that in URL by default; may be given again."
)
@click.option("--strict", is_flag=True, help="Let warnings count as errors.")
@click.option("--panel/--no-panel", default=True, help="Print the panel.")
@output_options
def check(*, url: str, seconds: float, customer_ids: tuple[str, ...], strict: bool, panel: bool) -> Report:
    """
    Call URL as ITX would, say what is wrong with its answer, and print the panel.

    Exit code 0: ITX could show it. 1: the answer breaks a rule or is no panel. 2: nobody answers, or wrong usage.
    """
    customers = customer_ids or (_customer_in(url),)
    checked = [_check(url, customer_id, seconds, strict=strict, panel=panel) for customer_id in customers]
    record = {"customers": list(map(dict, checked))}
    lines = [line for each in checked for line in each.lines]
    return Report(record, lines, exit_code=max(each.exit_code for each in checked))


@itx.command()
@_options
@click.option("--customer-id", default="", help="Whose panel is shown first.")
@click.option("--host", default="127.0.0.1", help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8090, help="Port to listen on; 0 takes a free one.")
@output_options
def panel(*, url: str, seconds: float, customer_id: str, host: str, port: int) -> None:
    """Serve the panel of URL as a web page, for any customer."""
    _serve(url, customer_id or customer_in(url), seconds, (host, port))


def _customer_in(url: str) -> str:
    customer_id = customer_in(url)
    if not customer_id:
        raise CommandError("give a customer: customerId=... in the query of URL, or --customer-id")
    return customer_id


def _serve(url: str, customer_id: str, seconds: float, address: tuple[str, int]) -> None:
    try:
        panel_url(url, customer_id)
        with listen(*address) as listener:
            here = base_url(address[0], listener.getsockname()[1])
            app, mode = panel_app(url, customer_id, seconds), output_mode()
            ready = Report({"ready": here}, [f"Ready: {here}"])
            run_threaded(app, [listener], stopping=Event(), ready=lambda: print_result(ready, mode))
    except (ValueError, AddressError) as error:
        raise CommandError(str(error)) from None


def _check(url: str, customer_id: str, seconds: float, *, strict: bool, panel: bool) -> Report:
    """Check the panel of one customer; the exit code of the command is the worst of all."""
    record: dict[str, Any] = {"customer_id": customer_id}
    try:
        response = request_panel(url, customer_id, seconds)
    except ValueError as error:
        raise CommandError(str(error)) from None
    except CallFailed as error:
        line = click.style(terminal_text(f"customerId={customer_id}: error: {error}"), fg="red")
        code = NO_ANSWER if isinstance(error, EndpointUnreachable) else WRONG
        return Report({**record, "error": str(error)}, [line], exit_code=code)
    body, findings = check_panel(response.body)
    head = f"customerId={customer_id}: {len(response.body)} bytes in {response.seconds:.2f} s"
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    record |= {
        "bytes": len(response.body),
        "seconds": round(response.seconds, 3),
        "errors": len(errors),
        "warnings": len(findings) - len(errors),
        "findings": [each._asdict() for each in findings],
    }
    lines = [
        click.style(terminal_text(head), bold=True),
        *(_panel_lines(body) if panel else ()),
        *(click.style(terminal_text(each), fg=_SEVERITY_COLORS[each.severity]) for each in findings),
        f"{len(errors)} errors, {len(findings) - len(errors)} warnings",
    ]
    return Report(record, lines, exit_code=WRONG if errors or (strict and findings) else FINE)


def _panel_lines(body: Any) -> Iterator[str]:
    for row in panel_rows(body):
        mark = click.style(terminal_text(f"  [{row.mark}]"), fg=_STATUS_COLORS.get(row.color)) if row.mark else ""
        links = terminal_text("".join(f"  {target}" for _, target in row.links))
        yield "  " * row.depth + click.style(terminal_text(row.text), bold=row.depth == 0) + mark + links
