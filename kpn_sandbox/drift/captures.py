"""
Captured answers of KPN: from an HTTP archive, from a file with one answer's body, or fetched from the API itself.

Source:
    HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from kpn_sandbox.client.external import ExternalError, check_url, get_external
from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.safe_text import redacted_value
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, RESOURCES, TOKEN

_LISTS = tuple(operation for operation in RESOURCES if not operation.parameter)
_PATHS = tuple((re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path) + "/?$"), each) for each in OPERATIONS)


class CaptureError(Exception):
    """There is nothing to compare; the message says in one line what would be right."""


@dataclass(frozen=True)
class Capture:
    """A response that somebody got from KPN's API."""

    operation: Operation
    path: str
    """The path of the request without base path and query, as at the sandbox's root."""
    status: int
    body: Any
    """The body read as JSON; a text when it is none."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Headers of the response by their names in small letters; empty when they were not captured."""
    text: str = ""
    """The body as it came."""


Skip = Callable[[str], None]
"""Is called with one line about each entry of an archive that cannot be read and is left out."""


def _ignore(reason: str) -> None:
    pass


def read_captures(source: Any, skip: Skip = _ignore) -> list[Capture]:
    """
    Find the responses of KPN's API in a capture.

    Args:
        source: A file's path, or what is in it: an HTTP archive, or the body of one response.
        skip: Is called with each entry that is left out.

    Returns:
        At least one capture.

    Raises:
        CaptureError: There are none.
    """
    content = read_json(source)
    if isinstance(content, Mapping) and "log" in content:
        found = list(_from_archive(content, skip))
    else:
        found = [_from_body(content)]
    if not found:
        raise CaptureError("the archive holds no request of the KPN Dashboard Server API with an answer's body")
    return found


def read_json(source: Any) -> Any:
    """
    Read a file as JSON; anything but a path is returned as it is.

    Raises:
        CaptureError: The file cannot be read as JSON.
    """
    if not isinstance(source, str | Path):
        return source
    try:
        return json.loads(Path(source).read_bytes())
    except OSError as error:
        raise CaptureError(f"{source}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise CaptureError(f"{source} must hold JSON: an HTTP archive (HAR) or the body of an answer") from None


def fetch_captures(url: str, token: str | None) -> list[Capture]:
    """
    Fetch what the API answers now.

    Args:
        url: The URL of an operation, or a base URL: then all three lists are fetched.
        token: The access token to send.

    Raises:
        CaptureError: There is no usable response, or it is no URL.
    """
    try:
        check_url(url)
    except ValueError as error:
        raise CaptureError(str(error)) from None
    # An error of the library would repeat it.
    if token and not re.fullmatch("[!-~]+", token):
        raise CaptureError("token must be visible ASCII characters without spaces")
    operation = _operation_at(urlsplit(url).path)
    requests = [(url, operation)] if operation else [(url.rstrip("/") + each.path, each) for each in _LISTS]
    return [_fetch(address, each, token) for address, each in requests]


def _operation_at(path: str) -> Operation | None:
    """The operation that a path belongs to, below whatever base path."""
    return next((operation for pattern, operation in _PATHS if pattern.search(path)), None)


def _fetch(url: str, operation: Operation, token: str | None) -> Capture:
    try:
        response = get_external(url, {"Authorization": f"Bearer {token}"} if token else {})
    except ExternalError as error:
        raise CaptureError(f"{redacted_value(url)}: {error}") from None
    if 300 <= response.status < 400:
        # The token is for this server only.
        target = redacted_value(response.headers.get("Location", "nowhere"))
        raise CaptureError(f"{redacted_value(url)}: redirected to {target}; give the final URL")
    headers = _lowercase(dict(response.headers.items()))
    path = _root_path(url, operation)
    return Capture(operation, path, response.status, _parsed(response.text), headers, response.text)


def _from_archive(archive: Mapping[str, Any], skip: Skip) -> Iterator[Capture]:
    log = archive["log"]
    entries = log.get("entries") if isinstance(log, Mapping) else None
    if not isinstance(entries, list):
        raise CaptureError("the HTTP archive is not one of version 1.2: it has no log.entries")
    for number, entry in enumerate(entries):
        try:
            yield from _from_entry(entry["request"], entry["response"])
        except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
            reason = f"{type(error).__name__}: {error}"
            skip(f"entry {number} of the archive is left out, because it is not one of version 1.2 ({reason})")


def _from_entry(request: Mapping[str, Any], response: Mapping[str, Any]) -> Iterator[Capture]:
    operation = _operation_at(urlsplit(request["url"]).path)
    content = response["content"]
    if operation is None or request["method"] != operation.method or not content.get("text"):
        return
    text = content["text"]
    if content.get("encoding") == "base64":
        text = base64.b64decode(text).decode(errors="replace")
    headers = _lowercase({header["name"]: header["value"] for header in response["headers"]})
    path, status = _root_path(request["url"], operation), int(response["status"])
    if not 100 <= status <= 599:
        raise ValueError(f"status {status}")
    yield Capture(operation, path, status, _parsed(text), headers, text)


def _from_body(body: Any) -> Capture:
    """Recognize the operation of a body without its request by the fields."""
    data = body.get("DataSet") if isinstance(body, Mapping) else None
    if isinstance(data, Mapping):
        for operation in RESOURCES:
            if operation.key in data:
                path = _path_to(operation, data[operation.key])
                return Capture(operation, path, 200, body, text=json.dumps(body, ensure_ascii=False))
    if isinstance(body, Mapping) and "access_token" in body:
        return Capture(TOKEN, TOKEN.path, 200, body)
    raise CaptureError("the file must hold an HTTP archive (HAR), or the body of an answer with its DataSet")


def _path_to(operation: Operation, record: Any) -> str:
    if not operation.parameter:
        return operation.path
    return operation.path.replace(
        f"{{{operation.parameter}}}", str(record.get(operation.parameter, "") if isinstance(record, Mapping) else "")
    )


def _root_path(url: str, operation: Operation) -> str:
    """The path of a URL without base path and query."""
    path = urlsplit(url).path.rstrip("/")
    return path[path.rindex(operation.path.split("{")[0]) :]


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _lowercase(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
