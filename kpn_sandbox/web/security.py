"""Headers that keep the pages safe, and the check whether a visitor is at this machine."""

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
"""Content-Security-Policy: this server's own files only; `data:` is for the pictures in Swagger UI's style sheet."""

HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Headers of every page and file."""

_FORWARDING = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-Ip")


def page(template: str, **values: Any) -> Response:
    """
    Return a page; no cache may keep it, because it may hold the demo account's secret.

    Args:
        template: File name of the template.
        values: Variables of the template.
    """
    headers = {**HEADERS, "Cache-Control": "no-store"}
    return Response(render_template(template, **values), content_type="text/html; charset=utf-8", headers=headers)


def is_local(request: Request) -> bool:
    """
    Whether a request certainly comes from this machine, where the terminal shows the same secrets anyway.

    Requests that a proxy passes on do not count: the proxy is here, its clients are elsewhere. HTTP/1.0 requests and
    requests with a foreign Origin are refused because proxies that add no header of their own (such as an nginx with
    its default upstream protocol) produce them. Requests for another host name do not count, either: a name in
    somebody's DNS that resolves to 127.0.0.1 would let that site's pages read ours (DNS rebinding).
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
