"""Whatever is asked, the answer is in the vendor's shape; odd requests beyond those that the document allows."""

import json

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from kpn_sandbox.vendors.kpn.operations import TOKEN
from tests.application import CREDENTIALS, TOKEN_URL

HEADER_TEXT = st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n"), max_size=60)
METHODS = st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "PUT", "DELETE", "BREW"])
PATHS = st.sampled_from(["/agents", "/agent/logid/", "/queue/number/1000", "/trunks/", TOKEN.path])
TAILS = st.text(max_size=12) | st.sampled_from(["?grant_type=client_credentials", "%00", "40001", "%ff?grant", "?"])


@pytest.fixture(scope="module")
def fuzzed(start_in_module):
    """One application for the module: none of the many examples may do it harm."""
    return start_in_module(agents=5)


@pytest.fixture(scope="module")
def bearer(fuzzed):
    answer = fuzzed.test_client().post(TOKEN_URL, data=CREDENTIALS)
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


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
@pytest.mark.slow
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
