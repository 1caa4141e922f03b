"""
The documents that describe the APIs: OpenAPI and Postman, made when they are asked for.

The Postman collections and their environment, made from the operations and schemas that the code answers with.

Every request tests its answer, so that sending a whole collection checks an API.

Source:
    schema.getpostman.com/json/collection/v2.1.0 for the form.
"""

import json
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, Response, abort, request

from kpn_sandbox.gateway.responses import etag, unchanged
from kpn_sandbox.literals import API_KEYS, hyphenated
from kpn_sandbox.tenants.secrets import itx_token
from kpn_sandbox.vendors.atobi import postman as atobi
from kpn_sandbox.vendors.bright_pattern import postman as bright_pattern
from kpn_sandbox.vendors.itx import postman as itx
from kpn_sandbox.vendors.kaisa import postman as kaisa
from kpn_sandbox.vendors.kpn import postman as kpn

OPENAPI = (*map(hyphenated, API_KEYS), "sandbox")
"""The APIs that have an OpenAPI document."""


def blueprint(client_id: str, client_secret: str) -> Blueprint:
    """
    The routes.

    Args:
        client_id: Client id of the demo account, for the Postman environment.
        client_secret: Its secret, empty when it is not to be told.
    """
    documents = Blueprint("documents", __name__)

    @documents.get("/openapi/<name>.json", provide_automatic_options=False)
    def openapi(name: str) -> Response:
        if name not in OPENAPI:
            abort(404)
        return _document(json.dumps(openapi_document(name, _base_url())))

    @documents.get("/postman/", provide_automatic_options=False)
    def postman_files() -> Response:
        return _document(json.dumps({"files": [f"{_base_url()}/postman/{name}" for name in FILES]}))

    @documents.get("/postman/<name>", provide_automatic_options=False)
    def postman(name: str) -> Response:
        if name not in FILES:
            abort(404)
        return _document(text(name, _base_url(), client_id, client_secret))

    return documents


def openapi_document(name: str, base_url: str) -> dict[str, Any]:
    """
    The OpenAPI document of an API.

    Args:
        name: One of `OPENAPI`.
        base_url: Where the sandbox is, as the reader sees it.
    """
    # Imported here because apispec takes long to import.
    from kpn_sandbox.control_api import openapi as control
    from kpn_sandbox.vendors.atobi import openapi as atobi_openapi
    from kpn_sandbox.vendors.bright_pattern import openapi as bright_pattern_openapi
    from kpn_sandbox.vendors.itx import openapi as itx_openapi
    from kpn_sandbox.vendors.kaisa import openapi as kaisa_openapi
    from kpn_sandbox.vendors.kpn import openapi as kpn_openapi

    modules = (kpn_openapi, bright_pattern_openapi, kaisa_openapi, atobi_openapi, itx_openapi, control)
    return dict(zip(OPENAPI, modules, strict=True))[name].document(base_url)


def _base_url() -> str:
    return request.url_root.rstrip("/")


def _document(text: str) -> Response:
    body = text.encode()
    headers = {"ETag": etag(body), "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    if unchanged(request.environ, headers["ETag"]):
        return Response(status=304, headers=headers)
    return Response(body, content_type="application/json", headers=headers)


COLLECTION = kpn.FILE
ENVIRONMENT = "kpn-sandbox.postman_environment.json"

COLLECTIONS: dict[str, Callable[[], dict[str, Any]]] = {
    kpn.FILE: kpn.collection,
    bright_pattern.FILE: bright_pattern.collection,
    kaisa.FILE: kaisa.collection,
    atobi.FILE: atobi.collection,
    itx.FILE: itx.collection,
}
"""One per API, by the names of their files."""

FILES = (*COLLECTIONS, ENVIRONMENT)

_VALUES = {
    **kpn.VARIABLES,
    **bright_pattern.VARIABLES,
    **kaisa.VARIABLES,
    **atobi.VARIABLES,
    **itx.VARIABLES,
}


def text(
    name: str, base_url: str, client_id: str = "APP_CONSUMER_KEY", client_secret: str = "APP_CONSUMER_SECRET"
) -> str:
    """The content of one of `FILES`, for a sandbox at that URL and an account of it."""
    made = environment(base_url, client_id, client_secret) if name == ENVIRONMENT else COLLECTIONS[name]()
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def environment(base_url: str, client_id: str, client_secret: str) -> dict[str, Any]:
    """The environment: where the sandbox is, who calls, and what is looked at."""
    values = {"base_url": base_url, "client_id": client_id, "client_secret": client_secret, **_VALUES}
    values["itx_token"] = itx_token(client_id, client_secret) if client_secret else ""
    return {
        "id": str(uuid5(NAMESPACE_URL, ENVIRONMENT)),
        "name": "kpn_sandbox",
        "values": [{"key": key, "value": value, "type": _kind(key), "enabled": True} for key, value in values.items()],
        "_postman_variable_scope": "environment",
    }


def _kind(key: str) -> str:
    return "secret" if key.endswith(("_secret", "_token")) else "default"
