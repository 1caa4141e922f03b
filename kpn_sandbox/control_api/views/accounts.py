"""Views that create, show and delete accounts, and renew or revoke their credentials."""

from contextlib import suppress
from typing import Any

from kpn_sandbox import auth
from kpn_sandbox.auth.errors import UnknownToken
from kpn_sandbox.control_api.context import ControlRequest
from kpn_sandbox.control_api.errors import invalid_fields
from kpn_sandbox.control_api.response_schemas import AccountRecord, AccountsRecord, NewAccountRecord, RevokedRecord
from kpn_sandbox.control_api.serializers import account_record, new_account_record
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import RunningClock, new_clock
from kpn_sandbox.tenants.errors import UnknownAccount
from kpn_sandbox.tenants.timeline import patched


def list_accounts(request: ControlRequest) -> AccountsRecord:
    """Return all accounts, the oldest first."""
    records = []
    for account in request.sandbox.accounts.list():
        # An account may be deleted by another request between the listing and this look.
        with suppress(UnknownAccount):
            records.append(account_record(request.sandbox.tenant(account.client_id)))
    return {"accounts": records}


def create_account(request: ControlRequest) -> NewAccountRecord:
    """
    Create an account and return it with its secrets.

    Raises:
        AccountExists: The client id is taken.
    """
    wall = request.sandbox.wall_clock()
    settings: dict[str, Any] = {**request.body, "profile": patched(Profile(), request.body.get("profile", {}))}
    if "clock" in settings:
        settings["clock"] = new_clock(RunningClock(), wall, **settings["clock"])
    made = request.sandbox.accounts.create(NewAccount(**settings))
    return new_account_record(request.sandbox.tenant(made.account.client_id), made, request.base_url)


def show_account(request: ControlRequest) -> AccountRecord:
    """Return an account without its secrets."""
    return account_record(request.tenant)


def delete_account(request: ControlRequest) -> None:
    """Delete an account with all its state."""
    request.sandbox.accounts.delete(request.client_id)


def rotate_secret(request: ControlRequest) -> NewAccountRecord:
    """Give an account new secrets and return it with them; the old ones are void."""
    made = request.sandbox.accounts.rotate_secret(request.client_id)
    return new_account_record(request.tenant, made, request.base_url)


def revoke_tokens(request: ControlRequest) -> RevokedRecord:
    """
    Revoke an access token or a session of an account, or all of them, and return how many were valid till then.

    Raises:
        ProblemError: The account has no such token.
    """
    try:
        return {"revoked": auth.revoke_tokens(request.sandbox.database, request.client_id, request.body.get("token"))}
    except UnknownToken:
        raise invalid_fields({"field": "token", "allowed": "an access token or a session of this account"}) from None
