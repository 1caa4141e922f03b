"""The composition root: the demo account of a start, and several workers on one database."""

import json
import sqlite3
from contextlib import closing

import pytest

from kpn_sandbox.app import create_app
from kpn_sandbox.settings import Settings
from kpn_sandbox.simulation.errors import InstantOutOfRange, UnknownScenario
from kpn_sandbox.simulation.randomness import ENGINE_VERSION
from kpn_sandbox.storage import StorageError
from kpn_sandbox.tenants.clock import FrozenClock
from kpn_sandbox.tenants.errors import AccountInUse, SnapshotFileError

SNAPSHOT = {
    "format": 1,
    "engine": ENGINE_VERSION,
    "seed": "s",
    "profile": {"agents": 4},
    "clock": {"mode": "frozen", "at": "2026-11-23T10:00:00+01:00"},
    "client_id": "anna",
    "client_secret": "hush",
}
TOKEN_URL = "/oauth/client_credential/accesstoken?grant_type=client_credentials"


@pytest.fixture
def start(tmp_path):
    """Start the application on the same database once more."""
    apps = []

    def one_more(force=False, **settings):
        apps.append(create_app(Settings(database_url=f"sqlite:///{tmp_path}/sandbox.db", **settings), force=force))
        return apps[-1]

    yield one_more
    for app in apps:
        app.extensions["kpn_sandbox"].sandbox.database.close()


def stop(app):
    app.extensions["kpn_sandbox"].sandbox.database.close()


def notes(app):
    return app.extensions["kpn_sandbox"].notes


def demo(app):
    return app.extensions["kpn_sandbox"].sandbox.accounts.find("APP_CONSUMER_KEY")


def token(app, secret="APP_CONSUMER_SECRET"):
    form = {"client_id": "APP_CONSUMER_KEY", "client_secret": secret}
    return app.test_client().post(TOKEN_URL, data=form)


def agents(app, text):
    return app.test_client().get("/agents", headers={"Authorization": f"Bearer {text}"})


def test_the_demo_account_follows_the_settings(start):
    """Each start gives the demo account its own settings, whatever those of the last start were."""
    stop(start(seed="old", scenario="peak", agents=3))

    account = demo(start(clock="2026-11-23T10:00:00+01:00", agents=7, client_secret="new"))

    assert (account.seed, account.scenario, account.profile.agents) == ("APP_CONSUMER_KEY", "normal", 7)
    assert account.clock == FrozenClock(1_795_424_400.0)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"agents": 7}, "--agents was 3 and is 7 now"),
        ({"seed": "new"}, "--seed was old and is new now"),
        ({"scenario": "calm"}, "--scenario was peak and is calm now"),
        ({"clock": "2026-11-23T10:00:00+01:00"}, "--clock was running and is 2026-11-23T10:00:00+01:00 now"),
    ],
)
def test_a_running_account_does_not_begin_anew(start, changed, reason):
    """Another start with other settings is refused, naming the setting; with force it goes ahead, and says so."""
    before = {"seed": "old", "scenario": "peak", "agents": 3}
    running = start(**before)

    with pytest.raises(AccountInUse) as refused:
        start(**{**before, **changed})
    kept = demo(running)
    forced = start(force=True, **{**before, **changed})

    assert f"would begin anew ({reason})" in str(refused.value) and "--force" in str(refused.value)
    assert (kept.seed, kept.scenario, kept.profile.agents) == ("old", "peak", 3)
    assert notes(forced)[1] == f"account APP_CONSUMER_KEY begins anew: {reason}"


def test_a_start_tells_of_another_one(start):
    """A start on a database that another process has open says so; the first one has nothing to say."""
    first, second = start(), start()

    assert notes(first) == ()
    assert len(notes(second)) == 1 and "another process has sqlite:///" in notes(second)[0]


def test_a_start_tells_why_the_account_begins_anew(start):
    """A start after the one before has ended says which setting made the account begin anew."""
    stop(start(agents=3))
    second = start(agents=4)
    stop(second)

    assert notes(second) == ("account APP_CONSUMER_KEY begins anew: --agents was 3 and is 4 now",)
    assert notes(start(agents=4)) == ()


