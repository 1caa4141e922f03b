"""Fixed tokens in the URL, on both databases."""

import pytest

from kpn_sandbox.auth.errors import UnknownToken
from kpn_sandbox.auth.url_tokens import UrlTokenAuth, url_token_credential
from kpn_sandbox.storage import Database
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.sandbox import Sandbox

KIND = url_token_credential("url", lambda client_id, secret: f"{client_id} {secret}")


@pytest.fixture
def sandbox(url):
    """A sandbox with two accounts, on each kind of database."""
    database = Database(url)
    sandbox = Sandbox(database, lambda: 1_795_424_400.0, credential_kinds=[KIND])
    for client_id in ("one", "two"):
        sandbox.accounts.create(NewAccount(client_id, "secret"))
    yield sandbox
    database.close()


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
