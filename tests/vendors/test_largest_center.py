"""All APIs and pages show the largest center, in time and without an error of the server."""

from time import process_time

import pytest

from kpn_sandbox.literals import MOST_AGENTS, MOST_QUEUES, MOST_TRUNKS
from tests.application import CREDENTIALS
from tests.reconciliation import check_instant
from tests.vendors.bright_pattern.conftest import LOGIN, everything
from tests.vendors.itx.conftest import TOKEN
from tests.vendors.kaisa.conftest import credentials

pytestmark = pytest.mark.slow

BASIC = tuple(CREDENTIALS.values())
ACCOUNT = f"/_sandbox/accounts/{BASIC[0]}"


@pytest.fixture
def settings():
    """The most agents, and subscriptions that have data at once."""
    return {"agents": MOST_AGENTS, "bright_pattern_refresh": 0, "clock": "2026-11-23T10:00:00+01:00"}


@pytest.fixture
def numbered(client):
    """The center with the most queues and trunks, too."""
    patch = {"queues": MOST_QUEUES, "trunks": MOST_TRUNKS}
    assert client.patch(f"{ACCOUNT}/profile", json=patch, auth=BASIC).status_code == 200


def test_kpn_and_bright_pattern_show_all_of_it(client, get, numbered):
    """Lists and grids have a row for everybody, and all figures reconcile."""
    agents, queues, trunks = (get(f"/{kind}").json["DataSet"][kind] for kind in ("agents", "queues", "trunks"))
    assert client.post("/statsapi/auth", json=LOGIN).status_code == 200
    assert client.post("/statsapi/subscription", json=everything()).status_code == 200
    data = client.get("/statsapi/subscription/data").json["data"]

    check_instant(agents, queues, trunks)
    assert (len(agents), len(queues), len(trunks)) == (MOST_AGENTS, MOST_QUEUES, MOST_TRUNKS)
    assert [len(grid["values"]) for grid in data["agent_grids"]] == [MOST_AGENTS]
    assert [len(grid["values"]) for grid in data["service_grids"]] == [MOST_QUEUES]


def test_kaisa_itx_and_the_truth_show_the_same_day(client, get):
    """Calls of today are as many in Kaisa's datasets as in KPN's counters and in the intervals."""
    offered = sum(int(queue["OfferedCalls"]) for queue in get("/queues").json["DataSet"]["queues"])
    path = "/widgets/data?type=call_totals&from_date=2026-11-23&to_date=2026-11-23"
    challenge = client.get("/miscellaneous/ping").headers["WWW-Authenticate"]
    widget = client.get(path, headers={"Authorization": credentials(challenge, "GET", path)})
    intervals = client.get(f"{ACCOUNT}/truth/intervals?minutes=60", auth=BASIC).json["intervals"]
    customer = client.get(f"{ACCOUNT}/customers?limit=1", auth=BASIC).json["customers"][0]
    panel = client.get("/rest/kpi", query_string={"customerId": customer["primary_key"], "token": TOKEN})

    assert offered > 50_000
    assert widget.status_code == panel.status_code == 200, widget.text
    assert sum(each["offered"] for each in intervals) == offered
    assert str(offered) in widget.text


@pytest.mark.parametrize(
    "path", ["/", "/wallboard", "/wallboard/day", "/wallboard/live", "/history", "/history/days?days=7", "/console"]
)
def test_pages_show_it(client, path):
    """Each page and the data behind it are there."""
    assert client.get(path, auth=BASIC).status_code == 200


def test_a_scenario_of_it_takes_seconds(client, get):
    """Each scenario of the default trunks is shown within the CPU time of some million calls."""
    for name in ("peak", "trunk outage", "night closed", "lab"):
        assert client.put(f"{ACCOUNT}/scenario", json={"name": name}, auth=BASIC).status_code == 200
        begun = process_time()
        lists = [get(f"/{kind}").json["DataSet"][kind] for kind in ("agents", "queues", "trunks")]
        assert process_time() - begun < 30
        check_instant(*lists, longest_wait=86_400)
