"""
HTTP Digest: whose name and password a request was made with, without the password.

A nonce carries when it was made and a mark that only this sandbox can make, so any worker can check it; which of its
counts were used is kept in the database, so a request that was overheard cannot be sent again.

Source:
    RFC 7616 with MD5 and qop=auth, the form that the clients of Freespee and Kaisa send. Parsing is Werkzeug's.
"""

import hashlib
import hmac
import re
from functools import cached_property
from secrets import token_hex

from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import Authorization, WWWAuthenticate

from kpn_sandbox.auth.errors import DigestRefused, MalformedDigest
from kpn_sandbox.storage.tables import accounts, digest_uses
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.secrets import KAISA_REALM, get_or_create_secret
from kpn_sandbox.tenants.tenant import Tenant

NONCE_SECONDS = 300
"""How long a nonce is good, by wall time: it is made before anybody knows who asks."""

_KEY = "digest_key"
_NONCE = re.compile(r"([0-9a-f]{1,12})-([0-9a-f]{16})-([0-9a-f]{32})")
_COUNT = re.compile(r"[0-9a-fA-F]{8}")
_HA1 = select(accounts.c.kaisa_ha1).where(accounts.c.client_id == bindparam("client_id"))
_USE = insert(digest_uses).values({name: bindparam(name) for name in ("nonce", "count", "ends_at")})
_PRUNE = delete(digest_uses).where(digest_uses.c.ends_at < bindparam("before"))
_NEEDED = ("username", "nonce", "uri", "response", "nc", "cnonce")


class DigestAuth:
    """
    Lets callers in who know an account's secret.

    Args:
        sandbox: Knows the accounts.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def challenge(self, *, stale: bool = False) -> str:
        """What a caller is told who shows no good credentials; with `stale` only the nonce was too old."""
        asked: dict[str, str | None] = {"qop": "auth", "nonce": self._nonce(), "algorithm": "MD5"}
        if stale:
            asked["stale"] = "TRUE"
        return WWWAuthenticate("digest", {"realm": KAISA_REALM, **asked}).to_header()

    def authenticate(self, authorization: str | None, method: str, target: str) -> Tenant:
        """
        Return the tenant whose name and password made the digest.

        Args:
            authorization: The request's Authorization header, None when it has none.
            method: The HTTP method.
            target: Path and query as they came.

        Raises:
            DigestRefused: No credentials, wrong ones, or a nonce that is too old or used; tells the challenge.
            MalformedDigest: Credentials about another request.
        """
        given = _parsed(authorization)
        if given is None:
            raise DigestRefused(self.challenge())
        if not given["uri"].endswith(target):
            raise MalformedDigest("the digest is about another uri than the request")
        issued_at = self._issued_at(given["nonce"])
        tenant = self._owner(given["username"])
        if issued_at is None or tenant is None or not self._matches(given, tenant, method):
            raise DigestRefused(self.challenge())
        ends_at = issued_at + NONCE_SECONDS
        if self._sandbox.wall_clock() >= ends_at or not self._first_use(given, ends_at):
            raise DigestRefused(self.challenge(stale=True), tenant, "nonce too old or used before")
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
        """When a nonce was made, None when it was not made here."""
        parts = _NONCE.fullmatch(nonce)
        if parts is None or not hmac.compare_digest(self._mark(f"{parts[1]}-{parts[2]}"), parts[3]):
            return None
        return int(parts[1], 16)

    def _owner(self, username: str) -> Tenant | None:
        try:
            return self._sandbox.tenant(username)
        except UnknownAccount:
            return None

    def _matches(self, given: dict[str, str], tenant: Tenant, method: str) -> bool:
        row = self._sandbox.database.fetch_one(_HA1, client_id=tenant.account.client_id)
        if row is None:
            return False
        request = _md5(f"{method}:{given['uri']}")
        proof = (row[0], given["nonce"], given["nc"], given["cnonce"], "auth", request)
        return hmac.compare_digest(_md5(":".join(proof)).encode(), given["response"].lower().encode())

    def _first_use(self, given: dict[str, str], ends_at: int) -> bool:
        count = int(given["nc"], 16)
        try:
            self._sandbox.database.fetch_one(_USE, nonce=given["nonce"], count=count, ends_at=ends_at)
        except IntegrityError:
            return False
        if count == 1:
            self._sandbox.database.fetch_one(_PRUNE, before=int(self._sandbox.wall_clock()) - NONCE_SECONDS)
        return True


def _parsed(authorization: str | None) -> dict[str, str] | None:
    """The parts of a header, None when it is no complete digest of the kind that is asked for."""
    header = Authorization.from_header(authorization)
    if header is None or header.type != "digest" or not header.parameters:
        return None
    parts = {name: value for name, value in header.parameters.items() if value is not None}
    complete = all(parts.get(name) for name in _NEEDED) and _COUNT.fullmatch(parts["nc"])
    asked = parts.get("qop") == "auth" and parts.get("algorithm", "MD5").upper() == "MD5"
    return parts if complete and asked and parts.get("realm") == KAISA_REALM else None


def _md5(text: str) -> str:
    return hashlib.md5(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
