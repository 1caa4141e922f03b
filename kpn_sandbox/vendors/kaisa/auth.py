"""
HTTP Digest with an account's client id and secret, and a widgets endpoint that may be open for browsers.

Source:
    support.kaisa.io, "Getting started" (201298061): HTTP Digest. That the widgets endpoint may be open is for the
    widgets library, which sends no credentials because Kaisa tells sites to put a proxy of their own in front.
"""

from typing import Any

from flask import request

from kpn_sandbox.auth.digest import DigestAuth, digest_credential
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.gateway.request_info import raw_path
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kaisa.operations import WIDGETS

REALM = "Kaisa"
CREDENTIAL = digest_credential("kaisa", REALM)
"""Stored digest of each account's id and secret, for HTTP Digest."""


class KaisaAuth:
    """
    Authenticates the requests of Kaisa's API.

    Args:
        sandbox: Accounts.
        open_to: Client id of the account whose widgets need no credentials; None for no account.
    """

    def __init__(self, sandbox: Sandbox, open_to: str | None = None) -> None:
        self._sandbox = sandbox
        self._digest = DigestAuth(sandbox, CREDENTIAL, REALM)
        self._open_to = open_to

    def authenticate(self, operation: Operation) -> Tenant:
        """
        Return the account of the current request.

        Args:
            operation: Operation of the request.

        Raises:
            DigestRefused: Credentials are missing, wrong or stale.
            MalformedDigest: Credentials were made for another request.
        """
        authorization = request.environ.get("HTTP_AUTHORIZATION")
        if authorization is None and operation is WIDGETS and self._open_to is not None:
            return self._sandbox.tenant(self._open_to)
        return self._digest.authenticate(authorization, request.method, target(request.environ))

    def challenge(self) -> str:
        """Return the challenge for a client without good credentials."""
        return self._digest.challenge()


def target(environ: dict[str, Any]) -> str:
    """Return path and query as they were sent."""
    query = environ.get("QUERY_STRING", "")
    return f"{raw_path(environ)}?{query}" if query else raw_path(environ)
