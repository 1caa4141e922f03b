"""
HTTP Digest with an account's client id and secret, and a widgets endpoint that may be open for browsers.

Source:
    support.kaisa.io, "Getting started" (201298061): HTTP Digest. The widgets endpoint may be open because the widgets
    library sends no credentials: Kaisa expects every site to have a proxy that adds them.
"""

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
            MalformedDigest: Credentials are for another request.
        """
        authorization = request.environ.get("HTTP_AUTHORIZATION")
        if authorization is None and operation is WIDGETS and self._open_to is not None:
            return self._sandbox.tenant(self._open_to)
        path, query = raw_path(request.environ), request.environ.get("QUERY_STRING", "")
        target = f"{path}?{query}" if query else path
        return self._digest.authenticate(authorization, request.method, target)

    def challenge(self) -> str:
        """Return the challenge for a client whose credentials are missing or wrong."""
        return self._digest.challenge()
