"""Checks of markers and ini options when tests are collected, with file and line of each mistake."""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from kpn_sandbox.literals import CONDUCT_RULES
from kpn_sandbox.safe_text import terminal_text
from kpn_sandbox.testing.account_options import OptionError, check_marker, ini_options
from kpn_sandbox.validation import near_miss

MOST_TOKENS = 1000
"""The greatest number of tokens that the marker `kpn_conduct` may allow, as long as the request log is."""


def check_ini_options(config: pytest.Config) -> None:
    """
    Check the ini options.

    Raises:
        UsageError: One cannot be used; the message names file and line.
    """
    try:
        ini_options(config)
        _check_count("requests", config.getini("kpn_sandbox_requests"))
        _check_rules(config.getini("kpn_sandbox_conduct"), "conduct must name rules")
    except OptionError as error:
        name = error.name or "conduct"
        place = _line_of_ini(config, f"kpn_sandbox_{name}")
        raise pytest.UsageError(
            terminal_text(f"{place}kpn_sandbox_{str(error).removeprefix('kpn_sandbox_')}")
        ) from None


def _check_count(name: str, text: str) -> None:
    if not re.fullmatch("[0-9]{0,6}", text):
        raise OptionError(f"{name} must be a whole number, not {text!r}", name)


def _line_of_ini(config: pytest.Config, option: str) -> str:
    """Return file and line of an ini option with a colon; nothing where the command line gave it."""
    try:
        lines = config.inipath.read_text(encoding="utf-8").splitlines() if config.inipath else []
    except (OSError, UnicodeDecodeError):
        return ""
    found = (number for number, line in enumerate(lines, 1) if re.match(rf"\s*[\"']?{option}\b", line))
    number = next(found, 0)
    return f"{config.inipath}:{number}: " if number and not _is_overridden(config, option) else ""


def _is_overridden(config: pytest.Config, option: str) -> bool:
    return any(given.partition("=")[0] == option for given in config.getoption("override_ini") or ())


def marker_errors(items: Iterable[pytest.Item]) -> list[str]:
    """Return a line for each marker of tests that cannot be used, with the file and line where it stands."""
    errors: dict[str, None] = {}
    for item in items:
        for name, check in _CHECKS.items():
            for node, marker in item.iter_markers_with_node(name):
                try:
                    check(marker)
                except OptionError as error:
                    place = _place(item, node, marker, error.name)
                    errors.setdefault(terminal_text(f"{place}: the marker {name}: {error}"))
    return list(errors)


def _check_conduct(marker: pytest.Mark) -> None:
    """
    Check a marker `kpn_conduct` by itself.

    Raises:
        OptionError: It cannot be used.
    """
    _check_rules(marker.args, "it takes rules")
    for name in marker.kwargs:
        if name != "tokens":
            raise OptionError(f"it takes rules and tokens, not {name!r}", name)
    tokens = marker.kwargs.get("tokens", 1)
    if isinstance(tokens, bool) or not isinstance(tokens, int) or not 1 <= tokens <= MOST_TOKENS:
        raise OptionError(f"tokens must be a whole number from 1 to {MOST_TOKENS}, not {tokens!r}", "tokens")


def _check_rules(rules: Sequence[Any], role: str) -> None:
    for rule in rules:
        if rule not in CONDUCT_RULES:
            meant = near_miss(str(rule), CONDUCT_RULES)
            known = ", ".join(CONDUCT_RULES)
            raise OptionError(f"{role} ({known}), not {rule!r}{'.' if meant else ''}{meant}")


_CHECKS: dict[str, Callable[[pytest.Mark], None]] = {"kpn_sandbox": check_marker, "kpn_conduct": _check_conduct}
"""The check of each marker."""


def _place(item: pytest.Item, node: Any, marker: pytest.Mark, word: str) -> str:
    """Return file and line of a marker: of the wrong word in its call, else of the beginning of what it marks."""
    first = _first_line(node)
    try:
        tree = ast.parse(Path(node.path).read_bytes())
    except (OSError, SyntaxError, ValueError):
        # A package is marked in its __init__.py; what is no Python has no decorators.
        tree = ast.Module([], [])
    inside = [each for part in _places_of_markers(tree, first) for each in ast.walk(part)]
    lines = sorted(_lines(inside, marker, word))
    file = item.location[0] if node.path == item.path else node.path
    return f"{file}:{lines[0][1] if lines else first or 1}"


def _first_line(node: Any) -> int:
    """Return the first line of a function or class, with its decorators; 0 for a module."""
    target = inspect.unwrap(getattr(node, "obj", None) or node)
    try:
        return inspect.getsourcelines(target)[1]
    except (OSError, TypeError):
        return 0


def _places_of_markers(tree: ast.Module, first: int) -> list[ast.AST]:
    """Return the decorators of the definition in a line, or the statements of a module that define nothing."""
    definitions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    if not first:
        return [each for each in tree.body if not isinstance(each, definitions)]
    for each in ast.walk(tree):
        if isinstance(each, definitions) and first in (each.lineno, *(one.lineno for one in each.decorator_list)):
            return [*each.decorator_list, *(one for one in each.body if isinstance(one, ast.Assign))]
    return []


def _lines(inside: Iterable[ast.AST], marker: pytest.Mark, word: str) -> Iterator[tuple[bool, int]]:
    """Yield the lines where a marker is called with the word, those that have its very value first."""
    for call in inside:
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == marker.name:
            if not word and call.args:
                yield True, call.lineno
            for keyword in call.keywords:
                if keyword.arg == word:
                    value = keyword.value
                    yield not (isinstance(value, ast.Constant) and value.value == marker.kwargs[word]), value.lineno
