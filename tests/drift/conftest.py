"""An account in a running sandbox, and captures of KPN."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kpn_sandbox.testing import Account, running

HEADERS = {"Content-Type": "application/json", "api-version": "1.0", "Date": "today"}
AT = "2026-11-23T10:00:00+01:00"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Any]:
    """A sandbox for the tests of a module."""
    with running() as sandbox:
        yield sandbox


@pytest.fixture
def account(sandbox) -> Account:
    """An account with a small center and a frozen clock."""
    return sandbox.new_account(seed="drift", agents=3, profile={"queues": 2, "names": "numbered"}, at=AT)


def entry(method: str, url: str, status: int, body: Any, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """An entry of an archive; the request carries a secret."""
    sent = [{"name": name, "value": value} for name, value in (headers or {}).items()]
    request = {"method": method, "url": url, "headers": [{"name": "Authorization", "value": "Bearer SECRET"}]}
    content = {"text": body if isinstance(body, str) else json.dumps(body)}
    return {"request": request, "response": {"status": status, "headers": sent, "content": content}}


def archive(*entries: dict[str, Any]) -> dict[str, Any]:
    """An HTTP archive."""
    return {"log": {"version": "1.2", "entries": list(entries)}}
