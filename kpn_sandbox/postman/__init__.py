"""
The Postman collections and their environment, made from the operations and schemas that the code answers with.

Every request tests its answer, so that sending a whole collection checks an API.

Source:
    schema.getpostman.com/json/collection/v2.1.0 for the form.
"""

import json
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from kpn_sandbox.control.secrets import itx_token
from kpn_sandbox.postman import atobi, bright_pattern, itx, kaisa, kpn

COLLECTION = kpn.FILE
ENVIRONMENT = "kpn-sandbox.postman_environment.json"

COLLECTIONS: dict[str, Callable[[], dict[str, Any]]] = {
    kpn.FILE: kpn.collection,
    bright_pattern.FILE: bright_pattern.collection,
    kaisa.FILE: kaisa.collection,
    atobi.FILE: atobi.collection,
    itx.FILE: itx.collection,
}
"""One per API, by the names of their files."""

FILES = (*COLLECTIONS, ENVIRONMENT)

_VALUES = {
    **kpn.VARIABLES,
    **bright_pattern.VARIABLES,
    **kaisa.VARIABLES,
    **atobi.VARIABLES,
    **itx.VARIABLES,
}


def text(
    name: str, base_url: str, client_id: str = "APP_CONSUMER_KEY", client_secret: str = "APP_CONSUMER_SECRET"
) -> str:
    """The content of one of `FILES`, for a sandbox at that URL and an account of it."""
    made = environment(base_url, client_id, client_secret) if name == ENVIRONMENT else COLLECTIONS[name]()
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def environment(base_url: str, client_id: str, client_secret: str) -> dict[str, Any]:
    """The environment: where the sandbox is, who calls, and what is looked at."""
    values = {"base_url": base_url, "client_id": client_id, "client_secret": client_secret, **_VALUES}
    values["itx_token"] = itx_token(client_id, client_secret) if client_secret else ""
    return {
        "id": str(uuid5(NAMESPACE_URL, ENVIRONMENT)),
        "name": "kpn_sandbox",
        "values": [{"key": key, "value": value, "type": _kind(key), "enabled": True} for key, value in values.items()],
        "_postman_variable_scope": "environment",
    }


def _kind(key: str) -> str:
    return "secret" if key.endswith(("_secret", "_token")) else "default"
