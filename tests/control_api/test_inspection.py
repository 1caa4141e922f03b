"""The request log, conduct, customers, received records, and the calls behind the counters."""

import json
from urllib.parse import quote

import pytest

from kpn_sandbox.vendors.atobi.store import inbox
from tests.application import CREDENTIALS, TOKEN_URL

from .conftest import MONDAY, on_one_database


def test_requests_are_kept_without_secrets(control, kpn, made):
    """Requests are shown the oldest first, each with its instants, status and headers, but without secrets."""
    kpn("/agents?colour=red")

    page = control("GET", "/requests").json

    token, agents = page["requests"]
    assert (page["count"], page["dropped"], token["operation"]) == (2, 0, "token")
    shown = {name: agents[name] for name in ("at", "api", "method", "path", "query", "operation", "status", "note")}
    assert shown == {
        "at": MONDAY,
        "api": "kpn",
        "method": "GET",
        "path": "/agents",
        "query": "colour=red",
        "operation": "agents",
        "status": 200,
        "note": None,
    }
    assert made["client_secret"] not in json.dumps(page) and "Bearer" not in json.dumps(page)


@pytest.mark.parametrize(
    ("query", "paths"),
    [
        ("operation=queues", ["/queues"]),
        ("status=404", ["/queue/number/9"]),
        ("api=kpn&operation=queue", ["/queue/number/9"]),
        ("api=kaisa", []),
        ("limit=1", ["/trunks"]),
        ("since=2026-11-23T10:00:30%2B01:00", ["/trunks"]),
        ("since=2026-11-23T10:00:30+01:00", ["/trunks"]),
        ("status=4xx&method=get", ["/queue/number/9"]),
        ("status=5XX", []),
        ("status=0", []),
        ("method=GET&path=/queues", ["/queues"]),
        ("path=/queue/*", ["/queue/number/9"]),
        ("path=/queue/number/*&status=200", []),
        ("path=/queue_", []),
        ("wait=0&count=9&operation=trunks", ["/trunks"]),
    ],
)
def test_requests_are_filtered(control, kpn, query, paths):
    """Requests are filtered by API, operation, status, instant and number; an instant may have an unescaped plus."""
    kpn("/queues")
    kpn("/queue/number/9")
    control("POST", "/clock/advance", {"seconds": 60})
    kpn("/trunks")

    shown = control("GET", f"/requests?{query}").json["requests"]

    assert [each["path"] for each in shown if each["operation"] != "token"] == paths


def test_an_operation_that_no_api_has_is_refused(control):
    """The answer names the operations that there are."""
    error = control("GET", "/requests?api=kpn&operation=agnets").json["errors"][0]

    assert error["field"] == "operation"
    assert error["allowed"] == "one of token, agents, agent, queues, queue, trunks, trunk, or any"
    assert control("GET", "/requests?operation=any").json == control("GET", "/requests").json


@on_one_database
@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/truth/calls?queue=1003", "the number of one of the center's 3 queues, 1000 to 1002"),
        ("/truth/calls?queue=1", "the number of one of the center's 3 queues, 1000 to 1002"),
        ("/truth/calls?agent=40016", "the number of one of the center's 15 agents, 40001 to 40015"),
        ("/truth/intervals?queue=9999", "the number of one of the center's 3 queues, 1000 to 1002"),
    ],
)
def test_a_queue_or_an_agent_that_never_was_is_refused(control, path, allowed):
    """A filter by a number that no object has would find nothing, ever; the answer names those that there are."""
    refused = control("GET", path)

    assert refused.status_code == 400
    assert refused.json["errors"][0]["allowed"] == allowed


def test_a_queue_that_is_gone_can_be_asked_for(control):
    """What a center had before a change, or has after one, is known at all times; a whole number may come as 1002.0."""
    control("PATCH", "/profile?effective=now", {"queues": 2})

    assert control("GET", "/truth/calls?queue=1002.0").json["calls"]
    control("PATCH", "/profile", {"queues": 2})
    assert control("GET", "/truth/calls?queue=1002").status_code == 400


def test_requests_are_waited_for(control, kpn, pauses):
    """An answer waits for as many requests as it shall have, at most so many seconds, and not at all with enough."""
    kpn("/queues")
    pauses.clear()

    enough = control("GET", "/requests?operation=queues&wait=5").json
    assert (enough["count"], pauses) == (1, [])

    fewer = control("GET", "/requests?operation=queues&wait=0.2&count=2").json
    assert (fewer["count"], pauses) == (1, [0.05] * 4)


