"""
The fixed token in the URL.

Source:
    apidoc.itxuc.com, "Custom KPI API": the URL "might contain other fixed parameters (e.g. authentication tokens)". The
    name of the parameter is the sandbox's.
"""

from flask import request

from kpn_sandbox.auth.errors import UnknownToken
from kpn_sandbox.auth.url_tokens import UrlTokenAuth
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.itx.errors import Refusal

PARAMETER = "token"


class ItxAuth:
    """
    Lets callers in.

    Args:
        tokens: Know whose a token is.
    """

    def __init__(self, tokens: UrlTokenAuth) -> None:
        self._tokens = tokens

    def tenant(self) -> Tenant:
        """
        Who sends the current request.

        Raises:
            Refusal: No token, or nobody's.
        """
        tenant = self.owner()
        if tenant is None:
            raise Refusal(401, "Missing or unknown token")
        return tenant

    def owner(self) -> Tenant | None:
        """The same, None when nobody can tell."""
        given = request.args.getlist(PARAMETER)
        if len(given) != 1:
            return None
        try:
            return self._tokens.authenticate(given[0])
        except UnknownToken:
            return None
