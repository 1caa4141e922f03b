"""Making, showing and dropping accounts."""

from contextlib import suppress
from typing import Any

from kpn_sandbox.control_api.context import Call, View
from kpn_sandbox.control_api.serializers import account_record, credentials_record, settings_record
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import new_clock
from kpn_sandbox.tenants.configuration import patched
from kpn_sandbox.tenants.errors import UnknownAccount


def list_accounts(call: Call) -> dict[str, Any]:
    """All accounts."""
    listed = []
    for account in call.sandbox.accounts.list():
        # Somebody may drop an account while others are looked at.
        with suppress(UnknownAccount):
            listed.append(account_record(call.sandbox.tenant(account.client_id)))
    return {"accounts": listed}


def create_account(call: Call) -> dict[str, Any]:
    """Make an account."""
    wall = call.sandbox.wall_clock()
    wished: dict[str, Any] = {**call.body, "profile": patched(Profile(), call.body.get("profile", {}))}
    if "clock" in wished:
        wished["clock"] = new_clock(wall, wall, **wished["clock"])
    made = call.sandbox.accounts.create(NewAccount(**wished))
    tenant = call.sandbox.tenant(made.account.client_id)
    return {**settings_record(tenant), **credentials_record(made, call.base_url)}


def show_account(call: Call) -> dict[str, Any]:
    """An account without its secrets."""
    return account_record(call.tenant)


def delete_account(call: Call) -> None:
    """Drop an account with its whole world."""
    call.sandbox.accounts.delete(call.client_id)


def rotate_secret(call: Call) -> dict[str, Any]:
    """Give an account new secrets."""
    made = call.sandbox.accounts.rotate(call.client_id)
    return {**settings_record(call.tenant), **credentials_record(made, call.base_url)}


VIEWS: dict[str, View] = {
    "list_accounts": list_accounts,
    "create_account": create_account,
    "show_account": show_account,
    "delete_account": delete_account,
    "rotate_secret": rotate_secret,
}
