"""
Faults: planned outcomes of requests, in an order or with a probability; and their store.

All workers take the outcomes of a plan from one counter in the database, so each happens to one request.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from kpn_sandbox.literals import CONNECTION_FAULTS, LONGEST_DELAY_MS, ApiKey
from kpn_sandbox.storage import Database, tables
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownFault
from kpn_sandbox.tenants.secrets import random_text
from kpn_sandbox.tenants.transactions import account_transaction, invalidate
from kpn_sandbox.validation import choice, number, whole_number

ANY_OPERATION = "any"
"""The operation of a plan that applies to all operations of its API."""

MOST_OUTCOMES = 1000
"""Outcomes of one plan."""

_STATUS = whole_number(200, 599)
_DELAY = whole_number(0, LONGEST_DELAY_MS)
_CONNECTION = choice(*CONNECTION_FAULTS)
_PROBABILITY = number(0, 1)
_DRAWS = 2**32
_ROW = tables.faults.c
_OF_ACCOUNT = select(tables.faults).where(_ROW.client_id == bindparam("client_id")).order_by(_ROW.serial)
_TAKE = (
    update(tables.faults)
    .where(_ROW.client_id == bindparam("of_client"), _ROW.id == bindparam("of_id"))
    .where(_ROW.total.is_(None) | (_ROW.used < _ROW.total))
    .values(used=_ROW.used + 1)
    .returning(_ROW.used)
)


@dataclass(frozen=True)
class Outcome:
    """
    The planned outcome of one request.

    Args:
        status: Status of the response, 200 to 599.
        delay_ms: Delay of the response in milliseconds.
        body: Body of the response in place of the vendor's; a text is sent as it is, all else as JSON.
        headers: Headers of the response, in addition to or in place of the vendor's.
        connection: One of `CONNECTION_FAULTS`.
        ok: Whether nothing goes wrong.

    Raises:
        InvalidSetting: A value is not allowed, or there is none at all.
    """

    status: int | None = None
    delay_ms: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    connection: str | None = None
    ok: bool = False

    def __post_init__(self) -> None:
        for name, rule in (("status", _STATUS), ("delay_ms", _DELAY)):
            if getattr(self, name) is not None:
                object.__setattr__(self, name, rule(name, getattr(self, name), InvalidSetting))
        if self.connection is not None:
            _CONNECTION("connection", self.connection, InvalidSetting)
        if not self.to_dict():
            raise InvalidSetting("outcome", {}, 'an object like {"status": 503} or {"ok": true}')
        if self.ok and set(self.to_dict()) - {"ok", "delay_ms"}:
            raise InvalidSetting("ok", True, "alone or with delay_ms")

    def to_dict(self) -> dict[str, Any]:
        """Return the values that are set, as JSON values."""
        unset = {"headers": self.headers or None, "ok": self.ok or None}
        return {name: value for name, value in {**asdict(self), **unset}.items() if value is not None}


@dataclass(frozen=True)
class FaultPlan:
    """
    Outcomes in an order, once or over and over; or one outcome with a probability.

    Args:
        api: Key of the API whose requests it applies to.
        operation: Key of the operation; None or `ANY_OPERATION` for all operations.
        outcomes: The outcomes of successive requests.
        repeat: Whether the first outcome follows the last one.
        probability: The probability of `outcome`, 0 to 1.
        outcome: The outcome that happens with this probability.
        seed: Seed of the draws; the same seed draws the same requests.
        key: Number of the only object whose requests it applies to; None for all requests.
        id: Generated when the plan is added.
        used: Number of requests that it has been applied to.

    Raises:
        InvalidSetting: A value is not allowed.
    """

    api: ApiKey
    operation: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    repeat: bool = False
    probability: float | None = None
    outcome: Outcome | None = None
    seed: str | None = None
    key: str | None = None
    id: str = ""
    used: int = 0

    def __post_init__(self) -> None:
        if (self.probability is None) != (self.outcome is None):
            raise InvalidSetting("outcome", self.outcome and self.outcome.to_dict(), "given together with probability")
        if bool(self.outcomes) == (self.probability is not None):
            raise InvalidSetting("outcomes", [], "a list of outcomes, or else probability and outcome")
        if len(self.outcomes) > MOST_OUTCOMES:
            raise InvalidSetting("outcomes", len(self.outcomes), f"at most {MOST_OUTCOMES:,} outcomes")
        if self.probability is not None:
            _PROBABILITY("probability", self.probability, InvalidSetting)
        if self.probability is not None and self.repeat:
            raise InvalidSetting("repeat", True, "given with outcomes only")

    @property
    def total(self) -> int | None:
        """Number of requests after which the plan is used up; None if it never is."""
        return None if self.repeat or self.probability is not None else len(self.outcomes)

    @property
    def remaining(self) -> int | None:
        """Number of outcomes that are left; None if the plan is never used up."""
        return None if self.total is None else max(0, self.total - self.used)

    def applies_to(self, api: str, operation: str, key: str = "") -> bool:
        """
        Whether the plan applies to a request.

        Args:
            api, operation, key: Keys of the API, of the operation and of the object in the path; empty for no object.
        """
        if self.api != api or self.operation not in (None, ANY_OPERATION, operation):
            return False
        return self.key is None or (key.isascii() and key.isdigit() and key.lstrip("0") == self.key.lstrip("0"))

    def nth(self, position: int) -> Outcome | None:
        """Return the outcome of the n-th request (from 1) that the plan applies to; None if nothing goes wrong."""
        if self.probability is None:
            return self.outcomes[(position - 1) % len(self.outcomes)]
        return self.outcome if self._draw(position) < self.probability * _DRAWS else None

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as JSON values, without its id and the number of requests."""
        plan = {name: value for name, value in vars(self).items() if name not in ("id", "used", "outcomes", "outcome")}
        if self.probability is None:
            return {**plan, "outcomes": [outcome.to_dict() for outcome in self.outcomes]}
        return {**plan, "outcome": self.outcome and self.outcome.to_dict()}

    def with_id(self, plan_id: str) -> "FaultPlan":
        """Return the plan with an id, which is also the seed of its draws if it has none."""
        unseeded = self.probability is not None and self.seed is None
        return replace(self, id=plan_id, seed=plan_id if unseeded else self.seed)

    def _draw(self, position: int) -> int:
        return int.from_bytes(hashlib.shake_128(f"{self.seed} {position}".encode()).digest(4), "big")


