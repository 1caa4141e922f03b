"""
HTTP Digest in Kaisa's dress: the account's client id and secret, and a door that may stand open for browsers.

Source:
    support.kaisa.io, "Getting started" (201298061): HTTP Digest. That the widgets endpoint may be open is for the
    widgets library, which sends no credentials because Kaisa tells sites to put a proxy of their own in front.
"""

from typing import Any

from flask import request

from kpn_sandbox.auth.digest import DigestAuth
from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.gateway.request_info import raw_path
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kaisa.operations import WIDGETS


class KaisaAuth:
    """
    Lets callers in.

    Args:
        sandbox: Knows the accounts.
        open_to: The client id whose figures anybody may read; None for nobody's.
    """

    def __init__(self, sandbox: Sandbox, open_to: str | None = None) -> None:
        self._sandbox = sandbox
        self._digest = DigestAuth(sandbox)
        self._open_to = open_to

    def tenant(self, operation: Operation) -> Tenant:
        """
        Who sends the current request.

        Args:
            operation: What is asked for.

        Raises:
            DigestRefused, MalformedDigest: No good credentials.
        """
        authorization = request.environ.get("HTTP_AUTHORIZATION")
        if authorization is None and operation is WIDGETS and self._open_to is not None:
            return self._sandbox.tenant(self._open_to)
        return self._digest.authenticate(authorization, request.method, target(request.environ))

    def challenge(self) -> str:
        """What a caller is told who shows no good credentials."""
        return self._digest.challenge()


def target(environ: dict[str, Any]) -> str:
    """Path and query as they came."""
    query = environ.get("QUERY_STRING", "")
    return f"{raw_path(environ)}?{query}" if query else raw_path(environ)
