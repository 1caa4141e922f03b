"""
Files of the pages: templates, those in `static`, and Swagger UI's from its own package.

They are found also where a test has replaced the file system.
"""

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from flask import Response, abort, request

from kpn_sandbox.gateway.responses import etag, unchanged
from kpn_sandbox.packaged_files import packaged_bytes
from kpn_sandbox.web.security import HEADERS

STATIC, TEMPLATES = Path(__file__).parent / "static", Path(__file__).parent / "templates"

_SWAGGER_UI = ("swagger-ui.css", "swagger-ui-bundle.js", "swagger-ui-standalone-preset.js")
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


def static_file(name: str) -> Response:
    """Return one of the sandbox's own files; 404 for any other name."""
    return _response(STATIC, name)


def swagger_ui_file(name: str) -> Response:
    """Return one of Swagger UI's files; 404 for those that the page does not need."""
    if name not in _SWAGGER_UI:
        abort(404)
    return _response(_swagger_ui(), name)


@lru_cache(maxsize=1)
def _swagger_ui() -> Path:
    """Return the folder of the package's files."""
    # The package is located but not imported: it would register a blueprint of its own with inline scripts.
    spec = find_spec("flask_swagger_ui")
    if spec is None or not spec.submodule_search_locations:
        abort(404)
    return Path(spec.submodule_search_locations[0]) / "dist"


def template(name: str) -> str | None:
    """Return the text of a page's template; None when there is none."""
    return packaged_text(f"{TEMPLATES.name}/{name}")


def packaged_text(path: str) -> str | None:
    """Return the text of a file, by its path from this package; None when there is none."""
    try:
        return packaged_bytes(Path(__file__).parent / path).decode()
    except OSError:
        return None


def _response(folder: Path, name: str) -> Response:
    # The URL rule lets no slash through.
    if Path(name).suffix not in _TYPES or "\\" in name:
        abort(404)
    try:
        body, tag = _content(folder / name)
    except OSError:
        abort(404)
    headers = {**HEADERS, "ETag": tag, "Cache-Control": "no-cache"}
    if unchanged(request.environ, tag):
        return Response(status=304, headers=headers)
    return Response(body, content_type=f"{_TYPES[Path(name).suffix]}; charset=utf-8", headers=headers)


@lru_cache(maxsize=64)
def _content(path: Path) -> tuple[bytes, str]:
    body = packaged_bytes(path)
    return body, etag(body)
