"""The sockets that a server listens on, bound before anything else, so that a bad address is reported at once."""

import errno
import os
import socket

_BACKLOG = 2048
"""Connections that the system accepts while every worker is busy."""

LOOPBACK = ("127.0.0.1", "localhost")
"""Hosts that stand for this machine's loopback in both versions of IP."""

_TRIES = 10
"""Free ports that are tried until one is free in both versions of IP."""


class AddressError(Exception):
    """The server cannot listen on an address; the message says in one line what would be right."""

    def __init__(self, error: Exception, host: str, port: int) -> None:
        super().__init__(_reason(error, host, port))
        self.is_in_use = _number(error) == errno.EADDRINUSE


def listen_on_loopbacks(host: str, port: int) -> list[socket.socket]:
    """
    Return the sockets that listen on an address; on both loopbacks if it is the loopback's.

    Many systems take `localhost` for ::1 first. Where IPv6 is missing, or the port is taken there, 127.0.0.1 is enough.

    Args:
        host: Name or address of this machine.
        port: Port; 0 takes one that is free on all of them.

    Raises:
        AddressError: The address is in use, forbidden, or not one of this machine's.
    """
    if host not in LOOPBACK:
        return [listen(host, port)]
    for _ in range(_TRIES):
        first = listen(LOOPBACK[0], port)
        try:
            return [first, listen("::1", first.getsockname()[1])]
        except AddressError as error:
            if port or not error.is_in_use:
                return [first]
            first.close()
    return [listen(LOOPBACK[0], port)]


def listen(host: str, port: int) -> socket.socket:
    """
    Return a socket that listens on an address.

    Args:
        host: Name or address of this machine.
        port: Port; 0 takes a free one, which `getsockname` of the socket returns.

    Raises:
        AddressError: The address is in use, forbidden, or not one of this machine's.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise AddressError(error, host, port) from None
    listener = socket.socket(family, kind, protocol)
    try:
        _bind(listener, address)
    except OSError as error:
        listener.close()
        raise AddressError(error, host, port) from None
    return listener


def _bind(listener: socket.socket, address: tuple[object, ...]) -> None:
    # SO_REUSEADDR lets a restarted server take its port while old connections are in TIME_WAIT. On Windows it would
    # let two servers listen on one port.
    if os.name != "nt":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Responses are written at once; waiting for more data to send along would only delay them.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(address)
    listener.listen(_BACKLOG)


def _reason(error: Exception, host: str, port: int) -> str:
    number = _number(error)
    if number == errno.EADDRINUSE:
        return f"port {port} on {host} is in use: choose another with --port, or 0 for a free one"
    if number == errno.EACCES:
        return f"port {port} on {host} is not allowed for this user: choose one above 1023 with --port"
    return f"host must be a name or address of this machine, not {host!r}"


def _number(error: Exception) -> int | None:
    return error.errno if isinstance(error, OSError) else None
