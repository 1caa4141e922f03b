"""Answers of the vendors' APIs that tell of a center, with what the sandbox adds to them."""

from collections.abc import Iterable

from flask import Response, request

from kpn_sandbox.apis.conditional import etag, unchanged
from kpn_sandbox.control.clock import format_instant
from kpn_sandbox.control.tenant import Tenant

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
