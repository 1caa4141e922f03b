"""
Headers that KPN's gateway adds to every response, and headers that show a quota.

Source:
    developer.kpn.com, "Response headers" (about 2020), for api-version, sunset and HSTS; it names the CORS headers
    without their values, which are those of Apigee's stock CORS policy, widened so that a browser may send a token.
"""

from datetime import UTC, datetime

from kpn_sandbox.gateway.cors import CorsPolicy, exposed
from kpn_sandbox.gateway.responses import JSON
from kpn_sandbox.tenants.quota import QuotaState

_QUOTA = ("quota-interval", "quota-limit", "quota-reset-UTC", "quota-time-unit", "quota-used")

CORS = CorsPolicy(
    exposed_headers=exposed("ETag", "WWW-Authenticate", "api-version", "sunset", *_QUOTA),
    allowed_headers="origin, x-requested-with, accept, authorization, content-type, if-match, if-none-match, prefer, "
    "x-mock-response-code, x-mock-response-delay, x-request-id, api-version",
)

HEADERS = (
    JSON,
    *CORS.headers(),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    ("api-version", "1.0"),
    ("sunset", "n/a"),
)
"""Headers of every response."""


def quota_headers(count: QuotaState) -> list[tuple[str, str]]:
    """
    Return the headers that show the state of a quota.

    Source:
        developer.kpn.com, "Response headers" (about 2020), for the names; the form of the instant is assumed. The
        gateway sends no Retry-After unless the account's quota asks for it.
    """
    resets_at = datetime.fromtimestamp(count.resets_at, UTC)
    headers = [
        ("quota-limit", str(count.limit)),
        ("quota-interval", str(count.interval)),
        ("quota-time-unit", count.unit),
        ("quota-used", str(count.used)),
        ("quota-reset-UTC", resets_at.strftime("%Y-%m-%dT%H:%M:%SZ")),
    ]
    return headers if count.retry_after is None else [*headers, ("Retry-After", str(count.retry_after))]
