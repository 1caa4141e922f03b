"""Token endpoints for a client's own credentials."""

import re

import pytest
from authlib.oauth2.rfc6749 import InvalidClientError, UnsupportedGrantTypeError

from kpn_sandbox.auth import TokenRequest

GRANT = "client_credentials"


def test_right_credentials_get_a_token(worker, wall):
    """A token has 28 letters and digits and is valid for 3,599 seconds from the account's instant."""
    token = worker.token()

    assert re.fullmatch("[A-Za-z0-9]{28}", token.pop("access_token"))
    assert token == {"token_type": "Bearer", "expires_in": 3599, "client_id": "anna", "issued_at": wall.at}


def test_credentials_may_be_http_basic(worker, basic):
    """The credentials may be in the Authorization header instead of the form."""
    token = worker.server.token(TokenRequest(basic("anna", "secret"), GRANT, {}))

    assert token["client_id"] == "anna"


def test_each_request_gets_another_token(worker):
    """Each request gets a new token, and the earlier ones stay valid."""
    first, second = worker.token()["access_token"], worker.token()["access_token"]

    assert first != second
    assert worker.authenticated(first) == worker.authenticated(second)


@pytest.mark.parametrize(("client_id", "secret"), [("anna", "wrong"), ("berta", "secret"), ("", ""), ("anna", "")])
def test_wrong_credentials_get_no_token(worker, client_id, secret):
    """An unknown id and a wrong secret raise the same error."""
    with pytest.raises(InvalidClientError):
        worker.token(client_id, secret)


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic /////w==", "Basic YW5uYQ==", "Basic é", "Digest x"])
def test_an_unreadable_header_has_no_credentials(worker, header):
    """A header that is not base64 of UTF-8 is rejected like missing credentials."""
    with pytest.raises(InvalidClientError):
        worker.server.token(TokenRequest({"Authorization": header}, GRANT, {}))


@pytest.mark.parametrize("grant_type", [None, "", "password", "Client_credentials"])
def test_the_grant_type_is_checked_first(worker, grant_type):
    """A request with another grant type is rejected before its credentials are checked."""
    with pytest.raises(UnsupportedGrantTypeError):
        worker.server.token(TokenRequest({}, grant_type, {}))
