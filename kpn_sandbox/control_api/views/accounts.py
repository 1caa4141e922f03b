"""Views that create, show and delete accounts, and renew or revoke their credentials."""

from typing import Any

from kpn_sandbox import auth
from kpn_sandbox.auth.errors import UnknownToken
from kpn_sandbox.client.records import AccountRecord, AccountsRecord, NewAccountRecord, RevokedRecord
from kpn_sandbox.control_api.context import ControlRequest
from kpn_sandbox.control_api.errors import invalid_fields
from kpn_sandbox.control_api.serializers import account_record, listed_account_record, new_account_record
from kpn_sandbox.simulation.profile import Profile
from kpn_sandbox.tenants.accounts import NewAccount
from kpn_sandbox.tenants.clock import RunningClock, new_clock
from kpn_sandbox.tenants.timeline import patched

ACCOUNTS_ON_A_PAGE = 100


def list_accounts(request: ControlRequest) -> AccountsRecord:
    """Return a page of accounts, the oldest first."""
    page = request.sandbox.page(request.query.get("limit", ACCOUNTS_ON_A_PAGE), request.query.get("after"))
    return {"accounts": [listed_account_record(each) for each in page.accounts], "next": page.next}


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
    request.sandbox.delete(request.client_id)


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
