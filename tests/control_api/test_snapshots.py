"""Snapshots over HTTP: the state of an account in one document, restored whole or not at all."""

import hashlib
import re
from threading import Thread

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpn_sandbox.control_api import snapshots
from kpn_sandbox.control_api.errors import ProblemError
from kpn_sandbox.simulation.randomness import ENGINE_VERSION

from .conftest import MONDAY, ControlCaller, basic, on_one_database

PATHS = (
    *("/agents", "/agent/logid/40001", "/queues", "/queue/number/1000", "/trunks", "/trunk/number/1001"),
    *("/statsapi/cfg/agents", "/statsapi/cfg/teams", "/statsapi/cfg/services", "/statsapi/cfg/wallboards"),
    *("/customers?pagesize=20", "/widgets/data?type=calls_per_day", "/widgets/data?type=top_customers_by_calls"),
)


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


class Vendors:
    """The APIs of the vendors as one account's clients use them."""

    def __init__(self, client, made):
        self.client, self.user, self.secret = client, made["client_id"], made["client_secret"]
        form = {"grant_type": "client_credentials", "client_id": self.user, "client_secret": self.secret}
        paths = ("/oauth/client_credential/accesstoken?grant_type=client_credentials", "/configapi/v2/oauth/token")
        self.kpn, self.bright_pattern, self.atobi = (
            client.post(path, data=form).json["access_token"] for path in (*paths, "/oauth/token")
        )
        self.itx = f"/rest/kpi?token={made['credentials']['itx']['token']}&customerId="

    def bearer(self, token, method, path, **more):
        return self.client.open(path, method=method, headers={"Authorization": f"Bearer {token}"}, **more)

    def kaisa(self, path, method="GET", **more):
        challenge = self.client.get("/miscellaneous/ping").headers["WWW-Authenticate"]
        realm, nonce = (re.search(f'{name}="([^"]*)"', challenge)[1] for name in ("realm", "nonce"))
        ha1, ha2 = md5(f"{self.user}:{realm}:{self.secret}"), md5(f"{method}:{path}")
        response = md5(f"{ha1}:{nonce}:00000001:c:auth:{ha2}")
        texts = {
            "username": self.user,
            "realm": realm,
            "nonce": nonce,
            "uri": path,
            "response": response,
            "cnonce": "c",
        }
        quoted = ", ".join(f'{name}="{value}"' for name, value in texts.items())
        header = f"Digest {quoted}, algorithm=MD5, qop=auth, nc=00000001"
        return self.client.open(path, method=method, headers={"Authorization": header}, **more)

    def bytes_of(self, path):
        """Return status, body and the headers that depend on the center."""
        if path.startswith(("/customers", "/widgets")):
            response = self.kaisa(path)
        else:
            token = self.bright_pattern if path.startswith("/statsapi") else self.kpn
            response = self.bearer(token, "GET", path)
        replay = re.sub("account=[^;]*", "", response.headers.get("X-Sandbox-Replay", ""))
        return response.status_code, response.data, response.headers.get("ETag"), replay

    def answers(self):
        """Return the bytes of all APIs at this instant."""
        customer = self.kaisa("/customers?pagesize=1").json["customers"][0]["custnr"]
        itx = self.client.get(f"{self.itx}{customer}")
        return [self.bytes_of(path) for path in PATHS], itx.status_code, itx.data


@pytest.fixture
def control_of(client):
    return lambda made: ControlCaller(
        client, basic(made["client_id"], made["client_secret"]), f"/accounts/{made['client_id']}"
    )


