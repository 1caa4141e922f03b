"""The checks of each API hold against the sandbox, and the right ones fail against a server that differs."""

import hashlib
import json
from email.message import Message
from urllib.request import parse_http_list, parse_keqv_list

import pytest

from kpn_sandbox.client import Response
from kpn_sandbox.client.external import NoResponse
from kpn_sandbox.conformance import SUITES
from kpn_sandbox.conformance.checks import DIFFERS, HOLDS, NOT_TRIED, NotTried, Requester, ServerUnreachable, run_checks
from kpn_sandbox.vendors import APIS
from tests.application import CREDENTIALS, TOKEN_PATH
from tests.vendors.itx.conftest import TOKEN as ITX_TOKEN

HOST = "http://sandbox.test"
URLS = {"itx": f"{HOST}/rest/kpi?token={ITX_TOKEN}"}
SECRET = CREDENTIALS["client_secret"]

pytestmark = pytest.mark.shared


def unchanged(path, status, headers, body):
    return status, headers, body


class Server:
    """The application as a server elsewhere, whose responses are changed on their way; time is counted, not waited."""

    def __init__(self, client, change=unchanged):
        # The header Cookie goes through as it is sent.
        self.client, self.change = client.application.test_client(use_cookies=False), change
        self.seen, self.waits, self.at = [], [], 0.0

    def send(self, method, url, headers, body, *, seconds):
        self.seen.append((method, url.removeprefix(HOST)))
        answer = self.client.open(url.removeprefix(HOST), method=method, headers=dict(headers), data=body)
        status, headers, content = self.change(
            url.removeprefix(HOST).partition("?")[0], answer.status_code, dict(answer.headers), answer.data
        )
        message = Message()
        for name, value in headers.items():
            message[name] = value
        return Response(status, message, content)

    def pause(self, seconds):
        self.waits.append(seconds)
        self.at += seconds

    def requester(self, api="kpn", **options):
        waiting = {"rate": 2, "seconds": 5, "pause": self.pause, "now": lambda: self.at}
        return Requester(URLS.get(api, HOST), **{**CREDENTIALS, **waiting, "send": self.send, **options})

    def results(self, api="kpn", **options):
        """Return the results of all checks, by behavior."""
        found = run_checks(SUITES[api], self.requester(api, **options), with_invented=True)
        return {each.behavior: each for each in found}


@pytest.mark.parametrize("api", SUITES)
def test_everything_that_can_be_tried_holds_for_the_sandbox(client, api):
    """Each check holds against the sandbox itself, the invented ones too, and most of an API is tried."""
    server = Server(client)

    results = server.results(api, customer_id="10006").values()

    assert [each for each in results if each.result == DIFFERS] == []
    assert sum(each.result == HOLDS for each in results) >= 5


@pytest.mark.parametrize("api", ["kpn", "bright_pattern", "atobi"])
def test_a_lenient_sandbox_makes_no_account_of_wrong_credentials(start, api):
    """Credentials of a client that does not exist are wrong even where any others make an account."""
    results = Server(start(lenient=True).test_client()).results(api).values()

    assert [each for each in results if each.result == DIFFERS] == []


@pytest.mark.parametrize("api", SUITES)
def test_every_behavior_has_a_check_or_a_reason(api):
    """Each operation and behavior of the fidelity list is tried, or the suite says why not; no check is of another."""
    suite = SUITES[api]
    operations, behaviors = suite.api.fidelity()
    names = {each.name for each in (*operations, *behaviors)}

    assert suite.checks.keys() <= names
    assert all(name in suite.checks or suite.reason(name) for name in names)
    assert set(SUITES) == {each.key for each in APIS}


@pytest.mark.parametrize("api", SUITES)
def test_checks_change_nothing(client, api):
    """Beside GET there are only requests for tokens, and one without a token that is refused."""
    server = Server(client)
    server.results(api, customer_id="10006")

    posted = {path.partition("?")[0] for method, path in server.seen if method != "GET"}
    tokens = {TOKEN_PATH, "/configapi/v2/oauth/token", "/oauth/token"}
    assert posted <= tokens | {"/api/external/v1/kpi"}
    assert {method for method, _ in server.seen} <= {"GET", "POST"}


def test_requests_are_apart_as_the_rate_says(client):
    """Between two requests there are as many seconds as the rate leaves."""
    server = Server(client)

    server.results(rate=4)

    assert len(server.waits) == len(server.seen) - 1
    assert set(server.waits) == {0.25}


def test_without_invented_ones_only_what_is_known_is_tried(client):
    """By default what is the sandbox's own choice is left out."""
    results = run_checks(SUITES["kpn"], Server(client).requester(), with_invented=False)

    assert {each.label for each in results} == {"documented", "inferred"}


def body_change(of_path, old, new):
    def change(path, status, headers, body):
        return status, headers, body.replace(old, new) if path == of_path else body

    return change


