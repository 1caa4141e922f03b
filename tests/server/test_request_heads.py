"""The request-head cache gives the bytes that gunicorn, the fast path and Flask give together."""

import random
import re

import pytest
from gunicorn.config import Config
from gunicorn.http import get_parser
from gunicorn.http.errors import NoMoreData, ParseException
from gunicorn.http.wsgi import create

from kpn_sandbox.auth.bearer_tokens import revoke_tokens
from kpn_sandbox.gateway.fast_path import FAST_PATH
from kpn_sandbox.gateway.middleware import ACCESS_LOG
from kpn_sandbox.server.request_heads import MOST_HEADS, RequestHeadCache
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.quota import Quota
from tests.vendors.kaisa.conftest import credentials

ME = "APP_CONSUMER_KEY"
ADDRESS = ("127.0.0.1", 8080)
PLAIN = b"GET /agents HTTP/1.1\r\nHost: localhost\r\n"
CHANGING = re.compile(rb"(Date|X-Request-Id): [^\r]*\r\n")


class SentBytes:
    """A connection that keeps what is sent."""

    def __init__(self):
        self.sent = b""

    def sendall(self, data):
        self.sent += bytes(data)

    def send(self, data):
        self.sendall(data)
        return len(data)


class Worker:
    """As much of a worker as answers the first request in some bytes, without sockets."""

    def __init__(self, app, **options):
        self._app = app
        self._config = Config()
        self.heads = RequestHeadCache(app.extensions[FAST_PATH], **options)

    def by_gunicorn(self, received, *, learn=True):
        """The response as gunicorn writes it; None when it cannot read the request."""
        try:
            request = next(get_parser(self._config, iter([received]), ("127.0.0.1", 5000)))
        except (NoMoreData, ParseException, StopIteration):
            return None
        connection = SentBytes()
        response, environ = create(request, connection, ("127.0.0.1", 5000), ADDRESS, self._config)
        body = self._app.wsgi_app(environ, response.start_response)
        for part in body:
            response.write(part)
        response.close()
        if learn:
            self.heads.learn(received, environ)
        return connection.sent


@pytest.fixture
def settings():
    """Return settings with which widgets need no credentials, so that their heads come again."""
    return {"agents": 12, "kaisa_open": True}


@pytest.fixture
def worker(app):
    return Worker(app)


@pytest.fixture
def head(token):
    """Makes a request with a good token."""

    def make(path="/agents", *lines):
        all_lines = [f"GET {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}", *lines, "", ""]
        return "\r\n".join(all_lines).encode()

    return make


def without_changing(response):
    return None if response is None else CHANGING.sub(b"", response)


def tag_of(response):
    return re.search(rb'ETag: ("[^"]*")', response)[1].decode()


@pytest.mark.parametrize("path", ["/agents", "/queues", "/trunks", "/agent/logid/40003", "/queue/number/1001?a=b"])
@pytest.mark.parametrize(
    "lines", [(), ("Accept: */*", "connection: Keep-Alive"), ('Prefer: at="2026-07-03T12:00:00Z"',)]
)
def test_a_known_head_gets_the_same_bytes(worker, head, path, lines):
    """The second request with the same bytes is answered without gunicorn, with the bytes of the first."""
    received = head(path, *lines)
    assert worker.heads.respond(received) is None

    first = worker.by_gunicorn(received)
    second = worker.heads.respond(received)

    assert first.startswith(b"HTTP/1.1 200 OK")
    assert without_changing(second) == without_changing(first)


def test_date_and_request_id_are_those_of_the_request(worker, head):
    """Each response has a request id of its own, and a date."""
    received = head()
    worker.by_gunicorn(received)

    ids = {re.search(rb"X-Request-Id: ([0-9a-f]{32})\r\n", worker.heads.respond(received))[1] for _ in range(5)}

    assert len(ids) == 5
    assert re.search(rb"\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n", worker.heads.respond(received))


