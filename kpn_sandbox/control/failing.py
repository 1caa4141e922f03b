"""Keeping fault plans, and letting each outcome happen once, whichever worker meets it."""

import json
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from kpn_sandbox.control.changes import bump, changing
from kpn_sandbox.control.errors import UnknownFault
from kpn_sandbox.control.faults import FaultPlan, Outcome, plan_from_dict
from kpn_sandbox.control.secrets import random_text
from kpn_sandbox.control.tenant import Tenant
from kpn_sandbox.storage import Database, tables

_ROW = tables.faults.c
_OF_ACCOUNT = select(tables.faults).where(_ROW.client_id == bindparam("client_id")).order_by(_ROW.serial)
_TAKE = (
    update(tables.faults)
    .where(_ROW.client_id == bindparam("of_client"), _ROW.id == bindparam("of_id"))
    .where(_ROW.total.is_(None) | (_ROW.used < _ROW.total))
    .values(used=_ROW.used + 1)
    .returning(_ROW.used)
)


class Faults:
    """The fault plans in a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, client_id: str, plan: FaultPlan) -> FaultPlan:
        """
        Plan a fault, behind those that are planned already.

        Returns:
            The plan with its id.

        Raises:
            UnknownAccount: Nobody has that client id.
        """
        named = plan.named(random_text(8))
        values = {"client_id": client_id, "id": named.id, "plan": json.dumps(named.to_dict()), "used": 0}
        with changing(self._database, client_id) as connection:
            connection.execute(insert(tables.faults).values(**values, total=named.total))
        return named

    def list(self, client_id: str) -> tuple[FaultPlan, ...]:
        """All plans of an account in the order of their making, used up ones included."""
        with self._database.read() as connection:
            return plans_of(connection, client_id)

    def show(self, client_id: str, fault: str) -> FaultPlan:
        """
        One plan.

        Raises:
            UnknownFault: No plan of the account has that id.
        """
        for plan in self.list(client_id):
            if plan.id == fault:
                return plan
        raise UnknownFault(fault)

    def remove(self, client_id: str, fault: str | None = None) -> int:
        """
        Take one plan away, or all.

        Returns:
            How many there were, used up ones included.

        Raises:
            UnknownAccount: Nobody has that client id.
            UnknownFault: No plan of the account has that id.
        """
        these: list[Any] = [_ROW.client_id == client_id]
        if fault is not None:
            these.append(_ROW.id == self.show(client_id, fault).id)
        with changing(self._database, client_id) as connection:
            return connection.execute(delete(tables.faults).where(*these)).rowcount

    def due(self, tenant: Tenant, api: str, operation: str) -> Outcome | None:
        """
        What goes wrong with a request; it is used up by asking.

        The first plan that is about the operation and has something left decides.

        Returns:
            None when nothing does; an outcome that is `ok` was planned to be so.
        """
        for plan in tenant.plans:
            if plan.concerns(api, operation):
                position = self._take(tenant.account.client_id, plan)
                outcome = None if position is None else plan.nth(position)
                if outcome is not None:
                    return outcome
        return None

    def _take(self, client_id: str, plan: FaultPlan) -> int | None:
        taken = self._database.row(_TAKE, of_client=client_id, of_id=plan.id)
        if taken is None:
            return None
        if taken[0] == plan.total:
            bump(self._database, client_id)
        return int(taken[0])


def plans_of(connection: Connection, client_id: str) -> tuple[FaultPlan, ...]:
    """The plans of an account in the order of their making, used up ones included."""
    return tuple(map(_plan, connection.execute(_OF_ACCOUNT, {"client_id": client_id})))


def _plan(row: Row[Any]) -> FaultPlan:
    return plan_from_dict(json.loads(row.plan), row.id, row.used)
