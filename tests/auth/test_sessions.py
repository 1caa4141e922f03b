"""Sessions: one of each kind for a user, known to every start_worker, on both databases."""

from dataclasses import replace
from threading import Thread

import pytest

from kpn_sandbox.auth.bearer_tokens import TokenKind
from kpn_sandbox.auth.errors import InvalidSession
from kpn_sandbox.auth.sessions import FOREVER, SESSIONS_PER_USER, SessionAuth, Sessions, User
from kpn_sandbox.storage.tables import tokens as table
from kpn_sandbox.tenants.accounts import Account

ANNA = User(Account("anna", "anna"), "anna", "secret")
HALL = replace(ANNA, name="anna+hall")
LOGIN, BEARER = TokenKind("login", FOREVER), TokenKind("bearer", 3600)


def is_valid(session):
    return not session.revoked and not session.expired()


@pytest.fixture
def sessions(worker):
    """The sessions of one start_worker, with an account."""
    return Sessions(worker.sandbox, LOGIN, BEARER)


@pytest.fixture
def others(start_worker):
    """The sessions of another worker on the same database."""
    return Sessions(start_worker().sandbox, LOGIN, BEARER)


def test_the_next_session_of_a_user_ends_the_one_before(sessions, others):
    """A user has one session of a kind; a new one ends it and leaves other users and kinds alone."""
    sessions.start(ANNA, LOGIN, "first")
    sessions.start(HALL, LOGIN, "beside")
    sessions.get_or_begin(ANNA, BEARER)
    assert is_valid(others.find("first"))

    sessions.start(ANNA, LOGIN, "second")

    assert [is_valid(others.find(text)) for text in ("first", "beside", "second")] == [False, True, True]


def test_an_ended_session_is_known_but_not_valid(sessions, others):
    """A session ends for every start_worker, and its tenant is still known."""
    sessions.start(ANNA, LOGIN, "text")
    others.end(others.find("text"))

    found = sessions.find("text")

    assert not is_valid(found)
    assert found.tenant.account.client_id == "anna"
    assert sessions.find("unknown") is None


def test_a_session_may_live_by_wall_time(sessions, worker, wall):
    """Where tokens follow wall time, a session and the rest of its lifetime do, however fast the account's clock is."""
    worker.sandbox.clocks.set("anna", "running", speed=3600, tokens="wall")
    first = sessions.get_or_begin(ANNA, BEARER)

    wall.at += 600

    assert sessions.get_or_begin(ANNA, BEARER) == (first.text, 3000)
    wall.at += 3000
    assert sessions.find(first.text).expired()
    assert sessions.get_or_begin(ANNA, BEARER).text != first.text


def test_a_derived_session_is_repeated_during_its_lifetime(sessions, others, wall):
    """A secret gets the same text with the rest of its lifetime; after that, or with another secret, a new one."""
    first = sessions.get_or_begin(ANNA, BEARER)
    wall.at += 1000
    again = others.get_or_begin(ANNA, BEARER)
    changed = others.get_or_begin(replace(ANNA, secret="new secret"), BEARER)
    wall.at += 3600

    assert again == (first.text, 2600)
    assert changed.text != first.text
    assert not is_valid(sessions.find(changed.text))
    assert sessions.get_or_begin(replace(ANNA, secret="new secret"), BEARER).text != changed.text


def test_the_oldest_sessions_are_pruned(sessions):
    """Sessions of a user and kind beyond the limit become unknown, the oldest first."""
    for number in range(SESSIONS_PER_USER + 5):
        sessions.start(ANNA, LOGIN, f"text {number}")

    assert sessions.find("text 4") is None
    assert sessions.find("text 5") is not None


def test_one_of_many_simultaneous_sessions_is_valid(sessions, others):
    """Of many sessions of one user that begin at the same time exactly one stays valid."""
    texts = [f"text {number}" for number in range(20)]
    workers = [sessions, others] * 10
    begin = [Thread(target=one.start, args=(ANNA, LOGIN, text)) for text, one in zip(texts, workers, strict=True)]
    for thread in begin:
        thread.start()
    for thread in begin:
        thread.join()

    found = [sessions.find(text) for text in texts]
    assert sum(session is not None and is_valid(session) for session in found) == 1


def test_the_text_of_a_session_is_not_stored(sessions, start_worker):
    """The database holds only the digest of a session."""
    text = sessions.get_or_begin(ANNA, BEARER).text

    with start_worker().database.read() as connection:
        rows = connection.execute(table.select()).all()
    assert rows and not any(text in str(row) for row in rows)


def test_the_first_valid_session_that_is_presented_counts(sessions, others):
    """A request is authenticated by the first of its texts that is a valid session, and rejected without one."""
    sessions.start(ANNA, LOGIN, "ended")
    sessions.start(ANNA, LOGIN, "valid")
    auth = SessionAuth(others)

    assert auth.authenticate(["unknown", "ended", "valid"]).user == "anna"
    with pytest.raises(InvalidSession):
        auth.authenticate(["unknown", "ended"])


def test_an_ended_session_still_identifies_its_tenant(sessions, others):
    """A rejected request is logged for the tenant of the first session that it presents, valid or not."""
    sessions.start(ANNA, LOGIN, "ended")
    sessions.end(sessions.find("ended"))
    auth = SessionAuth(others)

    assert auth.identify(["unknown", "ended"]).account.client_id == "anna"
    assert auth.identify(["unknown"]) is None
