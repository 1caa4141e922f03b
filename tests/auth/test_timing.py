"""The work of a refusal: an unknown client id costs what a wrong secret costs, so that time tells no names."""

import sys
from collections import Counter

import pytest

from tests.application import TOKEN_URL
from tests.vendors.kaisa.conftest import credentials

# The log deletes old entries now and then, so statements are not counted.
COUNTED = {"read", "digest", "compare_digest", "md5", "sha256", "openssl_md5", "openssl_sha256", "hmac_digest"}


def work(action):
    """Return how often an action hashes, compares, and reads an account."""
    calls = Counter()

    def seen(frame, event, argument):
        if event == "call":
            calls[frame.f_code.co_name] += 1
        elif event == "c_call":
            calls[argument.__name__] += 1

    sys.setprofile(seen)
    try:
        action()
    finally:
        sys.setprofile(None)
    return {name: calls[name] for name in COUNTED & calls.keys()}


def digest(client, user):
    challenge = client.get("/customers").headers["WWW-Authenticate"]
    header = credentials(challenge, "GET", "/customers", user=user, password="wrong")
    return lambda: client.get("/customers", headers={"Authorization": header})


def form(client, user, path):
    fields = {"grant_type": "client_credentials", "client_id": user, "client_secret": "wrong"}
    return lambda: client.post(path, data=fields)


ENDPOINTS = {
    "kpn": lambda client, user: form(client, user, TOKEN_URL),
    "atobi": lambda client, user: form(client, user, "/oauth/token"),
    "bright pattern": lambda client, user: form(client, user, "/configapi/v2/oauth/token"),
    "bright pattern's log-in": lambda client, user: (
        lambda: client.post("/statsapi/auth", json={"tenant_url": "a", "username": user, "password": "wrong"})
    ),
    "kaisa": digest,
    "control API": lambda client, user: lambda: client.get("/_sandbox/accounts/a", auth=(user, "wrong")),
}


@pytest.mark.parametrize("name", ENDPOINTS)
@pytest.mark.parametrize("unknown", ["nobody-knows-him", "a:b"])
def test_an_unknown_name_costs_what_a_wrong_secret_costs(client, name, unknown):
    """Digests and comparisons are as many for a known as for an unknown name."""
    known, other = (ENDPOINTS[name](client, user) for user in ("APP_CONSUMER_KEY", unknown))
    # Caches are filled before anything is counted.
    known(), other()
    known, other = (ENDPOINTS[name](client, user) for user in ("APP_CONSUMER_KEY", unknown))

    costs = work(known), work(other)

    assert costs[0] == costs[1]
    assert costs[0]["compare_digest"] >= 1, costs
