"""An Atobi client, and the samples of Atobi's page."""

import json
from pathlib import Path

import pytest

from kpn_sandbox.vendors.atobi.store import Inbox
from tests.application import CREDENTIALS

SAMPLES = json.loads((Path(__file__).parent / "samples.json").read_text(encoding="utf-8"))
KPI = "/api/external/v1/kpi"


def element(number=1, **changed):
    """Return an element; None leaves a member out."""
    members = {
        "id": number,
        "kpi": "points",
        "object_type": "number",
        "value": "100",
        "timestamp": "2019-09-10 13:09:23",
    }
    return {name: value for name, value in {**members, **changed}.items() if value is not None}


def body(*elements, **changed):
    """Return a body about one user."""
    about = {"type": "kpi", "version": "1.0.0", "context": "sales"}
    return {**about, "data": [{"user_id": "123", "elements": list(elements) or [element()]}], **changed}


@pytest.fixture
def atobi_token(client):
    form = {"grant_type": "client_credentials", **CREDENTIALS}
    return client.post("/oauth/token", data=form).json["access_token"]


@pytest.fixture
def send(client, atobi_token):
    """Send a body, JSON or text."""

    def send(sent, path=KPI, **headers):
        text = sent if isinstance(sent, str | bytes) else json.dumps(sent)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {"Authorization": f"Bearer {atobi_token}", "Content-Type": "application/json", **names}
        return client.post(path, data=text, headers=sent)

    return send


@pytest.fixture
def inbox(app):
    """Return the received bodies, oldest first."""
    database = app.extensions["kpn_sandbox"].sandbox.database
    return lambda **filters: [record.body for record in Inbox(database).list("APP_CONSUMER_KEY", **filters)]
