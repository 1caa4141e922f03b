"""Whose an access token is, in any worker."""

import pytest
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import MissingAuthorizationError, UnsupportedTokenTypeError
from sqlalchemy import insert

from kpn_sandbox.auth.errors import ExpiredToken, RevokedToken, UnknownToken
from kpn_sandbox.auth.tokens import KEPT
from kpn_sandbox.control.accounts import Account
from kpn_sandbox.control.clock import FrozenClock
from kpn_sandbox.storage import tables

from .conftest import ANNA


def test_a_token_tells_who_calls(door):
    """The account it was given to."""
    assert door.caller(door.token()["access_token"]) == ANNA


@pytest.mark.parametrize(
    ("authorization", "refusal"),
    [
        (None, MissingAuthorizationError),
        ("", MissingAuthorizationError),
        ("Bearer", UnsupportedTokenTypeError),
        ("Bearer ", UnsupportedTokenTypeError),
        ("BearerToken abc", UnsupportedTokenTypeError),
        ("Basic YTpi", UnsupportedTokenTypeError),
        ("Bearer abc", UnknownToken),
        ("Bearer \x00", UnknownToken),
        ("Bearer a b", UnknownToken),
        ("Bearer é\ud800", UnknownToken),
    ],
)
def test_each_want_of_a_token_has_its_name(door, authorization, refusal):
    """No token, another scheme and an unknown token are told apart."""
    with pytest.raises(OAuth2Error) as refused:
        door.guard.tenant(authorization)

    assert type(refused.value) is refusal


def test_a_token_lives_3599_seconds(door, wall):
    """By its account's clock: good in the last second, expired after it."""
    text = door.token()["access_token"]
    wall.at += 3598

    assert door.caller(text) == ANNA

    wall.at += 1
    with pytest.raises(ExpiredToken):
        door.caller(text)


def test_time_that_stands_keeps_tokens_alive(door, wall):
    """An account whose clock is frozen has tokens that do not age."""
    door.sandbox.accounts.create(Account("berta", "seed", clock=FrozenClock(wall.at)), "secret")
    text = door.token("berta")["access_token"]

    wall.at += 1_000_000

    assert door.caller(text).client_id == "berta"


def test_a_revoked_token_is_told_from_an_unknown_one(door):
    """It is known, but not good."""
    text = door.token()["access_token"]
    door.caller(text)

    door.tokens.revoke(text)

    with pytest.raises(RevokedToken):
        door.caller(text)


def test_a_token_of_one_worker_is_good_at_the_next(door, worker):
    """Also when the other worker has looked at the database before."""
    other = worker()
    first = door.token()["access_token"]
    assert other.caller(first) == ANNA

    second = door.token()["access_token"]

    assert other.caller(second) == ANNA


def test_a_token_revoked_by_one_worker_is_refused_by_the_next(door, worker):
    """Although the other one has it in its memory."""
    other = worker()
    text = door.token()["access_token"]
    other.caller(text)

    door.tokens.revoke(text)

    with pytest.raises(RevokedToken):
        other.caller(text)


def test_an_account_changed_by_one_worker_is_changed_at_the_next(door, worker):
    """The next request is answered from the new account."""
    other = worker()
    text = door.token()["access_token"]
    other.caller(text)

    door.sandbox.accounts.follow(Account("anna", "new seed"), "secret")

    assert other.caller(text).seed == "new seed"


def test_the_steady_state_asks_no_query(door):
    """A token that was found once is found again without reading the database, as long as nobody writes."""
    text = door.token()["access_token"]

    tenants = {door.guard.tenant(f"Bearer {text}") for _ in range(3)}

    assert len(tenants) == 1


def test_the_text_of_a_token_is_not_kept(door, database_text):
    """The database knows its digest only."""
    text = door.token()["access_token"]

    assert text.encode() not in database_text()


def test_the_oldest_tokens_are_forgotten(door):
    """The table is bounded: beyond a hundred thousand the oldest rows go."""
    first = door.token()["access_token"]
    later = {"serial": KEPT, "digest": "d", "client_id": "anna", "issued_at": 0.0, "revoked": 0}
    with door.database.write() as connection:
        connection.execute(insert(tables.tokens).values(later))

    second = door.token()["access_token"]

    assert door.caller(second) == ANNA
    with pytest.raises(UnknownToken):
        door.caller(first)
