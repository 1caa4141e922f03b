"""
A page: a template with the headers that keep it safe.

Who looks at a page: somebody at this machine may see what the terminal shows anyway, others may not.
"""

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from flask import Request, Response, render_template

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
"""Nothing but this server's own files; data: is for the pictures inside Swagger UI's style sheet."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


def page(template: str, **told: Any) -> Response:
    """
    The page that a template makes.

    Args:
        template: Its file name.
        told: What it tells; it may be a secret, so no page is kept anywhere.
    """
    headers = {**HEADERS, "Cache-Control": "no-store"}
    return Response(render_template(template, **told), content_type="text/html; charset=utf-8", headers=headers)


_FORWARDING = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")


def at_this_machine(request: Request) -> bool:
    """
    Whether a request certainly comes from this machine.

    A proxy here would pass on requests from anywhere, and a name that somebody else's DNS points here would let his
    pages read ours; so neither a forwarded request nor one for another host name counts. A proxy that says nothing of
    itself mostly speaks HTTP/1.0, or passes on where the page came from.
    """
    if any(name in request.headers for name in _FORWARDING) or request.environ.get("SERVER_PROTOCOL") == "HTTP/1.0":
        return False
    origin = request.headers.get("Origin")
    if origin is not None and not _is_loopback(_host_name(origin.partition("://")[2])):
        return False
    return _is_loopback(request.remote_addr or "") and _is_loopback(_host_name(request.host))


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
