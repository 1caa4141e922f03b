"""Static files of the pages: those in `static`, and Swagger UI's from its own package."""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from flask import Response, abort, request

from kpn_sandbox.gateway.responses import etag, unchanged
from kpn_sandbox.web.security import HEADERS

STATIC = Path(__file__).parent / "static"

_SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def static_file(name: str) -> Response:
    """Return one of the sandbox's own files; 404 for any other name."""
    return _response(STATIC, name)


def swagger_ui_file(name: str) -> Response:
    """Return one of Swagger UI's files; 404 for those that the page does not need."""
    if name not in _SWAGGER_UI:
        abort(404)
    return _response(_swagger_ui_folder(), name)


@lru_cache(maxsize=1)
def _swagger_ui_folder() -> Path:
    # The package is located but not imported: it would register a blueprint of its own with inline scripts.
    spec = find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        abort(404)
    return Path(spec.submodule_search_locations[0]) / "dist"


def _response(folder: Path, name: str) -> Response:
    # The URL rule lets no slash through; looking the name up in the listing keeps out "..", too.
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
