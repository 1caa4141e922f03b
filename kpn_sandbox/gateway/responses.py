"""
Responses about an instant of an account, and conditional requests.

Source:
    RFC 9110, section 13, for entity tags and preconditions.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from flask import Response, request

from kpn_sandbox.tenants.clock import format_instant
from kpn_sandbox.tenants.quota import QuotaState
from kpn_sandbox.tenants.tenant import Tenant

JSON = ("Content-Type", "application/json")
"""Content type of every body; without a charset, because JSON is always UTF-8."""
FORM = "application/x-www-form-urlencoded"
"""Content type of a form."""
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
"""Headers of a response with a token (RFC 6749, section 5.1)."""

Headers = Iterable[tuple[str, str]]

_LISTED = re.compile(r'(?:W/)?"[^"]*"(?=[ \t]*(?:,|$))|[^, \t][^,]*')
_TAG = re.compile(r'(?:W/)?"[!#-~\x80-\xff]+"')


class PreconditionFailed(Exception):
    """The current response is not the one that the client named in If-Match."""


def etag(body: bytes) -> str:
    """Return the strong entity tag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def unchanged(environ: Mapping[str, Any], tag: str) -> bool:
    """
    Whether the client has the current response already.

    Args:
        environ: WSGI environment of the request.
        tag: Entity tag of the current response.

    Raises:
        PreconditionFailed: If-Match names other responses only.
    """
    wanted = _tags(environ.get("HTTP_IF_MATCH", ""))
    if wanted and not wanted & {"*", tag}:
        raise PreconditionFailed
    return bool(_tags(environ.get("HTTP_IF_NONE_MATCH", "")) & {"*", tag, f"W/{tag}"})


@lru_cache(maxsize=1000)
def _tags(header: str) -> frozenset[str]:
    """Return the entity tags of a header, or "*"; empty and ill-formed ones are left out."""
    if header.strip() == "*":
        return frozenset("*")
    return frozenset(each for each in _LISTED.findall(header) if _TAG.fullmatch(each))


def token_error_headers(status: int, realm: str, *, forms: Collection[str] = (FORM,)) -> list[tuple[str, str]]:
    """
    Return the headers of an error response of a token endpoint to the current request.

    Args:
        status: HTTP status of the error.
        realm: Realm of the challenge for a client that has sent HTTP Basic.
        forms: Content types that the endpoint reads; `X-Sandbox-Hint` speaks of others, of JSON and of none.

    Source:
        RFC 6749, section 5.2, for the challenge; RFC 6749, section 5.1, for what no cache may keep.
    """
    headers = list(NO_STORE)
    scheme = request.headers.get("Authorization", "").partition(" ")[0]
    if status == 401 and scheme.lower() == "basic":
        headers.append(("WWW-Authenticate", f'Basic realm="{realm}"'))
    label = request.mimetype
    if (label not in forms or label in ("", JSON[1])) and request.get_data(cache=True):
        verb = "should" if label in forms else "must"
        headers.append(("X-Sandbox-Hint", f"Content-Type {verb} be {FORM}, the body is labeled {label or 'nothing'}"))
    return headers


def rate_limit_headers(count: QuotaState, *, with_reset: bool = True) -> list[tuple[str, str]]:
    """
    Return the most common headers that show a quota; no standard defines them.

    Args:
        count: State of the quota.
        with_reset: Whether the instant of the next reset is shown.
    """
    reset = [("X-RateLimit-Reset", str(count.resets_at))] if with_reset else []
    return [("X-RateLimit-Limit", str(count.limit)), ("X-RateLimit-Remaining", str(count.limit - count.used)), *reset]


def snapshot_headers(tenant: Tenant, instant: str) -> list[tuple[str, str]]:
    """
    Return the headers that identify the center and the instant that a response shows.

    Args:
        tenant: Account of the center.
        instant: ISO 8601.
    """
    return [("X-Sandbox-Time", instant), ("X-Sandbox-Replay", tenant.replay(instant))]


def snapshot_response(body: bytes, tenant: Tenant, at: float, headers: Headers = ()) -> Response:
    """
    Return a response about an instant of a center.

    Args:
        body: JSON.
        tenant: Account of the center.
        at: Instant in epoch seconds.
        headers: Headers of the API.
    """
    return Response(body, headers=[*headers, *snapshot_headers(tenant, format_instant(at))])


def conditional_response(body: bytes, tenant: Tenant, at: float, headers: Headers = ()) -> Response:
    """
    Return a response about an instant of a center, 304 when the client has it already.

    Args:
        body, tenant, at, headers: As for `snapshot_response`.

    Raises:
        PreconditionFailed: If-Match names other responses only.
    """
    tag = etag(body)
    tagged = [*headers, ("ETag", tag), ("Cache-Control", "no-cache")]
    if not unchanged(request.environ, tag):
        return snapshot_response(body, tenant, at, tagged)
    response = snapshot_response(b"", tenant, at, tagged)
    response.status_code = 304
    response.headers.pop("Content-Type", None)
    return response
