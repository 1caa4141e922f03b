"""Stored wallboards: listed, stored, told, changed, deleted."""

from collections.abc import Callable
from typing import Any

import orjson
from flask import Response, request

from kpn_sandbox.vendors.bright_pattern.context import Call, answered, empty
from kpn_sandbox.vendors.bright_pattern.errors import BadRequest, Code
from kpn_sandbox.vendors.bright_pattern.records import wallboard_entry, wallboard_record
from kpn_sandbox.vendors.bright_pattern.schemas import WallboardSchema, loaded
from kpn_sandbox.vendors.bright_pattern.store import Wallboard, Wallboards
from kpn_sandbox.vendors.bright_pattern.subscription import json_body


class Screens:
    """
    Answers for wallboards.

    Args:
        wallboards: Where they are.
    """

    def __init__(self, wallboards: Wallboards) -> None:
        self._wallboards = wallboards
        self.views: dict[str, Callable[[Call], Response]] = {
            "wallboards": self._list_wallboards,
            "add_wallboard": self._add_wallboard,
            "show_wallboard": self._show_wallboard,
            "change_wallboard": self._change_wallboard,
            "remove_wallboard": self._remove_wallboard,
        }
        """By the key of the operation."""

    def _list_wallboards(self, call: Call) -> Response:
        stored = self._wallboards.list(call.tenant.account.client_id)
        return answered({"wallboards": list(map(wallboard_entry, stored))}, call.tenant, call.at)

    def _add_wallboard(self, call: Call) -> Response:
        given = _wallboard(json_body(request))
        config = given.get("config", {"widgets": []})
        client_id = call.tenant.account.client_id
        made = self._wallboards.add(client_id, given["name"], given.get("is_global", False), config)
        return answered({"id": made.id}, call.tenant, call.at, 201)

    def _show_wallboard(self, call: Call) -> Response:
        found = self._wallboards.show(call.tenant.account.client_id, call.variables["id"])
        return answered(wallboard_record(found), call.tenant, call.at)

    def _change_wallboard(self, call: Call) -> Response:
        client_id, name = call.tenant.account.client_id, call.variables["name"]
        before = self._wallboards.show(client_id, call.variables["id"])
        sent = json_body(request) if request.content_length else {}
        given = _wallboard({**sent, "name": name} if isinstance(sent, dict) else sent)
        is_global, config = given.get("is_global", before.is_global), given.get("config", before.config)
        self._wallboards.change(client_id, Wallboard(before.id, name, is_global, config))
        return empty(200)

    def _remove_wallboard(self, call: Call) -> Response:
        self._wallboards.remove(call.tenant.account.client_id, call.variables["id"])
        return empty(200)


def _wallboard(body: Any) -> dict[str, Any]:
    given = loaded(WallboardSchema, body)
    try:
        orjson.dumps([[given]])
    except TypeError:
        raise BadRequest(Code.TOO_LARGE, "A wallboard is not nested as deep as that") from None
    return given
