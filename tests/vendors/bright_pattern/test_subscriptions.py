"""Subscriptions: made, replaced, deleted, and refused when they are wrong."""

import json

import pytest

from tests.vendors.bright_pattern.conftest import LOGIN, agents, everything, grid, services

DATA, SUBSCRIBE, ACTIVE = "/statsapi/subscription/data", "/statsapi/subscription", "/statsapi/subscription/active"
TOTALS = {"a": {"stats_totals": ["in_calls_waiting"]}}


def test_a_subscription_lives_until_it_is_deleted(session):
    """Data are 404 without a subscription; deleting is 200, and 404 when there is none."""
    assert session.get(DATA).status_code == session.delete(ACTIVE).status_code == 404
    assert session.get(DATA).json["error_code"] == 1104

    assert session.post(SUBSCRIBE, json=TOTALS).status_code == 200
    assert list(session.get(DATA).json["a"]) == ["stats_totals"]

    assert session.delete(ACTIVE).status_code == 200
    assert session.get(DATA).status_code == session.delete(ACTIVE).status_code == 404


@pytest.mark.parametrize("clock", ["running", "2026-11-23T10:00:00+01:00"])
def test_data_come_after_the_first_refresh(start, wall, clock):
    """In the first second there is no content yet, also when the account's clock stands still."""
    client = start(clock=clock).test_client()
    client.post("/statsapi/auth", json=LOGIN)
    client.post(SUBSCRIBE, json=TOTALS)

    early = client.get(DATA)
    wall.at += 1

    assert (early.status_code, early.data) == (204, b"")
    assert client.get(DATA).status_code == 200


def test_a_second_subscription_takes_the_place_of_the_first(subscribed):
    """A client has one subscription, the latest."""
    subscribed(TOTALS)

    assert list(subscribed({"b": {"stats_totals": []}})) == ["b"]


def test_a_bad_subscription_leaves_the_old_one_in_force(session):
    """A subscription that is refused changes nothing."""
    session.post(SUBSCRIBE, json=TOTALS)

    assert session.post(SUBSCRIBE, json={"b": {"stats_totals": ["nope"]}}).status_code == 400
    assert list(session.get(DATA).json) == ["a"]


def test_the_users_with_a_subscription_are_limited(start):
    """Beyond the limit 409; a user with a subscription may replace it, and deleting one allows another."""
    app = start(bright_pattern_subscriptions=2)
    clients = [app.test_client() for _ in range(3)]
    for number, client in enumerate(clients):
        client.post("/statsapi/auth", json={**LOGIN, "username": f"APP_CONSUMER_KEY+{number}"})

    codes = [client.post(SUBSCRIBE, json=TOTALS).status_code for client in (*clients, clients[0])]

    assert codes == [200, 200, 409, 200]
    assert clients[2].post(SUBSCRIBE, json=TOTALS).json["error_code"] == 1109
    clients[1].delete(ACTIVE)
    assert clients[2].post(SUBSCRIBE, json=TOTALS).status_code == 200


def test_any_worker_serves_a_subscription(start, settings):
    """A subscription at one worker has data at another, at once."""
    one, other = (start(**settings).test_client(use_cookies=False) for _ in range(2))
    headers = {"Authorization": one.post("/statsapi/auth", json=LOGIN).json["token"]}
    for body in (TOTALS, {"b": {"stats_totals": []}}):
        one.post(SUBSCRIBE, json=body, headers=headers)

        assert list(other.get(DATA, headers=headers).json) == list(body)
    one.delete(ACTIVE, headers=headers)
    assert other.get(DATA, headers=headers).status_code == 404


