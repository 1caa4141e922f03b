"""Views of the stored wallboards: list, store, show, change, delete."""

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Response, request

from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.vendors.bright_pattern.context import StatisticsRequest, empty_response
from kpn_sandbox.vendors.bright_pattern.errors import BadRequestError, BrightPatternError, Code
from kpn_sandbox.vendors.bright_pattern.operations import (
    ADD_WALLBOARD,
    CHANGE_WALLBOARD,
    REMOVE_WALLBOARD,
    SHOW_WALLBOARD,
    WALLBOARDS,
)
from kpn_sandbox.vendors.bright_pattern.records import wallboard_entry, wallboard_record
from kpn_sandbox.vendors.bright_pattern.schemas import WALLBOARD_PROPERTIES, WallboardSchema, loaded, shortened
from kpn_sandbox.vendors.bright_pattern.subscription import json_body


@endpoint(WALLBOARDS)
def wallboards(call: StatisticsRequest) -> Response:
    """List the wallboards of the account."""
    stored = call.services.wallboards.list(call.client_id)
    return call.json_response({"wallboards": list(map(wallboard_entry, stored))})


@endpoint(ADD_WALLBOARD)
def add_wallboard(call: StatisticsRequest) -> Response:
    """Store a wallboard."""
    stored = call.services.wallboards.add(call.client_id, **_wallboard(json_body(request)))
    response = call.json_response({"id": stored.id})
    response.status_code = 201
    return response


@endpoint(SHOW_WALLBOARD)
def show_wallboard(call: StatisticsRequest) -> Response:
    """Show a wallboard."""
    return call.json_response(wallboard_record(call.services.wallboards.show(call.client_id, call.variables["id"])))


@endpoint(CHANGE_WALLBOARD)
def change_wallboard(call: StatisticsRequest) -> Response:
    """
    Set the property of a wallboard that the last part of the path names.

    Raises:
        BrightPatternError: Wallboards have no such property.
        BadRequestError: The body does not carry the property.
    """
    name, wallboard = call.variables["property"], call.variables["id"]
    if name not in WALLBOARD_PROPERTIES:
        raise BrightPatternError(404, Code.NOT_FOUND, f"A wallboard has no property {shortened(name)}")
    call.services.wallboards.show(call.client_id, wallboard)
    sent = _wallboard(json_body(request), only=[name])
    if name not in sent:
        raise BadRequestError(Code.MISSING, f"The body must have {name}")
    call.services.wallboards.change(call.client_id, wallboard, **sent)
    return empty_response()


@endpoint(REMOVE_WALLBOARD)
def remove_wallboard(call: StatisticsRequest) -> Response:
    """Delete a wallboard."""
    call.services.wallboards.remove(call.client_id, call.variables["id"])
    return empty_response()


ENDPOINTS = (wallboards, add_wallboard, show_wallboard, change_wallboard, remove_wallboard)


def _wallboard(body: Any, only: Sequence[str] = WALLBOARD_PROPERTIES) -> dict[str, Any]:
    sent = loaded(WallboardSchema, body, only=only)
    try:
        # A wallboard that is nested too deeply could be stored, but not be sent in responses.
        orjson.dumps([[sent]])
    except TypeError:
        raise BadRequestError(Code.TOO_LARGE, "A wallboard is not nested as deep as that") from None
    return sent