def test_a_demo_account_of_a_newer_version_is_named(start, tmp_path):
    """A start with a demo account that this version cannot read names the database and the account."""
    stop(start())
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as connection, connection:
        connection.execute("""UPDATE accounts SET origin_profile = '{"moods": 3}'""")

    with pytest.raises(StorageError) as refused:
        start()

    assert "sandbox.db has account APP_CONSUMER_KEY from a newer version of the sandbox" in str(refused.value)
    assert "moods" in str(refused.value)


def test_a_new_secret_replaces_the_old_one(start):
    """A start with another secret makes the old one invalid."""
    start()

    app = start(client_secret="new")

    assert (token(app).status_code, token(app, "new").status_code) == (401, 200)


def test_the_seed_comes_from_the_client_id(start):
    """The seed is derived from the client id, unless a setting gives another."""
    first = start()
    assert demo(first).seed == "APP_CONSUMER_KEY"
    stop(first)
    assert demo(start(seed="mine")).seed == "mine"


def test_the_admin_token_stays_over_starts(start):
    """The administrator's token is generated once and stored; one in the settings replaces it."""
    tokens = [start(**settings).extensions["kpn_sandbox"].admin_token for settings in ({}, {}, {"admin_token": "mine"})]

    assert tokens[0] == tokens[1]
    assert tokens[2] == "mine"


@pytest.mark.parametrize(
    ("settings", "refusal", "reason"),
    [
        ({"scenario": "lunch"}, UnknownScenario, "scenario must be one of calm, normal"),
        ({"clock": "2100-12-31T23:59:59-12:00"}, InstantOutOfRange, "2000-01-01 to 2100-12-31"),
        ({"database_url": "sqlite:////no/such/folder/x.db"}, StorageError, "cannot be used"),
    ],
)
def test_impossible_settings_are_refused_at_the_start(tmp_path, settings, refusal, reason):
    """The error is one line that says what would be right."""
    url = f"sqlite:///{tmp_path}/sandbox.db"

    with pytest.raises(refusal, match=reason) as refused:
        create_app(Settings(**{"database_url": url, **settings}))

    assert "\n" not in str(refused.value)


def test_the_application_may_be_forked(start, tmp_path):
    """A new application holds no open connection: the last one to close removes SQLite's write-ahead log."""
    start()

    assert sorted(path.name for path in tmp_path.iterdir()) == ["sandbox.db", "sandbox.db-lock"]


def test_a_token_of_one_worker_is_valid_at_another(start):
    """A token is valid at any worker in the very next request, also at one that has been busy before."""
    one, other = start(), start()
    first = token(one).json["access_token"]
    assert agents(other, first).status_code == 200

    for _ in range(5):
        fresh = token(one).json["access_token"]

        assert agents(other, fresh).status_code == 200
        assert agents(one, fresh).status_code == 200


def test_workers_answer_with_the_same_bytes(start):
    """All workers answer with the same bytes for the same account and instant."""
    clock = "2026-11-23T10:00:00+01:00"
    one, other = start(clock=clock), start(clock=clock)
    text = token(one).json["access_token"]

    assert agents(one, text).data == agents(other, text).data


def test_accounts_are_independent(start):
    """Each client id has its own center."""
    app = start(lenient=True, clock="2026-11-23T10:00:00+01:00")
    form = {"client_id": "carla", "client_secret": "hers"}
    other = app.test_client().post(TOKEN_URL, data=form).json["access_token"]
    at = {"Prefer": 'at="2026-11-23T10:00:00+01:00"'}

    names = []
    for text in (token(app).json["access_token"], other):
        answer = app.test_client().get("/agents", headers={"Authorization": f"Bearer {text}", **at})
        names.append([agent["Agent"] for agent in answer.json["DataSet"]["agents"]])

    assert names[0] != names[1]


@pytest.fixture
def file(tmp_path):
    """Writes a file with snapshots, and returns its path."""

    def write(document):
        path = tmp_path / "snapshots.json"
        path.write_text(document if isinstance(document, str) else json.dumps(document))
        return str(path)

    return write