@pytest.mark.parametrize("name", ["If-None-Match", "if-none-match", "IF-NONE-MATCH"])
def test_the_tag_of_the_current_response_gets_304(worker, head, name):
    """Heads are known without their If-None-Match; another tag gets the whole response."""
    tag = tag_of(worker.by_gunicorn(head()))
    same, other = head("/agents", f"{name}: {tag}"), head("/agents", f'{name}: "other"')

    assert worker.heads.respond(same).startswith(b"HTTP/1.1 304 Not Modified\r\n")
    for received in (same, other):
        assert without_changing(worker.heads.respond(received)) == without_changing(worker.by_gunicorn(received))


@pytest.mark.parametrize(
    "line",
    ["Connection: close", "X-Request-Id: mine", 'If-Match: "x"', "Content-Length: 0", "Prefer: code=200",
     "Prefer: delay-ms=0", "Expect: 100-continue", "If-None-Match: *", 'If-None-Match: "a", "b"'],
)  # fmt: skip
def test_unusual_requests_go_the_usual_way(worker, head, line):
    """A request whose response depends on more than its account and the instant is not remembered."""
    received = head("/agents", line)
    worker.by_gunicorn(received)

    assert worker.heads.respond(received) is None


@pytest.mark.parametrize(
    "changed",
    [
        lambda received: received[:-1],
        lambda received: received + b"x",
        lambda received: received * 2,
        lambda received: b"\r\n" + received,
        lambda received: received.replace(b"HTTP/1.1", b"HTTP/1.0"),
        lambda received: received.replace(b"GET", b"HEAD"),
    ],
)
def test_only_exactly_one_head_is_answered(worker, head, changed):
    """A part of a head, more than a head, another method or version is left to gunicorn, and not learned."""
    received = head()
    worker.by_gunicorn(received)

    worker.by_gunicorn(changed(received))

    assert worker.heads.respond(changed(received)) is None


def test_what_another_worker_changes_counts_at_once(worker, head, start, settings, wall):
    """Clock, profile, pins, quota, faults, revocation and deletion are seen by the very next request."""
    received = head()
    worker.by_gunicorn(received)
    other = start(**settings).extensions["kpn_sandbox"].sandbox
    changes = [
        lambda: other.clocks.advance(ME, 5),
        lambda: other.configuration.patch(ME, {"agents": 3}),
        lambda: other.pins.put(ME, Pin("agents", "40001", {"Name": "Pinned"})),
    ]
    for change in changes:
        before = worker.heads.respond(received)
        change()
        after = worker.heads.respond(received)
        assert without_changing(after) != without_changing(before)
        assert without_changing(after) == without_changing(worker.by_gunicorn(received))
    other.faults.add(ME, FaultPlan("kpn", "agents", (Outcome(status=503),)))
    assert worker.heads.respond(received) is None
    assert worker.by_gunicorn(received).startswith(b"HTTP/1.1 503")
    assert worker.heads.respond(received).startswith(b"HTTP/1.1 200")
    other.quotas.set(ME, Quota(60, 1, "minute"))
    assert worker.heads.respond(received) is None
    other.reset(ME, ["quota"])
    assert worker.heads.respond(received).startswith(b"HTTP/1.1 200")
    revoke_tokens(other.database, ME)
    assert worker.heads.respond(received) is None
    assert worker.by_gunicorn(received).startswith(b"HTTP/1.1 401")
    other.accounts.delete(ME)
    assert worker.heads.respond(received) is None
    assert worker.by_gunicorn(received).startswith(b"HTTP/1.1 401")


def test_a_token_expires(worker, head, wall):
    """A known head does not keep its token alive."""
    received = head()
    worker.by_gunicorn(received)
    wall.at += 3600

    assert worker.heads.respond(received) is None
    assert b"Access Token expired" in worker.by_gunicorn(received)


