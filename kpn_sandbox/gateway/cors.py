"""
CORS: the headers by which browsers let pages of other origins read a response.

Source:
    fetch.spec.whatwg.org, section 3.2.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from flask import Response, request

Headers = list[tuple[str, str]]

_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
_ALLOW_ORIGIN = "Access-Control-Allow-Origin"
_EXPOSED = (
    "Location",
    "Preference-Applied",
    "Retry-After",
    "X-Request-Id",
    "X-Sandbox-Hint",
    "X-Sandbox-Replay",
    "X-Sandbox-Time",
)
_RATE_LIMIT = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
_ALLOWED = (
    "origin, accept, authorization, content-type, if-match, if-none-match, prefer, x-mock-response-code, "
    "x-mock-response-delay, x-request-id"
)


def exposed(*names: str) -> str:
    """Return the list of response headers that a page may read: the sandbox's and these of an API, in ASCII order."""
    return ", ".join(sorted({*_EXPOSED, *names}))


@dataclass(frozen=True)
class CorsPolicy:
    """
    Headers by which an API lets pages of other origins read its responses.

    Args:
        exposed_headers: Response headers that a page may read.
        allowed_headers: Request headers that a page may send, beside those that it asks for.
        max_age_seconds: How long a browser may keep the response to a preflight.
        allowed_methods: Methods that a preflight grants; those of the path when empty.
        credentials: Whether browsers send cookies. Then the allowed origin is that of the page, because a browser sends
            no cookies where any origin is allowed.
        extra: Further headers of every response.
    """

    exposed_headers: str = exposed("ETag", "WWW-Authenticate", *_RATE_LIMIT)
    allowed_headers: str = _ALLOWED
    max_age_seconds: int = 3_628_800
    allowed_methods: str = ""
    credentials: bool = False
    extra: tuple[tuple[str, str], ...] = ()

    def headers(self, origin: str | None = None) -> Headers:
        """Return the headers of a response to a page of that origin."""
        exposed = ("Access-Control-Expose-Headers", self.exposed_headers)
        return [self._origin(origin), exposed, *self.extra, *self._credentials()]

    def preflight(self, methods: Iterable[str]) -> Callable[..., Response]:
        """Return the view for OPTIONS on a path with these methods."""
        allowed = ", ".join(sorted({*methods, "OPTIONS"}))
        fixed = [
            ("Access-Control-Allow-Methods", self.allowed_methods or allowed),
            ("Access-Control-Max-Age", str(self.max_age_seconds)),
            ("Allow", allowed),
            *self._credentials(),
        ]

        def view(**variables: str) -> Response:
            names = self._granted(request.environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", ""))
            granted = [("Access-Control-Allow-Headers", names), ("Vary", "Access-Control-Request-Headers")]
            return Response(headers=[self._origin(request.environ.get("HTTP_ORIGIN")), *fixed, *granted])

        return view

    def _granted(self, asked: str) -> str:
        """Return the request headers that a page may send: those that are always allowed, and those it asks for."""
        always = {name.strip().lower() for name in self.allowed_headers.split(",")}
        names = dict.fromkeys(name.strip() for name in asked.split(","))
        more = [name for name in names if _NAME.fullmatch(name) and name.lower() not in always]
        return ", ".join([self.allowed_headers, *more])

    def _origin(self, origin: str | None) -> tuple[str, str]:
        return (_ALLOW_ORIGIN, origin if self.credentials and origin else "*")

    def _credentials(self) -> Headers:
        return [("Access-Control-Allow-Credentials", "true"), ("Vary", "Origin")] if self.credentials else []


ANY_ORIGIN = CorsPolicy()
"""Any page may read the responses, without cookies."""
CORS_HEADERS = ANY_ORIGIN.headers()
"""Headers of a response that any page may read."""