def test_requests_are_exported_and_deleted(control, kpn):
    """Requests are exported as an HTTP archive; deleted ones are gone."""
    kpn("/agents")

    archive = control("GET", "/requests?format=har").json

    assert [entry["request"]["url"] for entry in archive["log"]["entries"]] == [
        f"http://localhost{TOKEN_URL}",
        "http://localhost/agents",
    ]
    assert control("DELETE", "/requests").status_code == 204
    assert control("GET", "/requests").json == {"count": 0, "dropped": 0, "requests": []}


def test_bad_conduct_is_shown(control, kpn):
    """A broken conduct rule is shown with the number and the ids of requests that broke it."""
    control("PUT", "/quota", {"limit": 1, "interval": 1, "unit": "hour"})
    for _ in range(3):
        kpn("/agents")

    conduct = control("GET", "/conduct").json

    assert [(finding["rule"], finding["count"]) for finding in conduct["findings"]] == [("beyond-quota", 2)]
    known = {each["id"] for each in control("GET", "/requests").json["requests"]}
    assert set(conduct["findings"][0]["examples"]) < known and conduct["requests"] == 4


def test_customers_have_every_identifier(control):
    """Each customer has every identifier that a vendor knows it by, and no two customers share one."""
    customers = control("GET", "/customers?limit=1000").json["customers"]

    for name in ("primary_key", "entity_id", "customer_number", "phone", "external_id", "kaisa_customer_id"):
        assert len({customer[name] for customer in customers}) == len(customers) == 1000
    assert all(customer["name"] for customer in customers)


def test_pages_of_customers_follow_one_another(control):
    """A page has 100 customers; `next` of it leads to the page behind, and is null on the last page."""
    first = control("GET", "/customers").json
    second = control("GET", f"/customers?limit=250&after={first['next']}").json
    control("PATCH", "/profile", json={"agents": 1, "queues": 1})
    pages, after = [], ""
    while after is not None:
        page = control("GET", f"/customers?limit=90{after and f'&after={after}'}").json
        pages.append(page["customers"])
        after = page["next"]

    assert (len(first["customers"]), len(second["customers"])) == (100, 250)
    few = [customer for page in pages for customer in page]
    assert [len(page) for page in pages[:-1]] == [90] * (len(pages) - 1) and 0 < len(pages[-1]) <= 90
    assert few == [*first["customers"], *second["customers"]][: len(few)]
    assert len(few) > 100


@pytest.mark.parametrize("name", ["primary_key", "entity_id", "customer_number", "phone", "kaisa_customer_id"])
def test_a_customer_is_found_by_any_identifier(control, name):
    """The customer with an identifier is listed alone; nobody has another one."""
    wanted = control("GET", "/customers?limit=3").json["customers"][2]

    found = control("GET", f"/customers?identifier={quote(str(wanted[name]))}").json

    assert found == {"customers": [wanted], "next": None}
    assert control("GET", "/customers?identifier=nobody").json == {"customers": [], "next": None}


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=1001", "limit=x", "after=1", "after=x", "after=", "page=2", "after=6000013&identifier=1"],
)
def test_a_wrong_page_of_customers_is_refused(control, query):
    """A number of customers out of range, a primary key that nobody has and an unknown parameter are named."""
    response = control("GET", f"/customers?{query}")

    assert response.status_code == 400
    assert query.partition("=")[0] in response.json["detail"]


def test_calls_explain_the_counters(control, kpn):
    """Today's calls of a queue are those that its counters have counted."""
    queue = kpn("/queue/number/1000").json["DataSet"]["queue"]

    calls = control("GET", "/truth/calls?queue=1000").json["calls"]

    assert len(calls) == int(queue["OfferedCalls"]) > 0
    assert sum(call["outcome"] == "answered" for call in calls) == int(queue["AnsweredCalls"])
    assert calls == sorted(calls, key=lambda call: call["arrived_at"])
    keys = [call["customer"] for call in calls[:20]]
    callers = [control("GET", f"/customers?identifier={key}").json["customers"] for key in keys]
    assert [[caller["primary_key"] for caller in found] for found in callers] == [[key] for key in keys]


def test_a_period_is_the_sum_of_its_parts(control):
    """The calls of a period are those of its parts: from the first instant to before the last, whatever the hours."""
    bounds = ["2026-11-22T22:30:00+01:00", "2026-11-23T01:17:43+01:00", "2026-11-23T09:00:00+01:00"]

    def calls(start, end):
        return control("GET", f"/truth/calls?from={start}&to={end}").json["calls"]

    assert calls(bounds[0], bounds[1]) + calls(bounds[1], bounds[2]) == calls(bounds[0], bounds[2])
    assert calls(bounds[0], bounds[0]) == []


