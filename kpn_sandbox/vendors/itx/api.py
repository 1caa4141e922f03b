"""ITX's Custom KPI API as the sandbox provides it: labels of its behaviors, authentication, responses."""

import orjson
from flask import Response

from kpn_sandbox.auth.errors import UnknownToken
from kpn_sandbox.auth.url_tokens import UrlTokenAuth
from kpn_sandbox.gateway.api import OWN, Behavior, Services, VendorApi
from kpn_sandbox.gateway.operations import Endpoint, reserved_status
from kpn_sandbox.gateway.request_context import Caller, RequestContext, Reserved
from kpn_sandbox.gateway.responses import snapshot_response
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.itx.auth import CREDENTIAL, authenticate
from kpn_sandbox.vendors.itx.errors import EXCEPTION_MAP, HEADERS, error_for_status
from kpn_sandbox.vendors.itx.openapi import document
from kpn_sandbox.vendors.itx.operations import OPERATIONS, PAGE
from kpn_sandbox.vendors.itx.postman import COLLECTION
from kpn_sandbox.vendors.itx.views import ENDPOINTS, customer_id

BEHAVIORS = (
    Behavior(
        "GET with `customerId`; sections, documents, lines, fields, expandable fields, color codes, dates",
        "documented",
        PAGE,
    ),
    Behavior(
        "Primary key, entity id, customer number, phone number and external id lead to the same customer",
        "documented",
        PAGE,
    ),
    Behavior(
        "All kinds of identifiers are tried, in that order; ITX sends the one kind it is configured for",
        "invented",
        OWN,
    ),
    Behavior("A fixed `token` in the URL, 401 without", "inferred", PAGE),
    Behavior("A customer whom nobody knows: 200, empty sections, `No data available`", "inferred", PAGE),
    Behavior("400 without `customerId`, refusals as a panel with one section", "invented", OWN),
    Behavior("`amount` a JSON number with two decimals", "documented", f"{PAGE}: with .00 precision"),
    Behavior("Orders, invoices, credit notes and contacts, newest first, 20 of each at most", "invented", OWN),
    Behavior("`Cache-Control: no-store`, CORS, all `X-Sandbox-` headers, `Prefer`, reserved numbers", "invented", OWN),
)


class ItxApi(VendorApi):
    """ITX Custom KPI API, as a provider."""

    key = "itx"
    operations = OPERATIONS
    behaviors = BEHAVIORS
    endpoints = ENDPOINTS
    path_prefixes = ("/rest",)
    exception_map = EXCEPTION_MAP
    error_for_status = staticmethod(error_for_status)
    openapi_document = staticmethod(document)
    postman = COLLECTION
    credential_kinds = (CREDENTIAL,)

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._auth = UrlTokenAuth(services.sandbox, CREDENTIAL)

    def authenticate(self, context: RequestContext) -> Tenant:
        """Return the account of the token in the URL."""
        return authenticate(self._auth)

    def identify(self) -> Caller:
        """Return the account of the token in the URL."""
        try:
            return Caller(authenticate(self._auth))
        except UnknownToken:
            return Caller(None)

    def reserved(self, context: RequestContext) -> Reserved | None:
        """Return the reserved customer id, None when there is none."""
        status = reserved_status(customer_id())
        return None if status is None else Reserved(status)

    def respond(self, context: RequestContext, endpoint: Endpoint) -> Response:
        """Return the response with the JSON of the panel that a view returns."""
        body = orjson.dumps(endpoint.view(context, self.services.history))
        return snapshot_response(body, context.account, context.at, HEADERS)


API = ItxApi
