"""The shape of the package: who may import whom, and who may read the clock and the environment."""

import ast
from pathlib import Path

import pytest

import kpn_sandbox

ROOT = Path(kpn_sandbox.__file__).parent
ORDER = (
    "simulation",
    "tenants",
    "auth",
    "gateway",
    "vendors",
    "control_api",
    "documents",
    "drift",
    "itx_check",
    "web",
    "app",
    "server",
    "testing",
    "cli",
)
LEAVES = ("storage", "settings", "client", "caching", "literals", "validation")
FRONT = {"__main__": "cli", "pytest_plugin": "cli"}
"""Modules that stand beside the packages."""

WALL_TIME = {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}
ROOMS = ("__init__", "api", "operations", "auth", "records", "schemas", "errors", "openapi", "postman")


def modules() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def room(path: Path) -> str:
    """The part of the package that a file belongs to; empty for the package's own page."""
    name = path.relative_to(ROOT).with_suffix("").parts[0]
    return "" if name == "__init__" else FRONT.get(name, name)


def imports(path: Path) -> set[str]:
    """The full names of everything that a file imports, also inside functions."""
    package = ("kpn_sandbox", *path.relative_to(ROOT).parent.parts)
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            source = ".".join(part for part in (base, node.module or "") if part)
            found.update(f"{source}.{alias.name}" for alias in node.names)
    return found


def rooms_imported(path: Path) -> set[str]:
    own = {name.split(".")[1] for name in imports(path) if name.startswith("kpn_sandbox.")}
    return {FRONT.get(name, name) for name in own if not name.startswith("__")}


def outsiders(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)} - {"kpn_sandbox"}


def reads(path: Path) -> set[tuple[str, str]]:
    """Every attribute that a file reads, with the last name before the dot."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            found.add((owner, node.attr))
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_to_its_left(path):
    """The rooms stand in a row: each knows those before it and the leaves, never those behind it."""
    own = room(path)
    if own in LEAVES:
        allowed = {*LEAVES}
    elif own in ORDER:
        allowed = {*ORDER[: ORDER.index(own) + 1], *LEAVES}
    else:
        allowed = set()

    assert own in (*ORDER, *LEAVES, ""), "a new room needs its place in the row"
    assert rooms_imported(path) <= allowed


@pytest.mark.parametrize("name", ["simulation", "tenants"])
def test_the_center_and_the_sandbox_know_no_http(name):
    """Who computes or keeps a center does not know how it is told."""
    forbidden = {"flask", "werkzeug", "marshmallow", "authlib", "http", "urllib3", "gunicorn"}

    known = {path.name: outsiders(path) & forbidden for path in (ROOT / name).rglob("*.py")}

    assert not any(known.values()), known


def test_only_the_settings_read_the_environment():
    """A setting that is read elsewhere would be in no table."""
    readers = {
        str(path.relative_to(ROOT))
        for path in modules()
        if reads(path) & {("os", "environ"), ("os", "getenv"), ("os", "environb")}
        or imports(path) & {"os.environ", "os.getenv"}
    }

    assert readers == {"settings.py"}


def test_only_the_clock_reads_wall_time():
    """Time that is read in passing cannot be moved by a test."""
    readers = {
        str(path.relative_to(ROOT))
        for path in modules()
        if reads(path) & WALL_TIME or imports(path) & {"time.time", "time.time_ns"}
    }

    assert readers <= {"tenants/clock.py"}


def test_the_center_is_deterministic_by_construction():
    """No global random numbers, no salted hashes, no host time zone in the center."""
    forbidden = {"random", "secrets", "uuid", "os", "time"}

    known = {path.name: outsiders(path) & forbidden for path in (ROOT / "simulation").rglob("*.py")}

    assert not any(known.values()), known


def apis() -> list[Path]:
    return sorted(path for path in (ROOT / "vendors").iterdir() if (path / "__init__.py").exists())


@pytest.mark.parametrize("path", apis(), ids=lambda path: path.name)
def test_every_api_has_the_same_rooms(path):
    """Who knows one API finds the way in all of them."""
    rooms = {file.stem for file in path.glob("*.py")}

    assert rooms >= set(ROOMS)


def test_apis_do_not_import_each_other():
    """What two APIs share belongs into the center, the sandbox or the hooks."""
    for path in apis():
        others = {f"kpn_sandbox.gateway.{other.name}" for other in apis() if other != path}
        known = {name for file in path.glob("*.py") for name in imports(file)}

        assert not {name for name in known if any(name.startswith(f"{other}.") for other in others)}
