"""Planned faults at KPN's API: the requests that meet them, and their answers."""

import json

import pytest

from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from tests.application import CREDENTIALS, TOKEN_URL

ME = "APP_CONSUMER_KEY"


@pytest.fixture
def fail(sandbox):
    """Plan outcomes for an operation of the demo account; without one, for all operations."""

    def plan(*outcomes, operation=None, **more):
        return sandbox.faults.add(ME, FaultPlan("kpn", operation, tuple(Outcome(**each) for each in outcomes), **more))

    return plan


def test_outcomes_happen_one_by_one(get, fail, pauses):
    """Each outcome happens to one request, in order; the requests after the last are answered as usual."""
    fail({"status": 503}, {"status": 502, "delay_ms": 200}, {"ok": True}, operation="agents")

    answers = [get("/agents") for _ in range(4)]

    assert [answer.status_code for answer in answers] == [503, 502, 200, 200]
    assert answers[0].json["fault"]["detail"]["errorcode"] == "messaging.adaptors.http.flow.ServiceUnavailable"
    assert pauses == [0.2]


def test_other_operations_meet_no_fault(get, fail):
    """A plan for one operation does not meet requests of another."""
    fail({"status": 503}, operation="agents")

    assert (get("/queues").status_code, get("/agents").status_code) == (200, 503)


def test_a_plan_without_operation_meets_all(get, fail):
    """A plan without an operation meets requests of every operation."""
    fail({"status": 500}, {"status": 502})

    assert [get(path).status_code for path in ("/trunks", "/agent/logid/40001", "/queues")] == [500, 502, 200]


def test_unauthenticated_requests_use_no_outcome(client, get, fail):
    """The token is checked before the fault."""
    fail({"status": 503})

    assert client.get("/agents").status_code == 401
    assert get("/agents").status_code == 503


def test_a_forced_error_uses_no_outcome(get, fail):
    """A status forced by the Prefer header comes before the fault."""
    fail({"status": 503})

    assert get("/agents", Prefer="code=404").status_code == 404
    assert get("/agents").status_code == 503


@pytest.mark.parametrize("status", [201, 202, 206])
def test_a_forced_success_changes_the_status_only(get, fail, status):
    """A planned 2xx status has the body of the ordinary answer."""
    fail({"status": status}, {"status": status})

    answer = get("/queues")

    assert (answer.status_code, answer.data) == (status, get("/queues").data)
    assert get("/queue/number/1").status_code == 404


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (418, {"Error": "I'm a Teapot", "DataSet": None}),
        (499, {"Error": "Status 499", "DataSet": None}),
        (304, None),
        (
            504,
            {
                "fault": {
                    "faultstring": "Gateway Timeout",
                    "detail": {"errorcode": "messaging.adaptors.http.flow.GatewayTimeout"},
                }
            },
        ),
    ],
)
def test_a_status_that_kpn_does_not_list_has_kpns_shape(get, fail, status, body):
    """It has the API's shape below 500, and the gateway's from there on."""
    fail({"status": status})

    answer = get("/agents")

    assert (answer.status_code, answer.get_json(silent=True)) == (status, body)


def test_no_content_is_no_content(get, fail):
    """An answer without a body has no headers of a body."""
    fail({"status": 204})

    answer = get("/agents")

    assert (answer.status_code, answer.data, answer.headers.get("Content-Length")) == (204, b"", None)


def test_a_fault_may_bring_its_own_body_and_headers(get, fail):
    """JSON is serialized, a text is sent as it is; headers are added to the usual ones or replace them."""
    fail(
        {"status": 503, "body": {"down": True}, "headers": {"Retry-After": "7"}},
        {"status": 200, "body": "<html>", "headers": {"Content-Type": "text/html"}},
        {"status": 429, "headers": {"Retry-After": "5"}},
    )

    down, page, slow = (get("/agents") for _ in range(3))

    assert (down.status_code, down.data, down.headers["Retry-After"]) == (503, b'{"down":true}', "7")
    assert (page.status_code, page.data, page.headers.getlist("Content-Type")) == (200, b"<html>", ["text/html"])
    assert "ETag" not in page.headers
    assert slow.json["fault"]["detail"]["errorcode"] == "policies.ratelimit.QuotaViolation"
    assert slow.headers["Retry-After"] == "5"


