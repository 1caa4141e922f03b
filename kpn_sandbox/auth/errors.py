"""
Why a request may not pass, beside what Authlib's own errors tell.

    authlib.oauth2.OAuth2Error
        MissingAuthorizationError, UnsupportedTokenTypeError    no access token (Authlib)
        InvalidTokenError                                       (Authlib)
            UnknownToken
            SpentToken                                          one that was good: tells whose
                ExpiredToken
                RevokedToken
        UnsupportedGrantTypeError                               none or another grant type (Authlib)
        InvalidClientError                                      unknown client, wrong secret, no credentials (Authlib)
"""

from authlib.oauth2.rfc6750 import InvalidTokenError

from kpn_sandbox.control.tenant import Tenant


class UnknownToken(InvalidTokenError):
    """Nobody was given that access token."""


class SpentToken(InvalidTokenError):
    """
    The access token was good once.

    Args:
        tenant: Whose it was.
    """

    def __init__(self, tenant: Tenant) -> None:
        super().__init__()
        self.tenant = tenant


class ExpiredToken(SpentToken):
    """The access token has outlived its time."""


class RevokedToken(SpentToken):
    """The access token was taken back."""
