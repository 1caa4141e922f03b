"""
Whatever is asked, the answer is in the vendor's shape and as the OpenAPI document says.

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
from kpn_sandbox.settings import Settings
from kpn_sandbox.vendors.kpn.operations import AGENT, OPERATIONS, QUEUE, TOKEN, TRUNK
from tests.application import CREDENTIALS, TOKEN_URL

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
GOOD = [(operation, GenerationMode.POSITIVE) for operation in OPERATIONS]
BAD = [(operation, GenerationMode.NEGATIVE) for operation in (TOKEN, AGENT, QUEUE, TRUNK)]
HEADER_TEXT = st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n"), max_size=60)
METHODS = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "BREW"])
PATHS = st.sampled_from(["/agents", "/agent/logid/", "/queue/number/1000", "/trunks/", TOKEN.path])
TAILS = st.text(max_size=12) | st.sampled_from(["?grant_type=client_credentials", "%00", "40001", "%ff?grant", "?"])


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory):
    """One application for the module: none of the many examples may do it harm."""
    url = f"sqlite:///{tmp_path_factory.mktemp('fuzz')}/sandbox.db"
    app = create_app(Settings(database_url=url, agents=5), pause=lambda seconds: None)
    yield app
    app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture(scope="module")
def bearer(fuzzed):
    answer = fuzzed.test_client().post(TOKEN_URL, data=CREDENTIALS)
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


@pytest.fixture(scope="module")
def api(fuzzed):
    return schemathesis.openapi.from_wsgi("/openapi/kpn.json", fuzzed)


@pytest.mark.slow
@pytest.mark.parametrize(("operation", "mode"), [*GOOD, *BAD], ids=lambda part: getattr(part, "key", None))
def test_answers_are_as_the_document_says(api, bearer, operation, mode):
    """Good and bad requests get a status, a content type and a body that the document contains."""
    cases = api[operation.path][operation.method].as_strategy(generation_mode=mode)
    headers = {} if operation is TOKEN else bearer

    @given(cases)
    @hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
    def every_case(case):
        case.call_and_validate(checks=CHECKS, headers=headers)

    every_case()


@given(
    method=METHODS,
    path=PATHS,
    tail=TAILS,
    headers=st.dictionaries(
        st.sampled_from(["Authorization", "Prefer", "If-Match", "If-None-Match", "X-Request-Id", "Content-Type"]),
        HEADER_TEXT,
    ),
    body=st.binary(max_size=200),
    token=st.booleans(),
)
@hypothesis_settings(max_examples=200, deadline=None, derandomize=True)
def test_odd_requests_get_proper_answers(fuzzed, bearer, method, path, tail, headers, body, token):
    """No request causes a failure or HTML: the answer is JSON or has no body."""
    given_headers = {**headers, **(bearer if token else {})}

    answer = fuzzed.test_client().open(path + tail, method=method, headers=given_headers, data=body)

    assert answer.status_code < 500 or "Preference-Applied" in answer.headers
    if answer.status_code == 304 or method in ("HEAD", "OPTIONS"):
        assert answer.headers.get("Content-Type", "application/json") == "application/json"
    else:
        assert answer.headers["Content-Type"] == "application/json"
        assert isinstance(json.loads(answer.data), dict)
