"""The manual describes the code as it is: settings, operations and behaviors of every API, fields, scenarios."""

import json
import re
from dataclasses import fields

import pytest

import kpn_sandbox
from kpn_sandbox.app import create_app
from kpn_sandbox.control_api.operations import OPERATIONS as CONTROL
from kpn_sandbox.control_api.operations import PREFIX, Access
from kpn_sandbox.control_api.snapshot_schemas import SnapshotRequestSchema
from kpn_sandbox.control_api.snapshots import load_snapshot
from kpn_sandbox.documents import COLLECTIONS, FILES, OPENAPI, text
from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.literals import CONNECTION_FAULTS, RESET_LAYERS, SCENARIO_NAMES
from kpn_sandbox.settings import Settings, option, variable
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.vendors import APIS
from kpn_sandbox.vendors.bright_pattern.errors import Code
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS, ApplicationPart
from kpn_sandbox.vendors.itx.auth import itx_token
from kpn_sandbox.vendors.kpn.operations import RESOURCES, TOKEN
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, PortSchema, QueueSchema, TrunkSchema
from tests.application import CREDENTIALS
from tests.source import PROJECT

PAGES = {path.stem: path.read_text(encoding="utf-8") for path in (PROJECT / "docs").glob("*.md")}
MANUAL = "\n".join(PAGES.values())
CONTROL_PAGES = ("control-api", "time-and-scenarios", "faults-and-quota")
LABELS = ("documented", "inferred", "invented")
OPEN_TO = {Access.OPEN: "anybody", Access.ADMIN: "administrator", Access.ACCOUNT: "account"}
LETTERS = {ApplicationPart.TOTALS: "T", ApplicationPart.SERVICES: "S", ApplicationPart.AGENTS: "A"}

every_api = pytest.mark.parametrize("api", APIS, ids=[api.key for api in APIS])


def table(page: str, head: str) -> list[list[str]]:
    """The cells of the table on a page whose first column has this head."""
    lines = PAGES[page].split(f"\n| {head} |")[1].splitlines()[2:]
    length = next((number for number, line in enumerate(lines) if not line.startswith("|")), len(lines))
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[:length]]


def page_of(api: VendorApi) -> str:
    """The page of an API."""
    return api.key.replace("_", "-")


def letters(places: object) -> str:
    return "".join(letter for place, letter in LETTERS.items() if place in places)


def test_the_settings_table_is_complete():
    """Every setting stands in the table with its variable, flag and default, in the order of the code."""
    expected = [
        [f"`{variable(each)}`", f"`{option(each)}`" if each.metadata["flag"] else "–", each.metadata["shown"]]
        for each in fields(Settings)
    ]

    rows = table("settings", "environment")
    assert [[row[0], row[1], row[2].strip("`")] for row in rows] == expected


@every_api
def test_the_table_of_operations_is_complete(api):
    """Every operation stands in the table of its API, in the order of the code, with Postman name and label."""
    expected = [(f"`{each.method} {each.path}`", each.name, each.label) for each in api.operations]

    assert [(row[0], row[2], row[3]) for row in table(page_of(api), "request")] == expected


@every_api
def test_operations_are_summed_up_as_in_the_code(api):
    """The table says what an operation does as the OpenAPI document does; KPN's has real URLs in this column."""
    summaries = [row[1] for row in table(page_of(api), "request")]

    assert summaries == [each.summary for each in api.operations] or api.key == "kpn"


@every_api
def test_the_table_of_behaviors_is_complete(api):
    """The manual and /_sandbox/fidelity contain the same behaviors of each API, with the same labels."""
    assert table(page_of(api), "behavior") == [[each.name, each.label] for each in api.behaviors]


@every_api
def test_everything_has_a_source_and_a_label(api):
    """The reader of an operation or a behavior learns where it comes from and how well it is known."""
    for each in (*api.operations, *api.behaviors):
        assert each.source and each.label in LABELS


@every_api
def test_every_operation_is_in_its_collection(api):
    """The Postman collection has at least one request of the name of each operation."""
    names = [item["name"] for item in api.postman.build()["item"]]

    assert [each.name for each in api.operations if not any(name.startswith(each.name) for name in names)] == []


