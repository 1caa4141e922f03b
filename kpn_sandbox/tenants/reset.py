"""
Reset of an account to its origin, layer by layer: its state at creation.

Which rows a layer has is written with the tables, so a table of a vendor takes part by naming its layer.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update

from kpn_sandbox.literals import RESET_LAYERS, ResetLayer
from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.accounts import Account, account_of
from kpn_sandbox.tenants.clock import save_clock
from kpn_sandbox.tenants.configuration import save_timeline, timeline_of
from kpn_sandbox.tenants.errors import InvalidSetting
from kpn_sandbox.tenants.transactions import account_transaction

_Reset = Callable[[Connection, Account, float], None]


_ACCOUNTS = tables.accounts


def reset(database: Database, client_id: str, layers: Any, wall: float) -> tuple[ResetLayer, ...]:
    """
    Reset layers in one transaction; doing it twice changes nothing more.

    Args:
        database: The database of the account.
        client_id: The account.
        layers: Names of layers, None for all.
        wall: Wall time, in epoch seconds.

    Returns:
        The layers that were reset.

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
            _delete_rows(connection, client_id, layer)
            if layer in _MORE:
                _MORE[layer](connection, account, wall)
        _reset_timeline(connection, row, chosen)
    return chosen


def _checked(layers: Any) -> tuple[ResetLayer, ...]:
    if layers is None:
        return RESET_LAYERS
    if not isinstance(layers, list | tuple):
        raise InvalidSetting("layers", layers, f"a list of {', '.join(RESET_LAYERS)}")
    for layer in layers:
        if not isinstance(layer, str) or layer not in RESET_LAYERS:
            raise InvalidSetting("layers", layer, f"a list of {', '.join(RESET_LAYERS)}")
    return tuple(layer for layer in RESET_LAYERS if layer in layers)


def _delete_rows(connection: Connection, client_id: str, layer: ResetLayer) -> None:
    for table in tables.metadata.sorted_tables:
        if table.info.get(tables.RESET_LAYER) == layer:
            connection.execute(delete(table).where(table.c.client_id == client_id))


def _reset_clock(connection: Connection, account: Account, wall: float) -> None:
    save_clock(connection, account.client_id, account.clock.restarted(wall))


def _reset_quota(connection: Connection, account: Account, wall: float) -> None:
    connection.execute(update(_ACCOUNTS).where(_ACCOUNTS.c.client_id == account.client_id).values(quota=None))


def _reset_timeline(connection: Connection, row: Row[Any], layers: tuple[ResetLayer, ...]) -> None:
    """Reset profile and scenario together, because one of them alone may not go with what the other was."""
    before, origin = timeline_of(connection, row), account_of(row)
    after = before.reset_to(
        profile=origin.profile if "profile" in layers else None,
        scenario=origin.scenario if "scenario" in layers else None,
    )
    save_timeline(connection, row.client_id, before, after)


_MORE: dict[ResetLayer, _Reset] = {"clock": _reset_clock, "quota": _reset_quota}
"""What a reset does besides deleting the rows of the layer; profile and scenario are the timeline's."""
