"""
Why a request may not pass, beside what Authlib's own errors tell.

    authlib.oauth2.OAuth2Error
        MissingAuthorizationError, UnsupportedTokenTypeError    no access token (Authlib)
        InvalidTokenError                                       (Authlib)
            UnknownToken
            ExpiredToken
            RevokedToken
        UnsupportedGrantTypeError                               none or another grant type (Authlib)
        InvalidClientError                                      unknown client, wrong secret, no credentials (Authlib)
"""

from authlib.oauth2.rfc6750 import InvalidTokenError


class UnknownToken(InvalidTokenError):
    """Nobody was given that access token."""


class ExpiredToken(InvalidTokenError):
    """The access token has outlived its time."""


class RevokedToken(InvalidTokenError):
    """The access token was taken back."""