@pytest.mark.parametrize("api", APIS[:2], ids=[api.key for api in APIS[:2]])
def test_kpn_and_bright_pattern_have_one_request_for_each_operation(api):
    """The other collections have further requests that show errors; these two have none."""
    requests = [(item["name"], item["request"]["method"]) for item in api.postman.build()["item"]]

    assert sorted(requests) == sorted((each.name, each.method) for each in api.operations)


@pytest.mark.parametrize("name", FILES)
def test_the_postman_files_are_up_to_date(name):
    """The files in `postman/` are those of the code; `kpn-sandbox postman` writes them again."""
    assert (PROJECT / "postman" / name).read_text(encoding="utf-8") == text(name, "http://127.0.0.1:8080")


def test_documents_and_collections_are_named():
    """The manual names every OpenAPI document, every Postman collection, and the demo account's token for ITX."""
    paths = [*(f"/openapi/{name}.json" for name in OPENAPI), *(f"/postman/{name}" for name in COLLECTIONS)]

    assert [path for path in paths if f"`{path}`" not in MANUAL] == []
    assert itx_token(*CREDENTIALS.values()) in PAGES["itx"]


def test_routes_are_the_operations(tmp_path):
    """The application answers at each path of KPN, at the root and below the base path, and at no unnamed one."""
    app = create_app(Settings(database_url=f"sqlite:///{tmp_path / 'sandbox.db'}"))
    base = Settings().base_path

    routed = {re.sub(r"<(?:[^:<>]*:)?([^<>]+)>", r"{\1}", rule.rule) for rule in app.url_map.iter_rules()}

    paths = {operation.path for operation in RESOURCES}
    assert routed >= {TOKEN.path, *paths, *(base + path for path in paths)}
    others = {path for path in routed if path.removeprefix(base) not in paths and not path.startswith(PREFIX)}
    assert not {path for path in others if path not in MANUAL and "{" not in path and path != "/"}


def test_the_table_of_the_control_api_is_complete():
    """Every call of the control API stands in the table, in the order of the code, with the clients it is open to."""
    expected = [[f"`{each.method} {each.path}`", each.summary, OPEN_TO[each.access]] for each in CONTROL]

    assert table("control-api", "call below `/_sandbox`") == expected


def test_the_words_of_the_control_api_are_explained():
    """Every field of the profile, every layer of a reset and every fault of a connection is named."""
    pages = "".join(PAGES[name] for name in CONTROL_PAGES)
    words = (*(each.name for each in fields(Profile)), *RESET_LAYERS, *CONNECTION_FAULTS)

    assert [word for word in words if f"`{word}`" not in pages] == []


def test_the_snapshot_of_the_manual_can_be_restored():
    """The document has every member of a snapshot and passes all checks."""
    (text,) = re.findall(r"```json\n(\{\n  \"format\".*?)```", PAGES["snapshots"], re.DOTALL)
    document = json.loads(text)

    snapshot, _ = load_snapshot(document)

    assert document.keys() == SnapshotRequestSchema().fields.keys()
    assert [plan.remaining for plan in snapshot.plans] == [1]


def test_every_scenario_is_explained():
    """The table of scenarios has those of the code, in the same order."""
    rows = table("time-and-scenarios", "scenario")

    assert [row[0].strip("`") for row in rows] == [*SCENARIO_NAMES]


@pytest.mark.parametrize("schema", [AgentSchema, QueueSchema, TrunkSchema, PortSchema])
def test_every_field_of_kpn_is_explained(schema):
    """The dictionary says what each field means."""
    assert [name for name in schema().fields if f"`{name}`" not in PAGES["kpn"] and name != "State"] == []


def test_statistics_and_codes_of_bright_pattern_are_explained():
    """Every statistic stands there with its places, unit and meaning, every error code with its meaning."""
    statistics = []
    for each in STATISTICS.values():
        further = f" ({letters(each.inferred)})" if each.inferred else ""
        statistics.append([f"`{each.name}`", letters(each.documented) + further, each.unit.value, each.meaning])

    assert table("bright-pattern", "statistic") == statistics
    assert table("bright-pattern", "code") == [[str(int(code)), code.meaning] for code in Code]


def test_the_changes_begin_with_this_version():
    """The newest entry of the change log is the package's version."""
    log = (PROJECT / "CHANGELOG.md").read_text(encoding="utf-8")

    assert re.findall(r"^## (\S+)", log, re.MULTILINE)[0] == kpn_sandbox.__version__
