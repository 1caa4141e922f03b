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
    sent = _wallboard(json_body(request))
    config = sent.get("config", {"widgets": []})
    stored = call.services.wallboards.add(call.client_id, sent["name"], sent.get("is_global", False), config)
    response = call.json_response({"id": stored.id})
    response.status_code = 201
    return response


@endpoint(SHOW_WALLBOARD)
def show_wallboard(call: StatisticsRequest) -> Response:
    """Show a wallboard."""
    return call.json_response(wallboard_record(call.services.wallboards.show(call.client_id, call.variables["id"])))


@endpoint(CHANGE_WALLBOARD)
def change_wallboard(call: StatisticsRequest) -> Response:
    """Store a wallboard in place of an earlier one, with the name in the path."""
    name = call.variables["name"]
    before = call.services.wallboards.show(call.client_id, call.variables["id"])
    body = json_body(request) if request.content_length else {}
    sent = _wallboard({**body, "name": name} if isinstance(body, dict) else body)
    is_global, config = sent.get("is_global", before.is_global), sent.get("config", before.config)
    call.services.wallboards.change(call.client_id, Wallboard(before.id, name, is_global, config))
    return empty_response()


@endpoint(REMOVE_WALLBOARD)
def remove_wallboard(call: StatisticsRequest) -> Response:
    """Delete a wallboard."""
    call.services.wallboards.remove(call.client_id, call.variables["id"])
    return empty_response()


ENDPOINTS = (wallboards, add_wallboard, show_wallboard, change_wallboard, remove_wallboard)


def _wallboard(body: Any) -> dict[str, Any]:
    sent = loaded(WallboardSchema, body)
    try:
        # A wallboard that is nested too deeply could be stored, but not be sent in responses.
        orjson.dumps([[sent]])
    except TypeError:
        raise BadRequestError(Code.TOO_LARGE, "A wallboard is not nested as deep as that") from None
    return sent
