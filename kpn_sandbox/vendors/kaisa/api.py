"""Kaisa's API as the sandbox knows it: labels of its behaviors, authentication, responses."""

from collections.abc import Mapping
from operator import itemgetter
from typing import Any

import orjson
from flask import Response, request
from marshmallow import ValidationError
from werkzeug import Request

from kpn_sandbox.auth.errors import InvalidDigest, MalformedDigest
from kpn_sandbox.caching import BoundedCache
from kpn_sandbox.gateway.api import OWN, Behavior, Services, VendorApi
from kpn_sandbox.gateway.error_handling import ApiError
from kpn_sandbox.gateway.fast_path import CacheableRequest, CachedResponse, FastRoute
from kpn_sandbox.gateway.operations import Endpoint, Operation, reserved_status
from kpn_sandbox.gateway.request_context import Caller, RequestContext, Reserved
from kpn_sandbox.gateway.request_info import AUTHENTICATED
from kpn_sandbox.gateway.responses import conditional_response, etag, snapshot_headers, snapshot_response
from kpn_sandbox.tenants.clock import format_instant
from kpn_sandbox.tenants.snapshot import StatePart
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kaisa.auth import CREDENTIAL, KaisaAuth
from kpn_sandbox.vendors.kaisa.errors import EXCEPTION_MAP, HEADERS, ChallengeError, error_for_status
from kpn_sandbox.vendors.kaisa.openapi import document
from kpn_sandbox.vendors.kaisa.operations import (
    CUSTOMERS_PAGE,
    FAMILY,
    LIBRARY,
    NUMBERED,
    OPERATIONS,
    VERSION,
    WIDGETS,
    WIDGETS_PAGE,
    CustomerConverter,
    VersionConverter,
)
from kpn_sandbox.vendors.kaisa.postman import COLLECTION
from kpn_sandbox.vendors.kaisa.schemas import check_stored_customer
from kpn_sandbox.vendors.kaisa.store import CustomerStore, read_customers, write_customers
from kpn_sandbox.vendors.kaisa.views import ENDPOINTS, FORM_FIELDS, KaisaRequest, single_values, widgets

_CLIENTS = "github.com/freespee/freespee-php-api-client"

BEHAVIORS = (
    Behavior("The eleven types, their frame, and the JSON type of each value", "documented", WIDGETS_PAGE),
    Behavior("`customer_id` 0 or empty means all customers; unknown parameters are ignored", "inferred", LIBRARY),
    Behavior(
        "Local days of Europe/Amsterdam, both ends included; without dates the last 30 days with today; at most 366",
        "invented",
        OWN,
    ),
    Behavior(
        "`call_totals` counts calls that came; those that still wait are neither answered nor missed", "invented", OWN
    ),
    Behavior("`call_durations` is about answered calls that have ended, rounded to seconds", "invented", OWN),
    Behavior("Buckets from two minutes on; empty buckets left out, `missed` always there", "inferred", WIDGETS_PAGE),
    Behavior("Ten rows at most of areas and customers, ties by name", "invented", OWN),
    Behavior("A customer whom nobody knows has no calls: 200 with zeros", "inferred", CUSTOMERS_PAGE),
    Behavior(
        "Who calls and how often: about two calls a customer in four weeks, some who call often or again",
        "invented",
        OWN,
    ),
    Behavior(
        "Each path also below a version, `/2.4.9/customers`, which may be any and changes nothing",
        "documented",
        'support.kaisa.io, "Getting started" (201298061): the base is https://<URL>/<version>/',
    ),
    Behavior(
        "404 in Kaisa's shape for paths of the family that are not served, and for any other below a version with dots",
        "invented",
        OWN,
    ),
    Behavior("HTTP Digest", "documented", 'support.kaisa.io, "Getting started" (201298061)'),
    Behavior(
        "MD5, `qop=auth`, a nonce for 300 seconds, each count once, `stale` when its time is over",
        "invented",
        "RFC 7616; the sandbox's choice of numbers",
    ),
    Behavior('Refusals as `{"errors": [text, ...]}`, 401 without a body', "inferred", _CLIENTS),
    Behavior(
        "Paging: `page` from 0, `pagesize` up to 1000", "documented", 'support.kaisa.io, "Introduction" (201050852)'
    ),
    Behavior("What POST and PUT of customers answer: a list of one", "invented", OWN),
    Behavior(
        "An open widgets endpoint (`--kaisa-open`), `ETag`, CORS, all `X-Sandbox-` headers, `Prefer`", "invented", OWN
    ),
)


