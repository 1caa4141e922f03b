"""Query parameters and body members that no call has: refused everywhere, with those that there are."""

import pytest

from kpn_sandbox.control_api.operations import OPERATIONS
from kpn_sandbox.literals import SNAPSHOT_FORMAT
from kpn_sandbox.simulation.randomness import ENGINE_VERSION

from .conftest import MONDAY, on_one_database

every_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.key)
VARIABLES = {"id": "berta", "kind": "agents", "key": "40001", "fault": "nofault", "Logid": "40001"}
BODIES = {
    "set_scenario": {"name": "peak"},
    "set_clock": {"mode": "running"},
    "advance_clock": {"seconds": 1},
    "restore_snapshot": {
        "format": SNAPSHOT_FORMAT,
        "engine": ENGINE_VERSION,
        "seed": "s",
        "clock": {"mode": "frozen", "at": MONDAY},
    },
    "set_pin": {"fields": {"Reason": "2"}},
    "add_fault": {"api": "kpn", "outcomes": [{"status": 503}]},
    "set_quota": {"limit": 1, "interval": 1, "unit": "day"},
}
"""Bodies that the calls accept, where an empty object is not one."""


def path(operation):
    return operation.path.format(**VARIABLES)


def body(operation):
    return BODIES.get(operation.key, {}) if operation.takes_body else None


@on_one_database
@every_operation
def test_an_unknown_query_parameter_is_refused(admin, made, operation):
    """It is named with the parameters that the call has, and nothing happens."""
    before = admin("GET", "/accounts/berta").json

    answer = admin(operation.method, f"{path(operation)}?shoes=1", body(operation))

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    (error,) = answer.json["errors"]
    assert (error["field"], error["value"]) == ("shoes", "1")
    known = [field.data_key or name for name, field in operation.query().fields.items()]
    assert all(name in error["allowed"] for name in known or ["no query parameters"])
    assert admin("GET", "/accounts/berta").json == before


@on_one_database
@every_operation
def test_an_unknown_body_member_is_refused(admin, made, operation):
    """It is named with the fields that the call has, also where a call has no body at all, and nothing happens."""
    before = admin("GET", "/accounts/berta").json

    answer = admin(operation.method, path(operation), {**(body(operation) or {}), "shoes": 1})

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    (error,) = answer.json["errors"]
    assert (error["field"], error["value"]) == ("shoes", 1)
    if operation.body is not None:
        known = [field.data_key or name for name, field in operation.body().fields.items()]
        assert all(name in error["allowed"] for name in known or ["no fields"])
    assert admin("GET", "/accounts/berta").json == before


@on_one_database
@pytest.mark.parametrize("data", [b"", b"  ", b"{}"])
def test_an_empty_body_is_accepted_where_a_call_has_none(admin, made, data):
    """Some clients send an empty object with every request."""
    assert admin("GET", "/accounts/berta", data=data).status_code == 200
    assert admin("DELETE", "/accounts/berta/quota", data=data).status_code == 204
    assert admin("POST", "/accounts/berta/secret", data=data).status_code == 200


@on_one_database
@pytest.mark.parametrize("data", [b"[]", b"1", b"{", b"shoes=1"])
def test_a_body_that_is_no_object_is_refused_where_a_call_has_none(admin, made, data):
    """Whoever sends one expects it to do something."""
    assert admin("DELETE", "/accounts/berta/quota", data=data).status_code == 400


@on_one_database
def test_several_unknown_names_are_refused_at_once(control):
    """So that whoever wrote them need not try one after the other."""
    answer = control("GET", "/requests?shoes=1&socks=2")

    assert {error["field"] for error in answer.json["errors"]} == {"shoes", "socks"}
