"""The tokens that were fetched without need, found in a request log."""

import pytest

from kpn_sandbox.testing.checks import needless_tokens

AT = "2026-11-23T10:{:02}:00+01:00"


def request_log(*requests):
    """Entries with numbers for ids, from operation, status, minute and, if it is not KPN's, API of each."""
    rows = [(number, *each, *["kpn"][: 4 - len(each)]) for number, each in enumerate(requests)]
    return [
        {"id": number, "operation": operation, "status": status, "at": AT.format(minute), "api": api}
        for number, operation, status, minute, api in rows
    ]


@pytest.mark.parametrize(
    ("requests", "needless"),
    [
        ([], []),
        ([("token", 200, 0), ("agents", 200, 0), ("token", 200, 1), ("agents", 200, 1)], ["2"]),
        ([("token", 200, 0), ("agents", 401, 1), ("token", 200, 1)], []),
        ([("token", 200, 0), ("token", 200, 56)], []),
        ([("token", 503, 0), ("token", 200, 0)], []),
        ([("token", 200, 0), ("token", 401, 1), ("token", 200, 1)], []),
        ([("token", 200, 0), ("token", 200, 0, "atobi")], []),
    ],
    ids=["none", "per request", "refused", "nearly over", "failed", "wrong secret", "another API"],
)
def test_a_token_is_needless_while_the_last_one_is_good(requests, needless):
    """A token is needless while the last one of the same API was not refused and is not nearly over."""
    assert needless_tokens(request_log(*requests)) == needless
