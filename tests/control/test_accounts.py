"""Accounts: the tenants of the sandbox."""

import pytest
from sqlalchemy import select

from kpn_sandbox.control.accounts import Account
from kpn_sandbox.control.clock import FrozenClock
from kpn_sandbox.control.errors import AccountExists, InvalidAccount
from kpn_sandbox.simulation.errors import UnknownScenario
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.storage import tables

ANNA = Account("anna", "seed of anna", "busy", Profile(agents=7), FrozenClock(1_795_424_400.0))


def test_an_account_is_found_as_it_was_made(accounts):
    """Seed, scenario, profile and clock are kept."""
    accounts.create(ANNA, "secret")

    assert accounts.find("anna") == ANNA


def test_nobody_is_found_by_an_unknown_id(accounts):
    """None, not an error."""
    assert accounts.find("anna") is None


def test_a_client_id_is_given_once(accounts):
    """The second one learns that it is taken, the first one stays."""
    accounts.create(ANNA, "secret")

    with pytest.raises(AccountExists, match="account anna exists"):
        accounts.create(Account("anna", "another seed"), "other")

    assert accounts.find("anna") == ANNA


@pytest.mark.parametrize("client_id", ["", "a:b", "a b", "é", "a" * 129, "a\n"])
def test_a_client_id_must_fit_into_http_basic(client_id):
    """Visible ASCII without a colon."""
    with pytest.raises(InvalidAccount, match="client_id must be"):
        Account(client_id, "seed")


def test_a_scenario_must_exist():
    """The refusal names those that do."""
    with pytest.raises(UnknownScenario, match="one of calm, normal"):
        Account("anna", "seed", "lunch")


def test_the_scenario_is_laid_over_the_profile():
    """Its center has the scenario's load and the profile's agents."""
    (epoch,) = ANNA.epochs

    assert (epoch.profile.agents, epoch.profile.load) == (7, 1.15)


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
    """Only both right open the door."""
    accounts.create(ANNA, "secret")

    assert accounts.authenticate(client_id, secret) == found


def test_the_secret_itself_is_not_kept(accounts, database):
    """The database holds a salted digest, different for equal secrets."""
    accounts.create(ANNA, "secret")
    accounts.create(Account("berta", "seed"), "secret")

    with database.read() as connection:
        anna, berta = connection.execute(select(tables.accounts)).all()

    assert anna.secret_digest != berta.secret_digest
    assert b"secret" not in anna.secret_digest + anna.secret_salt


def test_follow_makes_an_account_and_changes_it(accounts):
    """It is as told, whether it existed or not, and its tokens may go on."""
    accounts.follow(ANNA, "secret")
    accounts.follow(Account("anna", "another seed"), "new")

    assert accounts.find("anna") == Account("anna", "another seed")
    assert accounts.authenticate("anna", "secret") is None
    assert accounts.authenticate("anna", "new") is not None


def test_follow_writes_only_what_differs(accounts, database):
    """A start with unchanged settings writes nothing."""
    accounts.follow(ANNA, "secret")
    before = database.generation()

    accounts.follow(ANNA, "secret")

    assert database.generation() == before


def test_a_stranger_is_welcome_and_stays_himself(accounts):
    """The first secret that comes with an unknown id becomes its secret."""
    first = accounts.welcome("carla", "secret")

    assert first == Account("carla", seed="carla")
    assert accounts.welcome("carla", "secret") == first
    assert accounts.welcome("carla", "other") is None


def test_not_every_stranger_is_welcome(accounts):
    """An id that no account may have makes none."""
    assert accounts.welcome("car la", "secret") is None
