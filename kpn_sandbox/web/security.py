"""Headers that keep the pages safe, and the check whether a visitor is at this machine."""

import re
from typing import Any

from flask import Request, Response, render_template

from kpn_sandbox.gateway.hosts import is_loopback, parse_host

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

_FORWARDING = re.compile(
    r"HTTP_(X_FORWARDED.*|FORWARDED.*|X_ORIGINAL_.*|X_ORIGINATING_.*|X_PROXY.*|X_ENVOY_.*|X_AMZN_.*|X_AZURE_.*|X_ARR_.*"
    r"|X_REMOTE_.*|CF_.*|CDN_.*|FASTLY_.*|FLY_.*|TAILSCALE_.*|VIA|.*CLIENT_IP|.*REAL_IP|.*CONNECTING_IP|.*REMOTE_ADDR"
    r"|REMOTE_USER|PROXY_.*)"
)
"""Environment keys of headers that proxies, content delivery networks and tunnels add."""


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
    Whether a request certainly comes from this machine.

    Requests that a proxy passes on do not count: the proxy is here, its clients are elsewhere. HTTP/1.0 requests and
    requests with a foreign Origin are refused because proxies that add no header of their own (such as an nginx with
    its default upstream protocol) produce them. Requests for another host name do not count, either: a name in
    somebody's DNS that resolves to 127.0.0.1 would let that site's pages read ours (DNS rebinding). A tunnel that
    passes bytes on, such as `ssh -R`, looks like a program at this machine.
    """
    environ = request.environ
    if environ.get("SERVER_PROTOCOL") == "HTTP/1.0" or any(map(_FORWARDING.fullmatch, environ)):
        return False
    origin = environ.get("HTTP_ORIGIN")
    if origin is not None and not _is_loopback_host(origin.partition("://")[2]):
        return False
    return is_loopback(request.remote_addr or "") and _is_loopback_host(environ.get("HTTP_HOST", ""))


def _is_loopback_host(text: str) -> bool:
    host = parse_host(text)
    return host is not None and is_loopback(host.address)
