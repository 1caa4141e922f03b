"""
The headers of every answer.

Source:
    developer.kpn.com, "Response headers" (about 2020) for api-version, sunset and HSTS, which names the CORS headers
    without giving values; those are after Apigee's stock CORS policy, widened so that a browser may send a token.
"""

JSON = ("Content-Type", "application/json")

HEADERS = [
    JSON,
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "ETag, Location, Preference-Applied, WWW-Authenticate, X-Request-Id, X-Sandbox-Replay, X-Sandbox-Time, "
        "api-version, sunset",
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
