"""
Access tokens: issued, found, pruned and revoked, and the authentication of requests that present one.

Only digests of tokens are stored. A token is looked up in two steps, so that a request costs one small query: whose it
is never changes and is cached for good, its state is cached with the tenant and dropped when the account changes.
"""

from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

from authlib.oauth2 import ResourceProtector
from authlib.oauth2.rfc6750 import BearerTokenValidator
from sqlalchemy import bindparam, delete, insert, select, update

from kpn_sandbox.auth.errors import ExpiredToken, RevokedToken, UnknownToken
from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import tokens
from kpn_sandbox.tenants.accounts import Account
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import text_digest
from kpn_sandbox.tenants.tenant import CacheSlot, Tenant
from kpn_sandbox.tenants.transactions import account_transaction

TOKENS_PER_ACCOUNT = 10_000
"""Stored tokens of one account and purpose; when there are more, the oldest become unknown."""

# Share of the new tokens that delete those beyond the limit. They are drawn, so that every account has its turn without
# a count; the generator is this module's own, because programs may seed that of the process.
_PRUNING = 0.01
_RANDOM = Random()
_OWNERS = 100_000
_HEADERS = 10_000
_ROW = tokens.c
_FIND = select(_ROW.client_id, _ROW.kind, _ROW.user, _ROW.issued_at, _ROW.wall_at, _ROW.revoked).where(
    _ROW.digest == bindparam("digest")
)
_SAVE = (
    insert(tokens)
    .values({name: bindparam(name) for name in ("digest", "client_id", "kind", "issued_at", "wall_at")})
    .values(user="", nonce="", revoked=0)
)
_OF_KIND = (_ROW.client_id == bindparam("of_client"), _ROW.kind == bindparam("of_kind"), _ROW.user == "")
_OLDEST = select(_ROW.serial).where(*_OF_KIND).order_by(_ROW.serial.desc()).offset(bindparam("limit")).limit(1)
_PRUNE = delete(tokens).where(*_OF_KIND, _ROW.serial <= bindparam("last"))


class TokenKind(NamedTuple):
    """A kind of access token or session, with its lifetime by the time that the account's clock names."""

    name: str
    life_seconds: float


@dataclass(frozen=True)
class AccessToken:
    """
    An access token, or a session of a user, that was issued.

    Args:
        tenant: The tenant that it was issued to.
        kind: Its kind.
        user: Name of the user of a session; empty for a token of the account itself.
        issued_at: The account's instant when it was issued, in epoch seconds.
        wall_at: Wall time when it was issued, in epoch seconds.
        revoked: Whether it was revoked or ended since.
    """

    tenant: Tenant
    kind: TokenKind
    user: str
    issued_at: float
    wall_at: float
    revoked: bool

    def expired(self) -> bool:
        """Return whether its lifetime is over now; a clock that is put back makes it valid again."""
        return token_age(self.tenant, self.issued_at, self.wall_at) >= self.kind.life_seconds


def token_age(tenant: Tenant, issued_at: float, wall_at: float) -> float:
    """
    Return the seconds since a token was issued, by the time that the account's clock names now.

    So a switch between the two times counts for tokens that were issued before it, too.

    Args:
        tenant, issued_at, wall_at: The account, and its instant and wall time at the issue, in epoch seconds.
    """
    return tenant.wall_clock() - wall_at if tenant.clock.tokens == "wall" else tenant.now() - issued_at


class TokenStore:
    """
    Finds what was issued in some kinds; safe to share between threads.

    Args:
        sandbox, kinds: Accounts, and the kinds of their tokens; a token of another kind is unknown here.
    """

    def __init__(self, sandbox: Sandbox, *kinds: TokenKind) -> None:
        self._sandbox = sandbox
        self._database = sandbox.database
        self._kinds = {kind.name: kind for kind in kinds}
        self._owners: BoundedCache[str] = BoundedCache(_OWNERS)
        self._read_tokens = CacheSlot[AccessToken]()

    def find(self, text: str) -> AccessToken | None:
        """Return a token in its present state, None when it was never issued or was pruned."""
        owner = self._owners.get(text) or self._owner(text)
        tenant = None if owner is None else self._sandbox.find_tenant(owner)
        if tenant is None:
            return None
        return tenant.cache(self._read_tokens).get(text) or self._read(text, tenant)

    def _owner(self, text: str) -> str | None:
        row = self._row(text)
        if row is None:
            return None
        self._owners.put(text, row[0])
        return str(row[0])

    def _read(self, text: str, tenant: Tenant) -> AccessToken | None:
        row = self._row(text)
        if row is None or row[0] != tenant.account.client_id:
            return None
        token = AccessToken(tenant, self._kinds[row[1]], row[2], row[3], row[4], bool(row[5]))
        tenant.cache(self._read_tokens).put(text, token)
        return token

    def _row(self, text: str) -> tuple[Any, ...] | None:
        row = self._database.fetch_one(_FIND, digest=text_digest(text))
        return row if row is not None and row[1] in self._kinds else None