def test_a_long_list_is_sent_while_it_is_made(control):
    """The calls of a period are not collected before the first of them is sent, so their length is not known."""
    response = control("GET", "/truth/calls")

    assert response.is_streamed and "Content-Length" not in response.headers
    assert response.headers["Content-Type"] == "application/json"


def test_nothing_is_shown_of_the_future(control):
    """A period in the future is empty, and one that reaches into the future ends now."""
    today = control("GET", "/truth/calls").json

    assert control("GET", "/truth/calls?from=2026-11-23T00:00:00+01:00&to=2026-11-24T00:00:00+01:00").json == today
    assert control("GET", "/truth/calls?from=2026-11-24T00:00:00+01:00&to=2026-11-25T00:00:00+01:00").json == {
        "calls": []
    }


def test_calls_of_an_agent_rang_at_the_agent(control):
    """Calls filtered by an agent are those that rang at the agent, answered or not."""
    calls = control("GET", "/truth/calls?agent=40003").json["calls"]

    assert calls and all(40003 in [ring["agent"] for ring in call["rings"]] for call in calls)


def test_states_lead_to_the_present_one(control, kpn):
    """The last state of an agent is the one that the vendor's API shows."""
    states = control("GET", "/truth/agents/40003").json["states"]

    shown = kpn("/agent/logid/40003").json["DataSet"]["agent"]
    assert states[-1]["status"] == shown["Status"]
    assert states[0]["at"] == "2026-11-23T00:00:00+01:00"


@pytest.mark.parametrize("at", ["2026-11-23T00:00:00+01:00", MONDAY, "2026-11-23T10:17:43.5+01:00"])
def test_intervals_add_up_to_the_counters(control, kpn, at):
    """The intervals since midnight sum to KPN's counters, and to the calls of `truth/calls`."""
    control("PUT", "/clock", {"mode": "frozen", "at": at})

    intervals = control("GET", "/truth/intervals?minutes=15.0&queue=1000").json["intervals"]

    queue = kpn("/queue/number/1000").json["DataSet"]["queue"]
    calls = control("GET", "/truth/calls?queue=1000").json["calls"]
    assert {each["queue"] for each in intervals} == {1000}
    for name, counter, outcome in (("offered", "OfferedCalls", None), ("answered", "AnsweredCalls", "answered")):
        total = sum(each[name] for each in intervals)
        assert total == int(queue[counter]) == sum(outcome in (None, call["outcome"]) for call in calls)
    abandoned = sum(call["outcome"] == "abandoned" for call in calls)
    assert sum(each["abandoned"] for each in intervals) == abandoned


def test_intervals_are_of_half_an_hour_by_default(control):
    """Without a query there is every queue of every half hour since midnight."""
    intervals = control("GET", "/truth/intervals").json["intervals"]

    starts = list(dict.fromkeys(each["starts_at"] for each in intervals))
    queues = {each["queue"] for each in intervals}
    assert (len(starts), starts[0], starts[-1]) == (21, "2026-11-23T00:00:00+01:00", MONDAY)
    assert len(intervals) == len(starts) * len(queues) and len(queues) > 1
    assert {each["seconds"] for each in intervals} == {1800, 0}


def test_the_schedule_is_that_of_the_agents_shown(control, kpn):
    """Whom the schedule shows logged in the vendor's API shows, too; each of the center's agents has an entry."""
    schedule = control("GET", "/truth/schedule").json

    shown = {int(each["Logid"]): each["Status"] for each in kpn("/agents").json["DataSet"]["agents"]}
    present = {each["agent"] for each in schedule["agents"] if each["logged_in_at"] and not each["logged_out_at"]}
    assert schedule["date"] == "2026-11-23"
    assert [each["agent"] for each in schedule["agents"]] == list(range(40001, 40016))
    assert present == {agent for agent, status in shown.items() if status != "UNSTAFF"}