@pytest.fixture
def lived(control, client, made):
    """The account after changes of every layer, and the state that each vendor stores."""
    vendors = Vendors(client, made)
    control("PATCH", "/profile", {"agents": 20, "queues": [{"name": "Sales"}, {"name": "Service"}]})
    control("PATCH", "/profile?effective=now", {"agents": 17})
    control("POST", "/clock/advance", {"seconds": 600.25})
    control("PUT", "/scenario", {"name": "peak", "for_seconds": 1800.5})
    control("PUT", "/pins/agents/40001", {"fields": {"Status": "AUX", "Reason": "2"}, "reads": 30})
    control("PUT", "/pins/queues/1000", {"fields": {"InQueueCalls": "99"}, "expires_at": "2026-11-23T12:00:00+01:00"})
    control("POST", "/faults", {"api": "kpn", "operation": "token", "outcomes": [503, {"delay_ms": 5}, "ok"]})
    control("POST", "/faults", {"api": "kaisa", "operation": "ping", "probability": 0.5, "outcome": 500})
    control("PUT", "/quota", {"limit": 1000, "interval": 1, "unit": "hour"})
    vendors.kaisa("/customers", "POST", data={"name": "New", "custnr": "77"})
    first = vendors.kaisa("/customers?pagesize=1").json["customers"][0]["customer_id"]
    vendors.kaisa(f"/customers/{first}", "PUT", data={"name": "Changed"})
    board = {"name": "Hall", "is_default": True, "config": {"widgets": [1, {"a": None}]}}
    assert vendors.bearer(vendors.bright_pattern, "POST", "/statsapi/cfg/wallboards", json=board).status_code == 201
    element = {"id": 1, "kpi": "points", "object_type": "number", "value": 1.50, "timestamp": "2019-09-10 13:09:23"}
    sent = {"type": "kpi", "version": "1.0.0", "context": "c", "data": [{"user_id": "1", "elements": [element]}]}
    assert vendors.bearer(vendors.atobi, "POST", "/api/external/v1/kpi", json=sent).status_code == 200
    form = {"client_id": vendors.user, "client_secret": vendors.secret}
    failed = client.post("/oauth/client_credential/accesstoken?grant_type=client_credentials", data=form)
    assert failed.status_code == 503
    return vendors


def test_a_snapshot_holds_the_state_of_the_account(control, lived):
    """It has every part of the state with what is left, and neither secrets nor tokens."""
    snapshot = control("GET", "/snapshot")

    state = snapshot.json
    assert (state["format"], state["engine"], state["seed"]) == (1, ENGINE_VERSION, "berta")
    assert state["names"].startswith("nl_NL/")
    assert (state["profile"]["agents"], state["scenario"]) == (20, "normal")
    assert [change.get("scenario") for change in state["changes"]] == [None, "peak", "normal"]
    assert state["clock"] == {"mode": "frozen", "at": "2026-11-23T10:10:00.250000+01:00", "tokens": "account"}
    assert [pin["key"] for pin in state["pins"]] == ["40001", "1000"]
    assert [fault.get("remaining") for fault in state["faults"]] == [2, None]
    assert {each["counter"] for each in state["quota_used"]} == {"kaisa", "bright_pattern", "atobi"}
    assert [each["fields"]["name"] for each in state["kaisa"]["customers"]] == ["Changed", "New"]
    [board] = state["bright_pattern"]["wallboards"]
    assert (board["is_default"], board["config"]) == (True, {"widgets": [1, {"a": None}]})
    assert state["atobi"]["inbox"][0]["record"]["value"] == "1.5"
    for secret in (lived.secret, lived.kpn, lived.bright_pattern, lived.atobi):
        assert secret not in snapshot.text


def test_a_snapshot_put_back_at_once_changes_nothing(control, lived):
    """What a GET answers can be restored, and is answered again."""
    before = control("GET", "/snapshot").json
    answers = lived.answers()

    restored = control("PUT", "/snapshot", control("GET", "/snapshot").json)

    assert (restored.status_code, restored.json["notes"]) == (200, [])
    after = control("GET", "/snapshot").json
    assert {**after, "quota_used": [], "pins": []} == {**before, "quota_used": [], "pins": []}
    assert lived.answers() == answers


def test_the_same_requests_give_the_same_bytes_again(control, control_of, admin, client, lived):
    """In the account itself and in another one, over all APIs, whatever happened since; secrets stay."""
    snapshot = control("GET", "/snapshot").json
    answers = lived.answers()
    control("POST", "/reset", {"layers": ["profile", "scenario", "clock", "pins", "faults", "quota", "inbox"]})
    control("PUT", "/scenario", {"name": "calm"})
    anna = admin("POST", "/accounts", {"client_id": "anna", "profile": {"agents": 3}}).json
    vendors = Vendors(client, anna)

    control("PUT", "/snapshot", snapshot)
    control_of(anna)("PUT", "/snapshot", snapshot)

    assert lived.answers() == answers
    assert control_of(anna)("GET", "/snapshot").json == {**snapshot, "quota_used": snapshot["quota_used"]}
    assert vendors.answers() == answers


def test_a_reset_goes_back_to_the_restored_snapshot(control, lived):
    """Profile, scenario and clock of a reset are those of the base of the last snapshot that was restored."""
    snapshot = control("GET", "/snapshot").json
    control("PUT", "/snapshot", snapshot)
    control("PATCH", "/profile", {"agents": 5})
    control("PUT", "/clock", {"mode": "running"})

    control("POST", "/reset")

    after = control("GET", "/snapshot").json
    assert (after["profile"], after["scenario"], after["clock"]) == tuple(
        snapshot[name] for name in ("profile", "scenario", "clock")
    )
    assert (after["changes"], after["pins"], after["kaisa"]) == ([], [], {"customers": []})


