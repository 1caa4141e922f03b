"""Faults: what shall go wrong, in which order or how often."""

import hashlib
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from kpn_sandbox.control.errors import InvalidSetting
from kpn_sandbox.control.numbers import between, number

CONNECTIONS = ("reset", "empty", "garbage", "drip")
"""How a connection can break: reset, closed without a byte, bytes that are no HTTP, the body byte by byte."""

LONGEST_DELAY_MS = 60_000
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
        connection: One of `CONNECTIONS`.
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
            between("status", self.status, 200, 599)
        if self.delay_ms is not None:
            between("delay_ms", self.delay_ms, 0, LONGEST_DELAY_MS)
        if self.connection is not None and self.connection not in CONNECTIONS:
            raise InvalidSetting("connection", self.connection, f"one of {', '.join(CONNECTIONS)}")
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

    api: str
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
        if self.probability is not None and not 0 <= number("probability", self.probability, _SHARE) <= 1:
            raise InvalidSetting("probability", self.probability, _SHARE)
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

    def named(self, name: str) -> "FaultPlan":
        """The plan with its id, and with the seed that makes its draws repeatable."""
        drawn = self.probability is not None and self.seed is None
        return replace(self, id=name, seed=name if drawn else self.seed)

    def _draw(self, position: int) -> int:
        return int.from_bytes(hashlib.shake_128(f"{self.seed} {position}".encode()).digest(4), "big")


_SHARE = "a number from 0 to 1"


def plan_from_dict(plan: dict[str, Any], name: str, used: int) -> FaultPlan:
    """The plan that `to_dict` described."""
    told = dict(plan)
    told["outcomes"] = tuple(Outcome(**outcome) for outcome in told.get("outcomes", ()))
    if told.get("outcome"):
        told["outcome"] = Outcome(**told["outcome"])
    return FaultPlan(**told, id=name, used=used)