def test_the_schedule_of_another_date_is_known(control):
    """Of tomorrow there is the plan alone, of yesterday everything."""
    tomorrow = control("GET", "/truth/schedule?date=2026-11-24").json
    before = control("GET", "/truth/schedule?date=2026-11-20").json

    assert (tomorrow["date"], before["date"]) == ("2026-11-24", "2026-11-20")
    assert any(each["shift"] for each in tomorrow["agents"])
    assert {each["adherence"] for each in tomorrow["agents"]} == {None}
    worked = [each for each in before["agents"] if each["shift"] and not each["absent"]]
    assert worked and all(each["logged_out_at"] and 0.5 < each["adherence"] <= 1 for each in worked)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/truth/intervals?minutes=20", 400),
        ("/truth/intervals?minutes=", 400),
        ("/truth/intervals?minutes=30.5", 400),
        ("/truth/intervals?from=2026-11-10T00:00:00%2B01:00", 400),
        ("/truth/intervals?queue=Sales", 400),
        ("/truth/intervals?agent=40001", 400),
        ("/truth/schedule?date=2026-02-30", 400),
        ("/truth/schedule?date=20261123", 400),
        ("/truth/schedule?date=1999-12-31", 400),
        ("/truth/schedule?from=2026-11-23T00:00:00Z", 400),
        ("/truth/calls?from=2026-11-10T00:00:00+01:00", 400),
        ("/truth/calls?from=2026-11-23T09:00:00+01:00&to=2026-11-23T08:00:00+01:00", 400),
        ("/truth/calls?from=yesterday", 400),
        ("/truth/calls?from=1999-01-01T00:00:00Z", 400),
        ("/truth/calls?queue=Sales", 400),
        ("/truth/calls?colour=red", 400),
        ("/truth/agents/49999", 404),
        ("/truth/agents/Jan", 404),
        ("/truth/agents/40001?to=never", 400),
        ("/requests?status=abc", 400),
        ("/requests?status=9", 400),
        ("/requests?limit=1001", 400),
        ("/requests?api=sap", 400),
        ("/requests?format=xml", 400),
        ("/requests?operation=%00", 400),
        ("/requests?operation=no+such", 400),
        ("/requests?api=itx&operation=agents", 400),
        ("/requests?status=6xx", 400),
        ("/requests?status=50x", 400),
        ("/requests?method=G%20T", 400),
        ("/requests?method=GTE", 400),
        ("/requests?path=agents", 400),
        ("/requests?path=/a%3Fb", 400),
        ("/requests?wait=61", 400),
        ("/requests?wait=-1", 400),
        ("/requests?wait=nan", 400),
        ("/requests?wait=5&count=0", 400),
        ("/requests?count=2", 400),
        ("/requests?since=2026-11-23", 400),
        ("/inbox/kpi?kpi=", 400),
        ("/faults/none", 404),
        ("/pins/agents/40001", 404),
    ],
)
def test_wrong_paths_and_queries_are_problems(control, path, status):
    """A query or path that is wrong is answered with a problem document."""
    answer = control("GET", path)

    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "application/problem+json")


def test_the_inbox_is_read_in_order(app, control):
    """Received records are shown the newest last; filters choose among them."""
    rows = [
        {"client_id": "berta", "type": "kpi", "context": "shop", "kpi": name, "received_at": at, "body": '{"value": 1}'}
        for name, at in (("sales", 1_795_424_400.0), ("visits", 1_795_424_460.0))
    ]
    with app.extensions["kpn_sandbox"].sandbox.database.write() as connection:
        connection.execute(inbox.insert(), rows)

    records = control("GET", "/inbox/kpi").json["records"]
    assert [record["kpi"] for record in records] == ["sales", "visits"]
    assert (records[0]["received_at"], records[0]["value"]) == (MONDAY, 1)
    assert control("GET", "/inbox/kpi?kpi=visits&since=2026-11-23T10:00:30+01:00").json["records"] == records[1:]
    control("POST", "/reset", {"layers": ["inbox"]})
    assert control("GET", "/inbox/kpi").json == {"records": []}


def test_the_administrator_sees_all_requests(app, client, wall):
    """Unknown tokens and unknown paths belong to nobody; the administrator reads them beside those of accounts."""
    client.get("/agents", headers={"Authorization": "Bearer nobody-knows"})
    wall.at += 1
    client.get("/nope")
    wall.at += 1
    client.post(TOKEN_URL, data={**CREDENTIALS, "client_secret": "wrong"})
    bearer = {"Authorization": f"Bearer {app.extensions['kpn_sandbox'].admin_token}"}

    answer = client.get("/_sandbox/requests", headers=bearer)

    rows = [(row["client_id"], row["path"], row["status"]) for row in answer.json["requests"]]
    assert rows == [
        (None, "/agents", 401),
        (None, "/nope", 404),
        ("APP_CONSUMER_KEY", "/oauth/client_credential/accesstoken", 401),
    ]
    assert client.get("/_sandbox/requests?status=404", headers=bearer).json["count"] == 1
    assert client.get("/_sandbox/requests", headers=bearer | {"Authorization": ""}).status_code == 401
    assert client.get("/_sandbox/requests", auth=tuple(CREDENTIALS.values())).status_code == 403
