"""
Faults: what shall go wrong, in which order or how often.

Keeping fault plans, and letting each outcome happen once, whichever worker meets it.
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
from kpn_sandbox.validation import number, whole_number

_STATUS = whole_number(200, 599)
_DELAY = whole_number(0, LONGEST_DELAY_MS)
_PROBABILITY = number(0, 1)
MOST_OUTCOMES = 1000
_DRAWS = 2**32


@dataclass(frozen=True)
class Outcome:
    """
    What shall become of one request.

    Args:
        status: The status of the answer.
        delay_ms: How long the answer takes.
        body: The body of the answer in place of the vendor's own; a text is sent as it is, all else as JSON.
        headers: Headers of the answer, beside or in place of the vendor's own.
        connection: One of `CONNECTION_FAULTS`.
        ok: Nothing goes wrong.

    Raises:
        InvalidSetting: Something is not what it may be, or nothing is said at all.
    """

    status: int | None = None
    delay_ms: int | None = None
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    connection: str | None = None
    ok: bool = False

    def __post_init__(self) -> None:
        if self.status is not None:
            _STATUS("status", self.status, InvalidSetting)
        if self.delay_ms is not None:
            _DELAY("delay_ms", self.delay_ms, InvalidSetting)
        if self.connection is not None and self.connection not in CONNECTION_FAULTS:
            raise InvalidSetting("connection", self.connection, f"one of {', '.join(CONNECTION_FAULTS)}")
        if not self.to_dict():
            raise InvalidSetting("outcome", {}, 'an object like {"status": 503} or {"ok": true}')
        if self.ok and set(self.to_dict()) - {"ok", "delay_ms"}:
            raise InvalidSetting("ok", True, "alone or with delay_ms")

    def to_dict(self) -> dict[str, Any]:
        """What is said, as JSON values."""
        unsaid = {"headers": self.headers or None, "ok": self.ok or None}
        return {name: value for name, value in {**asdict(self), **unsaid}.items() if value is not None}


@dataclass(frozen=True)
class FaultPlan:
    """
    Outcomes in order, used up one by one or over and over; or one outcome that happens now and then.

    Args:
        api: The API that it is about.
        operation: One of its operations; None is all of them.
        outcomes: In the order in which they happen.
        repeat: Begin again after the last one.
        probability: How often the outcome happens, 0 to 1.
        outcome: What happens then.
        seed: What decides when it happens; the same seed, the same requests.
        id: Made when the plan is added.
        used: How many requests have met it.

    Raises:
        InvalidSetting: Something is not what it may be.
    """

    api: ApiKey
    operation: str | None = None
    outcomes: tuple[Outcome, ...] = ()
    repeat: bool = False
    probability: float | None = None
    outcome: Outcome | None = None
    seed: str | None = None
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
        """The requests after which it is used up, None when it never is."""
        return None if self.repeat or self.probability is not None else len(self.outcomes)

    @property
    def remaining(self) -> int | None:
        """How many outcomes are left, None when it is never used up."""
        return None if self.total is None else max(0, self.total - self.used)

    def concerns(self, api: str, operation: str) -> bool:
        """Whether it is about that operation."""
        return self.api == api and self.operation in (None, operation)

    def nth(self, position: int) -> Outcome | None:
        """What becomes of the n-th request (from 1) that meets the plan, None when nothing goes wrong with it."""
        if self.probability is None:
            return self.outcomes[(position - 1) % len(self.outcomes)]
        return self.outcome if self._draw(position) < self.probability * _DRAWS else None

    def to_dict(self) -> dict[str, Any]:
        """The plan as JSON values, without its id and what was used of it."""
        plan = {name: value for name, value in vars(self).items() if name not in ("id", "used", "outcomes", "outcome")}
        if self.probability is None:
            return {**plan, "outcomes": [outcome.to_dict() for outcome in self.outcomes]}
        return {**plan, "outcome": self.outcome and self.outcome.to_dict()}

    def with_id(self, name: str) -> "FaultPlan":
        """The plan with its id, and with the seed that makes its draws repeatable."""
        drawn = self.probability is not None and self.seed is None
        return replace(self, id=name, seed=name if drawn else self.seed)

    def _draw(self, position: int) -> int:
        return int.from_bytes(hashlib.shake_128(f"{self.seed} {position}".encode()).digest(4), "big")


def plan_from_dict(plan: dict[str, Any], name: str, used: int) -> FaultPlan:
    """The plan that `to_dict` described."""
    told = dict(plan)
    told["outcomes"] = tuple(Outcome(**outcome) for outcome in told.get("outcomes", ()))
    if told.get("outcome"):
        told["outcome"] = Outcome(**told["outcome"])
    return FaultPlan(**told, id=name, used=used)


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
        named = plan.with_id(random_text(8))
        values = {"client_id": client_id, "id": named.id, "plan": json.dumps(named.to_dict()), "used": 0}
        with account_transaction(self._database, client_id) as connection:
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
        with account_transaction(self._database, client_id) as connection:
            return connection.execute(delete(tables.faults).where(*these)).rowcount

    def take_outcome(self, client_id: str, plans: Iterable[FaultPlan], api: str, operation: str) -> Outcome | None:
        """
        Take the next outcome for a request; it is used up by asking.

        The first plan that is about the operation and has something left decides.

        Args:
            client_id: The account.
            plans: Its fault plans, in the order in which they were made.
            api: The API of the request.
            operation: Its operation.

        Returns:
            None when nothing does; an outcome that is `ok` was planned to be so.
        """
        for plan in plans:
            if plan.concerns(api, operation):
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


def plans_of(connection: Connection, client_id: str) -> tuple[FaultPlan, ...]:
    """The plans of an account in the order of their making, used up ones included."""
    return tuple(map(_plan, connection.execute(_OF_ACCOUNT, {"client_id": client_id})))


def _plan(row: Row[Any]) -> FaultPlan:
    return plan_from_dict(json.loads(row.plan), row.id, row.used)
