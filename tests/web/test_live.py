"""The live data: what clients would see, to the byte, without a trace of the look."""

import pytest

from tests.application import CREDENTIALS, TOKEN_URL

KINDS = ("agents", "queues", "trunks")
KEYS = {"agents": "Logid", "queues": "Number", "trunks": "Number"}
BASIC = tuple(CREDENTIALS.values())
BASE = f"/_sandbox/accounts/{BASIC[0]}"


@pytest.fixture
def control(client):
    """Requests of the control API for the demo account, by method and path."""

    def control(method, path, body=None):
        answer = client.open(f"{BASE}{path}", method=method, json=body, auth=BASIC)
        assert answer.status_code < 400, answer.text
        return answer.json

    return control


@pytest.fixture
def shown(client):
    """The three lists as the public API has them, at an instant if one is given."""

    def shown(at=None):
        bearer = f"Bearer {client.post(TOKEN_URL, data=CREDENTIALS).json['access_token']}"
        headers = {"Authorization": bearer, **({"Prefer": f'at="{at}"'} if at else {})}
        return {kind: client.get(f"/{kind}", headers=headers).json["DataSet"][kind] for kind in KINDS}

    return shown


def lists(document):
    return {kind: document[kind] for kind in KINDS}


def merged(rows, differences, kind):
    """The rows of a page after the differences, as its script merges them."""
    found = {row[KEYS[kind]]: row for row in rows}
    for key, fields in differences.items():
        if fields is None:
            del found[key]
            continue
        before = found.get(key, {})
        ports = fields.get("Ports")
        if before and ports and len(ports) < len(before["Ports"]):
            changed = {port["Number"]: port for port in ports}
            fields = {**fields, "Ports": [changed.get(port["Number"], port) for port in before["Ports"]]}
        found[key] = {**before, **fields}
    return sorted(found.values(), key=lambda row: int(row[KEYS[kind]]))


@pytest.mark.parametrize("logged_out", [True, False])
def test_the_rows_are_those_of_the_api(client, control, shown, logged_out):
    """Every value is that of `/agents`, `/queues` and `/trunks`, with the pins that hold."""
    control("PATCH", "/profile", {"list_logged_out": logged_out, "agents": 40})
    control("PUT", "/pins/agents/40002", {"fields": {"Status": "AUX", "Reason": "2"}})
    control("PUT", "/pins/queues/1001", {"fields": {"InQueueCalls": "9"}, "expires_at": "2026-11-23T10:30:00+01:00"})

    assert lists(client.get("/wallboard/live").json) == shown()
    assert lists(client.get("/wallboard/live?at=11:00").json) == shown("2026-11-23T11:00:00+01:00")


@pytest.mark.parametrize("seconds", [1, 60, 3600, 40_000])
@pytest.mark.parametrize("logged_out", [True, False])
def test_differences_lead_to_the_rows_of_the_api(client, control, shown, seconds, logged_out):
    """Rows that a page has, merged with the differences, are the rows of the later instant, whatever came between."""
    control("PATCH", "/profile", {"list_logged_out": logged_out})
    control("PUT", "/pins/queues/1000", {"fields": {"Staffed": "77"}, "expires_at": "2026-11-23T10:00:30+01:00"})
    first = client.get("/wallboard/live").json
    control("POST", "/clock/advance", {"seconds": seconds})

    later = client.get("/wallboard/live", query_string={"since": first["tag"]}).json

    assert (later["since"] is None) == (seconds > 3600)
    rows = {kind: later[kind] if later["since"] is None else merged(first[kind], later[kind], kind) for kind in KINDS}
    assert rows == shown()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "/profile", {"agents": 12}),
        ("PUT", "/scenario", {"name": "peak"}),
        ("PUT", "/pins/trunks/1000", {"fields": {"PortsInUse": "7"}}),
    ],
)
def test_whatever_rows_follow_from_makes_the_tag_old(client, control, shown, method, path, body):
    """After a change of the account a page gets whole rows, because the tag does not name what they followed from."""
    tag = client.get("/wallboard/live").json["tag"]
    control(method, path, body)

    document = client.get("/wallboard/live", query_string={"since": tag}).json

    assert document["since"] is None
    assert lists(document) == shown()


@pytest.mark.parametrize(
    "since", ["", "x", "1-0000000000000000", "9999999999-0000000000000000", "0" * 1000, "\u0663-a"]
)
def test_any_other_tag_gives_whole_rows(client, since):
    """A tag that is none, or another server's, costs nothing but the size of the answer."""
    assert client.get("/wallboard/live", query_string={"since": since}).json["since"] is None


