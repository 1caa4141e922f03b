"""Tokens that stand in a URL and never change unless the account's secret does."""

from sqlalchemy import bindparam, select

from kpn_sandbox.auth.errors import UnknownToken
from kpn_sandbox.storage.tables import accounts
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import text_digest
from kpn_sandbox.tenants.tenant import Tenant

_OWNER = select(accounts.c.client_id).where(accounts.c.itx_digest == bindparam("digest"))


class UrlTokenAuth:
    """
    Authenticates requests by the fixed token in their URL.

    Args:
        sandbox: Knows the accounts.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def authenticate(self, token: str) -> Tenant:
        """
        Return the tenant whose token this is.

        Raises:
            UnknownToken: The token belongs to no account.
        """
        row = self._sandbox.database.fetch_one(_OWNER, digest=text_digest(token))
        if row is None:
            raise UnknownToken()
        try:
            return self._sandbox.tenant(row[0])
        except UnknownAccount:
            raise UnknownToken() from None