def test_the_request_log_has_these_requests(worker, head, sandbox):
    """An entry of a known head is like that of the same request before, apart from what differs by request."""
    received = head("/agents?a=b", "Accept: text/html")
    worker.by_gunicorn(received)
    worker.heads.respond(received)
    worker.heads.respond(received.replace(b"Accept", b'If-None-Match: "t"\r\nAccept'))

    _, first, second, third = sandbox.request_log.entries(ME).entries

    differing = {"id": "", "duration_ms": 0}
    assert first._replace(**differing) == second._replace(**differing)
    assert third.headers == {**first.headers, "If-None-Match": '"t"'}


def test_what_cannot_be_logged_is_not_answered(worker, head, sandbox):
    """When the log cannot be written the request is left to Flask, which answers 503."""
    received = head()
    worker.by_gunicorn(received)

    def fail(entry):
        raise StorageError("no space")

    sandbox.request_log.commit = fail
    assert worker.heads.respond(received) is None
    assert worker.by_gunicorn(received).startswith(b"HTTP/1.1 503")


@pytest.fixture
def session(app, wall):
    """The session of a Bright Pattern user with a subscription."""
    client = app.test_client(use_cookies=False)
    login = {"tenant_url": "x", "username": ME, "password": "APP_CONSUMER_SECRET"}
    session = client.post("/statsapi/auth", json=login).json["token"]
    subscription = {"a": {"stats_totals": ["in_calls_received_per_day"]}}
    client.post("/statsapi/subscription", json=subscription, headers={"Authorization": session})
    wall.at += 1
    return session


@pytest.fixture
def data_head(session):
    """Makes a request for the data of a Bright Pattern subscription, its session where the line has it."""

    def make(*lines):
        target = "GET /statsapi/subscription/data HTTP/1.1"
        return "\r\n".join([target, "Host: localhost", *lines, "", ""]).format(session).encode()

    return make


@pytest.mark.parametrize(
    "lines",
    [
        ("Authorization: Bearer {}",),
        ("Authorization: {}", "Origin: https://a.example"),
        ("Cookie: X-BP-SESSION-ID={}", "Origin: https://b.example"),
        ("X-BP-SESSION-ID: {}", 'If-None-Match: "x"', 'Prefer: at="2026-07-03T12:00:00Z"'),
    ],
)
def test_subscription_data_get_the_same_bytes(worker, data_head, lines):
    """A known head gets the CORS headers of its own origin, also after others have asked for the same data."""
    received = data_head(*lines)
    worker.by_gunicorn(data_head("Authorization: {}", "Origin: https://other.example"))
    worker.by_gunicorn(received)

    known = worker.heads.respond(received)

    assert known.startswith(b"HTTP/1.1 200 OK")
    assert without_changing(known) == without_changing(worker.by_gunicorn(received))


def test_a_known_head_of_a_session_ends_with_it(worker, data_head, app, wall):
    """Another second gives other data, and the next log-in of the user ends the session of a known head."""
    received = data_head("Cookie: X-STATSAPI-TOKEN={}")
    worker.by_gunicorn(received)
    before = worker.heads.respond(received)
    wall.at += 600
    after = worker.heads.respond(received)
    login = {"tenant_url": "x", "username": ME, "password": "APP_CONSUMER_SECRET"}
    app.test_client().post("/statsapi/auth", json=login)

    assert without_changing(before) != without_changing(after)
    assert worker.heads.respond(received) is None


def test_heads_with_a_digest_are_not_learned(worker, client):
    """Such a head never gets its response again, so it takes no place of one that does."""
    path = "/widgets/data?type=call_totals"
    header = credentials(client.get("/customers").headers["WWW-Authenticate"], "GET", path)
    lines = [f"GET {path} HTTP/1.1", "Host: localhost", f"Authorization: {header}"]
    received = "\r\n".join([*lines, "", ""]).encode()

    assert worker.by_gunicorn(received).startswith(b"HTTP/1.1 200 OK")
    assert worker.heads.respond(received) is None
    assert worker.by_gunicorn(received).startswith(b"HTTP/1.1 401")


