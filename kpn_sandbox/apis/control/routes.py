"""URL to answer: health and readiness."""

import orjson
from flask import Blueprint, Response

from ... import __version__
from ...control.clock import Source
from ...simulation.randomness import ENGINE_VERSION
from ...storage import Database

PREFIX = "/_sandbox"


def blueprint(database: Database, source: Source) -> Blueprint:
    """
    The routes.

    Args:
        database: Asked for readiness.
        source: Tells wall time; the sandbox is up since the first asking.
    """
    started_at = source()
    control = Blueprint("control", __name__, url_prefix=PREFIX)

    @control.get("/health", provide_automatic_options=False)
    def health() -> Response:
        return _alive(source() - started_at)

    @control.get("/ready", provide_automatic_options=False)
    def ready() -> Response:
        database.check()
        return _alive(source() - started_at)

    return control


def _alive(uptime_seconds: float) -> Response:
    body = {
        "status": "ok",
        "version": __version__,
        "engine": ENGINE_VERSION,
        "uptime_seconds": round(max(0.0, uptime_seconds), 3),
    }
    return Response(orjson.dumps(body), content_type="application/json", headers={"Cache-Control": "no-store"})
