"""Access tokens: issued, found and revoked by any start_worker, on both databases."""

import pytest
from authlib.oauth2 import OAuth2Error
from authlib.oauth2.rfc6749 import MissingAuthorizationError, UnsupportedTokenTypeError
from sqlalchemy import insert, select

from kpn_sandbox.auth.bearer_tokens import TOKENS_PER_ACCOUNT, revoke_tokens
from kpn_sandbox.auth.errors import ExpiredToken, InactiveToken, RevokedToken, UnknownToken
from kpn_sandbox.storage import tables
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import FrozenClock
from tests.application import TOKEN_ROW
from tests.auth.conftest import ANNA


def test_a_token_authenticates_its_account(worker):
    """A request with a token is authenticated as the account that the token was issued to."""
    assert worker.authenticated(worker.token()["access_token"]) == ANNA


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
def test_each_reason_of_a_rejection_has_its_error(worker, authorization, refusal):
    """A missing token, another scheme and an unknown token raise different errors."""
    with pytest.raises(OAuth2Error) as refused:
        worker.auth.authenticate(authorization)

    assert type(refused.value) is refusal


def test_a_token_lives_by_the_account_s_clock(worker, wall):
    """A token is valid in the last second of its lifetime, by its account's clock, and expired after it."""
    text = worker.token()["access_token"]
    wall.at += 3598

    assert worker.authenticated(text) == ANNA

    wall.at += 1
    with pytest.raises(ExpiredToken):
        worker.authenticated(text)


def test_tokens_of_a_frozen_clock_do_not_age(worker, wall):
    """The tokens of an account whose clock is frozen do not expire, however much wall time passes."""
    worker.sandbox.accounts.create(NewAccount("berta", "secret", clock=FrozenClock(wall.at)))
    text = worker.token("berta")["access_token"]

    wall.at += 1_000_000

    assert worker.authenticated(text).client_id == "berta"


def test_tokens_may_live_by_wall_time(worker, wall):
    """Where tokens follow wall time, the account's clock does not age them, and real seconds do."""
    worker.sandbox.clocks.set("anna", "frozen", at=1e9, tokens="wall")
    token = worker.token()

    worker.sandbox.clocks.advance("anna", 1_000_000)
    wall.at += 3598

    assert (token["issued_at"], token["expires_in"]) == (wall.at - 3598, 3599)
    assert worker.authenticated(token["access_token"]).client_id == "anna"
    wall.at += 1
    with pytest.raises(ExpiredToken):
        worker.authenticated(token["access_token"])


def test_a_switch_of_time_counts_for_tokens_issued_before(worker, wall):
    """The life of a token counts from its issue by the time that the clock names now."""
    text = worker.token()["access_token"]
    worker.sandbox.clocks.set("anna", "running", at=wall.at, speed=3600)
    wall.at += 1

    with pytest.raises(ExpiredToken):
        worker.authenticated(text)

    worker.sandbox.clocks.set("anna", "running", speed=3600, tokens="wall")
    assert worker.authenticated(text).client_id == "anna"


def test_a_revoked_token_is_not_unknown(worker):
    """A revoked token raises an error of its own."""
    text = worker.token()["access_token"]
    worker.authenticated(text)

    revoke_tokens(worker.database, "anna", text)

    with pytest.raises(RevokedToken):
        worker.authenticated(text)


def test_a_token_of_one_worker_is_valid_at_another(worker, start_worker):
    """A worker finds the tokens that another one issues, also after it has read the database before."""
    other = start_worker()
    first = worker.token()["access_token"]
    assert other.authenticated(first) == ANNA

    second = worker.token()["access_token"]

    assert other.authenticated(second) == ANNA


def test_a_token_revoked_by_one_worker_is_rejected_by_another(worker, start_worker):
    """A revocation counts at once at a worker that has the token in its cache."""
    other = start_worker()
    text = worker.token()["access_token"]
    other.authenticated(text)

    revoke_tokens(worker.database, "anna", text)

    with pytest.raises(RevokedToken):
        other.authenticated(text)


def test_a_change_by_one_worker_is_seen_by_another(worker, start_worker):
    """The next request with a token gets the account as another worker has changed it."""
    other = start_worker()
    text = worker.token()["access_token"]
    other.authenticated(text)

    worker.sandbox.accounts.ensure(NewAccount("anna", "secret", "new seed"))

    assert other.authenticated(text).seed == "new seed"


def test_a_token_is_found_again_in_the_cache(worker):
    """A token that was found once is the same object again as long as the account does not change."""
    text = worker.token()["access_token"]

    tenants = {worker.auth.authenticate(f"Bearer {text}") for _ in range(3)}

    assert len(tenants) == 1


def test_changes_of_other_accounts_leave_the_cache(worker, start_worker):
    """Only a change of its own account makes a token be read again."""
    text = worker.token()["access_token"]
    before = worker.auth.authenticate(f"Bearer {text}")

    start_worker().sandbox.accounts.create(NewAccount("berta", "secret"))
    worker.token()

    assert worker.auth.authenticate(f"Bearer {text}") is before


def test_a_token_goes_with_its_account(worker, start_worker):
    """A token of a deleted account is unknown everywhere at once, also when a new account has the same client id."""
    other = start_worker()
    text = worker.token()["access_token"]
    other.authenticated(text)

    worker.sandbox.accounts.delete("anna")
    with pytest.raises(UnknownToken):
        other.authenticated(text)
    worker.sandbox.accounts.create(NewAccount("anna", "secret"))

    with pytest.raises(UnknownToken):
        other.authenticated(text)


def test_a_reset_deletes_tokens(worker, start_worker):
    """Tokens issued before a reset are unknown everywhere at once."""
    other = start_worker()
    text = worker.token()["access_token"]
    other.authenticated(text)

    worker.sandbox.reset("anna", ["tokens"])

    with pytest.raises(UnknownToken):
        other.authenticated(text)


@pytest.mark.parametrize("spoil", ["expire", "revoke"])
def test_an_inactive_token_names_its_tenant(worker, start_worker, wall, spoil):
    """An expired or revoked token is rejected with its tenant, so the rejected request gets into the right log."""
    other = start_worker()
    text = worker.token()["access_token"]
    if spoil == "revoke":
        revoke_tokens(worker.database, "anna", text)
    else:
        wall.at += 4000

    with pytest.raises(InactiveToken) as refused:
        other.authenticated(text)

    assert refused.value.tenant.account == ANNA


def test_the_text_of_a_token_is_not_stored(worker):
    """The database holds only the digest of a token."""
    text = worker.token()["access_token"]

    with worker.database.read() as connection:
        (row,) = connection.execute(select(tables.tokens)).all()

    assert text not in str(row)


def test_the_oldest_tokens_are_pruned(worker, start_worker):
    """Tokens beyond the limit of an account become unknown, the oldest first; those of other accounts stay."""
    worker.sandbox.accounts.create(NewAccount("berta", "secret"))
    others, first = worker.token("berta")["access_token"], worker.token()["access_token"]
    later = [{"digest": str(n), "client_id": "anna", **TOKEN_ROW} for n in range(TOKENS_PER_ACCOUNT)]
    with worker.database.write() as connection:
        connection.execute(insert(tables.tokens), later)

    # Which token prunes is drawn, one in a hundred.
    other = start_worker()
    for _ in range(3000):
        last = worker.token()["access_token"]
        if worker.stored("anna") <= TOKENS_PER_ACCOUNT:
            break

    assert other.authenticated(last) == ANNA
    assert other.authenticated(others).client_id == "berta"
    with pytest.raises(UnknownToken):
        other.authenticated(first)
