"""Odd requests beyond those that the document allows: whatever they contain, the response is a proper one."""

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = ["mode", "at", "speed", "seconds", "fields", "reads", "api", "outcomes", "outcome", "probability", "limit"]
OBJECTS = st.dictionaries(st.sampled_from(WORDS), JSON | st.sampled_from(["frozen", "kpn", "agents", 60]), max_size=4)
PATHS = st.sampled_from([each.path for each in OPERATIONS]) | st.text(max_size=10)


@pytest.fixture(scope="module")
def fuzzed(start_in_module):
    """One application for the module, because there are many examples."""
    return start_in_module(agents=5)


@pytest.fixture(scope="module")
def admin(fuzzed):
    return {"Authorization": f"Bearer {fuzzed.extensions['kpn_sandbox'].admin_token}"}


@pytest.fixture
def berta(fuzzed, admin):
    """An account to try everything on, created and reset again for each test."""
    client = fuzzed.test_client()
    client.post(f"{PREFIX}/accounts", json={"client_id": "berta", "profile": {"agents": 3}}, headers=admin)
    client.post(f"{PREFIX}/accounts/berta/reset", headers=admin)
    return "berta"


@given(
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]),
    path=PATHS,
    parts=st.tuples(*[st.sampled_from(["agents", "40001", "1000", "x", "%00", "é", "..", "-1"])] * 2),
    tail=st.text(max_size=8) | st.sampled_from(["?effective=midnight", "?from=%00", "?since=&since=", "?%ff"]),
    body=OBJECTS.map(json.dumps) | JSON.map(json.dumps) | st.binary(max_size=60),
    allowed=st.booleans(),
)
@hypothesis_settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_odd_requests_get_proper_answers(fuzzed, admin, berta, method, path, parts, tail, body, allowed):
    """Odd requests never get a failure or HTML, but JSON, a problem document or an empty body."""
    first, second = parts
    for name, value in (("id", berta), ("kind", first), ("key", second), ("fault", second), ("Logid", second)):
        path = path.replace(f"{{{name}}}", value)

    answer = fuzzed.test_client().open(
        f"{PREFIX}{path}{tail}", method=method, headers=admin if allowed else {}, data=body
    )

    assert answer.status_code < 500
    if answer.data and answer.headers["Content-Type"] != "application/json":
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json["status"] == answer.status_code
