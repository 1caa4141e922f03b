"""Outcomes of faults as programs name them."""

from datetime import timedelta
from http import HTTPStatus

import pytest

from kpn_sandbox.client.outcomes import outcome_of


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        (503, {"status": 503}),
        (HTTPStatus.BAD_GATEWAY, {"status": 502}),
        ("ok", {"ok": True}),
        ("hang", {"connection": "hang"}),
        (timedelta(seconds=1), {"delay_ms": 1000}),
        ({"status": HTTPStatus.OK, "delay_ms": timedelta(seconds=1)}, {"status": 200, "delay_ms": 1000}),
    ],
)
def test_outcomes_may_be_bare(given, outcome):
    """A status, a word, a delay or a mapping is an outcome; the sandbox refuses what is none."""
    assert outcome_of(given) == outcome
