"""
Access tokens as KPN's gateway issues them: the grant type in the query, the response as Apigee prints it.

Source:
    developer.kpn.com, "Dashboard Server - KPN", Get Access Token; apigee/api-platform-samples, default-proxies/oauth.
"""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from kpn_sandbox.auth import OnAuthenticated, TokenRequest, TokenServer, presented_client_id
from kpn_sandbox.vendors.kpn.errors import allowed_methods, invalid_request, method_not_allowed
from kpn_sandbox.vendors.kpn.operations import TOKEN
from kpn_sandbox.vendors.kpn.schemas import RecentTokenSchema

PRODUCT = "dashboard-server"
LIFE_SECONDS = 3599
"""
Lifetime of an access token, by its account's clock.

Source:
    developer.kpn.com, "Dashboard Server - KPN", Get Access Token, prints "expires_in": "3599".
"""


class KpnTokenEndpoint:
    """
    Answers requests for a token.

    Args:
        server: Issues tokens.
        body: `v1`, the documented body, or `v2`, that of 2020.
        lenient: Whether the grant type may also stand in the form.
    """

    def __init__(self, server: TokenServer, *, body: str = "v1", lenient: bool = False) -> None:
        self._server = server
        self._record = {"v1": token_record, "v2": recent_token_record}[body]
        self._lenient = lenient

    def issue(self, request: Request, on_authenticated: OnAuthenticated) -> bytes:
        """
        Issue a token and return the body of the response.

        Args:
            request: Request for the token.
            on_authenticated: Called with the account before the token is issued.

        Raises:
            KpnError: The grant type is missing, a parameter is repeated, or the method is not POST.
            OAuth2Error: The token server rejects the grant type or the credentials.
            Exception: `on_authenticated` raises it.
        """
        grant_type = self._grant_type(request)
        if grant_type is None:
            raise invalid_request("Required param : grant_type")
        if request.method != "POST":
            raise method_not_allowed(allowed_methods(TOKEN))
        form = {name: value for name in ("client_id", "client_secret") if (value := _single(request.form, name))}
        credentials = {"Authorization": request.headers.get("Authorization", "")}
        token_request = TokenRequest(credentials, grant_type, form, on_authenticated=on_authenticated)
        return printed(self._record(self._server.token(token_request)))

    def _grant_type(self, request: Request) -> str | None:
        in_query = _single(request.args, "grant_type")
        return _single(request.form, "grant_type") if in_query is None and self._lenient else in_query


def presented_client(request: Request) -> str | None:
    """Return the client id in a request for a token, None when it has none that can be read."""
    try:
        return presented_client_id({"Authorization": request.headers.get("Authorization", "")}, request.form)
    except HTTPException:
        return None


def token_record(token: dict[str, Any]) -> dict[str, Any]:
    """Return a token as KPN's page prints it."""
    return {
        "refresh_token_expires_in": "0",
        "api_product_list": f"[{PRODUCT}]",
        "api_product_list_json": [PRODUCT],
        "organization_name": "kpn",
        "developer_email": "demo123@kpn.com",
        "token_type": token["token_type"],
        "issued_at": str(int(token["issued_at"] * 1000)),
        "client_id": token["client_id"],
        "access_token": token["access_token"],
        "application_name": application_name(token["client_id"]),
        "scope": "",
        "expires_in": str(token["expires_in"]),
        "refresh_count": "0",
        "status": "approved",
    }


def recent_token_record(token: dict[str, Any]) -> dict[str, Any]:
    """Return a token as printed since 2020: no product list as JSON, but a level and an empty refresh token."""
    record = {**token_record(token), "level": "demo", "refresh_token": ""}
    return {name: record[name] for name in RecentTokenSchema().fields}


def application_name(client_id: str) -> str:
    """Return the UUID of a client id's application."""
    return str(uuid5(NAMESPACE_URL, f"kpn-sandbox:{client_id}"))


def printed(record: dict[str, Any]) -> bytes:
    """Return JSON with a space on both sides of each colon, which some clients expect."""
    return json.dumps(record, indent=2, separators=(",", " : ")).encode()


def _single(values: MultiDict[str, str], name: str) -> str | None:
    found = values.getlist(name)
    if len(found) > 1:
        raise invalid_request(f"Repeated param : {name}")
    return found[0] if found else None