def accounts(app):
    return app.extensions["kpn_sandbox"].sandbox.accounts


def seed_and_agents(app, client_id):
    tenant = app.extensions["kpn_sandbox"].sandbox.tenant(client_id)
    return tenant.account.seed, tenant.timeline.base.profile.agents


def test_a_start_makes_the_accounts_of_a_file(start, file):
    """The accounts of a file exist with their secrets, and the start says so; other accounts stay."""
    app = start(snapshot=file({"accounts": [SNAPSHOT, {**SNAPSHOT, "client_id": "berta", "seed": "b"}]}))

    assert seed_and_agents(app, "anna") == ("s", 4)
    assert seed_and_agents(app, "berta") == ("b", 4)
    assert accounts(app).authenticate("anna", "hush") is not None
    assert len([note for note in notes(app) if "restored" in note]) == 2
    assert demo(app).seed == "APP_CONSUMER_KEY"


def test_a_later_start_overwrites_only_what_has_changed_in_the_file(start, file):
    """What was done with an account stays while its entry is the same; a changed entry is restored with its secret."""
    path = file(SNAPSHOT)
    app = start(snapshot=path)
    app.extensions["kpn_sandbox"].sandbox.configuration.patch("anna", {"agents": 9})
    accounts(app).rotate_secret("anna", "other")
    stop(app)

    app = start(snapshot=path)
    assert seed_and_agents(app, "anna") == ("s", 9)
    assert accounts(app).authenticate("anna", "other") is not None
    stop(app)

    app = start(snapshot=file({**SNAPSHOT, "profile": {"agents": 5}}))
    assert seed_and_agents(app, "anna") == ("s", 5)
    assert accounts(app).authenticate("anna", "hush") is not None


def test_the_demo_account_may_come_from_a_file(start, file):
    """An entry with the demo account's id and secret is restored into it, and stays with later starts."""
    mine = {**SNAPSHOT, "client_id": "APP_CONSUMER_KEY", "client_secret": "APP_CONSUMER_SECRET"}
    path = file(mine)
    stop(start(snapshot=path))

    assert demo(start(snapshot=path)).seed == "s"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ("no JSON", "must be JSON"),
        ("[]", "must hold a snapshot"),
        ({"accounts": 1}, "must hold a snapshot"),
        ({"accounts": [], "more": 1}, "must hold a snapshot"),
        ({"accounts": [SNAPSHOT, 1]}, r"accounts\[1\].snapshot must be a JSON object"),
        ({"accounts": [SNAPSHOT, SNAPSHOT]}, r"accounts\[1\] must be another one"),
        ({"accounts": [SNAPSHOT, {**SNAPSHOT, "client_id": "b", "seed": ""}]}, r"accounts\[1\].seed must be"),
        ({**SNAPSHOT, "engine": 1}, "engine must be"),
        ({**SNAPSHOT, "client_id": None}, "client_id must be"),
        ({name: value for name, value in SNAPSHOT.items() if name != "client_secret"}, "client_secret must be"),
        ({**SNAPSHOT, "client_id": "APP_CONSUMER_KEY"}, "client_secret must be that of the settings"),
        ({**SNAPSHOT, "pins": [{"kind": "agents", "key": "1", "fields": {"A": "1"}}]}, r"pins\[0\].fields.A must"),
    ],
)
def test_a_wrong_file_of_snapshots_changes_nothing(start, file, tmp_path, document, reason):
    """The error is one line that names the file, the member and what would be right, and never a secret."""
    with pytest.raises(SnapshotFileError, match=reason) as refused:
        start(snapshot=file(document))

    assert "snapshots.json" in str(refused.value) and "\n" not in str(refused.value)
    assert "hush" not in str(refused.value)
    assert not (tmp_path / "sandbox.db").exists()


def test_a_missing_file_of_snapshots_is_named(start, tmp_path):
    """A start with a file that cannot be read names it."""
    with pytest.raises(SnapshotFileError, match=r"missing\.json cannot be read"):
        start(snapshot=str(tmp_path / "missing.json"))
