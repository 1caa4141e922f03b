"""Parsing of the Prefer header and its aliases."""

import pytest

from kpn_sandbox.gateway.prefer_header import NO_PREFERENCES, preferences

STATUSES = (200, 404, 503)


def read(header, **others):
    return preferences({"HTTP_PREFER": header, **others}, STATUSES)


@pytest.mark.parametrize(
    "header", ["code=503", 'code="503"', "Code = 503", "code=503;x=y", "wait=1, code=503", "code=503,code=404"]
)
def test_a_preference_has_many_spellings(header):
    """A value may be quoted, spaced, with parameters, and among others; the first of two counts."""
    assert read(header).code == 503


@pytest.mark.parametrize("header", ["a/code=503", "a b, x]y/at", "a]code", "a@delay-ms=x", "[]code=503"])
def test_the_end_of_an_ill_formed_preference_is_none(header):
    """What does not follow the grammar is ignored up to the next comma."""
    assert read(header) == NO_PREFERENCES
    assert read(f"{header}, code=503").code == 503


def test_the_header_goes_before_its_alias():
    """The alias counts only when the Prefer header has no such preference."""
    assert read("code=503", HTTP_X_MOCK_RESPONSE_CODE="404").code == 503
    assert read("wait=1", HTTP_X_MOCK_RESPONSE_CODE="404").code == 404


def test_quoted_values_may_hold_commas():
    """A comma in quotes does not separate preferences."""
    assert read('note="a, code=404, b", code=503').code == 503


def test_escapes_in_quotes_are_resolved():
    r"""A backslash in quotes stands for the character after it."""
    assert read(r'code="5\03"').code == 503


@pytest.mark.parametrize("filling", ["x", '"', '"\\', "x ", "x=", ";", ",", 'x="'])
def test_only_the_beginning_of_a_long_header_is_read(filling):
    """A header of any length costs little: preferences far from its beginning are ignored."""
    assert read(filling * 20_000 + ", code=503") is NO_PREFERENCES


def test_requests_without_preferences_share_one_object():
    """A request without a preference of ours costs no allocation."""
    assert preferences({}, STATUSES) is NO_PREFERENCES
    assert read("wait=10") is NO_PREFERENCES
