"""The banner of `serve`."""

from kpn_sandbox.cli.start import banner, curl_line
from kpn_sandbox.settings import Settings


def test_the_banner_has_all_that_is_needed():
    """The banner has the base URL, the credentials, the administrator's token, links, and a line to try it with."""
    settings = Settings(database_url="sqlite:////x.db", client_id="me", client_secret="it's me")

    printed = banner(settings, "http://127.0.0.1:1", "admin-token")

    for fact in ("http://127.0.0.1:1\n", "me", "it's me", "admin-token", "http://127.0.0.1:1/openapi/kpn.json"):
        assert fact in printed
    assert curl_line(settings.client_id, settings.client_secret, "http://127.0.0.1:1") in printed
