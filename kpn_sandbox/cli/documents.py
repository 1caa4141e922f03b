"""Commands that print or write documents about the APIs; no sandbox has to run."""

import json
from pathlib import Path
from typing import Any

import click

from kpn_sandbox.cli.commands import Choice, command
from kpn_sandbox.cli.connection import ACCOUNT_SETTINGS, account_flags, address_of, connection_options
from kpn_sandbox.cli.options import output_options, settings_from
from kpn_sandbox.cli.output import Report
from kpn_sandbox.documents import FILES, OPENAPI, OPENAPI_VERSIONS, openapi_document, text
from kpn_sandbox.safe_text import terminal_text


@command()
@click.argument("api", default="kpn", type=Choice(OPENAPI))
@click.option(
    "--openapi", "version", default=OPENAPI_VERSIONS[0], type=Choice(OPENAPI_VERSIONS), help="Version of OpenAPI."
)
@connection_options("host", "port")
@output_options
def openapi(api: str, version: str, url: str | None, **flags: Any) -> Report:
    """Print the OpenAPI document of an API, as JSON."""
    document = openapi_document(api, address_of(url, settings_from(flags)), version)
    return Report(document, [json.dumps(document, indent=2)])


@command()
@click.argument("folder", default="postman", type=click.Path(file_okay=False, path_type=Path))
@connection_options(*ACCOUNT_SETTINGS)
@output_options
def postman(folder: Path, url: str | None, **flags: Any) -> Report:
    """Write the Postman collection and environment into FOLDER."""
    settings = settings_from(account_flags(flags))
    folder.mkdir(parents=True, exist_ok=True)
    written = [folder / name for name in FILES]
    for path in written:
        path.write_text(text(path.name, address_of(url, settings), settings.client_id, settings.client_secret))
    return Report({"written": list(map(str, written))}, [terminal_text(path) for path in written])


COMMANDS = (openapi, postman)
