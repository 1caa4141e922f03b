"""The administrator's token."""

import re

from kpn_sandbox.tenants.secrets import admin_token


def test_it_is_generated_once_and_kept(database, other):
    """Later starts find the same one, 28 letters and digits."""
    first = admin_token(database, None)

    assert admin_token(other.database, None) == first
    assert re.fullmatch("[A-Za-z0-9]{28}", first)


def test_a_configured_one_counts(database):
    """The setting is used as it is and does not replace the kept one."""
    kept = admin_token(database, None)

    assert admin_token(database, "configured") == "configured"
    assert admin_token(database, None) == kept
