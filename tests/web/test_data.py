"""The data of the pages agrees with what the APIs answer."""

import pytest

from kpn_sandbox.app import create_app
from kpn_sandbox.itx_check.panel import panel_rows
from kpn_sandbox.settings import Settings
from kpn_sandbox.vendors.itx.auth import itx_token
from kpn_sandbox.web.data import CHART_DATASETS


@pytest.fixture
def app(tmp_path):
    """An application whose Kaisa figures anybody may read."""
    url = f"sqlite:///{tmp_path / 'sandbox.db'}"
    app = create_app(Settings(database_url=url, clock="2026-11-23T10:00:00+01:00", agents=5, kaisa_open=True))
    yield app
    app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture
def bearer(client):
    """The header with a token of the demo account."""
    return {"Authorization": f"Bearer {client.post('/wallboard/token', json={}).json['access_token']}"}


@pytest.mark.parametrize("name", CHART_DATASETS)
def test_a_chart_shows_kaisas_dataset(client, bearer, name):
    """A chart of the history page has the same figures as Kaisa's API for the same days."""
    history = client.get("/history/days?days=3", headers=bearer).json

    days = f"from_date={history['from']}&to_date={history['to']}"
    answer = client.get(f"/widgets/data?type={name}&{days}").json
    assert history["datasets"][name] == answer["datasources"][0]["data"]


@pytest.mark.parametrize("days", ["0", "91", "x", "-1", "٣"])
def test_days_have_a_range(client, bearer, days):
    """A number of days that the history page does not have is refused with the range that it has."""
    answer = client.get("/history/days", query_string={"days": days}, headers=bearer)

    assert (answer.status_code, answer.json["errors"][0]["allowed"]) == (400, "a whole number from 1 to 90")


def test_the_history_needs_a_good_token(client):
    """The history of an account is read with a token of that account only."""
    assert client.get("/history/days").status_code == 401


def test_the_panel_has_the_rows_of_the_api(app, client, bearer):
    """The panel page shows ITX's answer section for section and document for document."""
    secret = app.extensions["kpn_sandbox"].sandbox.accounts.rotate_secret("APP_CONSUMER_KEY").client_secret
    token = itx_token("APP_CONSUMER_KEY", secret)
    customer_id = client.get("/panel/rows", headers=bearer).json["customers"][0]["customer_id"]

    panel = client.get("/panel/rows", query_string={"customerId": customer_id}, headers=bearer).json["rows"]

    given = client.get("/rest/kpi", query_string={"customerId": customer_id, "token": token}).json
    assert [row["text"] for row in panel] == [row.text for row in panel_rows(given)]


def test_the_panel_needs_a_good_token(client):
    """The customers of an account are read with a token of that account only."""
    assert client.get("/panel/rows?customerId=1").status_code == 401


def test_the_day_needs_a_good_token(client):
    """The wallboard's day is as guarded as the API beside it."""
    assert client.get("/wallboard/day").status_code == 401
    assert client.get("/wallboard/day", headers={"Authorization": "Bearer nope"}).status_code == 401


def test_the_day_ends_with_the_counters_of_the_api(client, bearer):
    """The last point of the wallboard's day is the sum over the queues of the public API."""
    queues = client.get("/queues", headers=bearer).json["DataSet"]["queues"]

    day = client.get("/wallboard/day", headers=bearer).json

    last = day["points"][-1]
    assert [last["offered"], last["answered"]] == [
        sum(int(queue[name]) for queue in queues) for name in ("OfferedCalls", "AnsweredCalls")
    ]
    assert [goal["number"] for goal in day["goals"]] == [int(queue["Number"]) for queue in queues]
    assert len(day["points"]) == 41
