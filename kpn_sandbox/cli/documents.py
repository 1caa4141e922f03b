"""Commands that print or write documents about the APIs; no sandbox has to run."""

import json
from pathlib import Path
from typing import Any

import click

from kpn_sandbox.cli.commands import Choice, command
from kpn_sandbox.cli.options import ACCOUNT_SETTINGS, account_flags, address_of, connection_options, settings_from
from kpn_sandbox.documents import FILES, OPENAPI, OPENAPI_VERSIONS, openapi_document, text


@command()
@click.argument("api", default="kpn", type=Choice(OPENAPI))
@click.option(
    "--openapi", "version", default=OPENAPI_VERSIONS[0], type=Choice(OPENAPI_VERSIONS), help="Version of OpenAPI."
)
@connection_options("host", "port")
def openapi(api: str, version: str, url: str | None, **flags: Any) -> None:
    """Print the OpenAPI document of an API."""
    click.echo(json.dumps(openapi_document(api, address_of(url, settings_from(flags)), version), indent=2))


@command()
@click.argument("folder", default="postman", type=click.Path(file_okay=False, path_type=Path))
@connection_options(*ACCOUNT_SETTINGS)
def postman(folder: Path, url: str | None, **flags: Any) -> None:
    """Write the Postman collection and environment into FOLDER."""
    settings = settings_from(account_flags(flags))
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        path = folder / name
        path.write_text(text(name, address_of(url, settings), settings.client_id, settings.client_secret))
        click.echo(path)


COMMANDS = (openapi, postman)
