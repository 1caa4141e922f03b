"""The banner of `serve`."""

from kpn_sandbox.cli.start import banner, clock_of, curl_line
from kpn_sandbox.settings import Settings


def test_the_banner_has_all_that_is_needed():
    """The banner has the base URL, the credentials, the administrator's token, links, and a line to try it with."""
    settings = Settings(database_url="sqlite:////x.db", client_id="me", client_secret="it's me")

    printed = banner(settings, "http://127.0.0.1:1", "admin-token")

    for fact in ("http://127.0.0.1:1\n", "me", "it's me", "admin-token", "http://127.0.0.1:1/openapi/kpn.json"):
        assert fact in printed
    assert curl_line(settings.client_id, settings.client_secret, "http://127.0.0.1:1") in printed


def test_a_clock_may_be_written_short():
    """A time without an offset is in Europe/Amsterdam; what is no instant is left to the settings."""
    friday = 1_795_774_200.0
    assert clock_of("monday 10:00", lambda: friday) == "2026-11-30T10:00:00+01:00"
    assert clock_of("2026-11-23T10:00") == "2026-11-23T10:00:00+01:00"
    assert [clock_of(text) for text in (None, "running", "noon")] == [None, "running", "noon"]
