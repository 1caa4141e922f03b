"""
Hooks of schemathesis: credentials that no header has, and accounts of their own for what changes or deletes accounts.

The environment has KPN_SANDBOX_URL, KPN_SANDBOX_ADMIN_TOKEN, and FUZZED_API, the name of the document.
"""

import os

import requests
import schemathesis
from requests.auth import HTTPDigestAuth

from kpn_sandbox.literals import LONGEST_WAIT_SECONDS
from kpn_sandbox.vendors.itx.auth import PARAMETER, itx_token
from tests.application import CREDENTIALS

URL, ADMIN_TOKEN, API = (os.environ[name] for name in ("KPN_SANDBOX_URL", "KPN_SANDBOX_ADMIN_TOKEN", "FUZZED_API"))
ACCOUNTS = "/_sandbox/accounts"
FUZZED = "fuzzed"


class UrlToken:
    """The token of an account in the query."""

    def get(self, case, context):
        """Return the token."""
        return itx_token(*CREDENTIALS.values())

    def set(self, case, data, context):
        """Add it to the query."""
        case.query = {**(case.query or {}), PARAMETER: data}


def new_account(client_id=None):
    """Make a small account, or find it, and return its client id."""
    body = {"profile": {"agents": 3}, **({"client_id": client_id} if client_id else {})}
    answer = requests.post(URL + ACCOUNTS, json=body, headers={"Authorization": f"Bearer {ADMIN_TOKEN}"})
    return client_id or answer.json()["client_id"]


if API == "kaisa":
    schemathesis.auth.set_from_requests(HTTPDigestAuth(*CREDENTIALS.values()))
if API == "itx":
    schemathesis.auth()(UrlToken)


@schemathesis.hook
def before_call(context, case, kwargs):
    """Shorten waits, and put an account that exists into the path: one about to be deleted was made for that."""
    wait = str((case.query or {}).get("wait", ""))
    if wait.replace(".", "", 1).isdigit() and 1 < float(wait) <= LONGEST_WAIT_SECONDS:
        # A right one, and a test has no time for it.
        case.query["wait"] = "1"
    is_stateful = case.meta is not None and case.meta.phase.name.value == "stateful"
    if API == "sandbox" and "id" in (case.path_parameters or {}) and not is_stateful:
        deletes = case.method == "DELETE" and case.path.endswith("{id}")
        case.path_parameters["id"] = new_account() if deletes else new_account(FUZZED)
