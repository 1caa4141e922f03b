"""
Reset of an account to its origin, layer by layer: its state at creation.

Which rows a layer has is written with the tables, so a table of a vendor takes part by naming its layer.
"""

from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from kpn_sandbox.literals import RESET_LAYERS, ResetLayer
from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.accounts import Account, account_of
from kpn_sandbox.tenants.clock import save_clock
from kpn_sandbox.tenants.configuration import save_timeline, timeline_of
from kpn_sandbox.tenants.errors import InvalidSetting
from kpn_sandbox.tenants.transactions import account_transaction

_ACCOUNTS = tables.accounts


def reset(database: Database, client_id: str, layers: Any, wall: float) -> tuple[ResetLayer, ...]:
    """
    Reset layers of an account in one transaction and return them.

    Args:
        database, client_id: The database, and the account.
        layers, wall: Names of layers, None for all, and wall time, in epoch seconds.

    Raises:
        UnknownAccount: There is no such account.
        InvalidSetting: There is no such layer.
        InvalidProfile: The scenario that stays makes the profile at creation too busy to simulate.
    """
    chosen = _checked(layers)
    with account_transaction(database, client_id) as connection:
        row = connection.execute(select(_ACCOUNTS).where(_ACCOUNTS.c.client_id == client_id)).one()
        account = account_of(row)
        for layer in chosen:
            _reset_layer(connection, account, layer, wall)
        _reset_timeline(connection, row, chosen)
    return chosen


def _checked(layers: Any) -> tuple[ResetLayer, ...]:
    if layers is None:
        return RESET_LAYERS
    is_list = isinstance(layers, list | tuple)
    wrong = [layer for layer in layers if layer not in RESET_LAYERS] if is_list else [layers]
    if wrong:
        raise InvalidSetting("layers", wrong[0], f"a list of {', '.join(RESET_LAYERS)}")
    return tuple(layer for layer in RESET_LAYERS if layer in layers)


def _reset_layer(connection: Connection, account: Account, layer: ResetLayer, wall: float) -> None:
    for table in tables.metadata.sorted_tables:
        if table.info.get(tables.RESET_LAYER) == layer:
            connection.execute(delete(table).where(table.c.client_id == account.client_id))
    if layer == "clock":
        save_clock(connection, account.client_id, account.clock.restarted(wall))
    elif layer == "quota":
        connection.execute(update(_ACCOUNTS).where(_ACCOUNTS.c.client_id == account.client_id).values(quota=None))


def _reset_timeline(connection: Connection, row: Row[Any], layers: tuple[ResetLayer, ...]) -> None:
    """Reset profile and scenario together, because one of them alone may not go with what the other was."""
    before, origin = timeline_of(connection, row), account_of(row)
    after = before.reset_to(
        profile=origin.profile if "profile" in layers else None,
        scenario=origin.scenario if "scenario" in layers else None,
    )
    save_timeline(connection, row.client_id, before, after)