class Faults:
    """The fault plans of all accounts of a database; changing those of an unknown account raises UnknownAccount."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, client_id: str, plan: FaultPlan) -> FaultPlan:
        """
        Add a plan behind those that the account has, and return it with its id.

        Args:
            client_id, plan: The account, and the plan.
        """
        added = plan.with_id(random_text(8))
        with account_transaction(self._database, client_id) as connection:
            connection.execute(insert(tables.faults).values(_columns(client_id, added)))
        return added

    def list(self, client_id: str) -> tuple[FaultPlan, ...]:
        """Return all plans of an account in the order in which they were added, used up ones included."""
        with self._database.read() as connection:
            return plans_of(connection, client_id)

    def show(self, client_id: str, fault: str) -> FaultPlan:
        """
        Return one plan of an account.

        Args:
            client_id, fault: The account, and the id of the plan.

        Raises:
            UnknownFault: The account has no plan with that id.
        """
        for plan in self.list(client_id):
            if plan.id == fault:
                return plan
        raise UnknownFault(f"fault {fault} not found")

    def remove(self, client_id: str, fault: str | None = None) -> int:
        """
        Delete plans and return how many there were, used up ones included.

        Args:
            client_id, fault: The account, and the id of the only plan to delete; None deletes all.

        Raises:
            UnknownFault: The account has no plan with that id.
        """
        these: list[Any] = [_ROW.client_id == client_id]
        if fault is not None:
            these.append(_ROW.id == self.show(client_id, fault).id)
        with account_transaction(self._database, client_id) as connection:
            return connection.execute(delete(tables.faults).where(*these)).rowcount

    def take_outcome(
        self, client_id: str, plans: Iterable[FaultPlan], api: str, operation: str, *, key: str = ""
    ) -> Outcome | None:
        """
        Take the next outcome for a request from the first plan for it that is not used up; None without one.

        Args:
            client_id, plans: The account, and its fault plans in the order in which they were added.
            api, operation: Keys of the API and the operation of the request.
            key: Identifier of the object in its path; empty for none.
        """
        for plan in plans:
            if plan.applies_to(api, operation, key):
                position = self._take(client_id, plan)
                outcome = None if position is None else plan.nth(position)
                if outcome is not None:
                    return outcome
        return None

    def _take(self, client_id: str, plan: FaultPlan) -> int | None:
        taken = self._database.fetch_one(_TAKE, of_client=client_id, of_id=plan.id)
        if taken is None:
            return None
        if taken[0] == plan.total:
            invalidate(self._database, client_id)
        return int(taken[0])


def next_outcome(
    plans: Iterable[FaultPlan], api: str, operation: str, key: str = ""
) -> tuple[FaultPlan, Outcome] | None:
    """
    Return the outcome that the next request would take, with its plan, and take nothing; None without one.

    Args:
        plans: The fault plans of an account in the order in which they were added, as they are now.
        api, operation, key: As for `FaultPlan.applies_to`.
    """
    for plan in plans:
        if plan.remaining != 0 and plan.applies_to(api, operation, key):
            outcome = plan.nth(plan.used + 1)
            if outcome is not None:
                return plan, outcome
    return None


def plans_of(connection: Connection, client_id: str) -> tuple[FaultPlan, ...]:
    """
    Return all plans of an account in the order in which they were added, used up ones included.

    Args:
        connection, client_id: A connection to the database, and the account.
    """
    return tuple(map(_plan, connection.execute(_OF_ACCOUNT, {"client_id": client_id})))


def write_plans(connection: Connection, client_id: str, plans: Iterable[FaultPlan]) -> None:
    """
    Store plans in place of all plans of an account; those without an id get one.

    Args:
        connection, client_id, plans: A transaction on the account, the account, and plans whose ids differ.
    """
    connection.execute(delete(tables.faults).where(_ROW.client_id == client_id))
    rows = [_columns(client_id, plan.with_id(plan.id or random_text(8))) for plan in plans]
    if rows:
        connection.execute(insert(tables.faults), rows)


def _columns(client_id: str, plan: FaultPlan) -> dict[str, Any]:
    stored = {"client_id": client_id, "id": plan.id, "plan": json.dumps(plan.to_dict())}
    return {**stored, "used": plan.used, "total": plan.total}


def _plan(row: Row[Any]) -> FaultPlan:
    stored = json.loads(row.plan)
    stored["outcomes"] = tuple(Outcome(**outcome) for outcome in stored.get("outcomes", ()))
    if stored.get("outcome"):
        stored["outcome"] = Outcome(**stored["outcome"])
    return FaultPlan(**stored, id=row.id, used=row.used)