@pytest.mark.parametrize("body", [{}, [], 0, False, ""])
def test_a_body_may_be_empty(get, fail, body):
    """A body that is empty, zero or false replaces the usual one like any other."""
    fail({"status": 200, "body": body})

    assert get("/agents").data == (b"" if body == "" else json.dumps(body).encode())


def test_a_fault_of_the_token_endpoint_gives_no_token(client, fail, sandbox):
    """The error has the shape of token errors, wrong secrets use no outcome, and the next request gets a token."""
    fail({"status": 401}, operation="token")

    rejected = client.post(TOKEN_URL, data={**CREDENTIALS, "client_secret": "wrong"})
    refused, served = (client.post(TOKEN_URL, data=CREDENTIALS) for _ in range(2))

    assert rejected.status_code == 401
    assert refused.text == '{"ErrorCode" : "invalid_client", "Error" :"ClientId is Invalid"}'
    assert served.status_code == 200
    assert sandbox.faults.list(ME)[0].remaining == 0


@pytest.mark.parametrize("connection", ["reset", "empty", "garbage", "hang"])
def test_a_broken_connection_answers_nothing(get, fail, connection):
    """Without a socket the test client gets a reset."""
    fail({"connection": connection})

    with pytest.raises(ConnectionResetError, match=connection):
        get("/agents")
    assert get("/agents").status_code == 200


def test_a_dripping_answer_is_the_ordinary_one(get, fail, pauses):
    """An answer that drips has the ordinary bytes, with a pause before each."""
    fail({"connection": "drip"})

    dripped, plain = get("/trunks"), get("/trunks")

    assert (dripped.status_code, dripped.data, dripped.headers["ETag"]) == (200, plain.data, plain.headers["ETag"])
    assert len(pauses) == len(plain.data) == int(dripped.headers["Content-Length"])


def test_a_truncated_answer_may_have_any_status(get, fail, pauses, sandbox):
    """Half of an error's body comes after its whole head, late when there is a delay; the log has its status."""
    fail({"status": 503, "connection": "truncate", "delay_ms": 600_000})

    with pytest.raises(ConnectionResetError, match="truncate"):
        get("/agents").get_data()

    entry = sandbox.request_log.entries(ME).entries[-1]
    assert (entry.status, pauses) == (503, [600.0])
    assert entry.note == "fault: status 503, delay_ms 600000, connection truncate"


def test_a_fault_may_be_for_one_object(get, fail):
    """A plan with a key meets the requests for that object only, however the number is written."""
    fail({"status": 503}, {"status": 502}, operation="agent", key="40002")
    fail({"status": 500}, operation="any", key="1000")

    paths = ("/agents", "/agent/logid/40001", "/agent/logid/40002", "/agent/logid/040002", "/agent/logid/40002")
    assert [get(path).status_code for path in paths] == [200, 200, 503, 502, 200]
    assert [get(path).status_code for path in ("/queues", "/trunk/number/1000", "/queue/number/1000")] == [
        200,
        500,
        200,
    ]


def test_a_fault_goes_before_unknown_and_reserved_numbers(get, fail):
    """A fault for a number that no object has, or that stands for a status, happens like any other."""
    fail({"status": 502}, {"ok": True}, operation="agent", key="49999")
    fail({"status": 500}, {"ok": True}, operation="agent", key="99503")

    assert [get("/agent/logid/49999").status_code for _ in range(2)] == [502, 404]
    assert [get("/agent/logid/99503").status_code for _ in range(2)] == [500, 503]


def test_a_probability_is_drawn_from_its_seed(get, fail, sandbox):
    """The same plan hits the same requests, about as often as its probability says."""

    def hits():
        sandbox.faults.add(ME, FaultPlan("kpn", probability=0.3, outcome=Outcome(status=503), seed="dice"))
        found = [get("/agents").status_code == 503 for _ in range(100)]
        sandbox.faults.remove(ME)
        return found

    first, second = hits(), hits()

    assert first == second
    assert 15 < sum(first) < 45


def test_workers_share_the_outcomes(start, get, fail):
    """An outcome is used up once, whichever worker answers."""
    other = start(agents=12).test_client()
    fail({"status": 503}, {"status": 502})
    token = other.post(TOKEN_URL, data=CREDENTIALS, headers={"Prefer": "code=201"})

    assert token.status_code == 503
    assert get("/agents").status_code == 502
    assert other.post(TOKEN_URL, data=CREDENTIALS).status_code == 200
