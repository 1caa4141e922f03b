"""
The errors of authentication, beside those that Authlib raises itself.

    authlib.oauth2.OAuth2Error
        MissingAuthorizationError, UnsupportedTokenTypeError    there is no access token (Authlib)
        InvalidTokenError                                       (Authlib)
            UnknownToken                                        the token was never issued
            InactiveToken                                       the token was valid once: holds its tenant
                ExpiredToken
                RevokedToken
        UnsupportedGrantTypeError                               there is no grant type or another one (Authlib)
        InvalidClientError                                      unknown client, wrong secret, no credentials (Authlib)
    InvalidSession                                              there is no valid session
    InvalidDigest                                               there is no right digest: holds the challenge
    MalformedDigest                                             the digest was made for another request
"""

from authlib.oauth2.rfc6750 import InvalidTokenError

from kpn_sandbox.tenants.tenant import Tenant


class UnknownToken(InvalidTokenError):
    """The access token was never issued."""


class InactiveToken(InvalidTokenError):
    """The access token was valid once, for a tenant."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__()
        self.tenant = tenant


class ExpiredToken(InactiveToken):
    """The lifetime of the access token is over."""


class RevokedToken(InactiveToken):
    """The access token was revoked."""


class InvalidSession(Exception):
    """A request presents no valid session."""


class InvalidDigest(Exception):
    """
    A request has no right digest.

    Args:
        challenge: The `WWW-Authenticate` header of the response.
        tenant: The tenant of the credentials, when only the nonce was too old or used before.
        reason: Why the credentials were refused, for the request log.
    """

    def __init__(self, challenge: str, tenant: Tenant | None = None, reason: str = "") -> None:
        super().__init__(reason or "no good credentials")
        self.challenge = challenge
        self.tenant = tenant
        self.reason = reason


class MalformedDigest(Exception):
    """The digest was made for another request."""
