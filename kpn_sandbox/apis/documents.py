"""The documents that describe the APIs: OpenAPI and Postman, made when they are asked for."""

import json
from typing import Any

from flask import Blueprint, Response, abort, request

from kpn_sandbox.apis.conditional import etag, unchanged

OPENAPI = ("kpn", "bright-pattern", "kaisa", "atobi", "itx", "sandbox")
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
        from kpn_sandbox.postman import FILES

        return _document(json.dumps({"files": [f"{_base_url()}/postman/{name}" for name in FILES]}))

    @documents.get("/postman/<name>", provide_automatic_options=False)
    def postman(name: str) -> Response:
        from kpn_sandbox.postman import FILES, text

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
    from kpn_sandbox.apis.atobi import openapi as atobi
    from kpn_sandbox.apis.bright_pattern import openapi as bright_pattern
    from kpn_sandbox.apis.control import openapi as control
    from kpn_sandbox.apis.itx import openapi as itx
    from kpn_sandbox.apis.kaisa import openapi as kaisa
    from kpn_sandbox.apis.kpn import openapi as kpn

    modules = (kpn, bright_pattern, kaisa, atobi, itx, control)
    return dict(zip(OPENAPI, modules))[name].document(base_url)


def _base_url() -> str:
    return request.url_root.rstrip("/")


def _document(text: str) -> Response:
    body = text.encode()
    headers = {"ETag": etag(body), "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    if unchanged(request.environ, headers["ETag"]):
        return Response(status=304, headers=headers)
    return Response(body, content_type="application/json", headers=headers)
