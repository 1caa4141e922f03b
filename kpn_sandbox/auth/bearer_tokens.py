"""
Access tokens: given out, found again, taken back.

Whose access token is this? Authlib's resource protector over our tokens.
"""

from dataclasses import dataclass
from typing import Any

from authlib.oauth2 import ResourceProtector
from authlib.oauth2.rfc6750 import BearerTokenValidator
from sqlalchemy import bindparam, delete, insert, select, update

from kpn_sandbox.auth.errors import ExpiredToken, RevokedToken, UnknownToken
from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.storage.tables import tokens
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import text_digest
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.tenants.transactions import account_transaction

LIFE_SECONDS = 3599
"""
How long a token is good, by its account's clock.

Source:
    KPN's page prints "expires_in": "3599".
"""

KEPT = 10_000
"""Tokens remembered of one account; older ones become unknown."""

_PRUNE_EVERY = 100
_OWNERS = 100_000
_NOTED = 1000
_ROW = tokens.c
_FIND = select(_ROW.client_id, _ROW.issued_at, _ROW.revoked).where(_ROW.digest == bindparam("digest"))
_SAVE = (
    insert(tokens)
    .values({name: bindparam(name) for name in ("digest", "client_id", "issued_at")} | {"revoked": 0})
    .returning(_ROW.serial)
)
_OLD = select(_ROW.serial).where(_ROW.client_id == bindparam("client_id")).order_by(_ROW.serial.desc())
_OLDEST = _OLD.offset(bindparam("kept")).limit(1)
_PRUNE = delete(tokens).where(_ROW.client_id == bindparam("of_client"), _ROW.serial <= bindparam("last"))


@dataclass(frozen=True)
class AccessToken:
    """One token that was given out."""

    tenant: Tenant
    issued_at: float
    revoked: bool
    life_seconds: int = LIFE_SECONDS

    def expired(self) -> bool:
        """Whether its time is over; a clock put back gives it new life."""
        return self.tenant.now() - self.issued_at >= self.life_seconds


class Tokens:
    """
    The access tokens of a sandbox.

    Args:
        sandbox: Knows the accounts.
        purpose: What they open; a token opens nothing else.
        life_seconds: How long they are good, by their accounts' clocks.
    """

    def __init__(self, sandbox: Sandbox, *, purpose: str = "", life_seconds: int = LIFE_SECONDS) -> None:
        self.life_seconds = life_seconds
        self._purpose = purpose
        self._sandbox = sandbox
        self._database = sandbox.database
        self._owners: BoundedCache[str] = BoundedCache(_OWNERS)

    def save(self, text: str, account: Account) -> float:
        """
        Remember a token that is given to an account.

        Returns:
            The account's instant, from which its life counts.

        Raises:
            UnknownAccount: The account is gone.
        """
        issued_at = self._sandbox.tenant(account.client_id).now()
        values = {"digest": self._digest(text), "client_id": account.client_id, "issued_at": issued_at}
        saved = self._database.fetch_one(_SAVE, **values)
        if saved is not None and saved[0] % _PRUNE_EVERY == 0:
            self._prune(account.client_id)
        return issued_at

    def find(self, text: str) -> AccessToken | None:
        """The token of that text, None when it was never given out."""
        owner = self._owners.find(text) or self._owner(text)
        if owner is None:
            return None
        try:
            tenant = self._sandbox.tenant(owner)
        except UnknownAccount:
            return None
        token = tenant.cache.get(text)
        if isinstance(token, AccessToken):
            return token
        return self._read(text, tenant)

    def revoke(self, text: str) -> None:
        """Take a token back; nothing happens when there is none."""
        digest = self._digest(text)
        row = self._database.fetch_one(_FIND, digest=digest)
        if row is not None:
            with account_transaction(self._database, row[0]) as connection:
                connection.execute(update(tokens).where(_ROW.digest == digest).values(revoked=1))

    def _digest(self, text: str) -> str:
        return text_digest(f"{self._purpose} {text}" if self._purpose else text)

    def _owner(self, text: str) -> str | None:
        row = self._database.fetch_one(_FIND, digest=self._digest(text))
        if row is None:
            return None
        self._owners.put(text, row[0])
        return str(row[0])

    def _read(self, text: str, tenant: Tenant) -> AccessToken | None:
        """The token as it is now: the tenant, which was read before, may keep it until anybody changes the account."""
        row = self._database.fetch_one(_FIND, digest=self._digest(text))
        if row is None or row[0] != tenant.account.client_id:
            return None
        token = AccessToken(tenant, row[1], bool(row[2]), self.life_seconds)
        if len(tenant.cache) >= _NOTED:
            tenant.cache.clear()
        tenant.cache[text] = token
        return token

    def _prune(self, client_id: str) -> None:
        oldest = self._database.fetch_one(_OLDEST, client_id=client_id, kept=KEPT)
        if oldest is not None:
            self._database.fetch_one(_PRUNE, of_client=client_id, last=oldest[0])


class BearerAuth:
    """
    Authenticates requests by an access token in the Authorization header.

    Args:
        tokens: The tokens that are accepted.
    """

    def __init__(self, tokens: Tokens) -> None:
        self._protector = ResourceProtector()
        self._protector.register_token_validator(_Validator(tokens))

    def authenticate(self, authorization: str | None) -> Tenant:
        """
        Return the tenant whose access token the request presents.

        Args:
            authorization: The request's Authorization header, None when it has none.

        Raises:
            MissingAuthorizationError, UnsupportedTokenTypeError: No access token in it.
            UnknownToken, ExpiredToken, RevokedToken: One that is not good.
        """
        token: AccessToken = self._protector.validate_request(None, _Bearer(authorization))
        return token.tenant


class _Bearer:
    """As much of a request as the protector looks at."""

    __slots__ = ("headers",)

    def __init__(self, authorization: str | None) -> None:
        self.headers = {"Authorization": authorization}


class _Validator(BearerTokenValidator):
    """Checks the state of a token; there are no scopes."""

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens

    def authenticate_token(self, token_string: str) -> AccessToken | None:
        return self._tokens.find(token_string)

    def validate_token(self, token: AccessToken | None, scopes: Any, request: Any) -> None:
        if token is None:
            raise UnknownToken()
        if token.revoked:
            raise RevokedToken(token.tenant)
        if token.expired():
            raise ExpiredToken(token.tenant)
