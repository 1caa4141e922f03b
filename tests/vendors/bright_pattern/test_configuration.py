"""Lookups of teams, agents, services and dispositions, and the wallboards that a client may store."""

import re

import pytest

from tests.vendors.bright_pattern.conftest import agents, services

WALLBOARDS = "/statsapi/cfg/wallboards"


def test_teams_agents_and_services_are_kpns(session, get):
    """Teams are the departments, agents have their login ids, services are the queues; ids never change."""
    teams, users, services = (session.get(f"/statsapi/cfg/{name}").json for name in ("teams", "agents", "services"))
    kpn = get("/agents").json["DataSet"]["agents"]

    assert len(teams) == len({agent["Dep"] for agent in kpn})
    assert [user["name"] for user in users] == [agent["Logid"] for agent in kpn]
    assert [each["name"] for each in services] == [queue["Name"] for queue in get("/queues").json["DataSet"]["queues"]]
    every = [*teams, *users, *services]
    assert all(re.fullmatch(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}", each["id"]) for each in every)
    assert len({each["id"] for each in every}) == len(every)
    assert session.get("/statsapi/cfg/services").json == services


def test_a_grid_of_a_team_has_its_agents(session, subscribed):
    """Every agent is in the grid of one team, the agent's own."""
    teams = session.get("/statsapi/cfg/teams").json

    seen = []
    for team in teams:
        body = agents("login_id", "team_name", "team_id", team_ids=[team["id"]])
        values = subscribed(body)["data"]["agent_grids"][0]["values"]
        assert {(row["team_name"], row["team_id"]) for row in values} == {(team["name"], team["id"])}
        seen += [row["login_id"] for row in values]
    assert sorted(seen) == [user["name"] for user in session.get("/statsapi/cfg/agents").json]


@pytest.mark.parametrize(
    ("query", "has", "has_not"),
    [
        ("", "Silence", None),
        ("inbound=1", "Transferred", "Not interested"),
        ("outbound=1", "No answer", "Transferred"),
        ("inbound=1&outbound=1", "Transferred", None),
        ("preview=1&agentCanSelect=1", "Wrong number", "No answer"),
        ("agentCanSelect=0", "Silence", None),
    ],
)
def test_dispositions_are_narrowed_by_flags(session, query, has, has_not):
    """Directions are a union; agentCanSelect leaves only those that agents choose."""
    names = session.get(f"/statsapi/cfg/dispositions?{query}").json["dispositions"]

    assert has in names and has_not not in names
    assert names == sorted(names)


def test_dispositions_may_be_a_bare_array(session, start):
    """The answer is the page's object by default, and the reference's array by query or setting."""
    path = "/statsapi/cfg/dispositions"
    names = session.get(path).json["dispositions"]

    assert session.get(f"{path}?format=array").json == names
    other = start(bright_pattern_dispositions="array").test_client()
    other.set_cookie("X-STATSAPI-TOKEN", session.get_cookie("X-STATSAPI-TOKEN").value)
    assert other.get(path).json == names
    assert other.get(f"{path}?format=object").json == {"dispositions": names}


@pytest.mark.parametrize("query", ["format=xml", "inbound=yes"])
def test_a_wrong_flag_is_refused(session, query):
    """An impossible value of a flag is 400."""
    assert session.get(f"/statsapi/cfg/dispositions?{query}").status_code == 400


@pytest.mark.parametrize("tenant", ["APP_CONSUMER_KEY", "http://localhost:8080", "APP_CONSUMER_KEY.example", "//["])
def test_available_agents_need_no_session(app, session, subscribed, tenant):
    """A request without a session learns whether an agent is ready for a service, by its name."""
    anonymous = app.test_client(use_cookies=False)

    for row in subscribed(services("name", "agents_ready"))["data"]["service_grids"][0]["values"]:
        query = {"tenantUrl": tenant, "service": row["name"]}
        answer = anonymous.get("/statsapi/info/check_available_agents", query_string=query)
        assert answer.json == {"availability": int(row["agents_ready"]) > 0}


def test_no_agent_is_available_for_an_unknown_service(client):
    """An unknown service has no agents; a missing parameter is 400."""
    path = "/statsapi/info/check_available_agents"

    assert client.get(f"{path}?tenantUrl=x&service=nope").json == {"availability": False}
    assert client.get(f"{path}?tenantUrl=x").status_code == 400


def test_wallboards_are_stored(session):
    """A wallboard can be stored, listed, shown, changed and deleted; an unknown one is 404."""
    made = session.post(WALLBOARDS, json={"name": "Hall", "is_global": True, "config": {"widgets": [{"x": 1}]}})
    home = f"{WALLBOARDS}/{made.json['id']}"

    assert made.status_code == 201
    assert session.get(WALLBOARDS).json == {
        "wallboards": [{"id": made.json["id"], "name": "Hall", "is_global": True, "is_default": False}]
    }
    assert session.get(home).json["config"] == {"widgets": [{"x": 1}]}
    assert session.put(f"{home}/Reception", json={"config": {"widgets": []}}).status_code == 200
    assert session.get(home).json == {**made.json, "name": "Reception", "is_global": True, "config": {"widgets": []}}
    assert session.delete(home).status_code == 200
    assert [session.get(home).status_code, session.delete(home).status_code] == [404, 404]


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "a\x00"}, {"name": "a", "config": 5}, []])
def test_a_bad_wallboard_is_refused(session, body):
    """A wallboard without a name or an object is 400."""
    assert session.post(WALLBOARDS, json=body).status_code == 400


def test_a_wallboard_is_not_too_deep(session):
    """A wallboard that is too deep to be sent back is refused."""
    config = '{"a":' * 400 + "1" + "}" * 400

    answer = session.post(WALLBOARDS, data='{"name": "a", "config": ' + config + "}", content_type="application/json")

    assert (answer.status_code, answer.json["error_code"]) == (400, 1012)
