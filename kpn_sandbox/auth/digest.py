"""
HTTP Digest: authentication by name and password without sending the password.

A nonce carries the time of its making and a mark that only this sandbox can compute, so any worker can check it; the
counts that were used with a nonce are stored, so a request that was overheard cannot be sent again.

Source:
    RFC 7616 with MD5 and qop=auth, the form that older HTTP clients send. Parsing is Werkzeug's.
"""

import hashlib
import hmac
import re
from functools import cached_property
from secrets import token_hex

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import Authorization, WWWAuthenticate

from kpn_sandbox.auth.errors import InvalidDigest, MalformedDigest
from kpn_sandbox.storage.tables import credentials, digest_uses
from kpn_sandbox.tenants.accounts import CredentialKind
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import get_or_create_secret
from kpn_sandbox.tenants.tenant import Tenant

NONCE_SECONDS = 300
"""Lifetime of a nonce in seconds of wall time: the account, and so its clock, is unknown when the nonce is made."""

_KEY = "digest_key"
_NONCE = re.compile(r"([0-9a-f]{1,12})-([0-9a-f]{16})-([0-9a-f]{32})")
_COUNT = re.compile(r"[0-9a-fA-F]{8}")
_HA1 = select(credentials.c.digest).where(
    credentials.c.client_id == bindparam("client_id"), credentials.c.kind == bindparam("kind")
)
_USE = insert(digest_uses).values({name: bindparam(name) for name in ("nonce", "count", "ends_at")})
_PRUNE = delete(digest_uses).where(digest_uses.c.ends_at < bindparam("before"))
# In the place of the digest of an account that does not exist.
_NOBODY = "0" * 32
_REQUIRED = ("username", "nonce", "uri", "response", "nc", "cnonce")


def digest_credential(name: str, realm: str) -> CredentialKind:
    """
    Return the kind of credential that stores what a server must keep to check HTTP Digest.

    Args:
        name, realm: Name of the kind, and the realm, which is part of the digest.

    Source:
        RFC 7616, section 3.4.2: H(A1) is the MD5 of user, realm and password.
    """
    return CredentialKind(name, lambda client_id, secret: _md5(f"{client_id}:{realm}:{secret}"))


class DigestAuth:
    """
    Authenticates requests by HTTP Digest with an account's id and secret.

    Args:
        sandbox: Accounts.
        kind, realm: The kind of credential that stores the digests, and the realm that they were made with.
    """

    def __init__(self, sandbox: Sandbox, kind: CredentialKind, realm: str) -> None:
        self._sandbox = sandbox
        self._kind = kind.name
        self._realm = realm

    def challenge(self, *, stale: bool = False) -> str:
        """Return a `WWW-Authenticate` header with a new nonce; `stale` says that only the old nonce was at fault."""
        parameters: dict[str, str | None] = {"qop": "auth", "nonce": self._nonce(), "algorithm": "MD5"}
        if stale:
            parameters["stale"] = "TRUE"
        return WWWAuthenticate("digest", {"realm": self._realm, **parameters}).to_header()

    def authenticate(self, authorization: str | None, method: str, target: str) -> Tenant:
        """
        Return the tenant whose name and password made the digest.

        Args:
            authorization: The request's Authorization header, None when it has none.
            method, target: The HTTP method, and path and query as the client sent them.

        Raises:
            InvalidDigest: No credentials, wrong ones, or a nonce that is too old or was used; holds the challenge.
            MalformedDigest: The credentials were made for another request.
        """
        given = self._parsed(authorization)
        if given is None:
            raise InvalidDigest(self.challenge())
        # Only the end must agree: a proxy in front may have taken a prefix off the path.
        if not given["uri"].endswith(target):
            raise MalformedDigest("the digest is about another uri than the request")
        issued_at = self._issued_at(given["nonce"])
        tenant = self._sandbox.find_tenant(given["username"])
        # The proof is computed for unknown names, too, so that the time does not tell which names exist.
        matches = self._matches(given, "" if tenant is None else tenant.account.client_id, method)
        if issued_at is None or tenant is None or not matches:
            raise InvalidDigest(self.challenge())
        ends_at = issued_at + NONCE_SECONDS
        if self._sandbox.wall_clock() >= ends_at or not self._first_use(given, ends_at):
            raise InvalidDigest(self.challenge(stale=True), tenant, "nonce too old or used before")
        return tenant

    @cached_property
    def _key(self) -> bytes:
        return get_or_create_secret(self._sandbox.database, _KEY).encode()

    def _nonce(self) -> str:
        stem = f"{int(self._sandbox.wall_clock()):x}-{token_hex(8)}"
        return f"{stem}-{self._mark(stem)}"

    def _mark(self, stem: str) -> str:
        return hmac.digest(self._key, stem.encode(), "sha256").hex()[:32]

    def _issued_at(self, nonce: str) -> int | None:
        """Return when a nonce was made, in epoch seconds; None when this sandbox did not make it."""
        parts = _NONCE.fullmatch(nonce)
        if parts is None or not hmac.compare_digest(self._mark(f"{parts[1]}-{parts[2]}"), parts[3]):
            return None
        return int(parts[1], 16)

    def _matches(self, given: dict[str, str], client_id: str, method: str) -> bool:
        row = self._sandbox.database.fetch_one(_HA1, client_id=client_id, kind=self._kind)
        request = _md5(f"{method}:{given['uri']}")
        proof = (_NOBODY if row is None else row[0], given["nonce"], given["nc"], given["cnonce"], "auth", request)
        right = hmac.compare_digest(_md5(":".join(proof)).encode(), given["response"].lower().encode())
        return right and row is not None

    def _first_use(self, given: dict[str, str], ends_at: int) -> bool:
        count = int(given["nc"], 16)
        try:
            # The key is nonce and count, so of several workers that are sent the same one only the first succeeds.
            self._sandbox.database.fetch_one(_USE, nonce=given["nonce"], count=count, ends_at=ends_at)
        except IntegrityError:
            return False
        if count == 1:
            self._sandbox.database.fetch_one(_PRUNE, before=int(self._sandbox.wall_clock()) - NONCE_SECONDS)
        return True

    def _parsed(self, authorization: str | None) -> dict[str, str] | None:
        """Return the parameters of a header, None when it is no complete digest of the kind in the challenge."""
        header = Authorization.from_header(authorization)
        if header is None or header.type != "digest" or not header.parameters:
            return None
        given = {name: value for name, value in header.parameters.items() if value is not None}
        complete = all(given.get(name) for name in _REQUIRED) and _COUNT.fullmatch(given["nc"])
        supported = given.get("qop") == "auth" and given.get("algorithm", "MD5").upper() == "MD5"
        return given if complete and supported and given.get("realm") == self._realm else None


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
