"""A Flask application that shows how many agents of a center are there."""

import json
from typing import Any
from urllib.request import Request, urlopen

from flask import Flask

TOKEN = "/oauth/client_credential/accesstoken?grant_type=client_credentials"


def create_app(url: str, client_id: str, client_secret: str) -> Flask:
    app = Flask(__name__)

    def ask(path: str, token: str) -> Any:
        with urlopen(Request(url + path, headers={"Authorization": f"Bearer {token}"}), timeout=10) as answer:
            return json.load(answer)

    def token() -> str:
        form = f"client_id={client_id}&client_secret={client_secret}".encode()
        with urlopen(url + TOKEN, form, timeout=10) as answer:
            return str(json.load(answer)["access_token"])

    @app.get("/")
    def page() -> str:
        agents = ask("/agents", token())["DataSet"]["agents"]
        return f"<p id=agents>{len(agents)} agents</p>"

    return app