class KaisaApi(VendorApi):
    """Kaisa Developer API."""

    key = "kaisa"
    operations = OPERATIONS
    behaviors = BEHAVIORS
    endpoints = ENDPOINTS
    path_prefixes = (*FAMILY, "/api/widgets")
    converters = {"kaisa_version": VersionConverter, "kaisa_customer": CustomerConverter}
    exception_map = EXCEPTION_MAP
    openapi_document = staticmethod(document)
    postman = COLLECTION
    credential_kinds = (CREDENTIAL,)
    state_parts = (
        StatePart("customers", check_stored_customer, read_customers, write_customers, itemgetter("customer_id")),
    )

    def __init__(self, services: Services) -> None:
        super().__init__(services)
        self._auth = KaisaAuth(services)
        self._customers = CustomerStore(services.sandbox.database)
        self._widgets: BoundedCache[CachedResponse] = BoundedCache(
            services.sandbox.cache_bytes // 64, CachedResponse.size
        )

    def paths(self, operation: Operation) -> tuple[str, ...]:
        """Return the paths of an operation; each has a second one below a version."""
        paths = [path.replace("{customer_id}", "{kaisa_customer:customer_id}") for path in operation.paths]
        return (*paths, *(f"/{{kaisa_version:version}}{path}" for path in paths))

    def owns(self, path: str) -> bool:
        """Whether a path is of the vendor's family, below a version or not, or any below a version such as 2.4.9."""
        return NUMBERED.match(path) is not None or super().owns(VERSION.sub("", path))

    def authenticate(self, context: RequestContext) -> Tenant:
        """Return the account of the digest credentials; without credentials, that of an open widgets endpoint."""
        return self._auth.authenticate_request(request.environ, context.operation)

    def identify(self) -> Caller:
        """Return the account of the credentials, stale or not."""
        if "HTTP_AUTHORIZATION" not in request.environ:
            return Caller(None)
        try:
            return Caller(self._auth.authenticate_request(request.environ, None))
        except InvalidDigest as error:
            return Caller(error.tenant, error.reason)
        except MalformedDigest:
            return Caller(None)

    def reserved(self, context: RequestContext) -> Reserved | None:
        """Return the reserved customer id in path or query, None when there is none."""
        query = single_values(request.args)
        status = reserved_status(context.variables.get("customer_id") or query.get("customer_id", ""))
        return None if status is None else Reserved(status)

    def respond(self, context: RequestContext, endpoint: Endpoint) -> Response:
        """Return the response with the JSON of a view, conditional for operations that read."""
        tenant, at = context.account, context.at
        query, form = single_values(request.args), single_values(request.form, FORM_FIELDS)
        path_id = context.variables.get("customer_id")
        call = KaisaRequest(tenant, at, query, form, path_id, self.services.history, self._customers)
        body = orjson.dumps(endpoint.view(call))
        reads = endpoint.operation.method == "GET"
        return (conditional_response if reads else snapshot_response)(body, tenant, at, HEADERS)

    def error_for_status(self, status: int, operation: Operation, subject: str = "") -> ApiError:
        """Return Kaisa's error for a forced status, a 401 with a challenge."""
        return ChallengeError(self._auth.challenge()) if status == 401 else error_for_status(status, operation)

    def fast_routes(self) -> dict[str, FastRoute]:
        """Return the routes of the fast path: the widgets data at each of its paths."""
        return {path: self._cacheable for path in self.paths(WIDGETS) if "{" not in path}

    def _cacheable(self, environ: dict[str, Any], last_part: str | None, at: float | None) -> CacheableRequest | None:
        # The view reads a form in the body of any request.
        if last_part is not None or environ.get("CONTENT_TYPE"):
            return None
        # Flask must not authenticate once more, because each count of a nonce is good for one request.
        tenant = environ[AUTHENTICATED] = self._auth.authenticate_request(environ, WIDGETS)
        if tenant.quota or tenant.plans:
            return None
        # Responses are those of whole seconds.
        instant = (tenant.now() if at is None else at) // 1
        # The version stands for the customers that the account has changed, too.
        key = (tenant.account.client_id, tenant.version, environ.get("QUERY_STRING", ""), instant)
        response = self._widgets.get(key)
        if response is None:
            response = self._built(tenant, instant, single_values(Request(environ).args))
            if response is None:
                return None
            self._widgets.put(key, response)
        return CacheableRequest(tenant, self.key, WIDGETS.key, response)

    def _built(self, tenant: Tenant, at: float, query: Mapping[str, str]) -> CachedResponse | None:
        """Return the response with widgets data, None for a reserved customer id and for a query that is wrong."""
        if reserved_status(query.get("customer_id", "")) is not None:
            return None
        call = KaisaRequest(tenant, at, query, {}, None, self.services.history, self._customers)
        try:
            body = orjson.dumps(widgets.view(call))
        except ValidationError:
            return None
        tag = etag(body)
        headers = [*HEADERS, ("ETag", tag), ("Cache-Control", "no-cache")]
        return CachedResponse(body, [*headers, *snapshot_headers(tenant, format_instant(at))], tag)


API = KaisaApi
