"""Figures for Prometheus."""

import sys

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.application import CREDENTIALS, TOKEN_URL


@pytest.fixture
def app(start):
    return start(agents=2)


@pytest.fixture
def admin(app):
    return {"Authorization": f"Bearer {app.extensions['kpn_sandbox'].admin_token}"}


def figures(client, admin):
    """The samples of a scrape, by name and labels."""
    response = client.get("/metrics", headers=admin)
    assert response.status_code == 200 and response.content_type.startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(response.text)
    return {(each.name, *each.labels.values()): each.value for family in families for each in family.samples}


def test_requests_are_counted_by_operation_and_status(app, admin):
    """Cached answers, those of Flask, refused ones and the control API are counted, and timed."""
    client = app.test_client()
    token = client.post(TOKEN_URL, data=CREDENTIALS).json["access_token"]
    for _ in range(3):
        client.get("/agents", headers={"Authorization": f"Bearer {token}"})
    client.get("/agents")
    client.get("/nope")
    client.get("/_sandbox/health")

    found = figures(client, admin)

    counted = {key[1:]: value for key, value in found.items() if key[0] == "kpn_sandbox_requests_total"}
    assert counted == {
        ("kpn", "token", "200"): 1,
        ("kpn", "agents", "200"): 3,
        ("kpn", "agents", "401"): 1,
        ("kpn", "", "404"): 1,
        ("sandbox", "health", "200"): 1,
    }
    assert found["kpn_sandbox_request_duration_seconds_count", "kpn", "agents"] == 4
    assert found["kpn_sandbox_request_duration_seconds_sum", "kpn", "agents"] > 0


def test_accounts_days_and_caches_are_told(app, admin):
    """The figures say how many accounts there are, which days were computed and what the caches hold."""
    client = app.test_client()
    client.post("/_sandbox/accounts", json={"client_id": "anna", "profile": {"agents": 2}}, headers=admin)
    before = figures(client, admin)
    client.get("/_sandbox/accounts/anna/truth/calls", headers=admin)

    after = figures(client, admin)

    assert after["kpn_sandbox_accounts",] == 2
    assert after["kpn_sandbox_days_computed_total",] > before["kpn_sandbox_days_computed_total",]
    assert after["kpn_sandbox_cache_bytes",] > before["kpn_sandbox_cache_bytes",] >= 0


def test_only_the_administrator_gets_the_figures(app):
    """Others get a problem document, as from the control API."""
    client = app.test_client()

    assert client.get("/metrics").status_code == 401
    me = (CREDENTIALS["client_id"], CREDENTIALS["client_secret"])
    response = client.get("/metrics", auth=me)
    assert (response.status_code, response.content_type) == (403, "application/problem+json")


def test_without_the_extra_the_figures_name_it(app, admin, monkeypatch):
    """Where prometheus_client is not installed, the answer is 501 and says what to install."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    response = app.test_client().get("/metrics", headers=admin)

    assert response.status_code == 501
    assert "kpn-sandbox[metrics]" in response.json["detail"]
