"""
Headers of Bright Pattern's responses.

Source:
    github.com/sergey-lozhkin/statsapi-samples has the headers of recorded responses, CORS among them. Browsers send the
    session as a cookie, so the CORS headers allow credentials, and each page by its own origin.
"""

from email.utils import formatdate

from kpn_sandbox.gateway.cors import CorsPolicy

_PAST = "Sat, 26 Jul 1997 05:00:00 GMT"
_METHODS = "GET, POST, DELETE, PUT"
_RECORDED = "Accept, Origin, Content-type, Authorization"

Headers = list[tuple[str, str]]

CORS = CorsPolicy(
    exposed_headers="Allow, Location, Preference-Applied, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset, X-Request-Id, X-Sandbox-Hint, X-Sandbox-Replay, X-Sandbox-Time",
    allowed_headers=f"{_RECORDED}, Prefer, X-BP-SESSION-ID, X-Requested-With, X-Request-Id, X-Mock-Response-Code, "
    "X-Mock-Response-Delay",
    max_age_seconds=3600,
    allowed_methods=_METHODS,
    credentials=True,
    extra=(("Access-Control-Allow-Headers", _RECORDED), ("Access-Control-Allow-Methods", _METHODS)),
)


def fresh_headers(at: float) -> Headers:
    """Return the headers of a response about an instant (epoch seconds), which no cache may keep."""
    return [
        ("Last-Modified", formatdate(at, usegmt=True)),
        ("Expires", _PAST),
        ("Cache-Control", "no-store, no-cache, max-age=0, must-revalidate"),
    ]
