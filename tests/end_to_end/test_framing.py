"""Requests byte by byte, under `serve` and on the server of tests: both answer alike."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.test_strict_http import CASES, exchange, fixture_port

__all__ = ["fixture_port"]

pytestmark = pytest.mark.slow


@pytest.fixture
def served_port(sandbox):
    return int(sandbox.url.rpartition(":")[2])


@pytest.mark.parametrize("name", CASES)
def test_serve_answers_as_the_server_of_tests(served_port, fixture_port, name):
    """Both servers give the same status, and no permission to send a body that is refused."""
    sent, status = CASES[name]

    assert exchange(served_port, sent)[0] == exchange(fixture_port, sent)[0] == status


NOISE = st.sampled_from(
    [b"\r\n", b"\n", b"\r", b" ", b"\t", b"\x00", b"\x7f", b"\xc3\xa9", b":", b"5", b"A: b\r\n", b"chunked"]
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([name for name, (sent, _) in CASES.items() if len(sent) < 4_000]),
    st.lists(st.tuples(st.integers(0, 300), NOISE), max_size=3),
)
def test_both_servers_agree_on_broken_bytes(served_port, fixture_port, name, changes):
    """Whatever is put into a request, both servers answer alike or both refuse it, never with a 5xx."""
    sent = CASES[name][0]
    for place, noise in changes:
        sent = sent[: place % (len(sent) + 1)] + noise + sent[place % (len(sent) + 1) :]

    served, tested = exchange(served_port, sent)[0], exchange(fixture_port, sent)[0]

    # A head that breaks a rule before its end is refused, or waited for until the client leaves.
    assert served == tested or {served, tested} <= {0, 400, 431}, sent[:400]
    assert served < 500
