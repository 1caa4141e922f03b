"""A server's socket is bound to an address of this machine or refused with advice."""

import socket

import pytest

from kpn_sandbox.server.listener import AddressError, listen, listen_on_loopbacks


def test_port_zero_takes_a_free_port():
    """Port 0 takes a free port, which the socket names."""
    with listen("127.0.0.1", 0) as listener:
        assert listener.getsockname()[1] > 0


def test_a_busy_port_is_refused_with_advice():
    """A busy port is refused with a message that says how to choose another."""
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]

        with pytest.raises(AddressError, match=f"port {port} on 127.0.0.1 is in use: choose another with --port"):
            listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "x" * 300])
def test_an_address_of_another_machine_is_refused(host):
    """A host must be one of this machine's own names or addresses."""
    with pytest.raises(AddressError, match="host must be a name or address of this machine"):
        listen(host, 0)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_ipv6_addresses_work():
    """An IPv6 address is listened on like any other."""
    with listen("::1", 0) as listener:
        assert listener.family == socket.AF_INET6


@pytest.fixture
def close():
    """Closes sockets at the end."""
    sockets = []
    yield sockets.extend
    for each in sockets:
        each.close()


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_both_loopbacks_are_listened_on(close, host):
    """The loopback's port is the same in both versions of IP, a free one or the one that is asked for."""
    first = listen_on_loopbacks(host, 0)
    close(first)
    port = first[0].getsockname()[1]

    assert [each.getsockname()[:2] for each in first] == [("127.0.0.1", port), ("::1", port)]
    with pytest.raises(AddressError, match="in use"):
        listen_on_loopbacks(host, port)


@pytest.mark.skipif(not socket.has_ipv6, reason="this machine has no IPv6")
def test_a_port_that_is_taken_in_ipv6_is_enough_in_ipv4(close):
    """Somebody else's port at ::1 is left alone; a free port is free at both."""
    other = listen("::1", 0)
    port = other.getsockname()[1]
    chosen = listen_on_loopbacks("127.0.0.1", port)
    close([other, *chosen])

    assert [each.getsockname() for each in chosen] == [("127.0.0.1", port)]


def test_another_host_is_listened_on_alone(close):
    """Only the loopback stands for two addresses."""
    chosen = listen_on_loopbacks("127.0.0.2", 0)
    close(chosen)

    assert [each.getsockname()[0] for each in chosen] == ["127.0.0.2"]
