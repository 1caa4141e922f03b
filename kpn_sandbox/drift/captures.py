"""
Captured answers: from an HTTP archive, a file with one answer's body, or the API itself.

Source:
    HAR 1.2, http://www.softwareishard.com/blog/har-12-spec/.
"""

import base64
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from kpn_sandbox.vendors.kpn.operations import OPERATIONS, RESOURCES, TOKEN, Operation

_TIMEOUT_SECONDS = 30.0
_LISTS = tuple(operation for operation in RESOURCES if operation.parameter is None)
_PATHS = tuple((re.compile(re.sub(r"\{\w+\}", "[^/]+", each.path) + "/?$"), each) for each in OPERATIONS)


class CaptureError(Exception):
    """There is nothing to compare; the message says in one line what would be right."""


@dataclass(frozen=True)
class Capture:
    """An answer that somebody got."""

    operation: Operation
    path: str
    """As the sandbox has it at its root."""
    status: int
    body: Any
    """Read as JSON; a text when it is none."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in small letters; empty when they were not captured."""


def captures(source: Any) -> list[Capture]:
    """
    The answers of KPN's API in a capture.

    Args:
        source: A file's path, or what is in it: an HTTP archive, or the body of one answer.

    Raises:
        CaptureError: There are none.
    """
    told = told_in(source)
    if isinstance(told, Mapping) and "log" in told:
        found = list(_archived(told))
    else:
        found = [_bare(told)]
    if not found:
        raise CaptureError("the archive holds no request of the KPN Dashboard Server API with an answer's body")
    return found


def told_in(source: Any) -> Any:
    """
    The JSON of a file; anything else as it is.

    Raises:
        CaptureError: The file cannot be read as JSON.
    """
    if not isinstance(source, str | Path):
        return source
    try:
        return json.loads(Path(source).read_bytes())
    except OSError as error:
        raise CaptureError(f"{source}: {error.strerror}") from None
    except ValueError:
        raise CaptureError(f"{source} must hold JSON: an HTTP archive (HAR) or the body of an answer") from None


def fetched(url: str, token: str | None) -> list[Capture]:
    """
    What the API answers now.

    Args:
        url: That of an operation, or a base URL: then all three lists are asked for.
        token: The access token to show.

    Raises:
        CaptureError: Nobody answers.
    """
    operation = operation_at(urlsplit(url).path)
    asked = [(url, operation)] if operation else [(url.rstrip("/") + each.path, each) for each in _LISTS]
    return [_fetch(address, each, token) for address, each in asked]


def operation_at(path: str) -> Operation | None:
    """The operation that a path, below whatever base path, belongs to."""
    return next((operation for pattern, operation in _PATHS if pattern.search(path)), None)


def _fetch(url: str, operation: Operation, token: str | None) -> Capture:
    request = Request(url, headers={"Authorization": f"Bearer {token}"} if token else {})
    try:
        with urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:
            status, headers, content = answer.status, answer.headers, answer.read()
    except HTTPError as error:
        with error:
            status, headers, content = error.code, error.headers, error.read()
    except (OSError, HTTPException, ValueError) as error:
        raise CaptureError(f"{url} does not answer: {error}") from None
    return Capture(operation, _local(url, operation), status, _read(content.decode(errors="replace")), _small(headers))


def _archived(archive: Mapping[str, Any]) -> Iterator[Capture]:
    try:
        for entry in archive["log"]["entries"]:
            yield from _entry(entry["request"], entry["response"])
    except (KeyError, TypeError, AttributeError) as error:
        raise CaptureError(f"the HTTP archive is not one of version 1.2: {error!r}") from None


def _entry(request: Mapping[str, Any], response: Mapping[str, Any]) -> Iterator[Capture]:
    operation = operation_at(urlsplit(request["url"]).path)
    content = response["content"]
    if operation is None or request["method"] != operation.method or not content.get("text"):
        return
    text = content["text"]
    if content.get("encoding") == "base64":
        text = base64.b64decode(text).decode(errors="replace")
    headers = _small({header["name"]: header["value"] for header in response["headers"]})
    yield Capture(operation, _local(request["url"], operation), int(response["status"]), _read(text), headers)


def _bare(body: Any) -> Capture:
    """A body alone tells by its fields what it answered."""
    data = body.get("DataSet") if isinstance(body, Mapping) else None
    if isinstance(data, Mapping):
        for operation in RESOURCES:
            if operation.key in data:
                return Capture(operation, _path(operation, data[operation.key]), 200, body)
    if isinstance(body, Mapping) and "access_token" in body:
        return Capture(TOKEN, TOKEN.path, 200, body)
    raise CaptureError("the file must hold an HTTP archive (HAR), or the body of an answer with its DataSet")


def _path(operation: Operation, record: Any) -> str:
    if operation.parameter is None:
        return operation.path
    return operation.path.replace(f"{{{operation.parameter}}}", str(record.get(operation.parameter, "")))


def _local(url: str, operation: Operation) -> str:
    """The path without host, base path and query."""
    path = urlsplit(url).path.rstrip("/")
    return path[path.rindex(operation.path.split("{")[0]) :]


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _small(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
