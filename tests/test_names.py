"""The words of the package: one name for one role, and the one that the framework, the RFC or the trade uses."""

import re
from collections import defaultdict

from tests.source import MODULES, listed

ANYWHERE = {
    "admit": "authorize",
    "asking": "inspect",
    "browsers": "cors",
    "casting": "names",
    "chatter": "chat",
    "clientele": "customers",
    "commerce": "orders",
    "daybook": "day index",
    "daylog": "history",
    "describing": "openapi",
    "desk": "views",
    "door": "auth or views",
    "doors": "auth or views",
    "dress": "apply headers",
    "drifting": "drift",
    "entrance": "middleware",
    "face": "VendorApi",
    "finish": "close",
    "gate": "auth",
    "greeting": "banner",
    "guard": "auth",
    "happen": "apply outcome",
    "he": "it, or the client",
    "hooks": "request context",
    "house": "views, package",
    "journal": "request log",
    "keeping": "secrets",
    "lands": "owns",
    "manners": "VendorApi",
    "refusal": "error",
    "refusals": "errors",
    "refused": "error_for",
    "replies": "responses",
    "reception": "views",
    "road": "fast path",
    "roads": "fast path",
    "room": "package",
    "rooms": "packages",
    "sayings": "the table of errors",
    "shortcut": "fast path",
    "told": "the noun of the thing",
    "turning": "control",
    "visitors": "security",
    "vocabulary": "names",
    "whose": "the noun of the thing",
    "wish": "preference, marker option or subscription",
    "wishes": "preferences, marker options or subscription",
    "world": "state or snapshot",
    "worlds": "states or snapshots",
}
"""What no module, class or public function has in its name, and the word for it."""
ALONE = {
    "around": "request context",
    "begin": "open",
    "counter": "view",
    "dashboard": "view",
    "exchange": "request context",
    "floor": "layer",
    "forced": "error_for_status",
    "his": "its",
    "known": "Behavior",
    "later": "lazy",
    "own": "owns",
    "plain": "cacheable",
    "plan": "resolved profile",
    "provider": "view",
    "questions": "views",
    "screens": "views",
    "users": "auth",
    "what": "the noun of the thing",
}
"""What is not the whole name of one; as a part of a name it may be the right word."""
OF_MODULES = {
    "contacts": "customers",
    "entries": "request_info",
    "memory": "caching",
    "naming": "names",
    "notes": "caching",
    "ranges": "data",
    "run": "day_simulation",
    "starting": "serve",
    "truth": "call_detail_records",
    "wire": "request_info",
}
"""What is not the name of a module; functions may have it."""

DEFINED_TWICE = {"Account": "the client's side of an account has the name that its users know"}
"""Classes that may share their name, apart from marshmallow's schemas and the errors of each vendor."""


def words(name: str) -> set[str]:
    """The words of a name in any case: `get_day`, `GetDay`, `get-day`."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", name)}


def names() -> list[tuple[str, str]]:
    """Classes, public functions and public methods, each with its place."""
    found = []
    for module in MODULES:
        found += [(name.rpartition(".")[2], f"{module.file}: {name}") for name, _, _ in module.definitions()]
    return [(name, place) for name, place in found if not name.startswith("_")]


def test_each_role_has_the_word_that_others_use():
    """No module, class or public function has a name from the private language that the package once spoke."""
    modules = [(module.name.rpartition(".")[2], module.file) for module in MODULES]

    found = {
        f"{place}: not {word} but {better}"
        for name, place in [*names(), *modules]
        for word in words(name)
        if (better := ANYWHERE.get(word) or (ALONE.get(word) if words(name) == {word} else None))
    }
    found |= {f"{file}: not {name} but {OF_MODULES[name]}" for name, file in modules if name in OF_MODULES}

    assert not found, listed(found)


def test_class_names_are_unique():
    """A search for a class finds one; schemas and the errors of each vendor apart."""
    places = defaultdict(list)
    for module in MODULES:
        for name, _, method_of in module.definitions():
            if method_of is None and name[0].isupper():
                places[name].append(module)

    twice = {
        f"{name}: {', '.join(module.file for module in modules)}"
        for name, modules in places.items()
        if len(modules) > 1 and not name.endswith("Schema") and name not in DEFINED_TWICE
        if not (name.endswith("Error") and all(module.area == "vendors" for module in modules))
    }
    assert not twice, listed(twice)
