"""The documents that describe the APIs: OpenAPI and Postman, made when they are asked for."""

import json

from flask import Blueprint, Response, abort, request

from .conditional import etag, unchanged


def blueprint(client_id: str, client_secret: str) -> Blueprint:
    """
    The routes.

    Args:
        client_id: Client id of the demo account, for the Postman environment.
        client_secret: Its secret, empty when it is not to be told.
    """
    documents = Blueprint("documents", __name__)

    @documents.get("/openapi/kpn.json", provide_automatic_options=False)
    def openapi_kpn() -> Response:
        from .kpn.openapi import document

        return _document(json.dumps(document(_base_url())))

    @documents.get("/postman/", provide_automatic_options=False)
    def postman_files() -> Response:
        from ..postman import FILES

        return _document(json.dumps({"files": [f"{_base_url()}/postman/{name}" for name in FILES]}))

    @documents.get("/postman/<name>", provide_automatic_options=False)
    def postman(name: str) -> Response:
        from ..postman import FILES, text

        if name not in FILES:
            abort(404)
        return _document(text(name, _base_url(), client_id, client_secret))

    return documents


def _base_url() -> str:
    return request.url_root.rstrip("/")


def _document(text: str) -> Response:
    body = text.encode()
    headers = {"ETag": etag(body), "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    if unchanged(request.environ, headers["ETag"]):
        return Response(status=304, headers=headers)
    return Response(body, content_type="application/json", headers=headers)
