"""Authentication by a fixed token in the URL, which follows from the account's secret and changes with it."""

from collections.abc import Callable

from sqlalchemy import bindparam, select

from kpn_sandbox.auth.errors import UnknownToken
from kpn_sandbox.storage.tables import credentials
from kpn_sandbox.tenants.accounts import CredentialKind
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import text_digest
from kpn_sandbox.tenants.tenant import Tenant

_OWNER = select(credentials.c.client_id).where(
    credentials.c.kind == bindparam("kind"), credentials.c.digest == bindparam("digest")
)


def url_token_credential(name: str, token: Callable[[str, str], str]) -> CredentialKind:
    """
    Return the kind of credential that stores URL tokens.

    Args:
        name, token: Name of the kind, and what returns the token of a client id and its secret.
    """
    return CredentialKind(name, lambda client_id, secret: text_digest(token(client_id, secret)))


class UrlTokenAuth:
    """
    Authenticates requests by the fixed token in their URL.

    Args:
        sandbox, kind: Accounts, and the kind of credential that stores their tokens.
    """

    def __init__(self, sandbox: Sandbox, kind: CredentialKind) -> None:
        self._sandbox = sandbox
        self._kind = kind.name

    def authenticate(self, token: str) -> Tenant:
        """
        Return the tenant of a token.

        Raises:
            UnknownToken: The token belongs to no account.
        """
        row = self._sandbox.database.fetch_one(_OWNER, kind=self._kind, digest=text_digest(token))
        tenant = None if row is None else self._sandbox.find_tenant(row[0])
        if tenant is None:
            raise UnknownToken()
        return tenant
