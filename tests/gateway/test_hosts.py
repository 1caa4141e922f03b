"""Hosts that requests name, and the URLs that are made of them."""

import pytest

from kpn_sandbox.gateway.hosts import base_url, is_own_origin, may_be_foreign, own_url, parse_host

PUBLIC = "kpn_sandbox.public_url"


def environ(host=None, **more):
    """Return as much of a WSGI environment as a URL needs."""
    named = {} if host is None else {"HTTP_HOST": host}
    return {
        "wsgi.url_scheme": "http",
        "PATH_INFO": "/agents",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8080",
        **named,
        **more,
    }


@pytest.mark.parametrize(
    "text",
    [
        "localhost",
        "localhost:8080",
        "my_sandbox:8080",
        "127.0.0.1",
        "[::1]:80",
        "[::ffff:127.0.0.1]",
        "a.b-c.d.",
        "a:",
        "A~1",
    ],
)
def test_a_host_may_have_each_form(text):
    """Names with underscores, addresses of both kinds and ports are hosts."""
    assert parse_host(text) is not None


@pytest.mark.parametrize(
    "text",
    ["", "a b", "a,b", "a/b", "u@a", "a:b", "a:99999", "a:1:2", "::1", "[::1", "[::g]", "a?", "é", "<a>", ":80"]
    + ["a..b", ".a", "a..", "a" * 64],
)
def test_what_cannot_be_read_is_no_host(text):
    """Two hosts, user names, paths, wrong ports, broken addresses and labels that are empty or too long are none."""
    assert parse_host(text) is None


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (environ("my_sandbox:8080"), "http://my_sandbox:8080"),
        (environ("localhost:80"), "http://localhost"),
        (environ("localhost:443", **{"wsgi.url_scheme": "https"}), "https://localhost"),
        (environ("[::1]:8080"), "http://[::1]:8080"),
        (environ(), "http://127.0.0.1:8080"),
        (environ(SERVER_NAME="::1"), "http://[::1]:8080"),
        (environ("a", SCRIPT_NAME="/mount"), "http://a/mount"),
        (environ("a", HTTP_X_FORWARDED_HOST="b", HTTP_X_FORWARDED_PROTO="https"), "http://a"),
        (environ("inner:1", **{PUBLIC: "https://example.org/kpi"}), "https://example.org/kpi"),
    ],
)
def test_the_base_of_urls_is_what_the_client_sees(given, url):
    """The Host header counts, or the public URL where it is set; forwarding headers change nothing."""
    assert (base_url(given), own_url(given)) == (url, f"{url}/agents")


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8080",
        "127.0.0.1",
        "192.0.2.1:80",
        "[::1]:8080",
        "sandbox",
        "a_b:1",
        "x.localhost",
        "LOCALHOST.",
        "host.docker.internal",
    ],
)
def test_no_page_can_own_some_hosts(host):
    """Addresses, names without a dot and reserved names are not those of a web page."""
    assert not may_be_foreign(environ(host))


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "127.0.0.1.nip.io", "localhost.evil.example", "a,b"]
)
def test_a_page_can_own_other_names(host):
    """A name with a dot may be that of a page which has let it resolve to this machine."""
    assert may_be_foreign(environ(host))
    assert not may_be_foreign(environ(host, SERVER_NAME="0.0.0.0"))


def test_the_public_host_is_not_foreign():
    """The host of the public URL is this server's own."""
    assert not may_be_foreign(environ("example.org", **{PUBLIC: "https://example.org:8443/kpi"}))


@pytest.mark.parametrize(
    ("origin", "own"),
    [
        ("http://localhost:8080", True),
        ("https://localhost:8080", False),
        ("http://localhost", False),
        ("http://localhost:8080.evil.example", False),
        ("null", False),
    ],
)
def test_an_origin_is_compared_whole(origin, own):
    """Scheme, host and port must agree."""
    assert is_own_origin(environ("localhost:8080"), origin) is own


def test_the_public_origin_is_own():
    """Behind a proxy with TLS, pages come from the public URL."""
    assert is_own_origin(environ("inner:1", **{PUBLIC: "https://example.org/kpi"}), "https://example.org")
