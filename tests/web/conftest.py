"""The pages without a browser."""

import pytest

from kpn_sandbox.app import create_app
from kpn_sandbox.settings import Settings


@pytest.fixture
def app(tmp_path):
    """An application whose demo account has a frozen clock."""
    url = f"sqlite:///{tmp_path / 'sandbox.db'}"
    app = create_app(Settings(database_url=url, clock="2026-11-23T10:00:00+01:00", agents=20))
    yield app
    app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture
def client(app):
    return app.test_client()