def test_a_running_clock_continues_at_its_saved_instant(control, wall):
    """Time that passes between saving and restoring does not count, that afterwards does."""
    control("PUT", "/clock", {"mode": "running", "at": MONDAY, "speed": 60, "tokens": "wall"})
    snapshot = control("GET", "/snapshot").json
    wall.at += 86_400

    control("PUT", "/snapshot", snapshot)
    wall.at += 2

    clock = control("GET", "/clock").json
    assert (clock["at"], clock["speed"], clock["tokens"]) == ("2026-11-23T10:02:00+01:00", 60, "wall")


def test_other_names_are_noted(control):
    """A snapshot with names of another release of Faker is restored, and the answer says that names may differ."""
    snapshot = control("GET", "/snapshot").json

    restored = control("PUT", "/snapshot", {**snapshot, "names": "nl_NL/1.0"})

    assert restored.status_code == 200
    assert "nl_NL/1.0" in restored.json["notes"][0]


AGENT = {"kind": "agents", "key": "40001", "fields": {"Status": "AUX"}}
FAULT = {"api": "kpn", "outcomes": [503]}
CHANGE = {"effective_at": MONDAY, "profile": {"agents": 9}}
PEAK = {"effective_at": MONDAY, "scenario": "peak"}
WALLBOARD = {"id": "0D1F8F1E-7C52-4A55-9D7C-2F3B1A0C9E11", "name": "Hall", "is_global": False, "config": {}}
RECORD = {"received_at": MONDAY, "record": {"type": "kpi", "version": "1.0.0", "context": "c", "user_id": "1"}}
COUNT = {"counter": "atobi", "window_starts_at": MONDAY, "used": 1}

UNUSED = {"repeat": False, "used": 0, "remaining": 1}

WRONG = [
    ({"shoes": 1}, "shoes"),
    ({"format": 2}, "format"),
    ({"engine": "2"}, "engine"),
    ({"seed": ""}, "seed"),
    ({"names": 1}, "names"),
    ({"profile": {"agents": 0}}, "profile.agents"),
    ({"profile": {"queues": [{"name": "a", "load": 9}]}}, "profile.queues[0].load"),
    ({"scenario": "storm"}, "scenario"),
    ({"clock": None}, "clock"),
    ({"clock": {"mode": "frozen"}}, "clock.at"),
    ({"clock": {"mode": "frozen", "at": "1999-01-01T00:00:00Z"}}, "clock.at"),
    ({"clock": {"mode": "frozen", "at": MONDAY, "tokens": "x"}}, "clock.tokens"),
    ({"clock": {"mode": "running", "at": MONDAY, "speed": 3601}}, "clock.speed"),
    ({"changes": [CHANGE, CHANGE]}, "changes[1]"),
    ({"changes": [{**CHANGE, "scenario": "peak"}]}, "changes[0].scenario"),
    ({"changes": [{**CHANGE, "profile": {"agents": "9"}}]}, "changes[0].profile.agents"),
    ({"changes": [{**CHANGE, "effective_at": "2200-01-01T00:00:00Z"}]}, "changes[0].effective_at"),
    ({"changes": [{**PEAK, "ends": True}]}, "changes[0].ends"),
    ({"changes": [{**CHANGE, "ends": True}]}, "changes[0].ends"),
    ({"pins": [AGENT, AGENT]}, "pins[1]"),
    ({"pins": [AGENT, {**AGENT, "key": "0"}]}, "pins[1].key"),
    ({"pins": [{**AGENT, "kind": "chairs"}]}, "pins[0].kind"),
    ({"pins": [{**AGENT, "fields": {"Status": "AWAY"}}]}, "pins[0].fields.Status"),
    ({"pins": [{**AGENT, "reads": 0}]}, "pins[0].reads"),
    ({"faults": [{**FAULT, "api": "acme"}]}, "faults[0].api"),
    ({"faults": [{**FAULT, "operation": "shoes"}]}, "faults[0].operation"),
    ({"faults": [{**FAULT, "used": 2}]}, "faults[0].used"),
    ({"faults": [{**FAULT, "used": 1, "remaining": 1}]}, "faults[0].remaining"),
    ({"faults": [{**FAULT, "id": "a"}, {**FAULT, "id": "a"}]}, "faults[1]"),
    ({"faults": [{**FAULT, "outcomes": [{"status": 299}]}]}, "faults[0].outcomes[0].status"),
    ({"quota": {"limit": 0, "interval": 1, "unit": "day"}}, "quota.limit"),
    ({"quota_used": [{**COUNT, "counter": "kpn"}]}, "quota_used[0].counter"),
    ({"quota_used": [{**COUNT, "used": 181}]}, "quota_used[0].used"),
    ({"quota_used": [{**COUNT, "window_starts_at": "2026-11-23T10:00:01+01:00"}]}, "quota_used[0].window_starts_at"),
    ({"quota_used": [COUNT, COUNT]}, "quota_used[1]"),
    ({"kaisa": {"shoes": []}}, "kaisa.shoes"),
    ({"kaisa": {"customers": {}}}, "kaisa.customers"),
    ({"kaisa": {"customers": [{"customer_id": 0, "fields": {}}]}}, "kaisa.customers[0].customer_id"),
    ({"kaisa": {"customers": [{"customer_id": 1, "fields": {"name": ""}}]}}, "kaisa.customers[0].fields.name"),
    ({"kaisa": {"customers": [{"customer_id": 1, "fields": {"uuid": ""}}]}}, "kaisa.customers[0].fields.uuid"),
    ({"bright_pattern": {"wallboards": [{**WALLBOARD, "id": "1"}]}}, "bright_pattern.wallboards[0].id"),
    ({"bright_pattern": {"wallboards": [{**WALLBOARD, "name": ""}]}}, "bright_pattern.wallboards[0].name"),
    ({"bright_pattern": {"wallboards": [{**WALLBOARD, "config": 1}]}}, "bright_pattern.wallboards[0]"),
    ({"bright_pattern": {"wallboards": [WALLBOARD, WALLBOARD]}}, "bright_pattern.wallboards[1]"),
    ({"bright_pattern": {"wallboards": [WALLBOARD] * 101}}, "bright_pattern.wallboards"),
    ({"atobi": {"inbox": [RECORD]}}, "atobi.inbox[0].record.id"),
    ({"atobi": {"inbox": [{**RECORD, "received_at": 1}]}}, "atobi.inbox[0].received_at"),
]


