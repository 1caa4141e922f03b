"""What the manual says is what the code does."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

import kpn_sandbox
from kpn_sandbox.app import create_app
from kpn_sandbox.control_api.operations import OPERATIONS as CONTROL
from kpn_sandbox.control_api.operations import PREFIX, Access
from kpn_sandbox.documents import FILES, text
from kpn_sandbox.literals import CONNECTION_FAULTS, RESET_LAYERS
from kpn_sandbox.settings import Settings, option, variable
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.vendors.kpn.api import BEHAVIORS
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, RESOURCES, TOKEN
from kpn_sandbox.vendors.kpn.postman import COLLECTION
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, PortSchema, QueueSchema, TrunkSchema

PACKAGE = Path(kpn_sandbox.__file__).parent
PROJECT = PACKAGE.parent
README = (PROJECT / "README.md").read_text(encoding="utf-8")
LABELS = ("documented", "inferred", "invented")


def section(title: str) -> str:
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def rows(text: str) -> list[list[str]]:
    """The cells of every table row in a text, heads included."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_the_settings_table_is_complete():
    """Every setting stands in the manual with its variable, flag and default, in the order of the code."""
    told = [row[:3] for row in rows(section("Settings"))[1:]]

    real = [
        [
            f"`{variable(setting)}`",
            f"`{option(setting)}`" if setting.metadata["flag"] else "–",
            setting.metadata["shown"],
        ]
        for setting in fields(Settings)
    ]
    assert [[row[0], row[1], row[2].strip("`")] for row in told] == real


def test_the_operations_table_is_complete():
    """The manual's operations are those of the code, with Postman name and label."""
    table = rows(section("The API"))

    told = [(row[0], row[2], row[3]) for row in table if row[0].startswith(("`GET", "`POST"))]

    assert told == [(f"`{each.method} {each.path}`", each.name, each.label) for each in OPERATIONS]


def test_routes_are_the_operations(tmp_path):
    """The application answers at each operation's path at the root, and at no undocumented one."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'sandbox.db'}"))
    base = Settings().base_path

    routed = {re.sub(r"<(?:[^:<>]*:)?([^<>]+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}

    paths = {operation.path for operation in RESOURCES}
    assert routed >= {TOKEN.path, *paths, *(base + path for path in paths)}
    others = {path for path in routed if path.removeprefix(base) not in paths and not path.startswith(PREFIX)}
    assert not {path for path in others if path not in README and "{" not in path and path != "/"}


def test_the_remote_control_is_complete():
    """Every call of the control API stands in the manual, in the order of the code, with who may."""
    told = [row for row in rows(section("The remote control")) if row[0].startswith(("`GET", "`P", "`DELETE"))]

    who = {Access.OPEN: "anybody", Access.ADMIN: "administrator", Access.ACCOUNT: "account"}
    assert told == [[f"`{each.method} {each.path}`", each.summary, who[each.access]] for each in CONTROL]


def test_the_profile_is_complete():
    """Every field of the profile stands in the manual."""
    told = section("The remote control")

    assert [field.name for field in fields(Profile) if f"`{field.name}`" not in told] == []


def test_every_layer_is_in_the_manual():
    """And so is every way to break a connection."""
    told = section("The remote control")

    assert [word for word in (*RESET_LAYERS, *CONNECTION_FAULTS) if f"`{word}`" not in told] == []


def test_behaviors_are_told_alike():
    """The manual and /_sandbox/fidelity know the same of KPN's API."""
    told = [row for row in rows(section("The API")) if len(row) == 2][1:]

    assert told == [[known.name, known.label] for known in BEHAVIORS]


def test_the_postman_collection_has_every_operation():
    """The collection's requests are the operations, by KPN's names."""
    requests = [(item["name"], item["request"]["method"]) for item in COLLECTION.build()["item"]]

    assert requests == [(operation.name, operation.method) for operation in OPERATIONS]


@pytest.mark.parametrize("name", FILES)
def test_the_postman_files_are_freshly_made(name):
    """The files in `postman/` are what the code makes; `kpn-sandbox postman` writes them again."""
    kept = (PROJECT / "postman" / name).read_text(encoding="utf-8")

    assert kept == text(name, "http://127.0.0.1:8080")


def test_every_operation_has_a_source_and_a_label():
    """Who reads an operation learns where it comes from and how sure that is."""
    assert all(operation.source and operation.label in LABELS for operation in OPERATIONS)


def test_every_scenario_is_in_the_manual():
    """The scenarios of the manual are those of the code."""
    told = [row[0].strip("`") for row in rows(section("Time, scenarios, errors on demand"))]

    assert [name for name in told if name in SCENARIOS] == list(SCENARIOS)


@pytest.mark.parametrize("schema", [AgentSchema, QueueSchema, TrunkSchema, PortSchema])
def test_every_field_is_in_the_dictionary(schema):
    """The manual says what each field means."""
    told = section("What the fields mean")

    assert [name for name in schema().fields if f"`{name}`" not in told and name != "State"] == []


def test_the_changes_begin_with_this_version():
    """The newest entry of the change log is the package's version."""
    log = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (\S+)", log, re.MULTILINE)[0] == kpn_sandbox.__version__


def public_things(path: Path) -> list[tuple[str, ast.AST]]:
    """A module, its public classes and functions, and the public methods of its classes."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    found: list[tuple[str, ast.AST]] = [(path.name, module)]
    for node in module.body:
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
            found.append((f"{path.name}: {node.name}", node))
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            methods = [each for each in node.body if isinstance(each, ast.FunctionDef)]
            found += [(f"{path.name}: {node.name}.{each.name}", each) for each in methods if each.name[0] != "_"]
    return found


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_public_things_have_docstrings(path):
    """Everything public says what it is, in a first sentence that ends."""
    docstrings = {name: ast.get_docstring(node) or "" for name, node in public_things(path)}

    first = {name: docstring.split("\n\n")[0] for name, docstring in docstrings.items()}
    assert {name: line for name, line in first.items() if not line.rstrip().endswith((".", ":", "?"))} == {}
