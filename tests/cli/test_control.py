"""The commands that control an account of a running sandbox."""

import json

import pytest

from kpn_sandbox.cli import main
from kpn_sandbox.testing import running

MONDAY = "2026-11-23T10:00:00+01:00"


@pytest.fixture(scope="module")
def url():
    """A sandbox that serves on a free port."""
    with running({"agents": 5, "admin_token": "admin-token"}) as sandbox:
        yield sandbox.url


@pytest.fixture
def run(capsys, monkeypatch, url):
    """Run a command line against the sandbox: its exit code, its output as JSON, and its errors."""
    monkeypatch.setenv("KPN_SANDBOX_URL", url)

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(words)
        printed = capsys.readouterr()
        return ended.value.code or 0, json.loads(printed.out) if printed.out else None, printed.err

    return run


@pytest.fixture
def control(run):
    """Run a command line that must succeed, beginning with a reset demo account."""
    run("reset")

    def control(*words):
        code, printed, err = run(*words)
        assert (code, err) == (0, "")
        return printed

    return control


@pytest.fixture
def administrator(monkeypatch):
    """Let the commands have the administrator's token."""
    monkeypatch.setenv("KPN_SANDBOX_ADMIN_TOKEN", "admin-token")


def test_accounts_take_the_administrator(control, administrator):
    """The administrator creates an account as the options say, lists it, shows it, uses it and deletes it."""
    words = ("--secret", "hush", "--seed", "s", "--scenario", "peak", "--at", MONDAY, "--profile", "agents=7")
    made = control("account", "create", "berta", "--expires-in-seconds", "3600", *words)

    shown = control("account", "show", "berta")
    assert (made["client_secret"], shown["profile"]["agents"], shown["clock"]["at"]) == ("hush", 7, MONDAY)
    assert shown["expires_at"] > shown["created_at"]
    assert "berta" in [each["client_id"] for each in control("account", "list")]
    assert control("clock", "--client-id", "berta")["mode"] == "frozen"
    assert control("account", "delete", "berta") == {"deleted": ["account berta"]}
    assert "berta" not in [each["client_id"] for each in control("account", "list")]


def test_an_account_shows_and_deletes_itself(control, administrator, monkeypatch):
    """An account is shown and deleted with its own secret, without the administrator's token."""
    control("account", "create", "carla", "--secret", "hush")
    monkeypatch.delenv("KPN_SANDBOX_ADMIN_TOKEN")

    assert control("account", "show")["client_id"] == "APP_CONSUMER_KEY"
    assert control("account", "show", "carla", "--client-secret", "hush")["client_id"] == "carla"
    assert control("account", "delete", "carla", "--client-secret", "hush") == {"deleted": ["account carla"]}


def test_a_missing_token_of_the_administrator_is_named(run):
    """A command for the administrator names the variable that is missing, before it asks a sandbox."""
    code, _, err = run("account", "list")

    assert (code, err.count("\n")) == (2, 1)
    assert "KPN_SANDBOX_ADMIN_TOKEN" in err


def test_the_clock_is_set(control):
    """The clock can be frozen, moved forward, run fast, and shown."""
    frozen = {"mode": "frozen", "at": MONDAY, "speed": 0.0, "tokens": "account", "not_in_force": []}
    assert control("clock", "freeze", MONDAY) == frozen
    assert control("clock", "freeze", "--tokens", "wall")["tokens"] == "wall"
    assert control("clock", "advance", "3600")["at"] == "2026-11-23T11:00:00+01:00"
    assert control("clock", "run", MONDAY, "--speed", "60")["speed"] == 60
    assert control("clock")["mode"] == "running"


def test_an_instant_may_be_written_short(control, run):
    """A time without a day is of the account's day, and a line says which instant it became, but for `-q`."""
    control("clock", "freeze", MONDAY)

    code, clock, err = run("clock", "freeze", "14:30")
    assert (code, clock["at"], err) == (0, "2026-11-23T14:30:00+01:00", "14:30 is 2026-11-23T14:30:00+01:00\n")
    assert run("clock", "freeze", "tuesday", "9:00")[1]["at"] == "2026-11-24T09:00:00+01:00"
    assert run("clock", "run", "2026-07-01T10:00")[1]["at"].startswith("2026-07-01T10:00:00")
    assert run("clock", "freeze", "10:00", "-q") == (0, None, "")
    assert control("clock", "advance", "1h30m")["at"] == "2026-07-01T11:30:00+02:00"
    pin = run("pin", "set", "agents", "40001", "Reason=2", "--expires-at", "12:00")[1]
    assert pin["expires_at"] == "2026-07-01T12:00:00+02:00"
    assert control("scenario", "peak", "--for", "45m")["ends_at"] == "2026-07-01T12:15:00+02:00"