@on_one_database
@pytest.mark.parametrize(("wrong", "field"), WRONG, ids=[field for _, field in WRONG])
def test_a_wrong_member_is_named_by_its_path_and_nothing_is_restored(control, wrong, field):
    """One wrong member refuses the document; the error has its path and what would be right."""
    before = control("GET", "/snapshot").json

    refused = control("PUT", "/snapshot", {**before, "seed": "other", "scenario": "peak", **wrong})

    assert (refused.status_code, refused.headers["Content-Type"]) == (400, "application/problem+json")
    assert refused.json["errors"][0]["field"] == field
    assert refused.json["errors"][0]["allowed"]
    assert control("GET", "/snapshot").json == before


@on_one_database
def test_a_snapshot_of_another_engine_is_a_conflict(control):
    """Its days would be others, so it is refused with 409, which names both engines, whatever else is in it."""
    snapshot = control("GET", "/snapshot").json

    refused = control("PUT", "/snapshot", {**snapshot, "engine": 1, "later": True})

    assert refused.status_code == 409
    assert refused.json["errors"] == [{"field": "engine", "value": 1, "allowed": str(ENGINE_VERSION)}]


@on_one_database
@pytest.mark.parametrize("body", ["", "x", "[]", "1", "null", "{}"])
def test_a_body_without_a_snapshot_is_refused(control, body):
    """No JSON, or JSON that is no snapshot, is a 400 that says what a snapshot has."""
    assert control("PUT", "/snapshot", data=body).status_code == 400


def test_a_snapshot_belongs_to_its_account(admin, client, control):
    """The owner and the administrator have it; for others the account does not exist."""
    other = admin("POST", "/accounts").json
    stranger = ControlCaller(client, basic(other["client_id"], other["client_secret"]), "/accounts/berta")

    assert [each("GET", "/snapshot").status_code for each in (control, stranger)] == [200, 404]
    assert stranger("PUT", "/snapshot", control("GET", "/snapshot").json).status_code == 404
    assert admin("GET", "/accounts/berta/snapshot").status_code == 200
    assert client.get("/_sandbox/accounts/berta/snapshot").status_code == 401


