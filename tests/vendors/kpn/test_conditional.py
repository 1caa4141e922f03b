"""Conditional requests to KPN's API."""

import pytest


def test_an_answer_at_hand_is_not_sent_again(get):
    """A current ETag gets 304 with the tag and the sandbox's headers, without a body and a content type."""
    tag = get("/agents").headers["ETag"]

    answer = get("/agents", If_None_Match=tag)

    assert (answer.status_code, answer.data) == (304, b"")
    assert answer.headers["ETag"] == tag
    assert "X-Sandbox-Time" in answer.headers
    assert "Content-Type" not in answer.headers


@pytest.mark.shared
@pytest.mark.parametrize("form", ["W/{}", '"other", {}', "*", '"a",W/{},"b"'])
def test_tags_come_in_several_forms(get, form):
    """A tag may be weak, in a list, or `*`."""
    tag = get("/agents").headers["ETag"]

    assert get("/agents", If_None_Match=form.format(tag)).status_code == 304


@pytest.mark.shared
@pytest.mark.parametrize("form", ["", '""', ",", "other", '"open', 'x"y"', "W/", 'w/"a"', '"a b"'])
def test_what_is_no_tag_is_ignored(get, form):
    """An empty or ill-formed tag neither matches nor fails to match."""
    for header in ("If_Match", "If_None_Match"):
        assert get("/agents", **{header: form}).status_code == 200


def test_a_changed_answer_is_sent(get, wall):
    """An old tag does not match when the center has moved on."""
    tag = get("/agents").headers["ETag"]
    wall.at += 60

    assert get("/agents", If_None_Match=tag).status_code == 200


@pytest.mark.shared
@pytest.mark.parametrize(("form", "status"), [("{}", 200), ("*", 200), ('"other"', 412), ("W/{}", 412)])
def test_if_match_wants_that_very_answer(get, form, status):
    """`If-Match` with another tag, or with a weak one, is refused in the envelope."""
    tag = get("/agents").headers["ETag"]

    answer = get("/agents", If_Match=form.format(tag))

    assert answer.status_code == status
    if status == 412:
        assert answer.data == b'{"Error": "Precondition failed", "DataSet": null}'
