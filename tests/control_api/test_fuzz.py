"""
Whatever a request to the control API contains, the response is one that the OpenAPI document describes.

Two kinds of requests: those that schemathesis makes from the document, good and bad ones, and odd ones beyond it.
"""

import json

import pytest
import schemathesis
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from kpn_sandbox.app import create_app
from kpn_sandbox.control_api.operations import OPERATIONS, PREFIX
from kpn_sandbox.control_api.request_schemas import NoQuerySchema
from kpn_sandbox.settings import Settings

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
WITH_INPUT = [each for each in OPERATIONS if each.takes_body or each.query is not NoQuerySchema]
GOOD = [(operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
BAD = [(operation, GenerationMode.NEGATIVE) for operation in WITH_INPUT]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
WORDS = ["mode", "at", "speed", "seconds", "fields", "reads", "api", "outcomes", "outcome", "probability", "limit"]
OBJECTS = st.dictionaries(st.sampled_from(WORDS), JSON | st.sampled_from(["frozen", "kpn", "agents", 60]), max_size=4)
PATHS = st.sampled_from([each.path for each in OPERATIONS]) | st.text(max_size=10)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """One application for the module, because there are many examples."""
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz')}/sandbox.db"
    app = create_app(Settings(database_url=url, agents=5), pause=lambda seconds: None)
    yield app
    app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture(scope="module")
def admin(fuzzed):
    return {"Authorization": f"Bearer {fuzzed.extensions['kpn_sandbox'].admin_token}"}


@pytest.fixture(scope="module")
def api(fuzzed):
    return schemathesis.openapi.from_wsgi("/openapi/sandbox.json", fuzzed)


@pytest.fixture
def berta(fuzzed, admin):
    """An account to try everything on, created and reset again for each test."""
    client = fuzzed.test_client()
    client.post(f"{PREFIX}/accounts", json={"client_id": "berta", "profile": {"agents": 3}}, headers=admin)
    client.post(f"{PREFIX}/accounts/berta/reset", headers=admin)
    return "berta"


@pytest.mark.slow
@pytest.mark.parametrize(("operation", "mode"), [*GOOD, *BAD], ids=lambda part: getattr(part, "key", None))
def test_answers_are_as_the_document_says(api, admin, berta, operation, mode):
    """Good and bad requests get a status, a content type and a body that the document describes."""
    cases = api[PREFIX + operation.path][operation.method].as_strategy(generation_mode=mode)

    @given(cases, st.booleans())
    @hypothesis_settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def every_case(case, known):
        if "id" in (case.path_parameters or {}) and known:
            case.path_parameters["id"] = berta
        case.call_and_validate(checks=CHECKS, headers=admin)

    every_case()


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
