"""An application whose connections break: the path names the fault."""

import time

from flask import Flask, Response

from kpn_sandbox.gateway.fault_injection import DAMAGES, BrokenConnection

TEXT = "drop by drop"

app = Flask(__name__)
left: list[str] = []
"""The connections whose client has left, in their order."""


class _Left(BrokenConnection):
    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        try:
            return super().__call__(environ, start_response)
        finally:
            left.append(self._connection)


@app.get("/left")
def count() -> list[str]:
    """The faults that are over."""
    return left


@app.get("/<connection>")
def answer(connection: str) -> Response:
    """Break the connection by this fault; `whole` is an ordinary answer."""
    response = Response(TEXT, headers={"ETag": '"t"'})
    if connection == "whole":
        return response
    return DAMAGES[connection](response, time.sleep) if connection in DAMAGES else _Left(connection, time.sleep)
