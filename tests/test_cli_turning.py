"""The control API from the shell."""

import json
import socket
import threading

import pytest

from kpn_sandbox.app import create_app
from kpn_sandbox.cli import main
from kpn_sandbox.server.werkzeug_server import make_threaded
from kpn_sandbox.settings import Settings

MONDAY = "2026-11-23T10:00:00+01:00"


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """A sandbox that serves on a free port."""
    database = f"sqlite:///{tmp_path_factory.mktemp('turning')}/sandbox.db"
    app = create_app(Settings(database_url=database, agents=5, admin_token="admin-token"))
    server = make_threaded(app, socket.create_server(("127.0.0.1", 0)))
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    serving.join()
    server.server_close()
    app.extensions["kpn_sandbox"].sandbox.database.close()


@pytest.fixture
def run(capsys, monkeypatch, url):
    """Run a command line against the sandbox: its exit code, its output as JSON, and its errors."""
    monkeypatch.setenv("KPN_SANDBOX_URL", url)

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(words)
        told = capsys.readouterr()
        return ended.value.code or 0, json.loads(told.out) if told.out else None, told.err

    return run


@pytest.fixture
def turn(run):
    """Run a command line that must succeed, with the demo account as in the beginning."""
    run("reset")

    def turn(*words):
        code, told, err = run(*words)
        assert (code, err) == (0, "")
        return told

    return turn


@pytest.fixture
def administrator(monkeypatch):
    monkeypatch.setenv("KPN_SANDBOX_ADMIN_TOKEN", "admin-token")


def test_accounts_take_the_administrator(turn, administrator):
    """Made with what was said, listed, shown and dropped."""
    words = ("--secret", "hush", "--seed", "s", "--scenario", "peak", "--at", MONDAY, "--profile", "agents=7")
    made = turn("account", "create", "berta", *words)

    shown = turn("account", "show", "berta")
    assert (made["client_secret"], shown["profile"]["agents"], shown["clock"]["at"]) == ("hush", 7, MONDAY)
    assert "berta" in [each["client_id"] for each in turn("account", "list")]
    assert turn("clock", "--client-id", "berta")["mode"] == "frozen"
    assert turn("account", "delete", "berta") is None
    assert "berta" not in [each["client_id"] for each in turn("account", "list")]


def test_an_account_shows_and_drops_itself(turn, administrator, monkeypatch):
    """With its own secret, without the administrator."""
    turn("account", "create", "carla", "--secret", "hush")
    monkeypatch.delenv("KPN_SANDBOX_ADMIN_TOKEN")

    assert turn("account", "show")["client_id"] == "APP_CONSUMER_KEY"
    assert turn("account", "show", "carla", "--client-secret", "hush")["client_id"] == "carla"
    assert turn("account", "delete", "carla", "--client-secret", "hush") is None


def test_without_his_token_it_is_told_what_is_missing(run):
    """Before anybody is asked."""
    code, _, err = run("account", "list")

    assert (code, err.count("\n")) == (2, 1)
    assert "KPN_SANDBOX_ADMIN_TOKEN" in err


def test_the_clock_is_turned(turn):
    """Frozen, moved on, run fast, shown."""
    assert turn("clock", "freeze", MONDAY) == {"mode": "frozen", "at": MONDAY, "speed": 0.0}
    assert turn("clock", "advance", "3600")["at"] == "2026-11-23T11:00:00+01:00"
    assert turn("clock", "run", MONDAY, "--speed", "60")["speed"] == 60
    assert turn("clock")["mode"] == "running"


def test_profile_and_scenario_are_turned(turn):
    """Fields are written as JSON; null brings back a default."""
    assert turn("scenario", "peak", "--for-seconds", "60")["name"] == turn("scenario")["name"] == "peak"
    assert turn("profile", "agents=9", "names=numbered", "--midnight")["names"] == "numbered"
    assert turn("profile", "names=null")["names"] == "faker"
    assert turn("profile")["agents"] == 9


def test_objects_are_pinned(turn):
    """Values are texts, as the vendor writes them."""
    pin = turn("pin", "set", "agents", "40001", "Status=AUX", "Reason=2", "Direction=null", "--reads", "3")

    assert pin["fields"] == {"Status": "AUX", "Reason": "2", "Direction": None}
    assert [each["reads"] for each in turn("pin")] == [3]
    assert turn("pin", "drop", "agents", "40001") is None
    assert turn("pin") == []


def test_faults_are_planned(turn):
    """Short words for outcomes, or their JSON."""
    words = ("503", "503+200ms", "250ms", "reset", "ok", '{"status": 418, "body": "tea"}')
    fault = turn("fault", "add", "agents", *words)

    assert fault["outcomes"] == [
        {"status": 503},
        {"status": 503, "delay_ms": 200},
        {"delay_ms": 250},
        {"connection": "reset"},
        {"ok": True},
        {"status": 418, "body": "tea"},
    ]
    assert turn("fault", "add", "any", "500", "--probability", "0.2", "--seed", "dice")["operation"] is None
    assert [each["remaining"] for each in turn("fault")] == [6, None]
    turn("fault", "drop", fault["id"])
    turn("fault", "drop")
    assert turn("fault") == []


def test_calls_are_limited_and_looked_at(turn):
    """Quota, journal and conduct."""
    assert turn("quota", "60", "--unit", "hour")["limit"] == turn("quota")["limit"] == 60
    assert turn("quota", "--drop") is None
    assert turn("requests", "--operation", "token", "--limit", "5") == []
    assert turn("requests", "--har")["log"]["version"] == "1.2"
    assert turn("requests", "--clear") is None
    assert turn("conduct") == {"requests": 0, "findings": []}


def test_layers_are_reset(turn):
    """Those that are named, else all."""
    assert turn("reset", "clock", "pins") == ["clock", "pins"]
    assert len(turn("reset")) == 9


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("scenario", "party"), 1, "name must be one of calm"),
        (("profile", "agents"), 2, "fields must be written NAME=VALUE"),
        (("profile", "agents=0"), 1, "agents must be a whole number from 1 to 1000"),
        (("fault", "add", "agents", "maybe"), 2, "an outcome must be like 503"),
        (("fault", "add", "agents", "500", "503", "--probability", "0.5"), 2, "one OUTCOME"),
        (("clock", "freeze", "noon"), 1, "at must be an ISO 8601 instant"),
        (("clock", "--client-secret", "wrong"), 1, "not the client id and secret"),
        (("pin", "set", "cats", "1", "Name=x"), 2, "'cats' is not one of"),
        (("reset", "memories"), 1, "layers[0] must be one of"),
    ],
)
def test_a_mistake_is_one_line(run, words, code, line):
    """That says what would be right: 2 for the command line itself, 1 for what the sandbox refuses."""
    ended, told, err = run(*words)

    assert (ended, told, err.count("\n")) == (code, None, 1)
    assert err.startswith("kpn-sandbox: ") and line in err
