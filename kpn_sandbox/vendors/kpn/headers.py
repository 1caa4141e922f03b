"""
The headers of every answer.

Source:
    developer.kpn.com, "Response headers" (about 2020) for api-version, sunset and HSTS, which names the CORS headers
    without giving values; those are after Apigee's stock CORS policy, widened so that a browser may send a token.
"""

from datetime import datetime, timezone

from kpn_sandbox.tenants.quota import QuotaState

JSON = ("Content-Type", "application/json")

HEADERS = [
    JSON,
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "ETag, Location, Preference-Applied, Retry-After, WWW-Authenticate, X-Request-Id, X-Sandbox-Replay, "
        "X-Sandbox-Time, api-version, quota-interval, quota-limit, quota-reset-UTC, quota-time-unit, quota-used, "
        "sunset",
    ),
    ("Strict-Transport-Security", "max-age=31536000; includeSubDomains; preload"),
    ("api-version", "1.0"),
    ("sunset", "n/a"),
]

PREFLIGHT = [
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Allow-Headers",
        "origin, x-requested-with, accept, authorization, content-type, if-match, if-none-match, prefer, "
        "x-mock-response-code, x-mock-response-delay, x-request-id, api-version",
    ),
    ("Access-Control-Max-Age", "3628800"),
]


def quota_headers(count: QuotaState) -> list[tuple[str, str]]:
    """
    How a quota stands.

    Source:
        developer.kpn.com, "Response headers" (about 2020), for the names; the form of the instant is assumed.
        Retry-After is not sent by the gateway unless an account wishes it.
    """
    resets_at = datetime.fromtimestamp(count.resets_at, timezone.utc)
    told = [
        ("quota-limit", str(count.limit)),
        ("quota-interval", str(count.interval)),
        ("quota-time-unit", count.unit),
        ("quota-used", str(count.used)),
        ("quota-reset-UTC", resets_at.strftime("%Y-%m-%dT%H:%M:%SZ")),
    ]
    return told if count.retry_after is None else [*told, ("Retry-After", str(count.retry_after))]
