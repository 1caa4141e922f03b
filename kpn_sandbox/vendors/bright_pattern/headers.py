"""
The headers of every answer.

Source:
    github.com/sergey-lozhkin/statsapi-samples has the headers of recorded answers. The allowed origin is the caller's
    own, because a browser sends no cookies where any origin is allowed.
"""

from email.utils import formatdate

from kpn_sandbox.tenants.quota import QuotaState

JSON = ("Content-Type", "application/json")
_PAST = "Sat, 26 Jul 1997 05:00:00 GMT"
_EXPOSED = (
    "Allow, Location, Preference-Applied, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
    "X-Request-Id, X-Sandbox-Replay, X-Sandbox-Time"
)
CORS = (
    ("Access-Control-Allow-Methods", "GET, POST, DELETE, PUT"),
    ("Access-Control-Allow-Credentials", "true"),
    ("Vary", "Origin"),
)
_RECORDED = ("Access-Control-Allow-Headers", "Accept, Origin, Content-type, Authorization")
_PREFLIGHT = (
    "Access-Control-Allow-Headers",
    f"{_RECORDED[1]}, Prefer, X-BP-SESSION-ID, X-Requested-With, X-Request-Id, X-Mock-Response-Code, "
    "X-Mock-Response-Delay",
)

Headers = list[tuple[str, str]]


def cors_headers(origin: str | None) -> Headers:
    """What lets a browser that is logged in read an answer."""
    allowed = ("Access-Control-Allow-Origin", origin or "*")
    return [allowed, ("Access-Control-Expose-Headers", _EXPOSED), _RECORDED, *CORS]


def preflight_headers(origin: str | None) -> Headers:
    """What lets a browser ask."""
    allowed = ("Access-Control-Allow-Origin", origin or "*")
    return [allowed, _PREFLIGHT, *CORS, ("Access-Control-Max-Age", "3600")]


def fresh_headers(at: float) -> Headers:
    """What tells that an answer is of an instant and must be asked for again."""
    return [
        ("Last-Modified", formatdate(at, usegmt=True)),
        ("Expires", _PAST),
        ("Cache-Control", "no-store, no-cache, max-age=0, must-revalidate"),
    ]


def quota_headers(count: QuotaState) -> Headers:
    """How a quota stands; the vendor tells nothing of it, so the names are those that most others use."""
    told = [
        ("X-RateLimit-Limit", str(count.limit)),
        ("X-RateLimit-Remaining", str(count.limit - count.used)),
        ("X-RateLimit-Reset", str(count.resets_at)),
    ]
    return told if count.retry_after is None else [*told, ("Retry-After", str(count.retry_after))]
