"""
Why a request may not pass, beside what Authlib's own errors tell.

    authlib.oauth2.OAuth2Error
        MissingAuthorizationError, UnsupportedTokenTypeError    no access token (Authlib)
        InvalidTokenError                                       (Authlib)
            UnknownToken
            InactiveToken                                       one that was good: holds its tenant
                ExpiredToken
                RevokedToken
        UnsupportedGrantTypeError                               none or another grant type (Authlib)
        InvalidClientError                                      unknown client, wrong secret, no credentials (Authlib)
    InvalidSession                                              no session that is active
    DigestRefused                                               no good digest: holds the challenge
    MalformedDigest                                             a digest about another request
"""

from authlib.oauth2.rfc6750 import InvalidTokenError

from kpn_sandbox.tenants.tenant import Tenant


class UnknownToken(InvalidTokenError):
    """Nobody was given that access token."""


class InactiveToken(InvalidTokenError):
    """
    The access token was good once.

    Args:
        tenant: Whose it was.
    """

    def __init__(self, tenant: Tenant) -> None:
        super().__init__()
        self.tenant = tenant


class ExpiredToken(InactiveToken):
    """The access token has outlived its time."""


class RevokedToken(InactiveToken):
    """The access token was taken back."""


class InvalidSession(Exception):
    """A request presents no active session."""


class DigestRefused(Exception):
    """
    A request without good credentials.

    Args:
        challenge: What the caller is to be told.
        tenant: Whose the credentials are, when only their time is over.
        reason: Why they are not good any more.
    """

    def __init__(self, challenge: str, tenant: Tenant | None = None, reason: str = "") -> None:
        super().__init__(reason or "no good credentials")
        self.challenge = challenge
        self.tenant = tenant
        self.reason = reason


class MalformedDigest(Exception):
    """Credentials that were made for another request."""
