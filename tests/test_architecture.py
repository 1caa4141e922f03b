"""The shape of the package: what may import what, the modules of each vendor, the readers of clock and environment."""

import ast
import re

import pytest

from tests.source import BY_NAME, MODULES, PACKAGE, Function, Module, listed, of_area, owner

LAYERS = (
    "simulation",
    "tenants",
    "auth",
    "gateway",
    "vendors",
    "control_api",
    "documents",
    "drift",
    "itx_check",
    "conformance",
    "web",
    "app",
    "server",
    "testing",
    "cli",
)
"""Each imports only from those before it, and from the leaves."""
LEAVES = (
    "storage",
    "settings",
    "client",
    "caching",
    "literals",
    "validation",
    "packaged_files",
    "safe_text",
    "instants",
)
BESIDE_CLI = ("pytest_plugin", "__main__")

WALL_TIME = {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow"), ("date", "today")}

VENDORS = sorted(path.parent.name for path in (PACKAGE / "vendors").glob("*/__init__.py"))
VENDOR_MODULES = {"api", "operations", "views", "records", "schemas", "auth", "errors", "openapi", "postman"}

LIBRARIES_INSIDE = {
    "apispec",
    "cryptography",
    "faker",
    "gevent",
    "gunicorn",
    "httpx",
    "markdown_it",
    "platformdirs",
    "prometheus_client",
    "psycopg",
    "rich",
    "sqlalchemy.dialects",
}
"""What may be imported inside a function: large or optional libraries that most runs do not need."""
MODULES_INSIDE = {
    "kpn_sandbox.server.gunicorn_server": "needs gunicorn, which does not exist on Windows",
    "kpn_sandbox.server.gevent_worker": "needs gevent, which only worker processes have",
    "kpn_sandbox.server.tls": "needs gevent, as a worker does",
    "kpn_sandbox.cli.start": "needs all of the package, which gevent must precede",
}
IMPORTS_LATE = {
    "pytest_plugin.py": "every run of pytest loads it, also those that use nothing of it",
    "testing/account_options.py": "the rules of profiles take all of the server, which few markers need",
    "testing/sandbox.py": "tests against a sandbox that runs elsewhere need no server",
}
"""Modules that import inside functions what only some of their users need."""

MOST_MODULES = 255
MOST_LINES = 450
MOST_LINES_IN_ALL = 42_200
TABLES = "storage/tables.py"


def rank(module: Module) -> int:
    """The place of a module's layer; leaves come before all layers."""
    if module.area in LEAVES or not module.area:
        return -1
    return len(LAYERS) if module.area in BESIDE_CLI else LAYERS.index(module.area)


def test_every_module_belongs_to_a_layer():
    """A new package needs its place in the row before anything may import it."""
    assert {module.area for module in MODULES} - {*LAYERS, *LEAVES, *BESIDE_CLI, ""} == set()


def test_a_module_imports_only_from_layers_before_its_own():
    """The layers stand in a row: each knows those before it and the leaves; a leaf knows only leaves."""
    imports = [(module, other) for module in MODULES for name in module.imports if (other := owner(name))]

    upward = {f"{module.file} imports {other.name}" for module, other in imports if rank(other) > rank(module)}
    assert not upward, listed(upward)


def test_no_modules_import_each_other_in_a_circle():
    """Modules can be read one after the other, each after those that it imports."""
    waiting = {module: {other for name in module.imports if (other := owner(name))} - {module} for module in MODULES}

    while free := [module for module, imported in waiting.items() if not imported]:
        for module in free:
            del waiting[module]
        for imported in waiting.values():
            imported.difference_update(free)

    circle = {f"{module.file} imports {sorted(other.file for other in waiting[module])}" for module in waiting}
    assert not circle, listed(circle)


def test_the_package_stays_small():
    """Few modules, none of which is longer than can be read in one sitting; tables apart."""
    long = {module.file: module.lines for module in MODULES if module.lines > MOST_LINES and module.file != TABLES}

    assert long == {}
    assert len(MODULES) <= MOST_MODULES
    assert sum(module.lines for module in MODULES) <= MOST_LINES_IN_ALL


def test_neutral_packages_name_no_vendor():
    """What all vendors share is written for none of them: not in a name, not in a text, not in a docstring."""
    vendors = "|".join(name.replace("_", "[-_ ]?") for name in VENDORS)
    named = re.compile(rf"(?<![a-z])({vendors})(?![a-z])", re.IGNORECASE)
    own = re.compile(r"kpn[_-]sandbox", re.IGNORECASE)

    lines = [
        (f"{module.file}:{number}: {line.strip()}", own.sub("", line))
        for module in of_area("simulation", "tenants", "auth", "gateway", "storage")
        for number, line in enumerate(module.text.splitlines(), 1)
    ]

    found = {place for place, line in lines if named.search(line)}
    assert not found, listed(found)


def modules_of(vendor: str) -> set[str]:
    """The modules and packages in a vendor's package, which itself is not one of them."""
    folder = PACKAGE / "vendors" / vendor
    found = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    return found - {"__init__"}


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_vendor_has_the_same_modules(vendor):
    """A reader of one vendor finds the way in all; the package's docstring gives a reason for each further module."""
    docstring = ast.get_docstring(BY_NAME[f"kpn_sandbox.vendors.{vendor}"].tree) or ""

    modules = modules_of(vendor)
    unexplained = {name for name in modules - VENDOR_MODULES if not re.search(rf"\b{name}\b\S*: \S", docstring)}
    assert VENDOR_MODULES - modules == set(), "missing"
    assert unexplained == set()


def test_vendors_do_not_import_each_other():
    """What two vendors share belongs into a layer before them."""
    vendors = [module for module in of_area("vendors") if module.name.count(".") > 1]

    shared = {
        f"{module.file} imports {name}"
        for module in vendors
        for name in module.imports
        if name.startswith("kpn_sandbox.vendors.") and name.split(".")[2] != module.name.split(".")[2]
    }
    assert not shared, listed(shared)


def test_functions_import_only_what_most_runs_do_not_need():
    """Everything else is imported at the top, where the reader looks for it."""
    inside = {
        f"{module.file}: {name}"
        for module in MODULES
        for function in module.nodes
        if isinstance(function, Function)
        for node in ast.walk(function)
        for name in module.names_imported(node)
        if not name.startswith((*LIBRARIES_INSIDE, *MODULES_INSIDE)) and module.file not in IMPORTS_LATE
    }
    assert not inside, listed(inside)


def libraries(module: Module) -> set[str]:
    return {name.split(".")[0] for name in module.imports} - {"kpn_sandbox"}


def test_simulation_and_tenants_know_no_http():
    """What computes or keeps a center does not know how its figures are asked for."""
    forbidden = {"flask", "werkzeug", "marshmallow", "authlib", "http", "urllib3", "gunicorn"}

    known = {module.file: libraries(module) & forbidden for module in of_area("simulation", "tenants")}
    assert {file: names for file, names in known.items() if names} == {}


def test_the_simulation_is_deterministic_by_construction():
    """It uses no global random numbers, no salted hashes and no time zone of the machine."""
    forbidden = {"random", "secrets", "uuid", "os", "time"}

    known = {module.file: libraries(module) & forbidden for module in of_area("simulation")}
    assert {file: names for file, names in known.items() if names} == {}


def test_only_the_settings_read_the_environment():
    """A setting that is read elsewhere would be missing from the table of settings."""
    readers = {
        module.file
        for module in MODULES
        if module.attributes & {("os", "environ"), ("os", "getenv"), ("os", "environb")}
        or module.imports & {"os.environ", "os.getenv"}
    }
    assert readers == {"settings.py"}


def test_only_the_clock_reads_wall_time():
    """Time that is read anywhere else cannot be moved by a test."""
    readers = {
        module.file
        for module in MODULES
        if module.attributes & WALL_TIME or module.imports & {"time.time", "time.time_ns"}
    }
    assert readers == {"tenants/clock.py"}
