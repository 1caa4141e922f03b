"""
Options of the accounts that tests get, from ini options, markers, fixtures and calls, and what each may be.

What cannot be used is found when tests are collected, with its file and line.

pytest imports the plugin for every project; this module is imported once a test asks for a fixture or has a marker.
"""

import ast
import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kpn_sandbox.client import ClientError
from kpn_sandbox.client.values import control_value, instant, text_of
from kpn_sandbox.instants import FORMS, instant_text
from kpn_sandbox.literals import CONDUCT_RULES, SCENARIO_NAMES
from kpn_sandbox.safe_text import terminal_text
from kpn_sandbox.settings import SettingError, Settings, remote_sandbox
from kpn_sandbox.validation import InvalidValue, Rule, choice, invalid_value_message, near_miss, spelled

MOST_TOKENS = 1000
"""The greatest number of tokens that the marker `kpn_conduct` may allow, as long as the request log is."""

ACCOUNT_OPTIONS = ("scenario", "at", "agents", "seed", "profile", "clock", "client_id", "client_secret")
"""The names that the marker `kpn_sandbox` and the fixture `kpn_account_settings` take."""

INI_OPTIONS = ("scenario", "at", "agents", "seed")
"""The names that are ini options, too, there with `kpn_sandbox_` before them."""

_OF_SETTINGS: Mapping[str, Rule[Any]] = {each.name: each.metadata["rule"] for each in fields(Settings)}
_RULES: Mapping[str, Rule[Any]] = {
    **{name: _OF_SETTINGS[name] for name in ("agents", "client_id", "client_secret", "seed")},
    "scenario": choice(*SCENARIO_NAMES),
    "at": Rule(FORMS, lambda text: text != Settings.clock and _OF_SETTINGS["clock"].accepts(text)),
}
"""The rule of each option that is a single value, as a text."""


class OptionError(ValueError):
    """
    An option of an account cannot be used; the message says in one line what would be right.

    Args:
        message: The message.
        name: The option that is wrong, empty when it is none alone.
    """

    def __init__(self, message: str, name: str = "") -> None:
        super().__init__(message)
        self.name = name


def ini_options(config: pytest.Config) -> dict[str, Any]:
    """Return the account's options among the ini options that are set, checked."""
    values = {name: config.getini(f"kpn_sandbox_{name}") for name in INI_OPTIONS}
    options: dict[str, Any] = {name: value for name, value in values.items() if value}
    check_values(options)
    if "agents" in options:
        options["agents"] = int(options["agents"])
    if "at" in options:
        # A TOML file may have an instant, which pytest writes with a space.
        options["at"] = instant(options["at"])
    return options


def account_options(
    config: pytest.Config, chosen: Mapping[str, Any], markers: Iterable[pytest.Mark] = ()
) -> dict[str, Any]:
    """
    Collect the settings of an account: markers go before what was chosen, and both before the ini options.

    Args:
        config: The configuration with the ini options.
        chosen: What the fixture `kpn_account_settings` returned.
        markers: The markers of the test, the nearest one first.

    Returns:
        Arguments for `RunningSandbox.new_account`.

    Raises:
        OptionError: A name is none of `ACCOUNT_OPTIONS`, or what was chosen has no names.
    """
    if not isinstance(chosen, Mapping):
        raise OptionError(f"kpn_account_settings must return a dictionary, not {chosen!r:.200}")
    options = combined(ini_options(config), chosen)
    # The last update wins.
    for marker in reversed(list(markers)):
        options = combined(options, marker.kwargs)
    check_names(options)
    return options


