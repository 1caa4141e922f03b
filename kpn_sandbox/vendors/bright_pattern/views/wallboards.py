"""Views of the stored wallboards: list, store, show, change, delete."""

from typing import Any

import orjson
from flask import Response, request

from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.vendors.bright_pattern.context import StatisticsRequest, empty_response
from kpn_sandbox.vendors.bright_pattern.errors import BadRequestError, Code
from kpn_sandbox.vendors.bright_pattern.operations import (
    ADD_WALLBOARD,
    CHANGE_WALLBOARD,
    REMOVE_WALLBOARD,
    SHOW_WALLBOARD,
    WALLBOARDS,
)
from kpn_sandbox.vendors.bright_pattern.records import wallboard_entry, wallboard_record
from kpn_sandbox.vendors.bright_pattern.schemas import WallboardSchema, loaded
from kpn_sandbox.vendors.bright_pattern.store import Wallboard
from kpn_sandbox.vendors.bright_pattern.subscription import json_body


@endpoint(WALLBOARDS)
def wallboards(call: StatisticsRequest) -> Response:
    """List the wallboards of the account."""
    stored = call.services.wallboards.list(call.client_id)
    return call.json_response({"wallboards": list(map(wallboard_entry, stored))})


@endpoint(ADD_WALLBOARD)
def add_wallboard(call: StatisticsRequest) -> Response:
    """Store a wallboard."""
    given = _wallboard(json_body(request))
    config = given.get("config", {"widgets": []})
    stored = call.services.wallboards.add(call.client_id, given["name"], given.get("is_global", False), config)
    return call.json_response({"id": stored.id}, 201)


@endpoint(SHOW_WALLBOARD)
def show_wallboard(call: StatisticsRequest) -> Response:
    """Show a wallboard."""
    return call.json_response(wallboard_record(call.services.wallboards.show(call.client_id, call.variables["id"])))


@endpoint(CHANGE_WALLBOARD)
def change_wallboard(call: StatisticsRequest) -> Response:
    """Store a wallboard anew, with the name in the path."""
    name = call.variables["name"]
    before = call.services.wallboards.show(call.client_id, call.variables["id"])
    sent = json_body(request) if request.content_length else {}
    given = _wallboard({**sent, "name": name} if isinstance(sent, dict) else sent)
    is_global, config = given.get("is_global", before.is_global), given.get("config", before.config)
    call.services.wallboards.change(call.client_id, Wallboard(before.id, name, is_global, config))
    return empty_response()


@endpoint(REMOVE_WALLBOARD)
def remove_wallboard(call: StatisticsRequest) -> Response:
    """Delete a wallboard."""
    call.services.wallboards.remove(call.client_id, call.variables["id"])
    return empty_response()


ENDPOINTS = (wallboards, add_wallboard, show_wallboard, change_wallboard, remove_wallboard)


def _wallboard(body: Any) -> dict[str, Any]:
    given = loaded(WallboardSchema, body)
    try:
        orjson.dumps([[given]])
    except TypeError:
        raise BadRequestError(Code.TOO_LARGE, "A wallboard is not nested as deep as that") from None
    return given
