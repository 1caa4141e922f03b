"""The table of operations is complete: every view, every route, every label."""

from inspect import isfunction

from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX
from kpn_sandbox.control_api.views import accounts, configuration, inspection, overrides, status
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.vendors.kpn.api import BEHAVIORS
from kpn_sandbox.vendors.kpn.operations import OPERATIONS as KPN

VIEWS = (accounts, configuration, inspection, overrides, status)


def test_every_operation_has_its_key():
    """No two operations have one key, and every public view handles at least one operation."""
    views = {view for module in VIEWS for name, view in vars(module).items() if is_view(module, name)}

    assert len({operation.key for operation in OPERATIONS}) == len(OPERATIONS)
    assert {operation.view for operation in OPERATIONS} == views


def is_view(module, name):
    """Whether a name in a module of views is a view of that module."""
    found = vars(module)[name]
    return isfunction(found) and found.__module__ == module.__name__ and not name.startswith("_")


def test_every_operation_is_routed(app):
    """The application's routes below the prefix are the operations."""
    routed = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(PREFIX)
    }

    assert routed == {(operation.method, PREFIX + operation.path) for operation in OPERATIONS}


def test_fidelity_shows_labels_and_sources(client):
    """Each operation and behavior of each API is shown with its label and source."""
    apis = client.get("/_sandbox/fidelity").json["apis"]
    kpn, sandbox = apis[0], apis[-1]

    assert [known["name"] for known in kpn["operations"]] == [f"{each.method} {each.path}" for each in KPN]
    assert [known["name"] for known in kpn["behaviors"]] == [known.name for known in BEHAVIORS]
    assert {known["label"] for known in kpn["behaviors"]} == {"documented", "inferred", "invented"}
    assert {known["label"] for known in sandbox["operations"]} == {"invented"}
    assert all(known["source"] for api in apis for known in api["operations"] + api["behaviors"])


def test_scenarios_are_listed(client):
    """The scenarios are listed with their names and summaries."""
    scenarios = client.get("/_sandbox/scenarios").json["scenarios"]

    assert [(each["name"], each["summary"]) for each in scenarios] == [
        (each.name, each.summary) for each in SCENARIOS.values()
    ]
