"""
Authentication by a fixed token in the URL.

Source:
    apidoc.itxuc.com, "Custom KPI API": the URL "might contain other fixed parameters (e.g. authentication tokens)". The
    name of the parameter is the sandbox's invention.
"""

from flask import request

from kpn_sandbox.auth.errors import UnknownToken
from kpn_sandbox.auth.url_tokens import UrlTokenAuth, url_token_credential
from kpn_sandbox.tenants.secrets import derived_text
from kpn_sandbox.tenants.tenant import Tenant

PARAMETER = "token"


def itx_token(client_id: str, secret: str) -> str:
    """
    Return the token of an account, which is derived from its credentials.

    Args:
        client_id: Client id.
        secret: Client secret.
    """
    return derived_text(secret, f"itx {client_id}")


CREDENTIAL = url_token_credential("itx", itx_token)
"""Stored digest of each account's token."""


def authenticate(url_token_auth: UrlTokenAuth) -> Tenant:
    """
    Return the account of the current request's token.

    Raises:
        UnknownToken: The token is missing, repeated or unknown.
    """
    tokens = request.args.getlist(PARAMETER)
    if len(tokens) != 1:
        raise UnknownToken()
    return url_token_auth.authenticate(tokens[0])
