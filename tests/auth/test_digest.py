"""HTTP Digest, on both databases."""

import hashlib

import pytest

from kpn_sandbox.auth.digest import DigestAuth, digest_credential
from kpn_sandbox.auth.errors import InvalidDigest
from tests.vendors.kaisa.conftest import credentials

REALM = "a realm"
KIND = digest_credential("digest", REALM)


@pytest.fixture
def sandbox(open_sandbox):
    """A sandbox with two accounts, on each kind of database."""
    return open_sandbox(KIND, accounts=["one", "two"])


def test_what_is_stored_is_the_digest_of_the_rfc():
    """RFC 7616, 3.4.2: user, realm and password, joined by colons."""
    assert KIND.digest("anna", "secret") == hashlib.md5(b"anna:a realm:secret").hexdigest()


def test_a_count_of_a_nonce_is_accepted_once(sandbox):
    """A request that is sent again with the same nonce and count is refused."""
    auth = DigestAuth(sandbox, KIND, REALM)
    header = credentials(auth.challenge(), "GET", "/x", user="one", password="secret")

    tenant = auth.authenticate(header, "GET", "/x")

    assert tenant.account.client_id == "one"
    with pytest.raises(InvalidDigest, match="used before"):
        auth.authenticate(header, "GET", "/x")


def test_another_realm_is_refused(sandbox):
    """A digest for another realm is no credential here, though name and password are right."""
    challenge = DigestAuth(sandbox, KIND, "another realm").challenge()
    header = credentials(challenge, "GET", "/x", user="one", password="secret")

    with pytest.raises(InvalidDigest):
        DigestAuth(sandbox, KIND, REALM).authenticate(header, "GET", "/x")
