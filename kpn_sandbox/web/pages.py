"""A page: a template with the headers that keep it safe."""

from typing import Any

from flask import Response, render_template

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