def combined(options: Mapping[str, Any], nearer: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return options with nearer ones on top.

    What says the same by another name is replaced, too: a clock an instant, an instant a clock, a profile its agents.

    Args:
        options: Those from further away.
        nearer: Those that win.
    """
    hidden = {"clock": "at", "at": "clock"}
    dropped = {hidden[name] for name in nearer if name in hidden} - set(nearer)
    if "agents" in _profile(nearer) and "agents" not in nearer:
        dropped.add("agents")
    return {**{name: value for name, value in options.items() if name not in dropped}, **nearer}


def _profile(options: Mapping[str, Any]) -> Mapping[str, Any]:
    """The profile among options, empty where there is none; what is no mapping is refused elsewhere."""
    profile = options.get("profile")
    return profile if isinstance(profile, Mapping) else {}


def check_marker(marker: pytest.Mark) -> None:
    """
    Check a marker `kpn_sandbox` by itself.

    Raises:
        OptionError: It cannot be used, whatever else there is.
    """
    if marker.args:
        raise OptionError(f"it takes names with values ({', '.join(ACCOUNT_OPTIONS)}), not {marker.args[0]!r}")
    check_names(marker.kwargs)
    check_values(marker.kwargs)


def check_names(options: Iterable[str], known: Iterable[str] = ACCOUNT_OPTIONS) -> None:
    """
    Check the names of options.

    Args:
        options: The names.
        known: The names that may be.

    Raises:
        OptionError: One is not known.
    """
    for name in options:
        if name not in known:
            meant = near_miss(name, known)
            raise OptionError(f"it takes {', '.join(known)}, not {name!r}{'.' if meant else ''}{meant}", name)


def check_values(options: Mapping[str, Any]) -> None:
    """
    Check the values of options, by the rules of the control API.

    Raises:
        OptionError: A value cannot be used, or two exclude each other.
    """
    given = {name: value for name, value in options.items() if value is not None}
    for name in _RULES:
        if name in given:
            _check_value(name, given[name])
    for name in ("profile", "clock"):
        if name in given and not isinstance(given[name], Mapping):
            raise OptionError(f"{name} must be a dictionary, not {given[name]!r:.200}", name)
    _check_agreement(given)
    # A sandbox elsewhere checks these itself, and its tests need not wait for the import of all rules.
    if ("profile" in given or "clock" in given) and not _is_elsewhere():
        _check_objects({name: given[name] for name in ("profile", "clock") if name in given})


def _check_agreement(given: Mapping[str, Any]) -> None:
    """Refuse two options that say different things of one."""
    if "at" in given and "clock" in given:
        clock = given["clock"]
        same = _instant(clock.get("at", given["at"]), "clock.at") == _instant(given["at"], "at")
        if clock.get("mode", "frozen") != "frozen" or "speed" in clock or not same:
            raise OptionError("it takes either at or clock, or both if they say the same", "at")
    if "agents" in given and str(_profile(given).get("agents", given["agents"])) != str(given["agents"]):
        raise OptionError("it takes agents once, not also another number in profile", "agents")


def _is_elsewhere() -> bool:
    try:
        return remote_sandbox() is not None
    except SettingError:
        # The fixture says what is wrong.
        return True


def _check_value(name: str, value: Any) -> None:
    try:
        _RULES[name](name, _instant(value, name) if name == "at" else spelled(text_of(value, name), SCENARIO_NAMES))
    except ClientError as error:
        raise OptionError(str(error), name) from None
    except InvalidValue as error:
        raise OptionError(invalid_value_message(name, value, error.allowed), name) from None


def _instant(value: Any, name: str) -> str:
    """Return an instant in ISO 8601, in UTC; on which day words such as "10:00" mean does not matter for a check."""
    text = instant(value, name)
    try:
        moment = datetime.fromisoformat(instant_text(text, lambda: datetime(2026, 1, 1, tzinfo=UTC)))
        return moment.astimezone(UTC).isoformat()
    except (ValueError, OverflowError):
        return text


def _check_objects(values: Mapping[str, Any]) -> None:
    # Not at the top: it takes 0.9 s, which only a sandbox of the tests' own needs anyway.
    from marshmallow import ValidationError

    from kpn_sandbox.control_api.fields import field_errors
    from kpn_sandbox.control_api.request_schemas import NewAccountRequestSchema

    try:
        body = control_value(values)
        clock = body.get("clock", {})
        if isinstance(clock.get("at"), str):
            clock["at"] = _instant(clock["at"], "clock.at")
        # The client chooses a mode where there is none.
        body |= {"clock": {"mode": "running", **clock}} if "clock" in body else {}
        NewAccountRequestSchema().load(body)
    except ClientError as error:
        raise OptionError(str(error)) from None
    except ValidationError as error:
        wrong = field_errors(error.messages, body)[0]
        shown = f", not {wrong['value']!r}" if "value" in wrong else ""
        name = wrong["field"].partition(".")[0]
        raise OptionError(f"{wrong['field']} must be {wrong['allowed']}{shown}", name) from None


def check_ini_options(config: pytest.Config, given: Iterable[str]) -> None:
    """
    Check the ini options.

    Args:
        config, given: The configuration with them, and the names that somebody wrote.

    Raises:
        UsageError: One cannot be used; the message names file and line.
    """
    try:
        _check_known(given)
        ini_options(config)
        _check_switch(config, "require_faults_used")
        _check_count("requests", config.getini("kpn_sandbox_requests"))
        _check_rules(config.getini("kpn_sandbox_conduct"), "conduct must name rules")
    except OptionError as error:
        name = error.name or "conduct"
        place = _line_of_ini(config, f"kpn_sandbox_{name}")
        raise pytest.UsageError(
            terminal_text(f"{place}kpn_sandbox_{str(error).removeprefix('kpn_sandbox_')}")
        ) from None


def _check_known(given: Iterable[str]) -> None:
    known = [f"kpn_sandbox_{name}" for name in (*INI_OPTIONS, "require_faults_used", "conduct", "requests")]
    for name in given:
        if name not in known:
            short, meant = name.removeprefix("kpn_sandbox_"), near_miss(name, known)
            raise OptionError(f"{short} must be left out: the options are {', '.join(known)}.{meant}", short)


def _check_switch(config: pytest.Config, name: str) -> None:
    try:
        config.getini(f"kpn_sandbox_{name}")
    except (ValueError, pytest.UsageError):
        raise OptionError(f"{name} must be true or false", name) from None


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
                    yield _literal(value) != repr(marker.kwargs[word]), value.lineno


def _literal(node: ast.expr) -> str:
    """The value that is written in a source, as `repr` has it; empty where that takes running it."""
    try:
        return repr(ast.literal_eval(node))
    except ValueError:
        return ""
