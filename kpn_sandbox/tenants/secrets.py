"""
Secrets: random texts, the digests that are stored in their place, and texts generated once for all workers.

Everything that must be secret passes through here, so the choices of digest and comparison stand in one place.
"""

import hashlib
import hmac
import os
import string

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from kpn_sandbox.storage import Database
from kpn_sandbox.storage.tables import generated_secrets

ALPHABET = string.ascii_letters + string.digits
_EVEN = 256 // len(ALPHABET) * len(ALPHABET)
TOKEN_LENGTH = 28
"""Length of a random text, which is that of an access token."""


def random_text(length: int = TOKEN_LENGTH) -> str:
    """Return letters and digits that nobody can guess; 28 of them make an access token."""
    text = ""
    while len(text) < length:
        # Larger bytes would make the first letters more frequent than the others.
        text += "".join(ALPHABET[byte % len(ALPHABET)] for byte in os.urandom(2 * length) if byte < _EVEN)
    return text[:length]


def text_digest(text: str) -> str:
    """Return the SHA-256 digest, in hexadecimal, of a text that is random itself, such as an access token."""
    return hashlib.sha256(_bytes(text)).hexdigest()


def derived_text(secret: str, purpose: str) -> str:
    """
    Return 28 letters and digits that follow from a secret and do not reveal it.

    Args:
        secret, purpose: The secret, and any text; each gives another result.
    """
    digest = hmac.digest(_bytes(secret), _bytes(purpose), "sha256")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:TOKEN_LENGTH])


def salted(secret: str) -> tuple[bytes, bytes]:
    """
    Return a new salt and the digest of a secret with it.

    One round of HMAC-SHA-256 on purpose: clients that fetch a token per request must not be slowed down, and the
    secret of a sandbox guards made-up data.
    """
    salt = os.urandom(16)
    return salt, _digest(salt, secret)


def matches(secret: str, salt: bytes, digest: bytes) -> bool:
    """
    Return whether a secret is that of a salted digest, in a time that does not depend on where they differ.

    Args:
        secret, salt, digest: The secret that a client presents, and the result of `salted` for the right one.
    """
    return hmac.compare_digest(_digest(salt, secret), digest)


def get_or_create_secret(database: Database, name: str) -> str:
    """
    Return the random text of a name, generated on first use and the same for all workers and machines.

    Args:
        database, name: The database that stores it, and its name of up to 64 characters.
    """
    stored = _stored(database, name)
    if stored is not None:
        return stored
    text = random_text()
    try:
        with database.write() as connection:
            connection.execute(insert(generated_secrets).values(name=name, value=text))
    except IntegrityError:
        # Another process generated it in the meantime; the stored text is the one that counts.
        return _stored(database, name) or text
    return text


def admin_token(database: Database, configured: str | None) -> str:
    """
    Return the administrator's token: the configured one, else the one that was generated at the first start.

    Args:
        database, configured: The database of the generated token, and the token of the settings, None without one.
    """
    return configured or get_or_create_secret(database, "admin_token")


def _digest(salt: bytes, secret: str) -> bytes:
    return hmac.digest(salt, _bytes(secret), "sha256")


def _bytes(text: str) -> bytes:
    # A header may hold bytes that are not UTF-8; they are digested like any other.
    return text.encode("utf-8", "surrogatepass")


def _stored(database: Database, name: str) -> str | None:
    with database.read() as connection:
        return connection.scalar(select(generated_secrets.c.value).where(generated_secrets.c.name == name))
