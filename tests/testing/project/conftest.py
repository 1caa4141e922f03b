"""A project that chooses settings for its server and its accounts."""

from typing import Any

import pytest

from kpn_sandbox.testing import Account


@pytest.fixture(scope="session")
def kpn_sandbox_settings() -> dict[str, Any]:
    """The token's answer as since 2020, at a base path of its own."""
    return {"token_body": "v2", "journal": True, "base_path": "/api"}


@pytest.fixture
def kpn_account_settings() -> dict[str, Any]:
    """Small centers."""
    return {"agents": 8, "profile": {"queues": 2}}


@pytest.fixture
def account(kpn_account: Account) -> Account:
    """The account by another name, with its type."""
    return kpn_account
