"""A wallboard at a running sandbox: logs in, subscribes and polls, while the account's state is changed."""

import json
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

from kpn_sandbox.client import Client

pytestmark = pytest.mark.slow

SOON = 30
DEMO = ("APP_CONSUMER_KEY", "APP_CONSUMER_SECRET")
COLUMNS = ("name", "in_calls_received_per_day", "in_calls_handled_per_day", "in_calls_waiting", "agents_ready")
FIELDS = ("Name", "OfferedCalls", "AnsweredCalls", "InQueueCalls", "Available")
SUBSCRIPTION = {
    "board": {
        "service_grids": [{"id": 1, "columns": [{"id": name, "statName": name} for name in COLUMNS]}],
        "agent_grids": [{"id": 2, "columns": [{"id": 1, "statName": "login_id"}, {"id": 2, "statName": "acd_state"}]}],
    }
}


class Wallboard:
    """A client as the vendor's own: it keeps its cookies and deletes before it creates."""

    def __init__(self, url):
        self.address = urlsplit(url).netloc
        self.cookies = ""

    def ask(self, method, path, body=None):
        """Status, headers and JSON of an answer."""
        connection = HTTPConnection(self.address, timeout=SOON)
        headers = {"Content-Type": "application/json", "Cookie": self.cookies}
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        text = answer.read()
        given = [value.partition(";")[0] for name, value in answer.getheaders() if name == "Set-Cookie"]
        self.cookies = "; ".join(given) or self.cookies
        connection.close()
        return answer.status, answer.headers, json.loads(text) if text else None

    def poll(self):
        """The data, once they are ready."""
        status, headers, body = self.ask("GET", "/statsapi/subscription/data")
        return status, headers["X-Sandbox-Time"], body and body.get("board")


def test_a_wallboard_sees_the_center_live(start_on, tmp_path):
    """Over two workers: data come after the first refresh, move with the clock, and are KPN's at every instant."""
    sandbox = start_on(f"sqlite:///{tmp_path}/sandbox.db", "--workers", "2", "--clock", "2026-11-23T10:00:00+01:00")
    account, board = Client(sandbox.url).account(*DEMO), Wallboard(sandbox.url)
    login = {"tenant_url": sandbox.url, "username": DEMO[0], "password": DEMO[1]}

    assert board.ask("POST", "/statsapi/auth", login)[0] == 200
    assert board.ask("DELETE", "/statsapi/subscription/active")[0] == 404
    assert board.ask("POST", "/statsapi/subscription", SUBSCRIPTION)[0] == 200
    seen = []
    for scenario in ("normal", "peak", "understaffed"):
        account.scenario(scenario)
        account.advance(1800)
        status, at, data = board.poll()
        assert status == 200
        rows = [tuple(row[name] for name in COLUMNS) for row in data["service_grids"][0]["values"]]
        assert rows == [tuple(queue[name] for name in FIELDS) for queue in queues(sandbox, at)]
        seen.append((at, rows))

    assert len({at for at, _ in seen}) == len({tuple(rows) for _, rows in seen}) == 3


def test_a_wallboard_meets_pins_and_faults(start_on, tmp_path):
    """A pin shows, a planned fault is answered once, and the request log contains every request."""
    sandbox = start_on(f"sqlite:///{tmp_path}/sandbox.db", "--clock", "2026-11-23T10:00:00+01:00")
    account, board = Client(sandbox.url).account(*DEMO), Wallboard(sandbox.url)
    board.ask("POST", "/statsapi/auth", {"tenant_url": sandbox.url, "username": DEMO[0], "password": DEMO[1]})
    board.ask("POST", "/statsapi/subscription", SUBSCRIPTION)
    account.advance(5)
    account.pin("agents", 40001, Status="AUX", Reason="1")
    account.fail("data", {"status": 503}, api="bright_pattern")

    first, second = board.poll(), board.poll()

    assert (first[0], second[0]) == (503, 200)
    assert {"1": "40001", "2": "not_ready"} in second[2]["agent_grids"][0]["values"]
    logged = [(entry["operation"], entry["status"]) for entry in account.requests(api="bright_pattern")]
    assert logged == [("login", 200), ("subscribe", 200), ("data", 503), ("data", 200)]


def queues(sandbox, at):
    """KPN's queues as of an instant."""
    connection = HTTPConnection(urlsplit(sandbox.url).netloc, timeout=SOON)
    headers = {"Authorization": f"Bearer {sandbox.token()}", "Prefer": f'at="{at}"'}
    connection.request("GET", "/queues", headers=headers)
    found = json.loads(connection.getresponse().read())["DataSet"]["queues"]
    connection.close()
    return found
