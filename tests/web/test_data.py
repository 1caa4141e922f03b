"""The data of the pages agrees with what the APIs answer."""

import pytest

from kpn_sandbox.itx_check.panel import panel_rows
from kpn_sandbox.vendors.itx.auth import itx_token
from kpn_sandbox.web.data import CHART_DATASETS
from tests.application import CREDENTIALS, TOKEN_URL


@pytest.fixture
def settings():
    """Kaisa's figures may be read by anybody."""
    return {"clock": "2026-11-23T10:00:00+01:00", "agents": 5, "kaisa_open": True}


@pytest.fixture
def bearer(client):
    """The header with an access token of the demo account."""
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.shared
@pytest.mark.parametrize("name", CHART_DATASETS)
def test_a_chart_shows_kaisas_dataset(client, name):
    """A chart of the history page has the same figures as Kaisa's API for the same days."""
    history = client.get("/history/days?days=3").json

    days = f"from_date={history['from']}&to_date={history['to']}"
    answer = client.get(f"/widgets/data?type={name}&{days}").json
    assert history["datasets"][name] == answer["datasources"][0]["data"]


@pytest.mark.parametrize("days", ["0", "91", "x", "-1", "٣"])
def test_days_have_a_range(client, days):
    """A number of days that the history page does not have is refused with the range that it has."""
    answer = client.get("/history/days", query_string={"days": days})

    assert (answer.status_code, answer.json["errors"][0]["allowed"]) == (400, "a whole number from 1 to 90")


def test_days_are_chosen_by_their_dates(client):
    """The history has the days from one date to another, both included, and at most the present one."""
    history = client.get("/history/days?from=2026-11-02&to=2026-11-04").json

    assert [day["name"] for day in history["datasets"]["calls_per_day"]] == ["2026-11-02", "2026-11-03", "2026-11-04"]
    assert (history["from"], history["to"], history["today"]) == ("2026-11-02", "2026-11-04", "2026-11-23")
    assert client.get("/history/days?to=2026-11-04&days=2").json["from"] == "2026-11-03"
    assert client.get("/history/days?from=2026-11-20").json["to"] == "2026-11-23"


@pytest.mark.shared
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("to=2026-11-24", "to"),
        ("from=2026-11-04&to=2026-11-03", "from"),
        ("from=2026-08-01&to=2026-11-03", "from"),
        ("from=yesterday", "from"),
    ],
)
def test_dates_that_cannot_be_are_refused(client, query, field):
    """Days ahead, days in the wrong order and too many of them are refused by the name of the field."""
    answer = client.get(f"/history/days?{query}")

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (400, field)


def test_the_panel_has_the_rows_of_the_api(app, client):
    """The panel page shows ITX's answer section for section and document for document."""
    secret = app.extensions["kpn_sandbox"].sandbox.accounts.rotate_secret("APP_CONSUMER_KEY").client_secret
    token = itx_token("APP_CONSUMER_KEY", secret)
    customer_id = client.get("/panel/rows").json["customers"][0]["customer_id"]

    panel = client.get("/panel/rows", query_string={"customerId": customer_id}).json["rows"]

    given = client.get("/rest/kpi", query_string={"customerId": customer_id, "token": token}).json
    assert [row["text"] for row in panel] == [row.text for row in panel_rows(given)]


def test_the_day_ends_with_the_counters_of_the_api(client, bearer):
    """The last point of the wallboard's day is the sum over the queues of the public API."""
    queues = client.get("/queues", headers=bearer).json["DataSet"]["queues"]

    day = client.get("/wallboard/day").json

    last = day["points"][-1]
    assert [last["offered"], last["answered"]] == [
        sum(int(queue[name]) for queue in queues) for name in ("OfferedCalls", "AnsweredCalls")
    ]
    assert [goal["number"] for goal in day["goals"]] == [int(queue["Number"]) for queue in queues]
    assert len(day["points"]) == 41
