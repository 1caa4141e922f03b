"""The six resources of KPN's API."""

import re
from importlib.metadata import version

import pytest

from kpn_sandbox.settings import SettingError, from_environment
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.vendors import APIS
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, QueueSchema, TrunkSchema

BASE = "/communication/kpn/dashboard-server"
LISTS = [("agents", AgentSchema, 12), ("queues", QueueSchema, 3), ("trunks", TrunkSchema, 2)]
SINGLES = [("agents", "agent", "/agent/logid/", "Logid"), ("queues", "queue", "/queue/number/", "Number")]
SINGLES += [("trunks", "trunk", "/trunk/number/", "Number")]


@pytest.mark.parametrize(("name", "schema", "count"), LISTS)
def test_a_list_holds_all_in_the_envelope(get, name, schema, count):
    """In the envelope Error is null and comes first; records have KPN's keys in KPN's order and pass the schema."""
    answer = get(f"/{name}").json

    records = answer["DataSet"][name]
    assert list(answer) == ["Error", "DataSet"]
    assert (answer["Error"], len(records)) == (None, count)
    assert {tuple(record) for record in records} == {tuple(schema().fields)}
    assert schema(many=True).validate(records) == {}


@pytest.mark.parametrize("name", ["agents", "queues", "trunks"])
def test_every_value_is_a_string_or_null(get, name):
    """Every value is a string or null, numbers and fields of ports included."""
    records = get(f"/{name}").json["DataSet"][name]

    values = [value for record in records for key, value in record.items() if key != "Ports"]
    values += [value for record in records for port in record.get("Ports", []) for value in port.values()]
    assert {type(value) for value in values} <= {str, type(None)}


@pytest.mark.parametrize(("plural", "single", "path", "key"), SINGLES)
def test_list_and_single_agree(get, plural, single, path, key):
    """Within a second each record of a list is the answer to the request for that object."""
    records = get(f"/{plural}").json["DataSet"][plural]

    alone = [get(path + record[key]).json for record in records]

    assert alone == [{"Error": None, "DataSet": {single: record}} for record in records]


@pytest.mark.parametrize("path", ["/agents", "/queue/number/1000", "/trunks"])
def test_the_base_path_answers_the_same(get, path):
    """A resource has the same bytes at the root and below the base path."""
    assert get(BASE + path).data == get(path).data


def test_the_base_path_may_be_another_or_none(start):
    """The base path is that of the settings; an empty one leaves the root alone."""
    paths = [str(rule) for path in ("/v1", "/", "") for rule in start(base_path=path).url_map.iter_rules()]

    assert (paths.count("/v1/agents"), paths.count("/agents"), paths.count("//agents")) == (2, 6, 0)


def test_the_base_path_is_nobody_elses(start):
    """A base path that a page, the control API or a vendor's API has at the root is refused, with what is below it."""
    paths = {re.sub("^/<kaisa_version:version>", "", str(rule)) for rule in start(base_path="/").url_map.iter_rules()}
    taken = {"/".join(path.split("/")[: 3 if path.startswith("/api/") else 2]) for path in paths} - {"", "/"}
    taken |= {prefix for api in APIS for prefix in api.path_prefixes}

    for path in (*taken, *(f"{path}/x" for path in taken)):
        with pytest.raises(SettingError, match="that nothing else of the sandbox has"):
            from_environment({}, {"base_path": path})
    for path in ("/api", "/v1", "/docs2", "/x/docs"):
        assert from_environment({}, {"base_path": path}).base_path == path


def test_ports_are_complete(get):
    """A trunk shows all its ports, numbered from 1."""
    for trunk in get("/trunks").json["DataSet"]["trunks"]:
        numbers = [port["Number"] for port in trunk["Ports"]]

        assert numbers == [str(number) for number in range(1, int(trunk["TotalPorts"]) + 1)]


def test_the_headers_of_an_answer(get):
    """An answer has the gateway's headers and those that make it repeatable; the content type has no charset."""
    headers = get("/agents", X_Request_Id="my-id_1").headers

    config = headers["X-Sandbox-Replay"].split("; ")[3]
    names = f"names=nl_NL/{version('faker')}"
    assert headers.getlist("Content-Type") == ["application/json"]
    assert headers["api-version"] == "1.0"
    assert headers["sunset"] == "n/a"
    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
    assert headers["Cache-Control"] == "no-cache"
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["X-Request-Id"] == "my-id_1"
    assert headers["X-Sandbox-Time"] == "2026-11-23T10:00:00+01:00"
    assert headers["X-Sandbox-Replay"] == (
        f"engine=2; account=APP_CONSUMER_KEY; seed=APP_CONSUMER_KEY; {config}; {names}; at=2026-11-23T10:00:00+01:00"
    )


@pytest.mark.parametrize("given", ["", "a b", "x" * 65, "é", "a;b"])
def test_an_odd_request_id_is_replaced(get, given):
    """1 to 64 letters, digits, hyphens and underscores are echoed; otherwise a new id is made for each request."""
    first, second = (get("/agents", X_Request_Id=given).headers["X-Request-Id"] for _ in range(2))

    assert len({first, second, given}) == 3


def test_head_is_get_without_the_body(get):
    """HEAD has the status and headers of GET, its length included."""
    full, head = get("/agents"), get("/agents", method="HEAD")

    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Length"] == str(len(full.data))
    assert head.headers["ETag"] == full.headers["ETag"]


def test_a_preflight_is_granted(client):
    """A preflight needs no token and allows the header that will carry one."""
    answer = client.options("/agents", headers={"Origin": "https://example.org"})

    assert (answer.status_code, answer.data) == (200, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"
    assert "authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_the_answer_stays_within_the_second_and_moves_with_time(get, wall):
    """An answer changes with the whole seconds of the account's clock."""
    first = get("/agents").data
    wall.at += 0.5
    same = get("/agents").data

    wall.at += 60

    assert first == same
    assert get("/agents").data != first


def test_answers_repeat(get, wall):
    """A later request as of the same instant gets the same bytes."""
    first = get("/queues")
    wall.at += 3000

    again = get("/queues", Prefer='at="2026-11-23T10:00:00+01:00"')

    assert (again.data, again.headers["X-Sandbox-Replay"]) == (first.data, first.headers["X-Sandbox-Replay"])


def test_a_profile_may_hide_agents_who_are_logged_out(app, get):
    """With `list_logged_out` false the list has all agents but those; each is still found by Logid, and pins count."""
    everybody = get("/agents").json["DataSet"]["agents"]
    sandbox = app.extensions["kpn_sandbox"].sandbox
    sandbox.configuration.patch("APP_CONSUMER_KEY", {"list_logged_out": False})

    present = get("/agents").json["DataSet"]["agents"]
    gone = next(record["Logid"] for record in everybody if record["Status"] == "UNSTAFF")
    sandbox.pins.put("APP_CONSUMER_KEY", Pin("agents", gone, {"Status": "AVAIL"}))
    pinned = get("/agents").json["DataSet"]["agents"]

    assert present == [record for record in everybody if record["Status"] != "UNSTAFF"] != everybody
    assert get(f"/agent/logid/{gone}").status_code == 200
    assert [record["Logid"] for record in pinned if record not in present] == [gone]
