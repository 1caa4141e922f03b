"""
The syntax of a request, as strict as gunicorn is, for Python's own server, which lets much more pass.

A test compares both servers, so that a client meets the same refusals in tests and under `serve`.

Source:
    RFC 9112, sections 2.2 to 5 and 7.1, and RFC 9110, section 5.5; where gunicorn is stricter, gunicorn.
"""

import re
from collections.abc import Iterator
from io import BufferedIOBase
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

from kpn_sandbox.server.protocol_errors import (
    HEADER_BYTES,
    HEADERS_TOO_LONG,
    LINE_BYTES,
    LINE_TOO_LONG,
    ProtocolErrorResponse,
    bad_request,
)

MOST_HEADERS = 100
"""Most header lines of a request, which is gunicorn's limit."""

_TOKEN = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_REQUEST_LINE = re.compile(rb"([!$%&'*+.^_`|~0-9A-Z-]{3,20}) ([!-~]+) (HTTP/1\.[0-9])\r\n")
_HEADER = re.compile(rb"(" + _TOKEN + rb"):([\t -~\x80-\xff]*)\r\n")
_QUOTED = rb'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t -~\x80-\xff])*"'
_CHUNK_LINE = re.compile(
    rb"([0-9A-Fa-f]+)(?:[ \t]*;[ \t]*" + _TOKEN + rb"(?:[ \t]*=[ \t]*(?:" + _TOKEN + rb"|" + _QUOTED + rb"))?)*\r\n"
)
_ONCE = ("host", "content-type", "content-length")
_PIECE_BYTES = 65_536


class RequestHead(NamedTuple):
    """A method, a target, a version, and header fields in their order."""

    method: str
    target: str
    version: str
    headers: list[tuple[str, str]]


class Lines(Protocol):
    """A stream that is read by lines."""

    def readline(self, size: int, /) -> bytes:
        """Return the next line, or so many bytes of it; none at the end."""


def read_head(first: bytes, stream: Lines) -> RequestHead | ProtocolErrorResponse | None:
    """
    Return the head of a request, or its refusal; None when the client left before the end.

    Args:
        first: The request line as it was sent.
        stream: The connection after that line.
    """
    line = first
    if line == b"\r\n":
        # RFC 9112, section 2.2: an empty line before the request line is ignored.
        line = stream.readline(2 * LINE_BYTES)
    if len(line.rstrip(b"\r\n")) > LINE_BYTES:
        return LINE_TOO_LONG
    if not line.endswith(b"\n"):
        return None
    request = _REQUEST_LINE.fullmatch(line)
    if request is None or not _is_target(request[1], request[2].decode("ascii")):
        return bad_request("invalid request line")
    headers = _read_headers(stream)
    return headers if not isinstance(headers, list) else _checked(request, headers)


def _read_headers(stream: Lines) -> list[tuple[str, str]] | ProtocolErrorResponse | None:
    headers: list[tuple[str, str]] = []
    while (line := stream.readline(HEADER_BYTES + 1)) != b"\r\n":
        if len(headers) == MOST_HEADERS or len(line) > HEADER_BYTES:
            return HEADERS_TOO_LONG
        if not line.endswith(b"\n"):
            return None
        field = _HEADER.fullmatch(line)
        if field is None:
            return bad_request("invalid header")
        headers.append((field[1].decode("ascii"), field[2].decode("latin-1").strip(" \t")))
    return headers


def _checked(request: re.Match[bytes], headers: list[tuple[str, str]]) -> RequestHead | ProtocolErrorResponse:
    names = [name.lower() for name, _ in headers]
    repeated = next((name for name in _ONCE if names.count(name) > 1), None)
    if repeated is not None:
        return bad_request(f"repeated header: {repeated}")
    if any(name.lower() == "expect" and value.lower() != "100-continue" for name, value in headers):
        return bad_request("unknown expectation")
    method, target, version = (part.decode("ascii") for part in request.groups())
    return RequestHead(method, target, version, headers)


def _is_target(method: bytes, target: str) -> bool:
    try:
        urlsplit(target)
    except ValueError:
        return False
    return method == b"CONNECT" or target[0] == "/" or "://" in target or (target == "*" and method == b"OPTIONS")


class ChunkedBody:
    """
    A body in chunks, as a stream; a broken one raises ValueError.

    Args:
        stream: The connection after the head of the request.
    """

    def __init__(self, stream: BufferedIOBase) -> None:
        self._pieces = _pieces(stream)

    def read(self, size: int) -> bytes:
        """Return some bytes, none at the end of the body; a caller who wants fewer than a piece gets the piece."""
        return next(self._pieces, b"")


def _pieces(stream: BufferedIOBase) -> Iterator[bytes]:
    while size := _chunk_size(stream):
        while size:
            piece = stream.read(min(size, _PIECE_BYTES))
            if not piece:
                raise ValueError("the body ends within a chunk")
            size -= len(piece)
            yield piece
        if stream.read(2) != b"\r\n":
            raise ValueError("no line break after a chunk")
    while (trailer := stream.readline(HEADER_BYTES)) != b"\r\n":
        if not _HEADER.fullmatch(trailer):
            raise ValueError("broken trailer")


def _chunk_size(stream: BufferedIOBase) -> int:
    line = _CHUNK_LINE.fullmatch(stream.readline(HEADER_BYTES))
    if line is None:
        raise ValueError("broken size of a chunk")
    return int(line[1], 16)
