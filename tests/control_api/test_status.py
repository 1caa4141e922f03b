"""Health, readiness, the labels of all operations, the scenarios, and errors of unknown paths."""

import pytest

from kpn_sandbox import __version__


@pytest.mark.parametrize("path", ["/_sandbox/health", "/_sandbox/ready"])
def test_health_is_open(client, wall, path):
    """Health and readiness show version, engine and uptime to anybody, but not to pages of other sites."""
    wall.at += 90

    answer = client.get(path)

    assert answer.json == {"status": "ok", "version": __version__, "engine": 2, "uptime_seconds": 90.0}
    assert answer.headers["Content-Type"] == "application/json"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_sandbox_without_its_database_is_not_ready(app, client, tmp_path):
    """A sandbox whose database fails is not ready, but still healthy."""
    app.extensions["kpn_sandbox"].sandbox.database.close()
    for path in tmp_path.iterdir():
        path.write_bytes(b"spoiled" * 1000)

    answer = client.get("/_sandbox/ready")

    assert client.get("/_sandbox/health").status_code == 200
    assert (answer.status_code, answer.headers["Content-Type"]) == (503, "application/problem+json")
    assert answer.json["detail"] == "The database does not answer; try again."


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/_sandbox/nope", 404), ("POST", "/_sandbox/health", 405), ("OPTIONS", "/_sandbox/health", 405)],
)
def test_errors_of_paths_and_methods_are_problems(client, method, path, status):
    """An unknown path or method is answered with a problem document, not in a vendor's shape."""
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.json["status"]) == (status, status)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers.get("Allow") == (None if status == 404 else "GET, HEAD")
