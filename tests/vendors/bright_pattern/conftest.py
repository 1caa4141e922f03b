"""Clients of Bright Pattern's API, and subscriptions for them."""

import pytest

from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS, ApplicationPart

LOGIN = {"tenant_url": "localhost", "username": "APP_CONSUMER_KEY", "password": "APP_CONSUMER_SECRET"}
FORM = {
    "grant_type": "client_credentials",
    "client_id": "APP_CONSUMER_KEY",
    "client_secret": "APP_CONSUMER_SECRET",
    "scope": "yourcompany.brightpattern.com",
}
TOKEN_PATH = "/configapi/v2/oauth/token"


@pytest.fixture
def settings():
    """Return settings with which subscriptions have data at once."""
    return {"agents": 30, "bright_pattern_refresh": 0}


@pytest.fixture
def session(client):
    """Return a client that is logged in: its cookies go with every request."""
    assert client.post("/statsapi/auth", json=LOGIN).status_code == 200
    return client


@pytest.fixture
def subscribe(session):
    """Subscribe, which must succeed."""

    def one(body):
        answer = session.post("/statsapi/subscription", json=body)
        assert (answer.status_code, answer.data) == (200, b""), answer.json

    return one


@pytest.fixture
def subscribed(session, subscribe):
    """Subscribe and return the data."""

    def data(body, **headers):
        subscribe(body)
        answer = session.get("/statsapi/subscription/data", headers=headers)
        assert answer.status_code == 200, answer.json
        return answer.json

    return data


def grid(*names, **options):
    """Return a grid whose columns have the names of their statistics."""
    columns = [{"id": name, "stat_name": name} for name in names]
    return {"id": "g", "columns": columns, **options}


def agents(*names, **options):
    """Return a subscription to one grid of agents."""
    return {"data": {"agent_grids": [grid(*names, **options)]}}


def services(*names, **options):
    """Return a subscription to one grid of services."""
    return {"data": {"service_grids": [grid(*names, **options)]}}


def names_in(part):
    """Return the statistics that a part of an application may have."""
    return [name for name, statistic in STATISTICS.items() if part in statistic.parts]


def everything():
    """Return a subscription to all statistics."""
    return {
        "data": {
            "stats_totals": names_in(ApplicationPart.TOTALS),
            "service_grids": [grid(*names_in(ApplicationPart.SERVICES))],
            "agent_grids": [grid(*names_in(ApplicationPart.AGENTS))],
            "chat_messages": {},
        }
    }
