"""What browsers need to be told so that a page from elsewhere may read an answer."""

from collections.abc import Callable, Iterable

from flask import Response

OPEN = [
    ("Access-Control-Allow-Origin", "*"),
    (
        "Access-Control-Expose-Headers",
        "ETag, Location, Preference-Applied, Retry-After, WWW-Authenticate, X-RateLimit-Limit, X-RateLimit-Remaining, "
        "X-RateLimit-Reset, X-Request-Id, X-Sandbox-Replay, X-Sandbox-Time",
    ),
]
"""Headers of answers that anybody may read."""

_ASKED = "origin, accept, authorization, content-type, if-match, if-none-match, prefer, x-mock-response-code, "
_ASKED += "x-mock-response-delay, x-request-id"


def preflight(methods: Iterable[str]) -> Callable[..., Response]:
    """A view that tells a browser what it may ask of a path."""
    allowed = ", ".join(sorted({*methods, "OPTIONS"}))
    headers = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", allowed),
        ("Access-Control-Allow-Headers", _ASKED),
        ("Access-Control-Max-Age", "3628800"),
        ("Allow", allowed),
    ]

    def view(**path: str) -> Response:
        return Response(status=200, headers=headers, content_type="application/json")

    return view