def test_an_unchanged_document_is_not_sent_again(client, control):
    """While time stands and nothing changes the answer is 304; a fault plan changes it."""
    tag = client.get("/wallboard/live").headers["ETag"]
    assert client.get("/wallboard/live", headers={"If-None-Match": tag}).status_code == 304

    control("POST", "/faults", {"api": "kpn", "outcomes": [{"status": 503}]})

    assert client.get("/wallboard/live", headers={"If-None-Match": tag}).status_code == 200


def test_a_second_of_fifty_agents_is_small(client, control):
    """What a page asks in a second at 50 agents is at most 6 KB, headers included."""
    control("PATCH", "/profile", {"agents": 50})
    tag, sizes = client.get("/wallboard/live").json["tag"], []
    for _ in range(30):
        control("POST", "/clock/advance", {"seconds": 1})
        answer = client.get("/wallboard/live", query_string={"since": tag})
        tag = answer.json["tag"]
        sizes.append(len(answer.data) + len(str(answer.headers)))

    assert max(sizes) <= 6144


def test_a_look_leaves_no_trace(app, client, control):
    """Quota, faults, reads, request log, conduct and tokens are the same after many looks at every page's data."""
    control("PUT", "/quota", {"limit": 60, "interval": 1, "unit": "minute"})
    control("POST", "/faults", {"api": "kpn", "operation": "any", "outcomes": [{"status": 503}] * 3})
    control("PUT", "/pins/agents/40001", {"fields": {"Status": "AUX", "Reason": "1"}, "reads": 2})
    paths = ("/faults", "/pins", "/requests", "/conduct", "/snapshot")

    def state():
        with app.extensions["kpn_sandbox"].sandbox.database.read() as connection:
            tokens = connection.exec_driver_sql("SELECT count(*) FROM tokens").scalar()
        return [control("GET", path) for path in paths], tokens

    before = state()
    for path in ("/wallboard/live", "/wallboard/live?scenario=peak&seed=x&at=11:00", "/wallboard/day", "/panel/rows"):
        assert [client.get(path).status_code for _ in range(4)] == [200] * 4

    assert state() == before


def test_neither_time_nor_revocation_locks_a_page_out(client, control):
    """A page that was open stays open when tokens are revoked or expire, and whatever time it is."""
    control("POST", "/tokens/revoke", {})
    control("PUT", "/clock", {"mode": "frozen", "at": "2099-12-31T23:59:59+01:00"})

    assert client.get("/wallboard/live", auth=BASIC).json["at"].startswith("2099-12-31T23:59:59")


def test_a_permalink_changes_nothing(client, control, shown):
    """Scenario, seed and instant of an address show what the account would be, and leave it as it is."""
    before, own = control("GET", "/snapshot"), client.get("/wallboard/live").json

    linked = client.get("/wallboard/live?scenario=PEAK&seed=another&at=2026-11-24%2011:30").json

    assert [linked[name] for name in ("scenario", "seed", "at")] == ["peak", "another", "2026-11-24T11:30:00+01:00"]
    assert (control("GET", "/snapshot"), client.get("/wallboard/live").json) == (before, own)
    control("PUT", "/scenario", {"name": "peak"})
    peak = shown("2026-11-24T11:30:00+01:00")
    assert lists(client.get("/wallboard/live?scenario=peak&at=2026-11-24T11:30:00%2B01:00").json) == peak
    assert lists(linked) != peak


def test_what_is_not_in_force_is_named(client, control):
    """A change that counts from a later instant on is named at the instant that is shown."""
    control("PUT", "/scenario", {"name": "peak", "effective": "now"})

    sentences = client.get("/wallboard/live?at=09:00").json["not_in_force"]

    assert sentences == ['scenario "peak" counts from 2026-11-23T10:00:00+01:00 on']


@pytest.mark.parametrize(
    ("opening", "at", "until"),
    [
        ("24x7", "03:00", None),
        ("08:00-20:00", "03:00", "2026-11-23T08:00:00+01:00"),
        ("08:00-20:00", "08:00", None),
        ("08:00-20:00", "19:59:59", None),
        ("08:00-20:00", "20:00", "2026-11-24T08:00:00+01:00"),
        ("08:00-24:00", "23:59:59", None),
        ("00:00-24:00", "00:00", None),
        ("08:00-20:00", "2026-03-29T01:00", "2026-03-29T08:00:00+02:00"),
        ("08:00-20:00", "2100-12-31T21:00", None),
    ],
)
def test_a_closed_center_says_until_when(client, control, opening, at, until):
    """Outside its hours a center is closed until it opens next, by the wall clock of its zone."""
    control("PATCH", "/profile", {"opening": opening})

    assert client.get("/wallboard/live", query_string={"at": at}).json["closed_until"] == until
