"""
The request log as it grows, for the page `/requests`: server-sent events, or one look at a time.

Events are sent where a response that lasts costs no thread; a client that is answered in JSON asks again by itself.
Nothing of it counts: no entry of the log, no quota, no fault.

Source:
    HTML Living Standard, section 9.2, "Server-sent events".
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Request, Response

from kpn_sandbox.control_api.errors import invalid_fields
from kpn_sandbox.control_api.serializers import log_entry_record
from kpn_sandbox.gateway.fault_injection import has_left
from kpn_sandbox.gateway.request_info import STREAMS
from kpn_sandbox.tenants.request_log import RequestLog

LOOK_SECONDS = 0.25
"""Pause between two looks at the log, which is how late an event may be."""

QUIET_LOOKS = 60
"""Looks without an entry after which a comment is sent, so that no proxy takes the connection for a dead one."""

EVENT_STREAM = "text/event-stream"
NOBODY = ""
"""In place of a client id: the requests that belong to no account."""

_CURSOR = re.compile(r"[0-9]{1,15}(-[0-9]{1,15})*")


@dataclass
class LogReader:
    """
    Reads what is new in the request logs of some owners.

    Args:
        request_log: The request log.
        owners: Client ids, or `NOBODY`.
        numbers: Numbers of the latest look, a pair for each owner.
    """

    request_log: RequestLog
    owners: tuple[str, ...]
    numbers: list[tuple[int, int]]

    @property
    def cursor(self) -> str:
        """The place up to which was read, as text that a client sends to go on from there."""
        return "-".join(str(number) for pair in self.numbers for number in pair)

    def read(self) -> dict[str, Any]:
        """Return what is new, as JSON values."""
        requests, cleared = [], False
        for place, owner in enumerate(self.owners):
            before = self.numbers[place]
            self.numbers[place], entries = self.request_log.entries_after(owner, before)
            cleared = cleared or any(now < then for now, then in zip(self.numbers[place], before, strict=True))
            requests += [log_entry_record(entry, with_account=True) for entry in entries]
        return {"cursor": self.cursor, "cleared": cleared, "requests": requests}


def live_requests(
    request: Request, request_log: RequestLog, owners: tuple[str, ...], pause: Callable[[float], bool]
) -> Response:
    """
    Return the entries after `?cursor=`, and those to come if the client takes events and the server can stream.

    Args:
        request: The request, which is authenticated.
        request_log, owners: The request log, and whose entries are returned: client ids or `NOBODY`.
        pause: Waits for some seconds while other requests are served; says whether the server stops.

    Raises:
        ProblemError: The cursor is none that a response contained.
    """
    reader = LogReader(request_log, owners, _numbers(request.args.get("cursor", ""), len(owners)))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if STREAMS in request.environ and EVENT_STREAM in request.headers.get("Accept", ""):
        events = _events(reader, request.environ["gunicorn.socket"], pause)
        return Response(events, content_type=EVENT_STREAM, headers=headers)
    return Response(orjson.dumps(reader.read()), content_type="application/json", headers=headers)


def _numbers(cursor: str, owners: int) -> list[tuple[int, int]]:
    if not cursor:
        return [(0, 0)] * owners
    numbers = [int(part) for part in cursor.split("-")] if _CURSOR.fullmatch(cursor) else []
    if len(numbers) != 2 * owners:
        raise invalid_fields({"field": "cursor", "value": cursor, "allowed": "the cursor of an earlier answer"})
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def _events(reader: LogReader, connection: Any, pause: Callable[[float], bool]) -> Iterator[bytes]:
    # The first event is sent in any case: it tells the client that it is connected, and that the log is empty.
    first, quiet = True, 0
    while not has_left(connection):
        found = reader.read()
        is_news = first or found["cleared"] or bool(found["requests"])
        first, quiet = False, 0 if is_news else quiet + 1
        if is_news:
            yield b"id: %s\ndata: %s\n\n" % (reader.cursor.encode(), orjson.dumps(found))
        elif quiet % QUIET_LOOKS == 0:
            yield b": still here\n\n"
        if pause(LOOK_SECONDS):
            return
