"""
Conditional requests: answers that the caller has already, and answers that he wants only unchanged.

Source:
    RFC 9110, section 13.
"""

import hashlib
from collections.abc import Mapping
from typing import Any


class PreconditionFailed(Exception):
    """The answer is not the one that the caller named in If-Match."""


def etag(body: bytes) -> str:
    """The strong entity tag of a body."""
    return f'"{hashlib.sha256(body).hexdigest()[:24]}"'


def unchanged(environ: Mapping[str, Any], tag: str) -> bool:
    """
    Whether the caller has this answer already.

    Raises:
        PreconditionFailed: He wants another one.
    """
    wanted = environ.get("HTTP_IF_MATCH")
    if wanted is not None and not _names(wanted, tag, weakly=False):
        raise PreconditionFailed
    had = environ.get("HTTP_IF_NONE_MATCH")
    return had is not None and _names(had, tag, weakly=True)


def _names(header: str, tag: str, *, weakly: bool) -> bool:
    tags = [each.strip() for each in header.split(",")]
    return "*" in tags or tag in tags or (weakly and f"W/{tag}" in tags)
