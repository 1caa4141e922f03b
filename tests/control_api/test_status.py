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
    assert answer.json["detail"] == "The database cannot be used: file is not a database."


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_a_sandbox_that_cannot_write_is_not_ready(client, tmp_path):
    """A sandbox whose file was deleted is not ready, and says why."""
    (tmp_path / "sandbox.db").unlink()

    answer = client.get("/_sandbox/ready")

    assert (answer.status_code, "its file is gone" in answer.json["detail"]) == (503, True)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("at", "date"), [(820_454_400.0, "1996-01-01"), (4_200_000_000.0, "2103-02-04"), (1e15, "1000000000000000 seconds")]
)
def test_a_machine_with_an_impossible_date_is_not_ready(client, get, wall, at, date):
    """Where centers do not exist at the machine's date, the sandbox is not ready and says why; APIs still answer."""
    wall.at = at

    ready, agents = client.get("/_sandbox/ready"), get("/agents")

    assert (ready.status_code, f"date is {date}" in ready.json["detail"]) == (503, True)
    assert agents.status_code in (200, 401)


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
