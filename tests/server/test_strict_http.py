"""Requests byte by byte: what the server of tests refuses, and with which status."""

import json
import re
import socket
from contextlib import suppress

import pytest

from kpn_sandbox.server.listener import listen
from kpn_sandbox.server.werkzeug_server import make_threaded
from tests.application import serving

SOON = 10
TOKEN = b"/oauth/client_credential/accesstoken?grant_type=client_credentials"
FORM = b"client_id=APP_CONSUMER_KEY&client_secret=APP_CONSUMER_SECRET"
HOST = b"Host: localhost\r\n"
CHUNKED = b"POST " + TOKEN + b" HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n"
LABEL = b"Content-Type: application/x-www-form-urlencoded\r\n"
LARGE = 2 * 1024 * 1024


def whole(*, length=len(FORM), more=b""):
    """Return a token request with a Content-Length, or as many chunks as it takes."""
    return b"POST %s HTTP/1.1\r\n%s%sContent-Length: %d\r\n%s\r\n" % (TOKEN, HOST, LABEL, length, more)


def chunks(*pieces, end=b"0\r\n\r\n"):
    return CHUNKED + LABEL + b"\r\n" + b"".join(b"%x\r\n%s\r\n" % (len(each), each) for each in pieces) + end


CASES = {
    "good": (b"GET /openapi/kpn.json HTTP/1.1\r\n" + HOST + b"\r\n", 200),
    "good chunks": (chunks(FORM[:9], FORM[9:]), 200),
    "chunk extension and trailer": (
        CHUNKED + LABEL + b"\r\n%x;a=b\r\n%s\r\n0\r\nA: b\r\n\r\n" % (len(FORM), FORM),
        200,
    ),
    "byte order mark": (whole(length=len(FORM) + 3) + b"\xef\xbb\xbf" + FORM, 200),
    "leading line break": (b"\r\nGET / HTTP/1.1\r\n" + HOST + b"\r\n", 200),
    "version 1.0 without Host": (b"GET / HTTP/1.0\r\n\r\n", 200),
    "Host with an underscore": (b"GET / HTTP/1.1\r\nHost: my_sandbox:8080\r\n\r\n", 200),
    "no Host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "empty Host": (b"GET / HTTP/1.1\r\nHost:\r\n\r\n", 400),
    "two Hosts": (b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n", 400),
    "unreadable Host": (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400),
    "Host with a path": (b"GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
    "Host with a wrong port": (b"GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", 400),
    "open bracket": (b"GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
    "broken chunk size": (CHUNKED + b"\r\nxyz\r\nabc\r\n0\r\n\r\n", 400),
    "signed chunk size": (CHUNKED + b"\r\n+3\r\nabc\r\n0\r\n\r\n", 400),
    "hexadecimal prefix": (CHUNKED + b"\r\n0x3\r\nabc\r\n0\r\n\r\n", 400),
    "no break after a chunk": (CHUNKED + b"\r\n3\r\nabcdef\r\n0\r\n\r\n", 400),
    "bare LF in a chunk": (CHUNKED + b"\r\n3\nabc\n0\n\n", 400),
    "chunks without an end": (chunks(b"abc", end=b""), 400),
    "broken trailer": (chunks(FORM, end=b"0\r\nno trailer\r\n\r\n"), 400),
    "large chunks": (chunks(*[b"x" * 65_536] * 32), 413),
    "large body": (whole(length=LARGE) + b"x" * LARGE, 413),
    "large body that asks first": (whole(length=LARGE, more=b"Expect: 100-continue\r\n"), 413),
    "short body": (whole(length=len(FORM) + 9) + FORM, 400),
    "Content-Length and chunks": (CHUNKED + b"Content-Length: 3\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 400),
    "two Content-Lengths": (whole(more=b"Content-Length: 3\r\n") + FORM, 400),
    "signed Content-Length": (b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +3\r\n\r\nabc", 400),
    "other coding": (b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: gzip\r\n\r\n", 400),
    "chunks in 1.0": (b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "control byte in the line": (b"GET /\x01 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "UTF-8 in the line": ("GET /é HTTP/1.1\r\n".encode() + HOST + b"\r\n", 400),
    "control byte in a header": (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\x01\r\n\r\n", 400),
    "NUL in a header": (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\x00\r\n\r\n", 400),
    "bare CR in a header": (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\rC: d\r\n\r\n", 400),
    "UTF-8 in a name": (b"GET / HTTP/1.1\r\n" + HOST + "É: b\r\n\r\n".encode(), 400),
    "space before the colon": (b"GET / HTTP/1.1\r\n" + HOST + b"A : b\r\n\r\n", 400),
    "folded header": (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n c\r\n\r\n", 400),
    "header without a colon": (b"GET / HTTP/1.1\r\n" + HOST + b"A\r\n\r\n", 400),
    "bare LF": (b"GET / HTTP/1.1\n" + HOST + b"\n", 400),
    "two spaces": (b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "version 0.9": (b"GET /\r\n", 400),
    "version 2": (b"GET / HTTP/2.0\r\n" + HOST + b"\r\n", 400),
    "small letters": (b"get / HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "asterisk": (b"GET * HTTP/1.1\r\n" + HOST + b"\r\n", 400),
    "other expectation": (b"GET / HTTP/1.1\r\n" + HOST + b"Expect: wonders\r\n\r\n", 400),
    "long line": (b"GET /" + b"a" * 8_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
    "long header": (b"GET / HTTP/1.1\r\n" + HOST + b"A: " + b"a" * 30_000 + b"\r\n\r\n", 431),
    "many headers": (b"GET / HTTP/1.1\r\n" + HOST + b"A: b\r\n" * 100 + b"\r\n", 431),
}


@pytest.fixture(scope="module")
def fixture_port(start_in_module):
    """The port of the application on the fixture's server."""
    with serving(make_threaded(start_in_module(agents=2), listen("127.0.0.1", 0))) as server:
        yield server.port


def exchange(port, sent):
    """Send bytes, and nothing after them; return the status (0 for none), the head and the body of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=SOON) as connection:
        answer = b""
        # A server that refuses the beginning may close before it has read the rest.
        with suppress(OSError):
            connection.sendall(sent)
            connection.shutdown(socket.SHUT_WR)
        with suppress(ConnectionResetError):
            while piece := connection.recv(65_536):
                answer += piece
    head, _, body = answer.partition(b"\r\n\r\n")
    status = re.match(rb"HTTP/1\.[01] ([0-9]{3}) ", head)
    return (int(status[1]) if status else 0), head, body


@pytest.mark.parametrize("name", CASES)
def test_the_server_of_tests_answers_as_http_has_it(fixture_port, name):
    """A broken request is refused with its status and JSON, with CORS and a request id; a good one is answered."""
    sent, status = CASES[name]

    found, head, body = exchange(fixture_port, sent)

    assert found == status, head
    assert b"\nX-Request-Id: " in head
    if status >= 400:
        json.loads(body)
        assert b"\nAccess-Control-Allow-Origin: *" in head
