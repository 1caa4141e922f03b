"""The documents that describe the APIs, OpenAPI and Postman, made when they are requested."""

import json
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from flask import Blueprint, Response, abort, request

from kpn_sandbox.control_api import openapi as control_openapi
from kpn_sandbox.gateway.hosts import base_url
from kpn_sandbox.gateway.responses import etag, unchanged
from kpn_sandbox.literals import hyphenated
from kpn_sandbox.vendors import APIS
from kpn_sandbox.vendors.itx.auth import itx_token

_APIS = {hyphenated(api.key): api for api in APIS}

OPENAPI = (*_APIS, "sandbox")
"""Names of the OpenAPI documents: the vendors' APIs and the control API."""

COLLECTIONS = {api.postman.file: api.postman for api in APIS}
"""The Postman collections by the names of their files."""

ENVIRONMENT = "kpn-sandbox.postman_environment.json"
FILES = (*COLLECTIONS, ENVIRONMENT)
"""Names of the Postman files."""


def blueprint(client_id: str, client_secret: str) -> Blueprint:
    """
    Return the blueprint of the documents.

    Args:
        client_id: Client id of the demo account, for the Postman environment.
        client_secret: Its secret; empty to leave it out.
    """
    documents = Blueprint("documents", __name__)

    @documents.get("/openapi/<name>.json", provide_automatic_options=False)
    def openapi(name: str) -> Response:
        name = hyphenated(name)
        if name not in OPENAPI:
            abort(404)
        return _document(json.dumps(openapi_document(name, base_url(request.environ))))

    @documents.get("/postman/", provide_automatic_options=False)
    def postman_files() -> Response:
        return _document(json.dumps({"files": [f"{base_url(request.environ)}/postman/{name}" for name in FILES]}))

    @documents.get("/postman/<name>", provide_automatic_options=False)
    def postman(name: str) -> Response:
        if name not in FILES:
            abort(404)
        return _document(text(name, base_url(request.environ), client_id, client_secret))

    return documents


def openapi_document(name: str, base_url: str) -> dict[str, Any]:
    """
    Return the OpenAPI document of an API.

    Args:
        name: One of `OPENAPI`.
        base_url: URL of the sandbox as the reader sees it.
    """
    return _APIS[name].openapi_document(base_url) if name in _APIS else control_openapi.document(base_url)


def _document(text: str) -> Response:
    body = text.encode()
    headers = {"ETag": etag(body), "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    if unchanged(request.environ, headers["ETag"]):
        return Response(status=304, headers=headers)
    return Response(body, content_type="application/json", headers=headers)


def text(
    name: str, base_url: str, client_id: str = "APP_CONSUMER_KEY", client_secret: str = "APP_CONSUMER_SECRET"
) -> str:
    """
    Return the content of a Postman file.

    Args:
        name: One of `FILES`.
        base_url: URL of the sandbox.
        client_id: Account of the environment.
        client_secret: Its secret; empty to leave it out.
    """
    is_environment = name == ENVIRONMENT
    document = environment(base_url, client_id, client_secret) if is_environment else COLLECTIONS[name].build()
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def environment(base_url: str, client_id: str, client_secret: str) -> dict[str, Any]:
    """
    Return the Postman environment.

    Args:
        base_url: URL of the sandbox.
        client_id: Account of the requests.
        client_secret: Its secret; empty to leave it out.
    """
    variables = {key: value for api in APIS for key, value in api.postman.variables.items()}
    values = {"base_url": base_url, "client_id": client_id, "client_secret": client_secret, **variables}
    values["itx_token"] = itx_token(client_id, client_secret) if client_secret else ""
    return {
        "id": str(uuid5(NAMESPACE_URL, ENVIRONMENT)),
        "name": "kpn_sandbox",
        "values": [{"key": key, "value": value, "type": _kind(key), "enabled": True} for key, value in values.items()],
        "_postman_variable_scope": "environment",
    }


def _kind(key: str) -> str:
    return "secret" if key.endswith(("_secret", "_token")) else "default"