class Tokens(TokenStore):
    """
    The access tokens of one purpose.

    Args:
        sandbox, life_seconds: Accounts, and the lifetime of their tokens by the time that the account's clock names.
        purpose: Name of what they give access to, up to 32 characters; a token gives access to nothing else.
    """

    def __init__(self, sandbox: Sandbox, *, purpose: str, life_seconds: int) -> None:
        super().__init__(sandbox, TokenKind(purpose, life_seconds))
        self.life_seconds = life_seconds
        self._purpose = purpose

    def save(self, text: str, account: Account) -> float:
        """
        Store a token that is issued to an account and return the instant from which its lifetime counts.

        It is one of the account, or of wall time where tokens follow that.

        Args:
            text, account: The token, and the account.

        Raises:
            UnknownAccount: The account was deleted.
        """
        client_id = account.client_id
        tenant = self._sandbox.tenant(client_id)
        times = {"issued_at": tenant.now(), "wall_at": tenant.wall_clock()}
        self._database.fetch_one(_SAVE, digest=text_digest(text), client_id=client_id, kind=self._purpose, **times)
        if _RANDOM.random() < _PRUNING:
            of_kind = {"of_client": client_id, "of_kind": self._purpose}
            oldest = self._database.fetch_one(_OLDEST, **of_kind, limit=TOKENS_PER_ACCOUNT)
            if oldest is not None:
                self._database.fetch_one(_PRUNE, **of_kind, last=oldest[0])
        return times["wall_at" if tenant.clock.tokens == "wall" else "issued_at"]


def revoke_tokens(database: Database, client_id: str, text: str | None = None) -> int:
    """
    Revoke access tokens of an account, whatever their purpose, and end its sessions, for every worker at once.

    Args:
        database, client_id: The database, and the account.
        text: The only token or session to revoke; None revokes all.

    Returns:
        How many, without those that were revoked or ended before; expired ones count.

    Raises:
        UnknownAccount: There is no such account.
        UnknownToken: The account has no such token or session.
    """
    these = [_ROW.client_id == client_id, *([] if text is None else [_ROW.digest == text_digest(text)])]
    # The transaction raises the account's version, and with the old version go the tokens that are cached with it.
    with account_transaction(database, client_id) as connection:
        if text is not None and connection.execute(select(_ROW.serial).where(*these)).first() is None:
            raise UnknownToken()
        return connection.execute(update(tokens).where(*these, _ROW.revoked == 0).values(revoked=1)).rowcount


class BearerAuth:
    """
    Authenticates requests by an access token in the Authorization header.

    Args:
        tokens: The tokens that are accepted.
        alias: Another name of the scheme that is accepted beside `Bearer`, empty for none.
    """

    def __init__(self, tokens: Tokens, alias: str = "") -> None:
        self._alias = f"{alias} ".lower() if alias else None
        self._validator = _Validator(tokens)
        self._protector = ResourceProtector()
        self._protector.register_token_validator(self._validator)
        # Headers with a valid token by now, and what Authlib has read in them; they come again and again.
        self._texts: BoundedCache[str] = BoundedCache(_HEADERS)

    def authenticate(self, authorization: str | None) -> Tenant:
        """
        Return the tenant whose access token a request presents.

        Args:
            authorization: The request's Authorization header, None when it has none.

        Raises:
            MissingAuthorizationError, UnsupportedTokenTypeError: There is no access token in the header.
            UnknownToken, ExpiredToken, RevokedToken: The access token is not valid.
        """
        known = self._texts.get(authorization)
        text = self._read(authorization) if known is None else known
        tenant = self._validator.valid_token(text).tenant
        if known is None:
            self._texts.put(authorization, text)
        return tenant

    def _read(self, authorization: str | None) -> str:
        """Return the text of the access token in an Authorization header."""
        if self._alias and authorization and authorization.lower().startswith(self._alias):
            authorization = f"Bearer {authorization[len(self._alias) :]}"
        text: str
        _, text = self._protector.parse_request_authorization(_Bearer(authorization))
        return text


class _Bearer:
    """As much of a request as Authlib's protector reads."""

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

    def valid_token(self, text: str) -> AccessToken:
        token = self.authenticate_token(text)
        self.validate_token(token, None, None)
        assert token is not None, "it was validated"
        return token
