"""Making an account as it was when it began, layer by layer."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from kpn_sandbox.literals import RESET_LAYERS, ResetLayer
from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.accounts import Account, account_of
from kpn_sandbox.tenants.clock import save_clock
from kpn_sandbox.tenants.configuration import epochs_of, log_of, settings_of
from kpn_sandbox.tenants.errors import InvalidSetting
from kpn_sandbox.tenants.transactions import account_transaction

_Reset = Callable[[Connection, Account, float], None]


def reset(database: Database, client_id: str, layers: Any, wall: float) -> tuple[ResetLayer, ...]:
    """
    Reset layers in one transaction; doing it twice changes nothing more.

    Args:
        database: Where the account is.
        client_id: Whose.
        layers: Names of layers, None for all.
        wall: Wall time.

    Returns:
        The layers.

    Raises:
        UnknownAccount: Nobody has that client id.
        InvalidSetting: There is no such layer.
        InvalidProfile: The scenario that stays makes the profile of the beginning too busy to simulate.
    """
    chosen = _checked(layers)
    with account_transaction(database, client_id) as connection:
        account = account_of(connection.execute(select(_ACCOUNTS).where(_ACCOUNTS.c.client_id == client_id)).one())
        for layer in chosen:
            _RESETS[layer](connection, account, wall)
        epochs_of(settings_of(account, log_of(connection, client_id)))
    return chosen


_ACCOUNTS = tables.accounts


def _checked(layers: Any) -> tuple[ResetLayer, ...]:
    if layers is None:
        return RESET_LAYERS
    if not isinstance(layers, list | tuple):
        raise InvalidSetting("layers", layers, f"a list of {', '.join(RESET_LAYERS)}")
    for layer in layers:
        if not isinstance(layer, str) or layer not in RESET_LAYERS:
            raise InvalidSetting("layers", layer, f"a list of {', '.join(RESET_LAYERS)}")
    return tuple(layer for layer in RESET_LAYERS if layer in layers)


def _emptied(table: Any, *which: ColumnElement[bool]) -> _Reset:
    def empty(connection: Connection, account: Account, wall: float) -> None:
        connection.execute(delete(table).where(table.c.client_id == account.client_id, *which))

    return empty


def _all_of(*resets: _Reset) -> _Reset:
    def each(connection: Connection, account: Account, wall: float) -> None:
        for one in resets:
            one(connection, account, wall)

    return each


def _reset_clock(connection: Connection, account: Account, wall: float) -> None:
    save_clock(connection, account.client_id, account.clock.restarted(wall))


def _reset_quota(connection: Connection, account: Account, wall: float) -> None:
    connection.execute(update(_ACCOUNTS).where(_ACCOUNTS.c.client_id == account.client_id).values(quota=None))
    _emptied(tables.quota_counts)(connection, account, wall)


_RESETS: dict[ResetLayer, _Reset] = {
    "profile": _emptied(tables.configuration, tables.configuration.c.profile.is_not(None)),
    "scenario": _emptied(tables.configuration, tables.configuration.c.scenario.is_not(None)),
    "clock": _reset_clock,
    "pins": _emptied(tables.pins),
    "faults": _emptied(tables.faults),
    "quota": _reset_quota,
    "requests": _emptied(tables.requests),
    "inbox": _all_of(_emptied(tables.inbox), _emptied(tables.kaisa_customers), _emptied(tables.wallboards)),
    "tokens": _all_of(_emptied(tables.tokens), _emptied(tables.sessions), _emptied(tables.subscriptions)),
}
"""What an account consists of, and how each is made as it was."""
