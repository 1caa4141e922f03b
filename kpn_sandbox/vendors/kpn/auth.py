"""
Access tokens as KPN's gateway issues them: the grant type in the query, the response as Apigee prints it.

Source:
    developer.kpn.com, "Dashboard Server - KPN", Get Access Token; apigee/api-platform-samples, default-proxies/oauth.
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from kpn_sandbox.auth import OnAuthenticated, TokenRequest, TokenServer, presented_client_id
from kpn_sandbox.gateway.responses import FORM
from kpn_sandbox.settings import Settings
from kpn_sandbox.vendors.kpn.errors import allowed_methods, invalid_request, method_not_allowed
from kpn_sandbox.vendors.kpn.operations import TOKEN
from kpn_sandbox.vendors.kpn.schemas import RecentTokenSchema

_PRODUCT = "dashboard-server"
LIFE_SECONDS = 3599
"""
Lifetime of an access token, by its account's clock.

Source:
    developer.kpn.com, "Dashboard Server - KPN", Get Access Token, prints "expires_in": "3599".
"""


def issue_token(server: TokenServer, settings: Settings, on_authenticated: OnAuthenticated) -> bytes:
    """
    Issue a token for the current request and return the body of the response.

    Args:
        server: Issues tokens.
        settings: Shape of the body; the grant type may also be in the form when they are lenient.
        on_authenticated: Called with the account before the token is issued.

    Raises:
        KpnError: The grant type is missing, or the method is not POST.
    """
    # Of a repeated parameter the first value counts, as at Apigee.
    grant_type = request.args.get("grant_type")
    if grant_type is None and settings.lenient:
        grant_type = _form().get("grant_type")
    if grant_type is None:
        raise invalid_request("Required param : grant_type")
    if request.method != "POST":
        raise method_not_allowed(allowed_methods(TOKEN))
    form = {name: value for name in ("client_id", "client_secret") if (value := _form().get(name))}
    credentials = {"Authorization": request.headers.get("Authorization", "")}
    token = server.token(TokenRequest(credentials, grant_type, form, on_authenticated))
    record = token_record(token) if settings.token_body == "v1" else recent_token_record(token)
    # Some clients expect a space on both sides of each colon.
    return json.dumps(record, indent=2, separators=(",", " : ")).encode()


def presented_client() -> str | None:
    """Return the client id in the current request for a token, None when it has none that can be read."""
    try:
        return presented_client_id({"Authorization": request.headers.get("Authorization", "")}, _form())
    except HTTPException:
        return None


def grant_type_hint() -> list[tuple[str, str]]:
    """Return the hint for a grant type that is in the body of the current request only, where OAuth clients have it."""
    if "grant_type" in request.args or not _form().get("grant_type"):
        return []
    return [("X-Sandbox-Hint", "grant_type must be in the query, it is in the body")]


def token_record(token: dict[str, Any]) -> dict[str, Any]:
    """Return a token as KPN's page prints it."""
    return {
        "refresh_token_expires_in": "0",
        "api_product_list": f"[{_PRODUCT}]",
        "api_product_list_json": [_PRODUCT],
        "organization_name": "kpn",
        "developer_email": "demo123@kpn.com",
        "token_type": token["token_type"],
        "issued_at": str(int(token["issued_at"] * 1000)),
        "client_id": token["client_id"],
        "access_token": token["access_token"],
        "application_name": str(uuid5(NAMESPACE_URL, f"kpn-sandbox:{token['client_id']}")),
        "scope": "",
        "expires_in": str(token["expires_in"]),
        "refresh_count": "0",
        "status": "approved",
    }


def recent_token_record(token: dict[str, Any]) -> dict[str, Any]:
    """Return a token as printed since 2020: no product list as JSON, but a level and an empty refresh token."""
    record = {**token_record(token), "level": "demo", "refresh_token": ""}
    return {name: record[name] for name in RecentTokenSchema().fields}


def _form() -> MultiDict[str, str]:
    # Apigee's form parameters are those of this content type; it leaves multipart/form-data unread.
    return request.form if request.mimetype == FORM else MultiDict()
