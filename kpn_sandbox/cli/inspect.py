"""Commands that ask a running sandbox, or print what describes it."""

import json
from pathlib import Path
from typing import Any

import click

from kpn_sandbox.cli.options import ask, setting_options, settings_from, url_option
from kpn_sandbox.literals import API_KEYS, hyphenated
from kpn_sandbox.settings import sandbox_url


@click.command()
@url_option
@setting_options("host", "port", "client_id", "client_secret")
def token(url: str | None, **flags: Any) -> None:
    """Fetch an access token from a running sandbox and print it."""
    settings = settings_from(flags)
    click.echo(ask(url, settings, lambda client: client.token(settings.client_id, settings.client_secret)))


@click.command()
@url_option
@setting_options("host", "port")
def health(url: str | None, **flags: Any) -> None:
    """Exit with 0 if the running sandbox is ready, else with 1."""
    ask(url, settings_from(flags), lambda client: client.ready())


@click.command()
@click.argument("api", default="kpn", type=click.Choice([*map(hyphenated, API_KEYS), "sandbox"]))
@url_option
@setting_options("host", "port")
def openapi(api: str, url: str | None, **flags: Any) -> None:
    """Print the OpenAPI document of an API."""
    from kpn_sandbox.documents import openapi_document

    click.echo(json.dumps(openapi_document(api, url or sandbox_url(settings_from(flags))), indent=2))


@click.command()
@click.argument("folder", default="postman", type=click.Path(file_okay=False, path_type=Path))
@url_option
@setting_options("host", "port", "client_id", "client_secret")
def postman(folder: Path, url: str | None, **flags: Any) -> None:
    """Write the Postman collection and environment into FOLDER."""
    from kpn_sandbox.documents import FILES, text

    settings = settings_from(flags)
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        path = folder / name
        path.write_text(text(name, url or sandbox_url(settings), settings.client_id, settings.client_secret))
        click.echo(path)
