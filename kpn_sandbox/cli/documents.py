"""Commands that print or write documents about the APIs; no sandbox has to run."""

import json
from pathlib import Path
from typing import Any

import click

from kpn_sandbox.cli.options import setting_options, settings_from, url_option
from kpn_sandbox.documents import FILES, OPENAPI, openapi_document, text
from kpn_sandbox.settings import sandbox_url


@click.command()
@click.argument("api", default="kpn", type=click.Choice(OPENAPI))
@url_option
@setting_options("host", "port")
def openapi(api: str, url: str | None, **flags: Any) -> None:
    """Print the OpenAPI document of an API."""
    click.echo(json.dumps(openapi_document(api, url or sandbox_url(settings_from(flags))), indent=2))


@click.command()
@click.argument("folder", default="postman", type=click.Path(file_okay=False, path_type=Path))
@url_option
@setting_options("host", "port", "client_id", "client_secret")
def postman(folder: Path, url: str | None, **flags: Any) -> None:
    """Write the Postman collection and environment into FOLDER."""
    settings = settings_from(flags)
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        path = folder / name
        path.write_text(text(name, url or sandbox_url(settings), settings.client_id, settings.client_secret))
        click.echo(path)


COMMANDS = (openapi, postman)
