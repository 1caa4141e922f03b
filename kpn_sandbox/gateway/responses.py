"""
Conditional requests: answers that the caller has already, and answers that he wants only unchanged.

Source:
    RFC 9110, section 13.

Answers of the vendors' APIs that tell of a center, with what the sandbox adds to them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from flask import Response, request

from kpn_sandbox.tenants.clock import format_instant
from kpn_sandbox.tenants.tenant import Tenant


class PreconditionFailed(Exception):
    """The answer is not the one that the caller named in If-Match."""


def etag(body: bytes) -> str:
    """The strong entity tag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def unchanged(environ: Mapping[str, Any], tag: str) -> bool:
    """
    Whether the caller has this answer already.

    Raises:
        PreconditionFailed: He wants another one.
    """
    wanted = environ.get("HTTP_IF_MATCH")
    if wanted is not None and not _names(wanted, tag, weakly=False):
        raise PreconditionFailed
    had = environ.get("HTTP_IF_NONE_MATCH")
    return had is not None and _names(had, tag, weakly=True)


def _names(header: str, tag: str, *, weakly: bool) -> bool:
    tags = [each.strip() for each in header.split(",")]
    return "*" in tags or tag in tags or (weakly and f"W/{tag}" in tags)


Headers = Iterable[tuple[str, str]]


def told(body: bytes, tenant: Tenant, at: float, headers: Headers = (), status: int = 200) -> Response:
    """
    An answer about an instant of a center.

    Args:
        body: What is told.
        tenant: Whose center it is.
        at: The instant; epoch seconds.
        headers: The vendor's own.
        status: Of the answer.
    """
    instant = format_instant(at)
    extra = [("X-Sandbox-Time", instant), ("X-Sandbox-Replay", tenant.replay(instant))]
    return Response(body, status, [*headers, *extra])


def told_if_changed(body: bytes, tenant: Tenant, at: float, headers: Headers = ()) -> Response:
    """
    The same, unless the caller has it already.

    Raises:
        PreconditionFailed: He wants another one.
    """
    tag = etag(body)
    tagged = [*headers, ("ETag", tag), ("Cache-Control", "no-cache")]
    if not unchanged(request.environ, tag):
        return told(body, tenant, at, tagged)
    response = told(b"", tenant, at, tagged, 304)
    response.headers.pop("Content-Type", None)
    return response
