"""Conditional requests."""

import pytest


def test_an_answer_at_hand_is_not_sent_again(get):
    """304 without a body, with the tag and the sandbox's headers, without a content type."""
    tag = get("/agents").headers["ETag"]

    answer = get("/agents", If_None_Match=tag)

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert "X-Sandbox-Time" in answer.headers
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("form", ["W/{}", '"other", {}', "*", '"a",W/{},"b"'])
def test_tags_come_in_several_forms(get, form):
    """Weak, in a list, or any."""
    tag = get("/agents").headers["ETag"]

    assert get("/agents", If_None_Match=form.format(tag)).status_code == 304


def test_a_changed_answer_is_sent(get, wall):
    """The old tag does not hold when the center has moved on."""
    tag = get("/agents").headers["ETag"]
    wall.at += 60

    assert get("/agents", If_None_Match=tag).status_code == 200


@pytest.mark.parametrize(("form", "status"), [("{}", 200), ("*", 200), ('"other"', 412), ("W/{}", 412), ("", 412)])
def test_if_match_wants_that_very_answer(get, form, status):
    """Another one is refused in the envelope; weak tags never match."""
    tag = get("/agents").headers["ETag"]

    answer = get("/agents", If_Match=form.format(tag))

    assert answer.status_code == status
    if status == 412:
        assert answer.data == b'{"Error": "Precondition failed", "DataSet": null}'