def test_the_options_of_a_group_count_for_its_commands(control, administrator):
    """An option between group and command is that of the command."""
    control("account", "create", "dora", "--secret", "hush", "--at", MONDAY)

    assert control("clock", "--client-id", "dora", "advance", "60")["at"] == "2026-11-23T10:01:00+01:00"
    control("account", "delete", "dora")


def test_a_secret_comes_from_a_file(control, run, administrator, monkeypatch, tmp_path):
    """A secret that stands in a file is in no process list; an empty or a missing file is one line."""
    file = tmp_path / "secret"
    file.write_text("hush\n")
    control("account", "create", "emma", "--secret-file", str(file))
    monkeypatch.delenv("KPN_SANDBOX_ADMIN_TOKEN")

    words = ("account", "show", "emma", "--client-secret-file")
    assert control(*words, str(file))["client_id"] == "emma"
    file.write_text("")
    assert run(*words, str(file))[0::2] == (2, f"kpn-sandbox: {file} must hold a secret, but is empty\n")
    assert run(*words, str(tmp_path / "none"))[2].endswith("none cannot be read: No such file or directory\n")


def test_a_snapshot_is_saved_and_restored(control, run, tmp_path):
    """A state is written into a file or on standard output, and restored from the file."""
    file = tmp_path / "state.json"
    control("clock", "freeze", MONDAY)
    control("pin", "set", "agents", "40001", "Reason=2")
    assert control("snapshot", "save", str(file)) is None
    control("reset")

    restored = control("snapshot", "restore", str(file))

    assert (restored["notes"], restored["clock"]["at"]) == ([], MONDAY)
    assert json.loads(file.read_text()) == control("snapshot", "save", "-")
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


@pytest.mark.parametrize("content", [None, "no JSON", "[]"])
def test_a_file_without_a_snapshot_is_one_line(run, tmp_path, content):
    """A file that is missing or holds no JSON object ends with 2 and a line that says so."""
    file = tmp_path / "state.json"
    if content is not None:
        file.write_text(content)

    code, _, err = run("snapshot", "restore", str(file))

    assert (code, err.count("\n")) == (2, 1)
    assert "state.json" in err


def test_a_file_that_cannot_be_written_is_one_line(control, run, tmp_path):
    """The line names the file, and nothing is left behind."""
    code, _, err = run("snapshot", "save", str(tmp_path / "missing" / "state.json"))

    assert (code, err.count("\n"), list(tmp_path.iterdir())) == (2, 1, [])


def test_profile_and_scenario_are_set(control):
    """Fields of the profile are written as JSON, and null restores a default."""
    assert control("scenario", "peak", "--for-seconds", "60")["name"] == control("scenario")["name"] == "peak"
    assert control("profile", "agents=9", "names=numbered", "--now")["names"] == "numbered"
    assert control("profile", "names=null")["names"] == "faker"
    assert control("profile")["agents"] == 9


def test_changes_count_always_or_from_now_on(control):
    """A change counts always, which `--midnight` says as well, and with `--now` or `--for-seconds` from now on."""
    control("clock", "freeze", MONDAY)

    assert control("scenario", "busy")["effective_from"] is None
    assert control("scenario", "peak", "--now")["effective_from"] == MONDAY
    assert control("scenario", "calm", "--midnight")["effective_from"] is None
    assert control("scenario", "peak", "--for-seconds", "60")["effective_from"] == MONDAY


def test_the_clock_commands_name_what_is_not_in_force(control, run):
    """Each dated change that does not hold at the clock's instant is a line on standard error beside the JSON."""
    control("clock", "freeze", MONDAY)
    control("scenario", "peak", "--now")
    control("profile", "agents=12", "--now")

    for words in (("clock", "freeze", "2026-11-23T09:00:00+01:00"), ("clock", "advance", "1"), ("clock",)):
        code, printed, err = run(*words)
        assert (code, len(printed["not_in_force"])) == (0, 2)
        assert sorted(err.splitlines()) == sorted(f"not in force: {each}" for each in printed["not_in_force"])
        assert f'not in force: scenario "peak" counts from {MONDAY} on' in err


def test_objects_are_pinned(control):
    """Values of a pin are texts, as the vendor writes them, but for null and lists."""
    pin = control("pin", "set", "agents", "40001", "Status=AUX", "Reason=2", "Direction=null", "--reads", "3")

    assert pin["fields"] == {"Status": "AUX", "Reason": "2", "Direction": None}
    assert [each["reads"] for each in control("pin")] == [3]
    assert control("pin", "drop", "queues") == {"deleted": []}
    assert control("pin", "drop", "agents", "40001") == {"deleted": ["pin on agents 40001"]}
    assert control("pin") == []


