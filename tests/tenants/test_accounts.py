"""Accounts: the tenants of the sandbox."""

import re

import pytest
from sqlalchemy import func, select

from kpn_sandbox.simulation.errors import InvalidProfile, UnknownScenario
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.storage import tables
from kpn_sandbox.tenants.accounts import Account, Accounts, CredentialKind, NewAccount
from kpn_sandbox.tenants.clock import FrozenClock
from kpn_sandbox.tenants.errors import AccountExists, InvalidSetting, UnknownAccount
from kpn_sandbox.tenants.pins import Pin
from kpn_sandbox.tenants.request_log import LogEntry
from tests.tenants.concurrency import in_threads

CLOCK = FrozenClock(1_795_424_400.0)
ANNA = Account("anna", "seed of anna", "busy", Profile(agents=7), CLOCK)
NEW_ANNA = NewAccount("anna", "secret", "seed of anna", Profile(agents=7), "busy", CLOCK)


def test_an_account_is_found_as_it_was_created(accounts, other, wall):
    """Seed, scenario, profile, clock and the time of creation are stored."""
    credentials = accounts.create(NEW_ANNA)

    assert (credentials.account, credentials.client_secret) == (ANNA, "secret")
    assert other.accounts.show("anna") == ANNA
    assert other.accounts.show("anna").created_at == wall.at


def test_missing_settings_are_generated(accounts):
    """Id and secret are random, and the seed is the client id."""
    credentials = accounts.create(NewAccount())

    assert re.fullmatch("[A-Za-z0-9]{28}", credentials.account.client_id)
    assert re.fullmatch("[A-Za-z0-9]{28}", credentials.client_secret)
    assert credentials.account == Account(credentials.account.client_id, seed=credentials.account.client_id)


def listed(sandbox):
    """Return the client ids in the list of accounts."""
    return [tenant.account.client_id for tenant in sandbox.page(1000).accounts]


def test_an_account_is_dropped_when_its_time_is_over(sandbox, accounts, wall):
    """An account with an end is as if deleted from that wall time on, and its client id is free again."""
    accounts.create(NewAccount("anna", "secret", expires_in_seconds=60))
    accounts.create(NewAccount("berta", "secret"))
    wall.at += 59.5
    before = accounts.authenticate("anna", "secret")

    wall.at += 0.5

    assert before.expires_at == wall.at
    assert accounts.authenticate("anna", "secret") is None and not accounts.has_secret("anna", "secret")
    assert accounts.find("anna") is None and not accounts.exists("anna") and sandbox.find_tenant("anna") is None
    assert listed(sandbox) == ["berta"]
    assert accounts.create(NewAccount("anna", "other")).account.expires_at is None


def test_expired_accounts_leave_the_database(sandbox, accounts, wall):
    """Rows of expired accounts are deleted when another account is created, and when somebody asks for one."""
    rows = select(func.count()).select_from(tables.accounts)
    accounts.create(NewAccount("anna", expires_in_seconds=60))
    wall.at += 60
    accounts.create(NewAccount("berta", expires_in_seconds=60))
    after_creating = sandbox.database.fetch_one(rows)
    wall.at += 60
    sandbox.find_tenant("berta")

    assert (after_creating, sandbox.database.fetch_one(rows)) == ((1,), (0,))


def test_an_unknown_id_finds_no_account(accounts):
    """`find` returns None and `show` raises an error, also for an id that no account can have."""
    for client_id in ("anna", "an\x00na", "é", ""):
        assert accounts.find(client_id) is None
        with pytest.raises(UnknownAccount):
            accounts.show(client_id)


def test_a_client_id_is_unique(accounts):
    """A second account of the same client id is refused, and the first one stays as it is."""
    accounts.create(NEW_ANNA)

    with pytest.raises(AccountExists, match="account anna exists"):
        accounts.create(NewAccount("anna", "other"))

    assert accounts.find("anna") == ANNA


def test_one_of_many_simultaneous_accounts_gets_the_id(sandbox, other):
    """Of many accounts of one id that are created at the same time, on two workers, one is created."""

    def made(turn):
        try:
            return (sandbox, other)[turn % 2].accounts.create(NewAccount("anna")).client_secret
        except AccountExists:
            return None

    (secret,) = filter(None, in_threads(made, 16))

    assert sandbox.accounts.authenticate("anna", secret)


@pytest.mark.parametrize("client_id", ["", "a:b", "a b", "é", "a" * 129, "a\n"])
def test_a_client_id_must_fit_into_http_basic(client_id):
    """A client id has visible ASCII characters and no colon."""
    with pytest.raises(InvalidSetting, match="client_id must be"):
        Account(client_id, "seed")


@pytest.mark.parametrize("text", ["", "a\x00", "a\n", "\ud800", "a" * 129])
def test_seed_and_secret_are_texts(accounts, text):
    """Seed and secret have no control characters, and an error does not repeat the secret."""
    with pytest.raises(InvalidSetting, match="seed must be"):
        Account("anna", text)
    with pytest.raises(InvalidSetting, match=r"client_secret must be .* not '\*\*\*'"):
        accounts.create(NewAccount("anna", text))


def test_scenario_and_profile_must_be_possible():
    """The error names the scenarios that exist, or the wrong field of the profile."""
    with pytest.raises(UnknownScenario, match="one of calm, normal"):
        Account("anna", "seed", "lunch")
    with pytest.raises(InvalidProfile):
        Account("anna", "seed", "peak", Profile(agents=5000, talk_seconds=40, wrap_seconds=31, load=1.0))


