"""
Results of commands: tables on a terminal, JSON in a pipe and with `--json`, nothing with `-q`.

rich draws the tables. It is imported when the first one is, because most commands run in scripts.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import click

from kpn_sandbox.safe_text import terminal_json, terminal_text

_COLORS = {"2": "green", "3": "yellow", "4": "yellow", "5": "red"}
"""Colors of statuses by their first digit."""


class OutputMode(NamedTuple):
    """How a command prints its result."""

    as_json: bool = False
    quiet: bool = False


class Rows(list[Any]):
    """A list of JSON objects that a table shows with some of their members only, or with others made for it."""

    def __init__(self, records: Iterable[Any], columns: Sequence[str]) -> None:
        super().__init__(records)
        self.columns = columns


class Sections(dict[str, Any]):
    """A JSON object that a terminal shows in other words, as `shown`."""

    def __init__(self, record: Mapping[str, Any], shown: Mapping[str, Any]) -> None:
        super().__init__(record)
        self.shown = shown


class Report(dict[str, Any]):
    """
    A JSON object that is printed as lines of text unless JSON is asked for, into a pipe, too.

    Args:
        record: The object.
        lines: The lines, whose texts a terminal may show as they are.
        exit_code: Exit code of the command.
    """

    def __init__(self, record: Mapping[str, Any], lines: Iterable[str], *, exit_code: int = 0) -> None:
        super().__init__(record)
        self.lines = list(lines)
        self.exit_code = exit_code


def deleted(*things: str) -> dict[str, list[str]]:
    """Return the result of a command that deletes: what was deleted, each thing in words."""
    return {"deleted": list(things)}


def is_terminal() -> bool:
    """Whether standard output is a terminal."""
    # A program that was started with its output closed has none.
    return sys.stdout is not None and sys.stdout.isatty()


def print_result(result: Any, mode: OutputMode) -> None:
    """
    Print the result of a command; None prints nothing.

    Args:
        result: A JSON value.
        mode: How to print it.
    """
    if result is None or mode.quiet:
        return
    if isinstance(result, Report) and not mode.as_json:
        for line in result.lines:
            click.echo(line)
    elif mode.as_json or not is_terminal():
        click.echo(terminal_json(json.dumps(result, indent=2, ensure_ascii=False)))
    elif isinstance(result, dict) and list(result) == ["deleted"]:
        click.echo("\n".join(terminal_text(f"deleted {thing}") for thing in result["deleted"]) or "nothing to delete")
    else:
        _print_table(result)


def print_entry(entry: Mapping[str, Any], mode: OutputMode) -> None:
    """
    Print a request of the request log in one line.

    Args:
        entry: The request.
        mode: How to print it; JSON has a line for each.
    """
    if mode.as_json or not is_terminal():
        click.echo(terminal_json(json.dumps(entry, ensure_ascii=False)))
        return
    status = click.style(str(entry["status"] or "none"), fg=_COLORS.get(str(entry["status"])[:1]))
    click.echo(f"{terminal_text(entry['at'])}  {status}  {terminal_text(_request(entry))}")


def discard_output() -> None:
    """Let what is still to be written to standard output vanish; whoever read it has closed it."""
    # Python flushes once more when it ends, and would complain.
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)


def _request(entry: Mapping[str, Any]) -> str:
    query = f"?{entry['query']}" if entry["query"] else ""
    note = f"  ({entry['note']})" if entry.get("note") else ""
    return f"{entry['method']} {entry['path']}{query}  {entry['duration_ms']} ms{note}"


def _print_table(result: Any) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    def cell(name: str, value: Any) -> Text:
        color = _COLORS.get(str(value)[:1]) if name == "status" and value else None
        return Text("\n".join(map(terminal_text, _text(value).split("\n"))), style=color or "")

    if isinstance(result, list):
        records = [each if isinstance(each, dict) else {"name": each} for each in result]
        names = list(getattr(result, "columns", records[0] if records else ()))
        table = Table(*names, box=None, header_style="bold")
        for record in records:
            table.add_row(*(cell(name, record.get(name)) for name in names))
    else:
        table = Table(box=None, show_header=False)
        shown = getattr(result, "shown", result)
        for name, value in shown.items() if isinstance(shown, dict) else (("", shown),):
            table.add_row(Text(terminal_text(name.replace("_", " ")), style="bold"), cell(name, value))
    console = Console(highlight=False)
    console.print(table if table.row_count else "none")


def _text(value: Any) -> str:
    """Return a JSON value in words."""
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return _request(value) if {"method", "path"} <= value.keys() else ", ".join(_pairs(value))
    if isinstance(value, list):
        return ("; " if any(isinstance(each, dict) for each in value) else ", ").join(map(_text, value))
    return str(value)


def _pairs(value: Mapping[str, Any]) -> Iterable[str]:
    return (f"{name}={_text(item)}" for name, item in value.items())