def test_faults_are_planned(control):
    """Outcomes are written in short words or as JSON."""
    words = ("503", "503+200ms", "250ms", "reset", "ok", '{"status": 418, "body": "tea"}')
    fault = control("fault", "add", "agents", *words)

    assert fault["outcomes"] == [
        {"status": 503},
        {"status": 503, "delay_ms": 200},
        {"delay_ms": 250},
        {"connection": "reset"},
        {"ok": True},
        {"status": 418, "body": "tea"},
    ]
    assert control("fault", "add", "any", "500", "--probability", "0.2", "--seed", "dice")["operation"] == "any"
    assert [each["remaining"] for each in control("fault")] == [6, None]
    one = control("fault", "add", "agent", "timeout", "truncate+200ms", "--key", "40001")
    assert (one["key"], one["outcomes"]) == (
        "40001",
        [{"connection": "hang"}, {"connection": "truncate", "delay_ms": 200}],
    )
    control("fault", "drop", one["id"])
    control("fault", "drop", fault["id"])
    control("fault", "drop")
    assert control("fault") == []


def test_calls_are_limited_and_logged(control):
    """Quota, request log and conduct are shown, set and emptied."""
    assert control("quota", "60", "--unit", "hour")["limit"] == control("quota")["limit"] == 60
    assert control("quota", "--drop") == {"deleted": ["quota of 60 a hour"]}
    assert control("quota", "--drop") == {"deleted": []}
    assert control("requests", "--operation", "token", "--limit", "5") == []
    assert control("requests", "--har")["log"]["version"] == "1.2"
    assert control("requests", "--clear") == {"deleted": []}
    assert control("conduct") == {"requests": 0, "findings": []}


def test_layers_are_reset(control):
    """A reset restores the layers that are named, else all."""
    assert control("reset", "clock", "pins") == ["clock", "pins"]
    assert len(control("reset")) == 9


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("scenario", "party"), 1, "name must be one of calm"),
        (("profile", "agents"), 2, "fields must be written NAME=VALUE"),
        (("profile", "agents=0"), 1, "agents must be a whole number from 1 to 5000"),
        (("fault", "add", "agents", "maybe"), 2, "an outcome must be like 503"),
        (("fault", "add", "agents", "500", "503", "--probability", "0.5"), 2, "one OUTCOME"),
        (("clock", "freeze", "noon"), 2, "an instant must be an ISO 8601 instant"),
        (("clock", "advance", "soon"), 2, "must be a duration like 90, 90s, 15m or 1h30m"),
        (("clock", "freez"), 2, "Did you mean 'freeze'?"),
        (("clock", "--tokens", "walls"), 2, "No such option"),
        (("scenario", "peek"), 1, "Did you mean 'peak'?"),
        (("fault", "add", "agnets", "503"), 1, "Did you mean 'agents'?"),
        (("fault", "add", "agents", "rset"), 2, "Did you mean 'reset'?"),
        (("requests", "--operation", "queus"), 1, "Did you mean 'queues'?"),
        (("pin", "set", "agnets", "1", "Name=x"), 2, "Did you mean 'agents'?"),
        (("requests", "--all", "--har"), 2, "only one of"),
        (("clock", "--client-secret", "wrong"), 1, "not the client id and secret"),
        (("pin", "set", "cats", "1", "Name=x"), 2, "'cats' is not one of"),
        (("reset", "memories"), 1, "layers[0] must be one of"),
    ],
)
def test_a_mistake_is_one_line(run, words, code, line):
    """An error is one line; the exit code is 2 for a wrong command line and 1 for what the sandbox refuses."""
    ended, printed, err = run(*words)

    assert (ended, printed, err.count("\n")) == (code, None, 1)
    assert err.startswith("kpn-sandbox: ") and line in err


def test_words_may_be_spelled_as_people_do(control):
    """Capitals, hyphens, one digit of an hour and the Number of a trunk are understood."""
    assert control("scenario", "PEAK")["name"] == "peak"
    assert (
        control("scenario", "trunk_outage")["name"] == control("scenario", "trunk", "outage")["name"] == "trunk outage"
    )
    assert control("profile", "opening=8:00-20:00")["opening"] == "08:00-20:00"
    assert control("profile", "locale=nl-NL")["locale"] == "nl_NL"
    outage = '[{"trunk": 1000, "start": "9:00", "end": "10:00"}]'
    assert control("profile", f"outages={outage}")["outages"] == [{"trunk": 1, "start": "09:00", "end": "10:00"}]
