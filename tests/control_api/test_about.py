"""What anybody may know."""

from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX
from kpn_sandbox.control_api.routes import VIEWS
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.vendors.kpn.api import BEHAVIORS
from kpn_sandbox.vendors.kpn.operations import OPERATIONS as KPN


def test_every_operation_has_its_view():
    """And there is no view that nothing leads to."""
    assert {operation.key for operation in OPERATIONS} == set(VIEWS)


def test_every_operation_is_routed(app):
    """The application's routes below the prefix are the operations."""
    routed = {
        (method, rule.rule.replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith(PREFIX)
    }

    assert routed == {(operation.method, PREFIX + operation.path) for operation in OPERATIONS}


def test_fidelity_tells_how_well_everything_is_known(client):
    """Each operation and behavior of each API with label and source."""
    faces = client.get("/_sandbox/fidelity").json["apis"]
    kpn, sandbox = faces[0], faces[-1]

    assert [known["name"] for known in kpn["operations"]] == [f"{each.method} {each.path}" for each in KPN]
    assert [known["name"] for known in kpn["behaviors"]] == [known.name for known in BEHAVIORS]
    assert {known["label"] for known in kpn["behaviors"]} == {"documented", "inferred", "invented"}
    assert {known["label"] for known in sandbox["operations"]} == {"invented"}
    assert all(known["source"] for face in faces for known in face["operations"] + face["behaviors"])


def test_scenarios_are_told(client):
    """Name and what each does."""
    told = client.get("/_sandbox/scenarios").json["scenarios"]

    assert [(each["name"], each["summary"]) for each in told] == [
        (each.name, each.summary) for each in SCENARIOS.values()
    ]
