"""The history page tells what Kaisa's API tells."""

import pytest

from kpn_sandbox.app import create_app
from kpn_sandbox.settings import Settings
from kpn_sandbox.web.data import SHOWN


@pytest.fixture
def app(tmp_path):
    """An application whose Kaisa figures anybody may read."""
    url = f"sqlite:///{tmp_path / 'sandbox.db'}"
    app = create_app(Settings(database_url=url, clock="2026-11-23T10:00:00+01:00", agents=5, kaisa_open=True))
    yield app
    app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture
def bearer(client):
    return {"Authorization": f"Bearer {client.post('/wallboard/token', json={}).json['access_token']}"}


@pytest.mark.parametrize("name", SHOWN)
def test_a_chart_shows_kaisas_dataset(client, bearer, name):
    """The same figures for the same days."""
    told = client.get("/history/days?days=3", headers=bearer).json

    days = f"from_date={told['from']}&to_date={told['to']}"
    answer = client.get(f"/widgets/data?type={name}&{days}").json
    assert told["datasets"][name] == answer["datasources"][0]["data"]


@pytest.mark.parametrize("days", ["0", "91", "x", "-1", "٣"])
def test_days_have_a_range(client, bearer, days):
    """The refusal says what would be right."""
    answer = client.get("/history/days", query_string={"days": days}, headers=bearer)

    assert (answer.status_code, answer.json["errors"][0]["allowed"]) == (400, "a whole number from 1 to 90")


def test_the_history_needs_a_good_token(client):
    """Nobody reads another's history."""
    assert client.get("/history/days").status_code == 401