@pytest.mark.parametrize(
    ("client_id", "secret", "found"),
    [
        ("anna", "secret", ANNA),
        ("anna", "Secret", None),
        ("anna", "", None),
        ("berta", "secret", None),
        ("\x00", "secret", None),
        ("anna", "\ud800", None),
    ],
)
def test_id_and_secret_belong_together(accounts, client_id, secret, found):
    """Only the right id with the right secret authenticates."""
    accounts.create(NEW_ANNA)

    assert accounts.authenticate(client_id, secret) == found


def test_secrets_themselves_are_not_stored(accounts, database):
    """The database holds digests only, salted because a chosen secret may be a poor one."""
    accounts.create(NEW_ANNA)
    accounts.create(NewAccount("berta", "secret"))

    with database.read() as connection:
        anna, berta = connection.execute(select(tables.accounts).order_by(tables.accounts.c.client_id)).all()

    assert anna.secret_digest != berta.secret_digest
    assert not any(b"secret" in str(value).encode() for value in anna if value != anna.seed)


def upper(client_id, secret):
    return f"{client_id} {secret}".upper()


def derived(database, client_id="anna"):
    """Return the stored credentials of an account, by kind."""
    row = tables.credentials.c
    with database.read() as connection:
        return dict(connection.execute(select(row.kind, row.digest).where(row.client_id == client_id)).all())


def test_derived_credentials_follow_the_secret(database):
    """Each kind has one row per account, replaced with the secret and deleted with the account."""
    accounts = Accounts(database, credential_kinds=[CredentialKind("upper", upper)])

    accounts.create(NEW_ANNA)
    first = derived(database)
    made = accounts.rotate_secret("anna")
    second = derived(database)
    accounts.delete("anna")

    assert first == {"upper": "ANNA SECRET"}
    assert second == {"upper": upper("anna", made.client_secret)}
    assert derived(database) == {}


def test_a_new_secret_replaces_the_old_one(accounts, other):
    """After a rotation only the new secret authenticates, at every worker at once."""
    before = accounts.create(NEW_ANNA)

    after = other.accounts.rotate_secret("anna")

    assert accounts.authenticate("anna", before.client_secret) is None
    assert accounts.authenticate("anna", after.client_secret) == ANNA
    assert after.client_secret != before.client_secret


def test_a_deleted_account_leaves_no_rows(sandbox, other, database):
    """Nothing of it is left in any table, and the next account of that client id begins anew."""
    sandbox.accounts.create(NEW_ANNA)
    sandbox.configuration.patch("anna", {"agents": 9})
    sandbox.pins.put("anna", Pin("agents", "50001", {}))
    sandbox.request_log.write(LogEntry("anna", "r", 0.0, 0.0, "kpn", "agents", "GET", "/agents", "", 200, 1.0))
    known = other.tenant("anna")

    sandbox.accounts.delete("anna")

    with pytest.raises(UnknownAccount):
        other.tenant("anna")
    with database.read() as connection:
        counts = {
            name: len(connection.execute(select(table)).all())
            for name, table in tables.metadata.tables.items()
            if name != "schema_version"
        }
    assert not any(counts.values()), counts
    sandbox.accounts.create(NEW_ANNA)
    assert other.tenant("anna") is not known
    assert other.tenant("anna").in_force(CLOCK.at).profile.agents == 7


def test_an_unknown_account_cannot_be_deleted_or_get_a_secret(accounts):
    """Both raise UnknownAccount."""
    with pytest.raises(UnknownAccount):
        accounts.delete("anna")
    with pytest.raises(UnknownAccount):
        accounts.rotate_secret("anna")


def test_ensure_creates_or_adapts_an_account(sandbox):
    """An account begins as configured, whether it existed or not; changes of another beginning are deleted."""
    sandbox.accounts.ensure(NEW_ANNA)
    sandbox.configuration.patch("anna", {"agents": 9})
    sandbox.accounts.ensure(NewAccount("anna", "new"))

    assert sandbox.accounts.find("anna") == Account("anna", "anna")
    assert sandbox.tenant("anna").in_force(CLOCK.at).profile == Profile()
    assert sandbox.accounts.authenticate("anna", "secret") is None
    assert sandbox.accounts.authenticate("anna", "new") is not None


def test_ensure_keeps_changes_of_the_same_beginning(sandbox, other):
    """A start with unchanged settings writes nothing."""
    sandbox.accounts.ensure(NEW_ANNA)
    sandbox.clocks.advance("anna", 60)
    sandbox.configuration.patch("anna", {"agents": 9})
    before = sandbox.tenant("anna")

    other.accounts.ensure(NEW_ANNA)

    assert sandbox.tenant("anna") is before
    assert other.tenant("anna").now() == CLOCK.at + 60
    assert other.tenant("anna").in_force(CLOCK.at + 60).profile.agents == 9


def test_simultaneous_starts_agree(sandbox, other):
    """Many workers that ensure the same account at the same time all succeed."""
    in_threads(lambda turn: (sandbox, other)[turn % 2].accounts.ensure(NEW_ANNA), 8)

    assert [tenant.account for tenant in sandbox.page(10).accounts] == [ANNA]


def test_an_unknown_id_creates_an_account(accounts):
    """The first secret that is presented with an unknown id becomes its secret."""
    first = accounts.authenticate_or_create("carla", "secret")

    assert first == Account("carla", seed="carla")
    assert accounts.authenticate_or_create("carla", "secret") == first
    assert accounts.authenticate_or_create("carla", "other") is None


def test_an_impossible_id_creates_no_account(sandbox, accounts):
    """An id that no account may have authenticates nothing and creates nothing."""
    assert accounts.authenticate_or_create("car la", "secret") is None
    assert listed(sandbox) == []
