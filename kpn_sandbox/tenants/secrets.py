"""
Random texts, and the digests under which secrets are kept.

Texts that the sandbox makes once and keeps, the same for all its workers and machines.

The administrator's token.
"""

import hashlib
import hmac
import os
import secrets
import string

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import kept

ALPHABET = string.ascii_letters + string.digits
TOKEN_LENGTH = 28
KAISA_REALM = "Kaisa"
"""The realm of HTTP Digest, which is part of what is kept for it."""


def random_text(length: int = TOKEN_LENGTH) -> str:
    """Letters and digits that nobody can guess; 28 of them are an access token."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def text_digest(text: str) -> str:
    """The digest of a text that is random itself, like an access token."""
    return hashlib.sha256(_bytes(text)).hexdigest()


def fingerprint(text: str) -> str:
    """Sixteen digits that tell a random text from others and cannot be turned back into it."""
    return text_digest(text)[:16]


def derived_text(secret: str, purpose: str) -> str:
    """Letters and digits that follow from a secret and do not give it away."""
    digest = hmac.digest(_bytes(secret), _bytes(purpose), "sha256")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:TOKEN_LENGTH])


def itx_token(client_id: str, secret: str) -> str:
    """The token in the URL of ITX; it follows from id and secret, so it need not be told beside them."""
    return derived_text(secret, f"itx {client_id}")


def digest_ha1(user: str, password: str) -> str:
    """
    What a server must keep to check HTTP Digest.

    Source:
        RFC 7616, section 3.4.2: H(A1) is the MD5 of user, realm and password.
    """
    return hashlib.md5(_bytes(f"{user}:{KAISA_REALM}:{password}"), usedforsecurity=False).hexdigest()


def salted(secret: str) -> tuple[bytes, bytes]:
    """
    Salt and digest of a secret.

    One round of HMAC-SHA-256 on purpose: clients that fetch a token per request must not be slowed down, and the
    secret of a sandbox guards made-up data.
    """
    salt = os.urandom(16)
    return salt, _digest(salt, secret)


def matches(secret: str, salt: bytes, digest: bytes) -> bool:
    """Whether this is the secret, in a time that does not depend on where it differs."""
    return hmac.compare_digest(_digest(salt, secret), digest)


def _digest(salt: bytes, secret: str) -> bytes:
    return hmac.digest(salt, _bytes(secret), "sha256")


def _bytes(text: str) -> bytes:
    # A header may hold bytes that are no text; they are digested like any other.
    return text.encode("utf-8", "surrogatepass")


def get_or_create_secret(database: Database, name: str) -> str:
    """The random text of that name, made when somebody asks for it first."""
    return _kept(database, name) or _made(database, name)


def _kept(database: Database, name: str) -> str | None:
    with database.read() as connection:
        return connection.scalar(select(kept.c.value).where(kept.c.name == name))


def _made(database: Database, name: str) -> str:
    text = random_text()
    try:
        with database.write() as connection:
            connection.execute(insert(kept).values(name=name, value=text))
    except IntegrityError:
        # Another start was faster; its text is the one that counts.
        return _kept(database, name) or text
    return text


def admin_token(database: Database, configured: str | None) -> str:
    """The configured token, else the one that was generated at the first start and kept."""
    return configured or get_or_create_secret(database, "admin_token")
