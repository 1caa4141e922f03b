"""
Access tokens as Atobi issues them.

Source:
    help.atobi.io, "KPI integration": the fields, "grant-type" among them, and the content type as misspelled there; RFC
    6749 for their right names. Both are accepted.
"""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import orjson
from authlib.oauth2.rfc6749 import InvalidRequestError, UnsupportedGrantTypeError
from flask import request

from kpn_sandbox.auth import OnAuthenticated, TokenRequest, TokenServer, presented_client_id
from kpn_sandbox.gateway.responses import FORM
from kpn_sandbox.vendors.atobi.errors import invalid_request

LIFE_SECONDS = 3600
FORMS = (FORM, "application/x-www-urlencoded", "multipart/form-data", "")
"""Content types of a form: the right one, the one on Atobi's page, and others that clients send."""
_FIELDS = ("grant_type", "grant-type", "client_id", "client_secret", "scope")


def issue_token(server: TokenServer, on_authenticated: OnAuthenticated) -> bytes:
    """
    Issue a token for the current request and return the body of the response.

    Args:
        server: Issues tokens.
        on_authenticated: Called with the account before the token is issued.

    Raises:
        TokenEndpointError: The request cannot be read.
        InvalidRequestError, UnsupportedGrantTypeError: The client id or the grant type is missing.
    """
    form = token_form()
    grant_type = form.get("grant_type") or form.get("grant-type")
    if form.get("grant-type", grant_type) != grant_type:
        raise invalid_request("grant_type and grant-type must be the same")
    if grant_type is None:
        raise UnsupportedGrantTypeError(grant_type)
    headers = {"Authorization": request.headers.get("Authorization", "")}
    if presented_client_id(headers, form) is None and not headers["Authorization"]:
        raise InvalidRequestError("The request is missing a required parameter: client_id")
    token = server.token(TokenRequest(headers, grant_type, form, on_authenticated))
    body = {name: token[name] for name in ("token_type", "expires_in", "access_token")}
    return json.dumps({**body, "scope": form["scope"]} if "scope" in form else body).encode()


def token_form() -> dict[str, str]:
    """
    Return the fields of the current request for a token, from a form or from JSON.

    Raises:
        TokenEndpointError: The body cannot be read.
    """
    if request.mimetype == "application/json":
        return _from_json(request.get_data())
    if request.mimetype not in FORMS:
        raise invalid_request(f"Content-Type must be {FORMS[0]}")
    pairs = list(request.form.items(multi=True)) or _from_text(request.get_data(cache=True))
    # Of a repeated field the last value counts, as in PHP, which the shape of Atobi's API points to.
    return {name: value for name, value in dict(pairs).items() if name in _FIELDS and value}


def _from_text(body: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(body.decode(), keep_blank_values=True)
    except ValueError:
        raise invalid_request("the body must be a form") from None


def _from_json(body: bytes) -> dict[str, str]:
    try:
        sent: Any = orjson.loads(body)
    except ValueError:
        sent = None
    if not isinstance(sent, Mapping):
        raise invalid_request("the body must be a JSON object")
    wrong = [name for name in _FIELDS if not isinstance(sent.get(name, ""), str)]
    if wrong:
        raise invalid_request(f"{wrong[0]} must be a string")
    return {name: sent[name] for name in _FIELDS if sent.get(name)}
