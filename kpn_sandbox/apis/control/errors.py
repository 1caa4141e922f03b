"""
Every refusal, as a problem.

Source:
    RFC 9457.
"""

import json

from flask import Response
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

from ...storage import StorageError


def refused(error: Exception) -> Response:
    """What the sandbox says when this goes wrong."""
    if isinstance(error, StorageError):
        return problem(503, "Service Unavailable", "The database does not answer.")
    failure = error if isinstance(error, HTTPException) else InternalServerError()
    status = failure.code or 500
    response = problem(status, failure.name, _DETAILS.get(status, failure.name))
    if isinstance(failure, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(failure.valid_methods or ()))
    return response


def problem(status: int, title: str, detail: str) -> Response:
    """A problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return Response(json.dumps(body), status, content_type="application/problem+json")


_DETAILS = {
    404: "Nothing has this path.",
    405: "This path has other methods; see Allow.",
    500: "The sandbox failed; its log tells why under the id in X-Request-Id.",
}
