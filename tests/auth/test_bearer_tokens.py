"""Whose an access token is, in any worker."""

import pytest
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import MissingAuthorizationError, UnsupportedTokenTypeError
from sqlalchemy import insert, select

from kpn_sandbox.auth.bearer_tokens import TOKENS_PER_ACCOUNT, revoke_tokens
from kpn_sandbox.auth.errors import ExpiredToken, InactiveToken, RevokedToken, UnknownToken
from kpn_sandbox.storage import tables
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import FrozenClock
from tests.auth.conftest import ANNA


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
        door.guard.authenticate(authorization)

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
    door.sandbox.accounts.create(NewAccount("berta", "secret", clock=FrozenClock(wall.at)))
    text = door.token("berta")["access_token"]

    wall.at += 1_000_000

    assert door.caller(text).client_id == "berta"


def test_a_revoked_token_is_told_from_an_unknown_one(door):
    """It is known, but not good."""
    text = door.token()["access_token"]
    door.caller(text)

    revoke_tokens(door.database, "anna", text)

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

    revoke_tokens(door.database, "anna", text)

    with pytest.raises(RevokedToken):
        other.caller(text)


def test_an_account_changed_by_one_worker_is_changed_at_the_next(door, worker):
    """The next request is answered from the new account."""
    other = worker()
    text = door.token()["access_token"]
    other.caller(text)

    door.sandbox.accounts.ensure(NewAccount("anna", "secret", "new seed"))

    assert other.caller(text).seed == "new seed"


def test_the_steady_state_asks_no_query(door):
    """A token that was found once is found again without reading the database, as long as nobody writes."""
    text = door.token()["access_token"]

    tenants = {door.guard.authenticate(f"Bearer {text}") for _ in range(3)}

    assert len(tenants) == 1


def test_what_others_do_costs_nothing(door, worker):
    """Only a change of its own account makes a token be read again."""
    text = door.token()["access_token"]
    before = door.guard.authenticate(f"Bearer {text}")

    worker().sandbox.accounts.create(NewAccount("berta", "secret"))
    door.token()

    assert door.guard.authenticate(f"Bearer {text}") is before


def test_a_token_goes_with_its_account(door, worker):
    """It is unknown everywhere at once, also when another account takes the name."""
    other = worker()
    text = door.token()["access_token"]
    other.caller(text)

    door.sandbox.accounts.delete("anna")
    with pytest.raises(UnknownToken):
        other.caller(text)
    door.sandbox.accounts.create(NewAccount("anna", "secret"))

    with pytest.raises(UnknownToken):
        other.caller(text)


def test_tokens_are_reset(door, worker):
    """Those given out before are unknown everywhere at once."""
    other = worker()
    text = door.token()["access_token"]
    other.caller(text)

    door.sandbox.reset("anna", ["tokens"])

    with pytest.raises(UnknownToken):
        other.caller(text)


@pytest.mark.parametrize("spoil", ["expire", "revoke"])
def test_an_inactive_token_names_its_tenant(door, worker, wall, spoil):
    """An expired or revoked token is rejected with its tenant, so the rejected request gets into the right log."""
    other = worker()
    text = door.token()["access_token"]
    if spoil == "revoke":
        revoke_tokens(door.database, "anna", text)
    else:
        wall.at += 4000

    with pytest.raises(InactiveToken) as refused:
        other.caller(text)

    assert refused.value.tenant.account == ANNA


def test_the_text_of_a_token_is_not_kept(door):
    """The database knows its digest only."""
    text = door.token()["access_token"]

    with door.database.read() as connection:
        (row,) = connection.execute(select(tables.tokens)).all()

    assert text not in str(row)


def test_the_oldest_tokens_are_forgotten(door, worker):
    """An account has so many at most, now and then they are counted; those of others stay."""
    door.sandbox.accounts.create(NewAccount("berta", "secret"))
    hers, first = door.token("berta")["access_token"], door.token()["access_token"]
    later = [
        {"digest": str(n), "client_id": "anna", "kind": "kpn", "user": "", "nonce": "", "issued_at": 0.0, "revoked": 0}
        for n in range(TOKENS_PER_ACCOUNT)
    ]
    with door.database.write() as connection:
        connection.execute(insert(tables.tokens), later)

    for _ in range(100):
        last = door.token()["access_token"]

    other = worker()
    assert other.caller(last) == ANNA
    assert other.caller(hers).client_id == "berta"
    with pytest.raises(UnknownToken):
        other.caller(first)
