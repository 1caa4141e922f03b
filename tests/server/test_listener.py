"""A server's socket is bound to an address of this machine or refused with advice."""

import socket

import pytest

from kpn_sandbox.server.listener import AddressError, listen


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