def test_open_widgets_are_known_by_their_heads(worker):
    """Where widgets are open, the same request gets the same bytes, and 304 for its tag."""
    head = b"GET /widgets/data?type=call_totals HTTP/1.1\r\nHost: localhost\r\n"
    first = worker.by_gunicorn(head + b"\r\n")
    tagged = head + f"If-None-Match: {tag_of(first)}\r\n\r\n".encode()

    assert without_changing(worker.heads.respond(head + b"\r\n")) == without_changing(first)
    assert worker.heads.respond(tagged).startswith(b"HTTP/1.1 304 Not Modified\r\n")
    assert without_changing(worker.heads.respond(tagged)) == without_changing(worker.by_gunicorn(tagged))


def test_hsts_can_be_off(start, settings):
    """Without the setting no way of answering sends the header."""
    app = start(**settings, hsts=False)
    worker = Worker(app, hsts=False)
    body = {"client_id": ME, "client_secret": "APP_CONSUMER_SECRET"}
    url = "/oauth/client_credential/accesstoken?grant_type=client_credentials"
    token = app.test_client().post(url, data=body).json["access_token"]
    received = PLAIN + f"Authorization: Bearer {token}\r\n\r\n".encode()

    first, second = worker.by_gunicorn(received), worker.heads.respond(received)

    assert without_changing(first) == without_changing(second)
    assert b"Strict-Transport-Security" not in second


def test_heads_are_bounded(worker, head):
    """A client that sends ever new heads does not fill the memory."""
    for number in range(MOST_HEADS + 1):
        worker.by_gunicorn(head(f"/agents?{number}"))

    assert worker.heads.respond(head("/agents?0")) is None
    assert worker.heads.respond(head(f"/agents?{MOST_HEADS}"))
    assert worker.heads.respond(head("/agents?1", "A: " + "a" * 5000)) is None


SPELLINGS = {
    "target": ["/agents", "/queues", "/trunks", "/agent/logid/40001", "/queue/number/1001", "/trunk/number/1",
               "/communication/kpn/dashboard-server/agents", "/%61gents", "//agents", "/agents?x=%20", "/agents/",
               "http://localhost/agents", "/agent/logid/99503", "/nope", *["/statsapi/subscription/data"] * 8,
              *["/widgets/data?type=call_totals&from_date=2026-11-22"] * 8, "/widgets/data?customer_id=99503"],
    "method": ["GET"] * 8 + ["HEAD", "POST", "get"],
    "version": ["HTTP/1.1"] * 8 + ["HTTP/1.0"],
    "token": ["Authorization: Bearer {token}", "authorization:bearer {token}", "AUTHORIZATION:   Bearer   {token}  ",
              "Authorization: Bearer wrong", "Authorization: Basic eDp5", None],
    "tag": [None, None, None, "If-None-Match: {tag}", "if-none-match:{tag}", "If-None-Match: W/{tag}",
            "If-None-Match: *",
            'If-None-Match: "a", {tag}', "If-None-Match: {tag}\r\nIf-None-Match: {tag}", "If-None-Match: {tag}\r\n x",
            "If-Match: {tag}", 'If-Match: "a"', "If-None-Match: a\tb"],
    "more": [None, None, "Accept: */*", "Connection: keep-alive", "Connection: close", "X-Request-Id: abc",
             'Prefer: at="2026-07-03T12:00:00Z"', "Prefer: code=503", "X-Mock-Response-Code: 404", "Content-Length: 0",
             "Content-Length: 3", "Transfer-Encoding: chunked", "A: \xe9", "Bad Name: x", "Host: other", "Cookie: a=b",
             "Origin: https://a.example", "Origin: null", "Origin: https://b.example\r\nOrigin: https://c.example"],
}  # fmt: skip


