"""An application whose connections break: the path names the fault."""

import time

from flask import Flask, Response

from kpn_sandbox.gateway.fault_injection import BrokenConnection, drip

TEXT = "drop by drop"

app = Flask(__name__)


@app.get("/<connection>")
def answer(connection: str) -> Response:
    """Break the connection by this fault; `whole` is an ordinary answer."""
    response = Response(TEXT)
    if connection == "whole":
        return response
    return drip(response, time.sleep) if connection == "drip" else BrokenConnection(connection)