def test_another_worker_sees_a_restored_snapshot_at_its_next_request(control, client, made, start, lived):
    """A worker that has the account in its caches answers with the bytes of the snapshot."""
    answer = lived.bytes_of("/queues")
    snapshot = control("GET", "/snapshot").json
    control("PUT", "/clock", {"mode": "frozen", "at": "2026-11-24T15:00:00+01:00"})
    other = start(agents=12).test_client()
    header = {"Authorization": f"Bearer {lived.kpn}"}
    assert other.get("/queues", headers=header).data != answer[1]

    control("PUT", "/snapshot", snapshot)

    assert other.get("/queues", headers=header).data == answer[1]


def test_concurrent_restores_leave_one_of_the_snapshots(admin, app, made):
    """Several snapshots that are restored at the same time never mix."""
    snapshot = admin("GET", "/accounts/berta/snapshot").json
    variants = [
        {
            **snapshot,
            "seed": f"seed {number}",
            "profile": {**snapshot["profile"], "agents": number},
            "pins": [{**AGENT, "fields": {"Agent": f"{number}"}}],
            "faults": [{**FAULT, "outcomes": [{"status": 503}], "id": f"{number}", **UNUSED}],
        }
        for number in range(10, 16)
    ]
    header = {"Authorization": f"Bearer {app.extensions['kpn_sandbox'].admin_token}"}
    statuses = []

    def restore(variant):
        path = "/_sandbox/accounts/berta/snapshot"
        statuses.append(app.test_client().put(path, json=variant, headers=header).status_code)

    threads = [Thread(target=restore, args=(variant,)) for variant in variants]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert statuses == [200] * len(variants)
    assert admin("GET", "/accounts/berta/snapshot").json in variants


PATCHES = st.fixed_dictionaries(
    {}, optional={"agents": st.integers(1, 60), "load": st.floats(0, 2), "patience_seconds": st.just("unlimited")}
).filter(bool)
STEPS = st.one_of(
    st.tuples(st.just("PATCH"), st.sampled_from(["/profile", "/profile?effective=now"]), PATCHES),
    st.tuples(
        st.just("PUT"),
        st.just("/scenario"),
        st.fixed_dictionaries(
            {"name": st.sampled_from(["calm", "peak", "lab"])}, optional={"for_seconds": st.floats(0.001, 90_000)}
        ),
    ),
    st.tuples(st.just("POST"), st.just("/clock/advance"), st.fixed_dictionaries({"seconds": st.floats(0, 100_000)})),
    st.tuples(
        st.just("PUT"),
        st.just("/clock"),
        st.fixed_dictionaries({"mode": st.just("frozen")}, optional={"tokens": st.sampled_from(["account", "wall"])}),
    ),
    st.tuples(
        st.just("PUT"),
        st.sampled_from(["/pins/agents/40001", "/pins/trunks/1001"]),
        st.fixed_dictionaries({"fields": st.just({})}, optional={"reads": st.integers(1, 1_000_000)}),
    ),
    st.tuples(
        st.just("POST"),
        st.just("/faults"),
        st.fixed_dictionaries(
            {"api": st.sampled_from(["kpn", "kaisa", "atobi"]), "outcomes": st.lists(st.just(503), min_size=1)},
            optional={"repeat": st.booleans()},
        ),
    ),
    st.tuples(
        st.just("PUT"),
        st.just("/quota"),
        st.fixed_dictionaries(
            {"limit": st.integers(1, 9), "interval": st.integers(1, 9), "unit": st.sampled_from(["minute", "week"])}
        ),
    ),
    st.tuples(st.just("DELETE"), st.sampled_from(["/quota", "/pins", "/faults"]), st.none()),
)


@on_one_database
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=8))
def test_any_state_that_changes_lead_to_can_be_restored(control, steps):
    """After any changes, accepted or not, the document is restored and answered the same again."""
    for method, path, body in steps:
        control(method, path, body)
    before = control("GET", "/snapshot").json

    assert control("PUT", "/snapshot", before).status_code == 200

    assert control("GET", "/snapshot").json == before


def test_a_document_that_was_loaded_is_written_the_same(control, lived):
    """Loading is the inverse of writing, but for the ids of what vendors store."""
    document = control("GET", "/snapshot").json

    loaded, notes = snapshots.load_snapshot(document)

    written = snapshots.snapshot_record(loaded)
    vendors = ("kaisa", "bright_pattern", "atobi")
    assert {name: value for name, value in written.items() if name not in vendors} == {
        name: value for name, value in document.items() if name not in vendors
    }
    assert notes == ()


def test_an_empty_document_is_not_loaded():
    """The members that a snapshot cannot do without are named."""
    with pytest.raises(ProblemError, match="engine"):
        snapshots.load_snapshot({})
