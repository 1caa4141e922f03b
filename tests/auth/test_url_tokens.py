"""Fixed tokens in the URL, on both databases."""

import pytest

from kpn_sandbox.auth.errors import UnknownToken
from kpn_sandbox.auth.url_tokens import UrlTokenAuth, url_token_credential

KIND = url_token_credential("url", lambda client_id, secret: f"{client_id} {secret}")


@pytest.fixture
def sandbox(open_sandbox):
    """A sandbox with two accounts, on each kind of database."""
    return open_sandbox(KIND, accounts=["one", "two"])


def test_a_token_is_that_of_one_account(sandbox):
    """A token authenticates its account until the account gets another secret."""
    auth = UrlTokenAuth(sandbox, KIND)

    tenant = auth.authenticate("one secret")
    sandbox.accounts.rotate_secret("one")

    assert tenant.account.client_id == "one"
    for token in ("one secret", "nobody's"):
        with pytest.raises(UnknownToken):
            auth.authenticate(token)


def test_a_token_of_another_kind_is_unknown(sandbox):
    """A credential is looked for among those of its own kind only."""
    other = url_token_credential("other", KIND.digest)

    with pytest.raises(UnknownToken):
        UrlTokenAuth(sandbox, other).authenticate("one secret")
