"""The pages without a browser."""

import pytest


@pytest.fixture
def settings():
    """The clock of the demo account is frozen on a Monday morning."""
    return {"clock": "2026-11-23T10:00:00+01:00", "agents": 20}
