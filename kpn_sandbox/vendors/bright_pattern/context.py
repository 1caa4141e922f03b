"""A request that was admitted, and plain answers to it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson
from flask import Response, request

from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.gateway.responses import told
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.bright_pattern.errors import told as refusal_of
from kpn_sandbox.vendors.bright_pattern.headers import JSON, fresh_headers


class Call(NamedTuple):
    """A request that was admitted."""

    tenant: Tenant
    user: str
    at: float
    """The instant that the answer is of, in whole seconds."""
    variables: Mapping[str, str]
    """Those of the path."""


def empty(status: int) -> Response:
    """An answer without a body."""
    return Response(b"", status, [JSON])


def answered(body: Any, tenant: Tenant, at: float, status: int = 200) -> Response:
    """An answer with JSON, about an instant of an account."""
    return told(orjson.dumps(body), tenant, at, [JSON, *fresh_headers(at)], status)


def forced(operation: Operation, status: int) -> Exception:
    """The refusal of a status that somebody forced on the current request."""
    return refusal_of(status, operation, request.base_url)
