"""Commands that ask a running sandbox for what any client can have."""

from typing import Any

import click

from kpn_sandbox.cli.options import ask_sandbox, setting_options, settings_from, url_option


@click.command()
@url_option
@setting_options("host", "port", "client_id", "client_secret")
def token(url: str | None, **flags: Any) -> None:
    """Fetch an access token from a running sandbox and print it."""
    settings = settings_from(flags)
    click.echo(ask_sandbox(url, settings, lambda client: client.token(settings.client_id, settings.client_secret)))


@click.command()
@url_option
@setting_options("host", "port")
def health(url: str | None, **flags: Any) -> None:
    """Exit with 0 if the running sandbox is ready, else with 1."""
    ask_sandbox(url, settings_from(flags), lambda client: client.ready())


COMMANDS = (token, health)