SENDERS = {
    "/statsapi": ["Authorization: {session}", "X-BP-SESSION-ID: {session}", "Cookie: a=b; X-STATSAPI-TOKEN={session}"],
    "/widgets/": [None],
}
"""How requests of other vendors say who sends them."""


def spelled(draw, token, session, tag):
    """One request of many spellings."""
    part = {name: draw.choice(values) if draw.random() < 0.3 else values[0] for name, values in SPELLINGS.items()}
    lines = [f"{part['method']} {part['target']} {part['version']}", "Host: localhost"]
    sender = draw.choice(SENDERS.get(part["target"][:9], [part["token"]]))
    sent = [sender, part["tag"], part["more"]]
    lines += [each.format(token=token, session=session, tag=tag) for each in sent if each]
    if draw.random() < 0.2:
        lines[1:] = draw.sample(lines[1:], len(lines) - 1)
    received = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return received[: draw.randrange(len(received))] if draw.random() < 0.05 else received


@pytest.mark.parametrize("count", [400, pytest.param(10_000, marks=pytest.mark.slow)])
def test_every_way_gives_the_same_bytes(worker, token, session, sandbox, wall, count):
    """Whatever is sent, a known head is answered as gunicorn and the application answer the same bytes."""
    draw, tag, known = random.Random(count), '"none"', []
    for number in range(count):
        if number % 50 == 0:
            _change(draw, sandbox, wall)
        received = spelled(draw, token, session, tag)
        expected = worker.by_gunicorn(received)
        found = worker.heads.respond(received)
        if found is not None:
            known.append(received.split()[1][:9])
            tag = tag_of(found) if b"ETag" in found else tag
            # One more request, because a fault may have been used up by the first.
            assert without_changing(found) in map(without_changing, (expected, worker.by_gunicorn(received))), received

    assert len(known) > count // 10
    assert min(map(known.count, (b"/agents", b"/statsapi", b"/widgets/"))) > count // 200


def _change(draw, sandbox, wall):
    """Change the account in one of the ways in which responses depend on it; the last change is taken back."""
    sandbox.reset(ME, ["pins", "faults", "quota"])
    kind = draw.randrange(6)
    if kind == 0:
        sandbox.faults.add(ME, FaultPlan("kpn", "agents", (Outcome(status=503),)))
    elif kind == 1:
        sandbox.pins.put(ME, Pin("agents", "40001", {"Name": f"N{draw.random()}"}, reads_left=2))
    elif kind == 2:
        sandbox.quotas.set(ME, Quota(1000, 1, "minute"))
    elif kind == 3:
        sandbox.clocks.advance(ME, draw.randrange(3))
    elif kind == 4:
        sandbox.clocks.set(ME, draw.choice(["frozen", "running"]))
    else:
        wall.at += draw.randrange(3)


def test_known_heads_have_a_line_in_the_access_log(start, settings, head, capsys):
    """The line of a request that is known by its head is that of the usual way, with the address of its sender."""
    app = start(**settings, access_log=True)
    worker = Worker(app, access_log=app.extensions[ACCESS_LOG])
    known = head("/agents?a=%7e&token=b", 'Prefer: at="2026-07-03T12:00:00Z"')
    tag = f"If-None-Match: {tag_of(worker.by_gunicorn(known))}"
    usual = capsys.readouterr().err

    assert worker.heads.respond(known, "127.0.0.1") and capsys.readouterr().err == usual != ""
    assert worker.heads.respond(known, "::1") and capsys.readouterr().err == usual.replace("127.0.0.1", "::1", 1)
    unchanged = known[:-2] + f"{tag}\r\n\r\n".encode()
    assert worker.by_gunicorn(unchanged) and "304 -" in (usual := capsys.readouterr().err)
    assert worker.heads.respond(unchanged, "127.0.0.1") and capsys.readouterr().err == usual
