"""Access tokens for a client's own credentials."""

import re

import pytest
from authlib.oauth2.rfc6749 import InvalidClientError, UnsupportedGrantTypeError

from kpn_sandbox.auth import TokenRequest

GRANT = "client_credentials"


def test_good_credentials_bring_a_token(door, wall):
    """28 letters and digits, good for 3,599 seconds from the account's instant."""
    token = door.token()

    assert re.fullmatch("[A-Za-z0-9]{28}", token.pop("access_token"))
    assert token == {"token_type": "Bearer", "expires_in": 3599, "client_id": "anna", "issued_at": wall.at}


def test_http_basic_is_as_good_as_the_form(door, basic):
    """The credentials may stand in the header."""
    token = door.server.token(TokenRequest(basic("anna", "secret"), GRANT, {}))

    assert token["client_id"] == "anna"


def test_two_tokens_differ(door):
    """Each request brings a new one; the earlier one stays good."""
    first, second = door.token()["access_token"], door.token()["access_token"]

    assert first != second
    assert door.caller(first) == door.caller(second)


@pytest.mark.parametrize(("client_id", "secret"), [("anna", "wrong"), ("berta", "secret"), ("", ""), ("anna", "")])
def test_other_credentials_bring_none(door, client_id, secret):
    """Unknown ids and wrong secrets are refused alike."""
    with pytest.raises(InvalidClientError):
        door.token(client_id, secret)


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /////w==", "Basic YW5uYQ==", "Basic é", "Digest x"])
def test_an_odd_header_is_no_credentials(door, header):
    """What cannot be read is refused, not a failure."""
    with pytest.raises(InvalidClientError):
        door.server.token(TokenRequest({"Authorization": header}, GRANT, {}))


@pytest.mark.parametrize("grant_type", [None, "", "password", "Client_credentials"])
def test_there_is_one_grant_type(door, grant_type):
    """The grant type comes first: it is refused before the client is looked at."""
    with pytest.raises(UnsupportedGrantTypeError):
        door.server.token(TokenRequest({}, grant_type, {}))
