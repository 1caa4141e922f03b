"""The files that the pages are made of: our own, and Swagger UI's as its package brings them."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from flask import Response, abort, request

from kpn_sandbox.gateway.responses import etag, unchanged
from kpn_sandbox.web.security import HEADERS

OWN = Path(__file__).parent / "static"

_SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def own(name: str) -> Response:
    """One of our own files."""
    return _file(OWN, name)


def swagger_ui(name: str) -> Response:
    """One of the files of Swagger UI."""
    if name not in _SWAGGER_UI:
        abort(404)
    return _file(_swagger_ui_folder(), name)


@lru_cache(maxsize=1)
def _swagger_ui_folder() -> Path:
    # The package is found but not imported: it would bring a blueprint with inline scripts.
    spec = find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        abort(404)
    return Path(spec.submodule_search_locations[0]) / "dist"


def _file(folder: Path, name: str) -> Response:
    # A name with a slash does not get here; the listing keeps out everything else that is no file of the folder.
    if name not in _names(folder):
        abort(404)
    body, tag = _content(folder / name)
    headers = {**HEADERS, "ETag": tag, "Cache-Control": "no-cache"}
    if unchanged(request.environ, tag):
        return Response(status=304, headers=headers)
    return Response(body, content_type=f"{_TYPES[Path(name).suffix]}; charset=utf-8", headers=headers)


@lru_cache(maxsize=2)
def _names(folder: Path) -> frozenset[str]:
    return frozenset(path.name for path in folder.iterdir() if path.suffix in _TYPES)


@lru_cache(maxsize=64)
def _content(path: Path) -> tuple[bytes, str]:
    body = path.read_bytes()
    return body, etag(body)
