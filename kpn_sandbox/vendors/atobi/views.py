"""Views of the token endpoint and of the endpoint that receives key figures."""

import orjson
from flask import Response, request

from kpn_sandbox.auth import TokenServer
from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.gateway.request_context import RequestContext
from kpn_sandbox.gateway.responses import NO_STORE, snapshot_response
from kpn_sandbox.vendors.atobi.auth import issue_token
from kpn_sandbox.vendors.atobi.errors import HEADERS, AtobiError
from kpn_sandbox.vendors.atobi.operations import KPI, TOKEN, VERSIONS
from kpn_sandbox.vendors.atobi.records import INTEGRATION, acknowledgment, parse_json, records
from kpn_sandbox.vendors.atobi.store import Inbox


@endpoint(TOKEN, authenticated=False, counter=" token")
def token(context: RequestContext, server: TokenServer) -> Response:
    """Issue an access token; requests for tokens have a rate limit of their own."""
    return Response(issue_token(server, context.authorize_account), headers=[*HEADERS, *NO_STORE])


@endpoint(KPI)
def kpi(context: RequestContext, inbox: Inbox) -> Response:
    """
    Receive key figures, all of a body or none.

    Raises:
        AtobiError: The version of the API, the content type or the body is wrong.
    """
    if context.variables["api_version"] not in VERSIONS:
        raise AtobiError(404, f"Unknown API version: it must be {VERSIONS[0]}.")
    if request.mimetype != "application/json":
        raise AtobiError(415, "Content-Type must be application/json.")
    tenant, at = context.account, context.at
    received = inbox.receive(tenant.account.client_id, records(parse_json(request.get_data()), INTEGRATION, at))
    context.notes.append(f"{received.created} created, {received.updated} updated")
    return snapshot_response(orjson.dumps(acknowledgment(received)), tenant, at, HEADERS)


ENDPOINTS = (token, kpi)
