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
    """A wallboard can be stored, listed, shown and deleted; an unknown one is 404."""
    made = session.post(WALLBOARDS, json={"name": "Hall", "is_global": True, "config": {"widgets": [{"x": 1}]}})
    home = f"{WALLBOARDS}/{made.json['id']}"
    entry = {"id": made.json["id"], "name": "Hall", "is_global": True, "is_default": False}

    assert made.status_code == 201
    assert session.get(WALLBOARDS).json == {"wallboards": [entry]}
    assert session.get(home).json == {**entry, "config": {"widgets": [{"x": 1}]}}
    assert session.delete(home).status_code == 200
    gone = session.get(home), session.put(f"{home}/name", json={"name": "Hall"}), session.delete(home)
    assert [each.status_code for each in gone] == [404, 404, 404]


@pytest.fixture
def board(session):
    """Path of a stored wallboard."""
    sent = {"name": "Hall", "is_global": False, "is_default": True, "config": {"widgets": [{"x": 1}]}}
    return f"{WALLBOARDS}/{session.post(WALLBOARDS, json=sent).json['id']}"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("name", "Reception"),
        ("name", "is_default"),
        ("is_default", False),
        ("is_global", True),
        ("config", {"widgets": [], "style": {"bgcolor": "000000"}, "colorScheme": "black"}),
    ],
)
def test_a_change_sets_one_property(session, board, name, value):
    """The last part of the path names the member of the body that is set; all other properties stay as they are."""
    before = session.get(board).json

    changed = session.put(f"{board}/{name}", json={"name": "other", "config": {}, name: value})

    assert (changed.status_code, changed.data, changed.content_type) == (200, b"", None)
    assert session.get(board).json == {**before, name: value}


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("name", {}, 400),
        ("name", {"name": None}, 400),
        ("name", {"name": ""}, 400),
        ("name", {"is_global": True}, 400),
        ("is_default", {"is_default": "perhaps"}, 400),
        ("config", {"config": 5}, 400),
        ("config", [], 400),
        ("id", {"id": "x"}, 404),
        ("Reception", {"config": {"widgets": []}}, 404),
    ],
)
def test_a_wrong_change_is_refused(session, board, name, body, status):
    """A body without the property of the path, a wrong value and a property that wallboards lack change nothing."""
    before = session.get(board).json

    assert session.put(f"{board}/{name}", json=body).status_code == status
    assert session.get(board).json == before


def test_the_vendors_wallboard_opens_its_boards(session):
    """Opening another wallboard, as the vendor's application does it, moves the default and renames none."""
    ids = [session.post(WALLBOARDS, json={"name": each, "is_default": True}).json["id"] for each in ("Hall", "Lobby")]

    for shown in (0, 1, 0):
        session.put(f"{WALLBOARDS}/{ids[1 - shown]}/is_default", json={"is_default": False})
        session.put(f"{WALLBOARDS}/{ids[shown]}/is_default", json={"is_default": True})

        listed = session.get(WALLBOARDS).json["wallboards"]
        assert [(each["name"], each["is_default"]) for each in listed] == [("Hall", shown == 0), ("Lobby", shown == 1)]


@pytest.mark.parametrize("body", [{}, {"name": ""}, {"name": "a\x00"}, {"name": "a", "config": 5}, []])
def test_a_bad_wallboard_is_refused(session, body):
    """A wallboard without a name or an object is 400."""
    assert session.post(WALLBOARDS, json=body).status_code == 400


def test_a_wallboard_is_not_too_deep(session):
    """A wallboard that is too deep to be sent back is refused."""
    config = '{"a":' * 400 + "1" + "}" * 400

    answer = session.post(WALLBOARDS, data='{"name": "a", "config": ' + config + "}", content_type="application/json")

    assert (answer.status_code, answer.json["error_code"]) == (400, 1012)