def numbers_for_strings(path, status, headers, body):
    if path != "/queues":
        return status, headers, body
    told = json.loads(body)
    for queue in told["DataSet"]["queues"]:
        queue["Staffed"] = int(queue["Staffed"])
    return status, headers, json.dumps(told).encode()


def without(*names):
    def change(path, status, headers, body):
        return status, {name: value for name, value in headers.items() if name not in names}, body

    return change


def redirected(path, status, headers, body):
    return (302, {"Location": "https://elsewhere.example/"}, b"") if path == "/agents" else (status, headers, body)


TOKEN_BODY = "Token with form credentials, `grant_type` in the query; body, key order and spelling of the token answer"
ENVELOPE = 'Envelope `{"Error": null, "DataSet": {...}}`, keys, order, capitals, every value a string or null'
BROKEN = {
    "another spelling of the token": (body_change(TOKEN_PATH, b'" : "Bearer"', b'": "Bearer"'), {TOKEN_BODY}),
    "numbers for strings": (numbers_for_strings, {"GET /queues", ENVELOPE}),
    "fields in small letters": (body_change("/trunks", b'"Usage"', b'"usage"'), {"GET /trunks"}),
    "no HSTS": (without("Strict-Transport-Security"), {"`api-version`, `sunset` and HSTS headers"}),
    "no ETag": (without("ETag"), {"`ETag`, `If-None-Match`, `If-Match`, `HEAD`, `OPTIONS`, CORS for any origin"}),
    "no challenge": (
        without("WWW-Authenticate"),
        {"401 faults for no, unknown, expired and revoked tokens, and `WWW-Authenticate`"},
    ),
    "no slashes escaped": (
        body_change("/kpn-sandbox-conformance/unknown", b"\\/", b"/"),
        {"404 fault for a path that nobody owns"},
    ),
    "a list that is HTML": (
        lambda path, status, headers, body: (status, headers, b"<html>" if path == "/trunks" else body),
        {"GET /trunks", "GET /trunk/number/{Number}"},
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_the_right_checks_fail_against_a_broken_server(client, name):
    """A server that does one thing differently fails the checks of that, and no others."""
    change, failed = BROKEN[name]

    results = Server(client, change).results()

    assert {each.behavior for each in results.values() if each.result == DIFFERS} == failed


def test_a_neighbor_that_does_something_else_fails(client):
    """The checks of the other APIs notice a difference, too."""
    broken = {
        "bright_pattern": (body_change("/statsapi/cfg/teams", b'"name"', b'"title"'), "GET /statsapi/cfg/teams"),
        "kaisa": (body_change("/miscellaneous/ping", b"ok", b"ko"), "GET /miscellaneous/ping"),
        "atobi": (
            body_change("/oauth/token", b'"expires_in": 3600', b'"expires_in": "3600"'),
            "Token answer: Bearer, 3600 seconds as an integer, scope as asked for",
        ),
        "itx": (
            body_change("/rest/kpi", b'Z","status"', b'+00:00","status"'),
            "GET with `customerId`; sections, documents, lines, fields, expandable fields, color codes, dates",
        ),
    }
    for api, (change, failed) in broken.items():
        results = Server(client, change).results(api, customer_id="10006")
        assert {name for name, each in results.items() if each.result == DIFFERS} == {failed}


def test_a_redirect_is_a_difference_and_is_not_followed(client):
    """A redirect is told as such; nothing is sent to where it leads."""
    server = Server(client, redirected)

    results = server.results()

    assert results["GET /agents"].result == DIFFERS and results["GET /agents"].got.startswith("302")
    assert all(not path.startswith("https") for _, path in server.seen)


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_no_difference(client, status):
    """What a server that is busy or limits requests would do cannot be told."""
    results = Server(client, lambda *answer: (status, {}, b"")).results()

    assert {each.result for each in results.values()} == {NOT_TRIED}
    assert str(status) in results["GET /agents"].got


def test_wrong_credentials_fail_the_token_and_leave_the_rest_untried(client):
    """Without a token the resources cannot be tried, and are not asked for."""
    server = Server(client)
    requester = server.requester(client_id="nobody")

    results = {each.behavior: each for each in run_checks(SUITES["kpn"], requester, with_invented=False)}

    assert results["POST /oauth/client_credential/accesstoken"].result == DIFFERS
    assert (results["GET /agents"].result, results["GET /agents"].got) == (NOT_TRIED, "there is no access token")
    assert "/agents" not in {path for _, path in server.seen}


@pytest.mark.parametrize("api", SUITES)
def test_no_report_holds_a_secret(client, api):
    """A server that repeats what it got in each answer does not bring secrets or tokens into the report."""
    server = Server(client)
    tokens = set()

    def tattle(path, status, headers, body):
        if b"access_token" in body:
            tokens.add(json.loads(body)["access_token"])
        heard = f"{SECRET} {' '.join(tokens)} {ITX_TOKEN if api == 'itx' else ''} {server.auth}".encode()
        return 418, headers, body if b"access_token" in body else heard + b" " + body

    server.change, server.auth = tattle, ""
    real = server.send

    def send(method, url, headers, body, *, seconds):
        server.auth = headers.get("Authorization", "")
        return real(method, url, headers, body, seconds=seconds)

    results = server.results(api, customer_id="10006", send=send)

    text = json.dumps([each._asdict() for each in results.values()])
    assert "418" in text
    for secret in (SECRET, ITX_TOKEN, *tokens, "QVBQX0NPTlNVTUVS"):
        assert secret not in text


@pytest.mark.parametrize(
    "spelled",
    [
        r'p"a/s<\ss&1',
        r"p\"a/s<\\ss&1",
        r"p\"a\/s\u003c\\ss\u00261",
        "p&quot;a/s&lt;\\ss&amp;1",
        "p&#34;a&#x2F;s&lt;\\ss&#38;1",
        "p%22a%2Fs%3C%5Css%261",
        "p%22a/s%3c%5css%261",
        "cCJhL3M8XHNzJjE=",
        "aWQ6cCJhL3M8XHNzJjE=",
    ],
)
def test_a_secret_is_found_however_it_is_spelled(spelled):
    """JSON, HTML, a URL and base64 spell a secret in other ways; none comes into a report, nor does a part of it."""
    secret = r'p"a/s<\ss&1'

    def answer(*request, **options):
        return Response(400, Message(), f"{' ' * 1985}{spelled} {spelled}".encode())

    requester = Requester(HOST, "id", secret, rate=1, seconds=1, pause=float, now=lambda: 0, send=answer)
    results = list(run_checks(SUITES["kpn"], requester, with_invented=False))

    assert results[0].got == "400 *** ***"


@pytest.mark.parametrize(
    ("challenge", "fields"),
    [
        ('Digest realm="R", nonce="N", opaque="O", qop="auth"', {"opaque": "O", "qop": "auth", "nc": "00000001"}),
        ('Digest realm="R", nonce="N", algorithm=SHA-256, qop="auth"', {"algorithm": "SHA-256", "qop": "auth"}),
        ('Digest realm="R", nonce="N"', {"realm": "R", "nonce": "N"}),
    ],
)
def test_a_digest_is_that_of_the_challenge(challenge, fields):
    """What a server of HTTP Digest asks for is used and sent back: opaque text, algorithm, quality of protection."""
    message, seen = Message(), []
    message["WWW-Authenticate"] = challenge

    def answer(method, url, headers, body, *, seconds):
        seen.append(headers.get("Authorization", ""))
        return Response(401, message, b"")

    requester = Requester(HOST, "id", "secret", rate=1, seconds=1, pause=float, now=lambda: 0, send=answer)
    requester.digest("/customers")

    sent = parse_keqv_list(parse_http_list(seen[1].removeprefix("Digest ")))
    hashed = hashlib.sha256 if "SHA-256" in challenge else hashlib.md5
    first, second = (hashed(text.encode()).hexdigest() for text in ("id:R:secret", "GET:/customers"))
    middle = f"N:00000001:{sent.get('cnonce')}:auth" if "qop" in challenge else "N"
    assert fields.items() <= sent.items()
    assert sent["response"] == hashed(f"{first}:{middle}:{second}".encode()).hexdigest()


def test_an_unknown_algorithm_of_a_digest_is_no_difference():
    """A challenge that the check cannot answer says nothing of what is checked."""
    message = Message()
    message["WWW-Authenticate"] = 'Digest realm="R", nonce="N", algorithm=SHA-512-256'
    requester = Requester(
        *(HOST, "id", "secret"),
        rate=1,
        seconds=1,
        pause=float,
        now=float,
        send=lambda *_, **__: Response(401, message, b""),
    )

    with pytest.raises(NotTried, match="SHA-512-256"):
        requester.digest("/customers")


def test_a_long_answer_is_shortened_to_one_line(client):
    """What the server sent is told in one line that is not long."""
    results = Server(client, lambda *answer: (418, {}, b"x\n\x1b[31m" * 5000)).results()

    assert all(len(each.got) < 200 and "\n" not in each.got for each in results.values())


def test_a_server_that_never_answers_is_unreachable():
    """If not even the first request is answered, there is nothing to report."""

    def refuse(*request, **options):
        raise NoResponse("cannot be reached: refused")

    requester = Requester(HOST, "id", "secret", rate=1, seconds=1, pause=print, now=lambda: 0, send=refuse)

    with pytest.raises(ServerUnreachable):
        list(run_checks(SUITES["kpn"], requester, with_invented=False))


def test_kpns_resources_are_found_below_its_path(client):
    """Where `/agents` is not at the base URL, KPN's path is tried; a path that is given is used as it is."""

    def only_below(path, status, headers, body):
        return (404, headers, b"{}") if path == "/agents" else (status, headers, body)

    found = Server(client, only_below)
    assert found.results()["GET /agents"].result == HOLDS
    assert ("GET", "/communication/kpn/dashboard-server/agents") in found.seen

    given = Server(client)
    given.results(base_path="/communication/kpn/dashboard-server")
    assert ("GET", "/agents") not in given.seen
