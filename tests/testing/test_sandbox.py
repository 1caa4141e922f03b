"""Accounts that tests make in a sandbox of their own, and in one that others use too."""

from datetime import datetime

import pytest

from kpn_sandbox.testing import running
from kpn_sandbox.testing.sandbox import ABANDONED_SECONDS

pytestmark = pytest.mark.slow


def lifetime(account):
    """Return the seconds after which an account is dropped by itself, None for never."""
    shown = account.show()
    made, ends = shown["created_at"], shown["expires_at"]
    return ends and (datetime.fromisoformat(ends) - datetime.fromisoformat(made)).total_seconds()


def test_accounts_in_a_shared_sandbox_end(monkeypatch):
    """An account in a shared sandbox ends though its tests are killed; one in the tests' own sandbox need not."""
    with running({"agents": 5}) as own:
        here = lifetime(own.new_account())
        monkeypatch.setenv("KPN_SANDBOX_URL", own.url)
        monkeypatch.setenv("KPN_SANDBOX_ADMIN_TOKEN", own.admin_token)
        with running() as shared:
            there = [lifetime(shared.new_account()), lifetime(shared.new_account(expires_in_seconds=60))]

    assert (here, there) == (None, [ABANDONED_SECONDS, 60])
