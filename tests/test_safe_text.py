"""Text from others is shown without secrets, known by name or form, and without what a terminal would obey."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, quote_plus

import pytest

from kpn_sandbox.cli import main
from kpn_sandbox.client import Client, ClientError
from kpn_sandbox.safe_text import (
    is_secret,
    redacted_headers,
    redacted_json,
    redacted_path,
    redacted_query,
    terminal_json,
    terminal_text,
)
from kpn_sandbox.testing.failure_report import report_sections
from tests.application import serving
from tests.drift.conftest import archive, entry

SECRET = """
    password passwd pwd pw passphrase pass user_pass wachtwoord userPassword newPwd password1 db.password user[password]
    secret client_secret clientSecret CLIENTSECRET secrets token access_token accessToken refresh_token id-token
    tokens X-Token authtoken auth X-Auth auth_code authCode authorization Proxy-Authorization X-Forwarded-Authorization
    authenticity_token bearer sid connect.sid PHPSESSID JSESSIONID sessionId session_key session X-Session Cookie
    Set-Cookie api_key apikey apiKey X-API-Key APIKEY X-Key key access_key privateKey Ocp-Apim-Subscription-Key
    signature X-Hub-Signature-256 sig jwt client_assertion SAMLResponse credentials creds otp pin X-CSRF-Token xsrf
    hmac code_verifier appKey authcode verification_code resetCode mfa
""".split()

OPEN = """
    author authors authority authorId keyboard monkey turkey keyword side inside sidebar resident consider passenger
    compass bypass passage tokenizer tokenize token_type tokenType max_tokens expires_in secretary obsession
    session_timeout assigned design signal spin pinned opinion shipping pinpoint client_id clientId customerId user
    username login Logid Number primary_key sort_key Idempotency-Key consumer_key external_id grant_type code status
    at since Accept User-Agent X-Request-Id Host traceparent authentication_type token_url x 1 _ scope state
