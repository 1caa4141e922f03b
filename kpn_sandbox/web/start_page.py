"""Content of the start page: the pages, the documents, and one line for the shell to try the sandbox with."""

from collections.abc import Sequence
from shlex import quote
from typing import Any

from kpn_sandbox import __version__
from kpn_sandbox.literals import KPN_TOKEN_REQUEST

PAGES = (
    ("/wallboard", "Wallboard", "The center live, for a desk, a hall and a phone."),
    ("/history", "History", "Calls per day, by hour and by length, as in Kaisa."),
    ("/compare", "Compare", "Two instants, scenarios or accounts side by side: what differs."),
    ("/panel", "ITX panel", "What ITX would show of a customer."),
    ("/docs", "Swagger UI", "Every API with Authorize and Try it out."),
    ("/requests", "Requests", "The request log live: why each answer was what it was, replay, copy as code."),
    ("/console", "Console", "Change scenario, clock, profile, pins, faults and quota."),
    ("/manual", "Manual", "How to use it: time, faults, tests, the APIs, settings."),
)
"""Path, name and purpose of each page."""


def curl_line(client_id: str, client_secret: str, url: str) -> str:
    """
    Return a line for a POSIX shell that fetches a token and, with it, all agents.

    Args:
        client_id: Client id of the account.
        client_secret: Its secret.
        url: Base URL of the sandbox.
    """
    token = f"curl -s -X POST -u {quote(f'{client_id}:{client_secret}')} {quote(url + KPN_TOKEN_REQUEST)}"
    only_token = r"""sed -n 's/.*"access_token" : "\([^"]*\)".*/\1/p'"""
    return f'curl -s -H "Authorization: Bearer $({token} | {only_token})" {quote(url + "/agents")}'


def start_document(
    url: str, documents: Sequence[str], files: Sequence[str], demo: tuple[str, str] | None
) -> dict[str, Any]:
    """
    Return the start page as JSON.

    Args:
        url: Base URL of the sandbox as the visitor sees it.
        documents: APIs that have an OpenAPI document, as URLs spell them.
        files: Names of the Postman files.
        demo: Client id and secret of the demo account; None when the visitor may not know them.
    """
    client_id, secret = demo or ("CLIENT_ID", "CLIENT_SECRET")
    return {
        "name": "kpn_sandbox",
        "version": __version__,
        "base_url": url,
        "pages": {path.strip("/"): url + path for path, _, _ in PAGES},
        "openapi": {name: f"{url}/openapi/{name}.json" for name in documents},
        "postman": [f"{url}/postman/{name}" for name in files],
        "health": f"{url}/_sandbox/health",
        "demo_account": {"client_id": client_id, "client_secret": secret} if demo else None,
        "curl": curl_line(client_id, secret, url),
    }
