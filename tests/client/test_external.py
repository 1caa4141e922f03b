"""Requests to servers of others: one deadline, a limit, no redirect, and one line for whatever goes wrong."""

import asyncio
import socket
import threading
from contextlib import contextmanager

import pytest

from kpn_sandbox.client import AsyncClient, Client, Unreachable
from kpn_sandbox.client.external import LARGEST_BODY, DeadlineConnection, NoResponse, UnusableAnswer, get_external

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def server(first, drip=b""):
    """A server that answers one request with these bytes, and then sends further ones until nobody reads."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        requests = []

        def serve():
            connection, _ = listener.accept()
            with connection:
                requests.append(connection.recv(65_536))
                try:
                    connection.sendall(first)
                    while drip and not over.wait(0.02):
                        connection.sendall(drip)
                except OSError:
                    return

        over = threading.Event()
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x", requests
        over.set()
        thread.join()


def test_any_status_is_a_response():
    """Status, headers and body of an error are there, and the headers of the request were sent."""
    with server(b"HTTP/1.1 503 Busy\r\nContent-Length: 2\r\n\r\n{}") as (url, requests):
        response = get_external(url, {"Authorization": "Bearer x"})

    assert (response.status, response.content) == (503, b"{}")
    assert b"Authorization: Bearer x" in requests[0]


def test_a_redirect_is_not_followed():
    """A redirect is a response like others, so a token goes to no other server."""
    with server(b"HTTP/1.1 302 Found\r\nLocation: http://192.0.2.1/\r\nContent-Length: 0\r\n\r\n") as (url, _):
        assert get_external(url, {}).status == 302


@pytest.mark.parametrize(
    ("first", "drip"),
    [
        (b"", b"H"),
        (b"HTTP/1.1 200 OK\r\n", b"X-More: 1\r\n"),
        (OK + b"\r\n", b" "),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
)
def test_a_drip_ends_with_the_deadline(first, drip):
    """Neither a head nor a body that comes bit by bit outlasts the deadline."""
    with server(first, drip) as (url, _), pytest.raises((NoResponse, UnusableAnswer)):
        get_external(url, {}, 0.3)


@pytest.mark.parametrize(("first", "drip"), [(b"", b"H"), (OK + b"\r\n", b" ")])
def test_a_sandbox_answers_in_time_or_not_at_all(first, drip):
    """One that answers bit by bit is unreachable after the time, with a message that says so."""
    with server(first, drip) as (url, _), pytest.raises(Unreachable, match="no complete answer within 0.2 seconds$"):
        Client(DeadlineConnection(url, None, 0.2)).ready()


@pytest.mark.parametrize(
    ("scheme", "first", "hint"),
    [
        ("https", b"HTTP/1.1 400 Bad Request\r\n\r\n", "try http://"),
        ("http", b"\x15\x03\x01\x00\x02\x02\x46", "try https://"),
    ],
)
def test_the_other_protocol_is_named(scheme, first, hint):
    """A server of HTTP that is asked by HTTPS, and the reverse, is told from one that is not there."""
    for send in (get_external, lambda url, headers: Client(url).ready()):
        with server(first) as (url, _), pytest.raises((NoResponse, UnusableAnswer, Unreachable), match=f"{hint}$"):
            send(f"{scheme}{url.removeprefix('http')}", {})


def test_the_other_protocol_is_named_to_coroutines():
    """The client whose methods are awaited says it, too."""
    with server(b"HTTP/1.1 400 Bad Request\r\n\r\n") as (url, _), pytest.raises(Unreachable, match="try http://$"):
        asyncio.run(AsyncClient(f"https{url.removeprefix('http')}").ready())


def test_a_body_has_a_limit():
    """No more than the limit is read, however long the body goes on."""
    with server(OK + b"\r\n", b" " * LARGEST_BODY) as (url, _), pytest.raises(UnusableAnswer, match="5 MB"):
        get_external(url, {}, 20)


def test_half_a_body_is_no_answer():
    """A body that is shorter than announced is not taken for the whole."""
    with server(OK + b"Content-Length: 9\r\n\r\n{}") as (url, _), pytest.raises(UnusableAnswer, match="IncompleteRead"):
        get_external(url, {})


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "file:///etc/passwd", "http://", "http://[::1", "http://x:99999/", "http://x/\n", "x", ""]
)
def test_a_url_is_one_of_http(url):
    """Anything else is refused before anything is sent."""
    with pytest.raises(ValueError, match="URL must be like"):
        get_external(url, {})


def test_an_odd_url_is_no_traceback():
    """What only the library refuses, such as letters that a request line cannot have, is one line, too."""
    with pytest.raises((NoResponse, UnusableAnswer)) as failed:
        get_external("http://127.0.0.1:1/é x", {})
    assert "\n" not in str(failed.value)
