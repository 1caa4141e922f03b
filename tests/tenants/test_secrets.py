"""Secrets that are generated once for all workers."""

import re

from kpn_sandbox.tenants.secrets import admin_token, get_or_create_secret


def test_the_administrator_token_is_generated_once(database, other):
    """Later starts find the same one, 28 letters and digits."""
    first = admin_token(database, None)

    assert admin_token(other.database, None) == first
    assert re.fullmatch("[A-Za-z0-9]{28}", first)


def test_a_configured_administrator_token_counts(database):
    """The setting is used as it is and does not replace the generated one."""
    generated = admin_token(database, None)

    assert admin_token(database, "configured") == "configured"
    assert admin_token(database, None) == generated


def test_a_generated_secret_stays(database, other):
    """The first that needs it generates it, all others get the same, and each name has its own."""
    first = get_or_create_secret(database, "a key")

    assert get_or_create_secret(other.database, "a key") == first != get_or_create_secret(database, "another")
