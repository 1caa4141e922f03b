"""
The request log as an HTTP archive, which browsers and many tools open.

Source:
    HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/. Sizes are unknown (-1): bodies are logged only where they
    are asked for, and cut.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from kpn_sandbox.tenants.clock import format_instant
from kpn_sandbox.tenants.request_log import LogEntry

_HAR_VERSION: dict[str, Any] = {"httpVersion": "HTTP/1.1", "cookies": []}
_HAR_SIZES = {"headersSize": -1, "bodySize": -1}


def har(entries: Iterable[LogEntry], *, base_url: str, version: str) -> dict[str, Any]:
    """
    Return the archive of a request log, as JSON values.

    Args:
        entries: Entries of the log, the oldest first.
        base_url, version: URL of the server, without a slash at the end, and version of the sandbox.
    """
    creator = {"name": "kpn-sandbox", "version": version}
    return {
        "log": {"version": "1.2", "creator": creator, "entries": [_archive_entry(entry, base_url) for entry in entries]}
    }


def _archive_entry(entry: LogEntry, base_url: str) -> dict[str, Any]:
    query = f"?{entry.query}" if entry.query else ""
    request = {
        "method": entry.method,
        "url": f"{base_url}{entry.path}{query}",
        **_HAR_VERSION,
        "headers": _pairs(entry.headers.items()),
        "queryString": _pairs(parse_qsl(entry.query, keep_blank_values=True)),
        **_HAR_SIZES,
    }
    if entry.request_body is not None:
        kind = entry.headers.get("Content-Type", "")
        request["postData"] = {"mimeType": kind, "params": [], "text": entry.request_body}
    # Rows of an older schema have no headers of the response but this one.
    known = {} if entry.retry_after is None else {"Retry-After": str(entry.retry_after)}
    headers = entry.all_response_headers or known
    text = {} if entry.response_body is None else {"text": entry.response_body}
    response = {
        "status": entry.status,
        "statusText": "",
        **_HAR_VERSION,
        "headers": _pairs(headers.items()),
        "content": {"size": -1, "mimeType": headers.get("Content-Type", "application/json"), **text},
        "redirectURL": headers.get("Location", ""),
        **_HAR_SIZES,
    }
    return {
        "startedDateTime": datetime.fromtimestamp(entry.wall_at, UTC).isoformat(timespec="milliseconds"),
        "time": entry.duration_ms,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": entry.duration_ms, "receive": 0},
        "comment": entry.note,
        "_id": entry.id,
        "_api": entry.api,
        "_operation": entry.operation,
        "_at": format_instant(entry.at),
        "_received_at": format_instant(entry.wall_at),
        "_reason": entry.reason,
    }


def _pairs(items: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in items]