@pytest.mark.shared
@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ([], 1005, "Body must be an object of application ids"),
        ({}, 1004, "Body must be an object of application ids"),
        ({"a": 5}, 1005, "Invalid input type at a"),
        ({"a": {"stats_totals": ["x"]}}, 1001, "Unknown statistic: x at a.stats_totals[0]"),
        ({"a": {"stats_totals": "x"}}, 1005, "Not a valid list at a.stats_totals"),
        ({"a": {"stats_totals": ["acd_state"]}}, 1001, "Unknown statistic in stats_totals: acd_state"),
        (agents("state_ic"), 1001, "Unknown statistic: state_ic at data.agent_grids[0].columns[0].stat_name"),
        (agents("service_level"), 1001, "Unknown statistic in agent_grids: service_level"),
        (services("SUM"), 1011, "SUM needs sum_stat_names at data.service_grids[0].columns[0]"),
        ({"a": {"agent_grids": [{"columns": []}]}}, 1004, "Missing data for required field at a.agent_grids[0].id"),
        ({"a": {"agent_grids": [{"id": 1, "columns": []}]}}, 1004, "at a.agent_grids[0].columns"),
        ({"a": {"agent_grids": [{"id": 1, "columns": [{"id": 1}]}]}}, 1004, "stat_name is missing at a.agent_grids[0]"),
        ({"a": {"agent_grids": [grid("reason"), grid("reason")]}}, 1006, "Grid id g stands there twice"),
        (agents("reason", columns=[{"id": 1, "statName": "reason"}, {"id": "1", "statName": "reason"}]), 1006, "twice"),
        (agents("reason", order_by="x"), 1007, "Unknown column: x at data.agent_grids[0].order_by"),
        (agents("reason", order=[{"by": 5}]), 1007, "Unknown column: 5 at data.agent_grids[0].order[0].by"),
        (agents("reason", filter_by="x", filter_operation="EQ"), 1007, "Unknown column: x"),
        (agents("reason", filter_by="reason", filter_operation="LIKE"), 1008, "EQ, NE, LT, GT, LE, GE"),
        (agents("reason", filter_by="reason"), 1008, "filter_operation is missing"),
        (agents("reason", order_by="reason", order_dir="UP"), 1009, "at data.agent_grids[0].order_dir"),
        (agents("reason", limit=-1), 1010, "A limit is a whole number of 0 or more at data.agent_grids[0].limit"),
        (agents("reason", limit="ten"), 1010, "limit"),
        (agents("reason", limit=1.5), 1010, "limit"),
        (agents("reason", limit=True), 1010, "limit"),
        (agents("reason", logged_in_agents_only="maybe"), 1005, "true or false"),
        ({"a": {"chat_messages": {"limit": -5}}}, 1010, "at a.chat_messages.limit"),
        ({"a": {"chat_messages": []}}, 1005, "at a.chat_messages"),
        (agents(columns=[{"id": "1", "stat_name": "SUM", "sum_stat_names": ["reason"]}]), 1011, "cannot be added"),
        (agents(columns=[{"id": "1", "stat_name": "SUM", "sum_stat_names": ["x"]}]), 1001, "sum_stat_names[0]"),
        (agents(columns=[{"id": "1", "stat_name": "reason", "statName": "acd_state"}]), 1005, "differ"),
        (agents(columns=[{"id": [], "stat_name": "reason"}]), 1005, "An id is a string or a whole number"),
        ({str(number): {} for number in range(201)}, 1012, "at most 200 application ids"),
        ({"a": {"stats_totals": ["in_calls_waiting"] * 1001}}, 1012, "at most 1,000 statistics"),
        (agents("reason", order=[{"by": "reason"}] * 1001), 1012, "at most 1,000 statistics"),
    ],
)
def test_a_wrong_subscription_is_refused_with_the_place(session, body, code, message):
    """A 400 has a code of the table and a message that names the place."""
    answer = session.post(SUBSCRIBE, json=body)

    assert (answer.status_code, answer.json["error_code"]) == (400, code)
    assert message in answer.json["error_message"]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"data": "{", "content_type": "application/json"}, 1002),
        ({"data": "", "content_type": "application/json"}, 1002),
        ({"data": b"\xff\xfe", "content_type": "application/json"}, 1002),
        ({"data": "[" * 100_000, "content_type": "application/json"}, 1002),
        ({"data": '{"a": NaN}', "content_type": "application/json"}, 1002),
        ({"data": json.dumps(TOTALS)}, 1003),
        ({"data": json.dumps(TOTALS), "content_type": "text/plain"}, 1003),
    ],
)
def test_malformed_bodies_are_refused(session, sent, code):
    """Broken, deep or otherwise labeled bodies are 400 with a code."""
    answer = session.post(SUBSCRIBE, **sent)

    assert (answer.status_code, answer.json["error_code"]) == (400, code)


@pytest.mark.shared
def test_a_huge_body_is_refused(session):
    """A body over 1 MB is 413 with its code."""
    answer = session.post(SUBSCRIBE, data=" " * 1_100_000, content_type="application/json")

    assert (answer.status_code, answer.json["error_code"]) == (413, 1012)


def test_unknown_members_are_ignored(subscribed):
    """Unknown members change nothing, however deep."""
    deep: dict = {}
    for _ in range(300):
        deep = {"x": deep}
    body = agents("login_id", **{"coltitle": "x", "dir": 5})
    body["data"]["agent_grids"][0]["columns"][0]["coltitle"] = deep

    assert len(subscribed(body)["data"]["agent_grids"][0]["values"]) == 30


def test_both_spellings_are_understood(subscribed):
    """The request of the vendor's reference works: statName, numeric ids, order as a list, texts for switches."""
    columns = ["first_last_name", "extension", "acd_next_state", "login_time", "acd_state"]
    body = {
        "1": {
            "agent_grids": [
                {
                    "id": 1,
                    "team_ids": [],
                    "limit": "1000",
                    "columns": [{"id": number, "statName": name} for number, name in enumerate(columns)],
                    "order": [{"by": 0, "dir": "DESC"}],
                    "service_ids": [],
                    "my_subteam_only": "false",
                    "logged_in_agents_only": "true",
                }
            ]
        },
        "2": {"stats_totals": ["in_calls_waiting"], "stats_totals_service_ids": [], "stats_totals_dispositions": []},
    }

    data = subscribed(body)

    assert list(data) == ["1", "2"]
    values = data["1"]["agent_grids"][0]["values"]
    assert data["1"]["agent_grids"][0]["id"] == "1"
    assert set(values[0]) == set("01234")
    assert [row["0"].casefold() for row in values] == sorted((row["0"].casefold() for row in values), reverse=True)
    assert all(row["4"] for row in values)


def test_only_the_parts_subscribed_to_are_answered(subscribed):
    """An answer has the parts of the subscription and no other; each value is a string."""
    assert subscribed({"a": {"agent_grids": []}}) == {"a": {"agent_grids": []}}
    assert set(subscribed(everything())["data"]) == {"stats_totals", "service_grids", "agent_grids", "chat_messages"}


def test_answers_are_those_of_their_instant(subscribed):
    """An answer contains its instant, forbids caching, and can be requested as of another instant."""
    body = {"a": {"stats_totals": ["in_calls_received_per_day"]}}

    night = subscribed(body, Prefer='at="2026-11-23T03:00:00+01:00"')
    noon = subscribed(body, Prefer='at="2026-11-23T12:00:00+01:00"')

    assert int(night["a"]["stats_totals"]["in_calls_received_per_day"]) < int(
        noon["a"]["stats_totals"]["in_calls_received_per_day"]
    )