""".split()

URL = "https://anna:geheim@kpn.example/cb?customerId=5&token=geheim#access_token=geheim"


@pytest.mark.parametrize("name", SECRET)
def test_a_name_of_a_secret_is_known(name):
    """A secret is known by the words of its name, whatever joins them and in whatever capitals."""
    assert is_secret(name)


@pytest.mark.parametrize("name", OPEN)
def test_other_names_are_none(name):
    """A name that only contains the letters of such a word, or tells something about a secret, is harmless."""
    assert not is_secret(name)


@pytest.mark.parametrize(
    ("query", "redacted"),
    [
        ("", ""),
        ("a=1&&b", "a=1&&b"),
        ("pwd=geheim&auth=geheim&bearer=geheim&sid=geheim", "pwd=***&auth=***&bearer=***&sid=***"),
        ("customerId=5;token=geheim", "customerId=5;token=***"),
        ("p%77d=geheim&client%5Fsecret=geheim&p%2577d=geheim", "p%77d=***&client%5Fsecret=***&p%2577d=***"),
        ("password=", "password=***"),
        ("token=a=b==", "token=***"),
        ("h=X-Auth:+geheim&q=token:geheim+x", "h=X-Auth:+***&q=token:***+x"),
        ("h=Authorization:+Bearer+geheim", "h=Authorization:+***"),
        ("at=12:00&mail=a@b.nl&u=https://b.nl:80/x", "at=12:00&mail=a@b.nl&u=https://b.nl:80/x"),
        ("header=Bearer+geheim&q=basic+training", "header=Bearer+***&q=basic+training"),
        ("haf2SDl07E9N7RluNQ4kJ1TkGgso", "***"),
        ("id=3f2b7c1e-5a4d-4e8f-9b0a-1c2d3e4f5a6b&at=2026-11-23T10:00:00%2B01:00",) * 2,
    ],
)
def test_a_query_is_shown_without_the_values_of_secrets(query, redacted):
    """The names stay, and so does everything else, as it was sent."""
    assert redacted_query(query) == redacted


@pytest.mark.parametrize(
    "nested",
    [
        URL,
        "next=/a&pwd=geheim",
        json.dumps({"user": {"name": "anna", "passwords": ["geheim"]}, "n": 5}),
        json.dumps([{"api_key": "geheim"}, {"url": URL}]),
        '{"user": "anna", "password": "geheim',
        "{'password': 'geheim'}",
        "<login><user>anna</user><password>geheim</password></login>",
        "Basic Z2VoZWltOmdlaGVpbQ== geheim",
        quote(URL, safe=""),
        quote(quote(URL, safe=""), safe=""),
        quote_plus(json.dumps({"redirect": quote(URL, safe="")})),
    ],
)
def test_secrets_inside_of_a_value_are_redacted(nested):
    """A value may be a URL, a query, JSON, whole or cut off, XML or credentials, encoded more than once."""
    shown = redacted_query(f"data={quote_plus(nested)}&id=5")
    headers = redacted_headers([("Referer", nested), ("X-Id", "5")])

    assert "geheim" not in shown + headers["Referer"] + json.dumps(redacted_json({"a": [nested]}))
    assert "***" in shown
    assert (shown.endswith("&id=5"), headers["X-Id"]) == (True, "5")


def test_headers_are_shown_without_secrets():
    """Cookies and credentials are redacted whole, of a Referer only the secrets in it."""
    headers = {
        "Authorization": "Bearer geheim",
        "Cookie": "a=geheim",
        "X-Auth": "geheim",
        "X-Key": "geheim",
        "X-Proxied": "Digest username=geheim",
        "Referer": "https://anna:geheim@x/a?b=1&token=geheim",
        "User-Agent": "Mozilla/5.0 (X11; Linux) curl/8",
        "Accept": "text/html, */*;q=0.8",
    }

    assert redacted_headers(headers.items()) == {
        **dict.fromkeys(("Authorization", "Cookie", "X-Auth", "X-Key"), "***"),
        "X-Proxied": "Digest ***",
        "Referer": "https://***@x/a?b=1&token=***",
        "User-Agent": headers["User-Agent"],
        "Accept": headers["Accept"],
    }


@pytest.mark.parametrize(
    ("path", "redacted"),
    [
        ("/agent/logid/40001",) * 2,
        ("/oauth/client_credential/accesstoken",) * 2,
        ("/auth/login/tokens/revoke",) * 2,
        ("/customers/3f2b7c1e-5a4d-4e8f-9b0a-1c2d3e4f5a6b/kpi",) * 2,
        ("/agents;jsessionid=geheim", "/agents;jsessionid=***"),
        ("/agents/haf2SDl07E9N7RluNQ4kJ1TkGgso", "/agents/***"),
        ("/reset-token/geheim123/done", "/reset-token/***/done"),
        ("/a/eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.x/b", "/a/***/b"),
        ("//anna:geheim@x/agents", "//***@x/agents"),
        ("/a%00é",) * 2,
    ],
)
def test_a_path_is_shown_without_tokens(path, redacted):
    """A token in a path is known by the segment before it or by its look; numbers and UUIDs stay."""
    assert redacted_path(path) == redacted


def test_odd_text_is_no_error():
    """Whatever a client sends, there is a text to show, soon."""
    for odd in (
        "[" * 100_000,
        "%" * 10_000,
        "a=" * 10_000,
        "//" * 10_000,
        '"' * 10_000,
        "<a" * 5_000,
        "\ud800=1",
        "{" + "a:" * 9999,
    ):
        assert isinstance(redacted_query(odd), str)
        assert isinstance(redacted_path(odd), str)
        assert redacted_headers([("X-Odd", odd)])


HOSTILE = "a\x1b[31m\x07\x9b2J\x7f\r\n\u202eb\u2028c\u2066\x00"
OBEYED = set("\x1b\x07\x9b\x7f\r\u202e\u2028\u2066\x00")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "Ren\u00e9e \u4f60\u597d \U0001f469\u200d\U0001f4bb\u00a0C:\\new",
            "Ren\u00e9e \u4f60\u597d \U0001f469\u200d\U0001f4bb\u00a0C:\\new",
        ),
        (HOSTILE, r"a\x1b[31m\x07\x9b2J\x7f\r\n\u202eb\u2028c\u2066\x00"),
        ("\ud800\u061c\ufeff\t\U000e0041", r"\ud800\u061c\ufeff\t\U000e0041"),
        (ValueError("x\ny"), r"x\ny"),
    ],
)
def test_controls_are_shown_as_escapes(text, shown):
    """Controls, reading directions and line breaks become escapes, and everything else stays."""
    assert terminal_text(text) == shown


def test_json_keeps_its_value():
    """In JSON the escapes are those of JSON, so a program that reads it gets what there was."""
    value = {HOSTILE: [HOSTILE, "Ren\u00e9e", "\ud800", "\U000e0041"]}
    shown = terminal_json(json.dumps(value, indent=2, ensure_ascii=False))

    assert json.loads(shown) == value
    assert not OBEYED & set(shown)
    assert "Ren\u00e9e" in shown and shown.count("\n") == 7


class HostileServer(BaseHTTPRequestHandler):
    """Answers everything with text that a terminal would obey, in each place where there can be text."""

    REQUEST = {
        **dict.fromkeys(("at", "method", "path", "query", "note", "reason", "api", "operation", "id"), HOSTILE),
        **{"status": 200, "duration_ms": 1.0, "headers": {HOSTILE: HOSTILE}},
    }
    FAULT = {"id": HOSTILE, "api": HOSTILE, "operation": HOSTILE, "remaining": 2}
    BODY = {
        **dict.fromkeys(("access_token", "detail", "replay", "scenario", HOSTILE), HOSTILE),
        **{
            "clock": {"mode": HOSTILE, "at": HOSTILE, "speed": 1},
            "not_in_force": [HOSTILE],
            "accounts": [{"client_id": "x"}],
            "layers": [HOSTILE],
        },
        **{
            "requests": [REQUEST],
            "faults": [FAULT],
            "pins": [{"kind": HOSTILE, "key": HOSTILE, "fields": {HOSTILE: HOSTILE}}],
            "findings": [{"rule": HOSTILE}],
        },
        "DataSet": {kind: [{HOSTILE: HOSTILE}] for kind in ("agents", "queues", "trunks")},
        "sections": [
            {
                "title": HOSTILE,
                "message": HOSTILE,
                HOSTILE: 1,
                "documents": [{"documentNumber": HOSTILE, "externalUrl": HOSTILE, "status": {"name": HOSTILE}}],
            }
        ],
    }

    def do_GET(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        status = next((code for code in ("302", "404") if code in self.path), "200")
        words = HOSTILE.replace("\r\n", "").encode("latin-1", "ignore")
        body = json.dumps(self.BODY).encode()
        head = (
            b"HTTP/1.1 %b %b" % (status.encode(), words),
            b"Content-Length: %d" % len(body),
            b"Location: /%b" % words,
        )
        more = (b"Content-Type: application/json", b"X-%b: %b" % (words.strip(b"\x00"), words), b"Connection: close")
        self.wfile.write(b"\r\n".join((*head, *more, b"", body)))

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def hostile():
    """The URL of a hostile server."""
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), HostileServer)) as server:
        yield f"http://127.0.0.1:{server.server_port}"


COMMANDS = {
    "token": "token --url {url}",
    "refused": "health --url {url}/404",
    "requests": "requests --url {url}",
    "har": "requests --har --url {url}",
    "pins": "pin --url {url}",
    "pin set": "pin set agents 40001 Agent={text} --url {url}",
    "fault": "fault --url {url}",
    "clock": "clock --url {url}",
    "scenario": "scenario --url {url}",
    "conduct": "conduct --url {url}",
    "reset": "reset {text} --url {url}",
    "refused layer": "reset {text} --url {url}/404",
    "diff of a file": "diff {capture} --url {url}",
    "diff of a server": "diff {url}/agents --url {url}",
    "diff of an error": "diff {url}/404/agents --url {url}",
    "diff of nothing": "diff {text} --url {url}",
    "load": "load {capture} --url {url}",
    "load of nothing": "load {broken} --url {url}",
    "itx check": "itx check {url}/x --customer-id {text}",
    "itx redirect": "itx check {url}/302 --customer-id 1",
    "itx error": "itx check {url}/404 --customer-id 1",
    "wrong word": "pin set {text} 1 a=b",
    "wrong option": "agents --{text}",
    "wrong command": "{text}",
    "wrong field": "profile {text}",
    "wrong outcome": "fault add agents {text}",
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_command_prints_what_a_terminal_would_obey(hostile, tmp_path, command, capsys, monkeypatch):
    """Output and error lines of every command show hostile text as escapes."""
    monkeypatch.setenv("KPN_SANDBOX_ADMIN_TOKEN", "admin")
    capture, broken = tmp_path / "capture.har", tmp_path / "broken.har"
    body = {"Error": None, "DataSet": {"queues": [{HOSTILE: HOSTILE, "Name": HOSTILE, "Number": "1"}]}}
    capture.write_text(json.dumps(archive(entry("GET", "https://x/queues", 200, body))))
    broken.write_text(json.dumps({"pins": [{"kind": HOSTILE, HOSTILE: HOSTILE}], "log": {HOSTILE: 1}}))
    words = {"url": hostile, "text": HOSTILE.replace("\x00", ""), "capture": str(capture), "broken": str(broken)}

    with pytest.raises(SystemExit):
        main([word.format(**words) for word in command.split()])

    printed = capsys.readouterr()
    assert printed.out + printed.err
    assert not OBEYED & set(printed.out + printed.err)
    assert all(line.startswith("kpn-sandbox: ") or "not in force" in line for line in printed.err.splitlines())


def test_the_report_of_a_failed_test_shows_escapes(hostile):
    """Requests, faults and the replay line in the report are shown line by line, without what a terminal obeys."""
    ((_, report),) = report_sections([Client(hostile).account("anna", "secret")], [], {}, 10)

    assert not OBEYED & set(report)
    assert len(report.splitlines()) == 10
    assert r"a\x1b[31m\x07\x9b2J\x7f\r\n\u202eb" in report


def test_an_error_of_the_client_is_one_harmless_line(hostile):
    """The message of an error may be printed as it is."""
    with pytest.raises(ClientError) as error:
        Client(f"{hostile}/404").ready()

    assert not (OBEYED | {"\n"}) & set(str(error.value))


def test_an_unreachable_url_is_shown_without_its_secrets():
    """The message names the URL, but neither the user in it nor the token."""
    with pytest.raises(ClientError) as error:
        Client("http://anna:geheim@127.0.0.1:9").account("x", "y").get("/agents?token=geheim", token="t")

    assert "geheim" not in str(error.value)
