"""
The orders and invoices of customers.

All of it follows from the seed, the customer and the month, so an order keeps number, lines and amount for ever and
only its status moves with time. Amounts are cents with VAT. Products, prices and frequencies are invented.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from kpn_sandbox.simulation.calendar import FIRST_DATE, calendar_day, day_of
from kpn_sandbox.simulation.names import words_of
from kpn_sandbox.simulation.randomness import words

PRODUCTS: tuple[tuple[str, int], ...] = tuple(words_of("products").items())
"""Names and prices in cents."""

MONTHS_BACK = 24
"""Older orders are not shown."""

DAY = 86_400
PAYMENT_DAYS = 14

_ORDERS_A_MONTH = (45, 80, 95, 100)
"""Percent of months with no order, at most one, at most two, at most three."""
_WORDS, _LINES = 16, 4
"""The words of a stream that each order owns, some of which are not used yet, and the most lines of an order."""


class OrderStatus(StrEnum):
    """How far an order has come."""

    PROCESSING = "Processing"
    SHIPPED = "Shipped"
    PARTLY_DELIVERED = "Partly delivered"
    DELIVERED = "Delivered"
    CANCELLED = "Cancelled"


class InvoiceStatus(StrEnum):
    """How far an invoice has come."""

    OPEN = "Open"
    OVERDUE = "Overdue"
    PAID = "Paid"


class OrderLine(NamedTuple):
    """A product of an order; quantities are pieces."""

    product: str
    quantity: int
    delivered: int
    price: int
    """Cents for one."""


class OrderFact(NamedTuple):
    """An order at an instant; instants are epoch seconds."""

    number: str
    placed_at: float
    status: OrderStatus
    status_since: float
    lines: tuple[OrderLine, ...]
    amount: int
    parcel: str | None
    """The number of the parcel once it is on its way."""


class InvoiceFact(NamedTuple):
    """An invoice at an instant; instants are epoch seconds."""

    number: str
    order: str
    issued_at: float
    due_at: float
    status: InvoiceStatus
    status_since: float
    amount: int


def orders(seed: str, customer: int, at: float, most: int) -> list[OrderFact]:
    """
    The orders of a customer, the newest first.

    Args:
        seed, customer: The account's seed, and the customer from 0.
        at, most: The instant at which their statuses hold, in epoch seconds, and how many at most.
    """
    placed = (each.order(at) for each in _lifecycles(seed, customer, at) if each.placed_at <= at)
    return list(islice(placed, most))


def invoices(seed: str, customer: int, at: float, most: int) -> list[InvoiceFact]:
    """
    The invoices of a customer, the newest first; an order is billed when it is shipped.

    Args:
        seed, customer: The account's seed, and the customer from 0.
        at, most: The instant at which their statuses hold, in epoch seconds, and how many at most.
    """
    billed = [each.invoice(at) for each in _lifecycles(seed, customer, at) if each.billed_by(at)]
    return sorted(billed, key=lambda invoice: (invoice.issued_at, invoice.number), reverse=True)[:most]


class _OrderLifecycle(NamedTuple):
    """Everything that ever happens to an order; an order and its invoice are read from it at an instant."""

    digits: str
    placed_at: float
    shipped_at: float
    delivered_at: float
    completed_at: float
    cancelled: bool
    partly: bool
    paid_at: float
    lines: tuple[OrderLine, ...]

    def billed_by(self, at: float) -> bool:
        return not self.cancelled and self.shipped_at <= at

    def order(self, at: float) -> OrderFact:
        status, since = self._status(at)
        halves = {OrderStatus.DELIVERED: 2, OrderStatus.PARTLY_DELIVERED: 1}.get(status, 0)
        lines = tuple(line._replace(delivered=line.quantity * halves // 2) for line in self.lines)
        underway = status in (OrderStatus.SHIPPED, OrderStatus.PARTLY_DELIVERED, OrderStatus.DELIVERED)
        parcel = f"3S{self.digits}" if underway else None
        return OrderFact(f"SO{self.digits}", self.placed_at, status, since, lines, self.amount, parcel)

    def invoice(self, at: float) -> InvoiceFact:
        due_at = self.shipped_at + PAYMENT_DAYS * DAY
        status, since = InvoiceStatus.OPEN, self.shipped_at
        if self.paid_at <= at:
            status, since = InvoiceStatus.PAID, self.paid_at
        elif due_at <= at:
            status, since = InvoiceStatus.OVERDUE, due_at
        return InvoiceFact(f"INV{self.digits}", f"SO{self.digits}", self.shipped_at, due_at, status, since, self.amount)

    @property
    def amount(self) -> int:
        return sum(line.quantity * line.price for line in self.lines)

    def _status(self, at: float) -> tuple[OrderStatus, float]:
        if self.cancelled and self.shipped_at <= at:
            return OrderStatus.CANCELLED, self.shipped_at
        steps = [(self.placed_at, OrderStatus.PROCESSING), (self.shipped_at, OrderStatus.SHIPPED)]
        if self.partly:
            steps.append((self.delivered_at, OrderStatus.PARTLY_DELIVERED))
        steps.append((self.completed_at, OrderStatus.DELIVERED))
        since, status = [step for step in steps if step[0] <= at][-1]
        return status, since


def _lifecycles(seed: str, customer: int, at: float) -> Iterator[_OrderLifecycle]:
    """The orders of the last months, the newest first, those of later days of this month included."""
    month = day_of(at).date.replace(day=1)
    for _ in range(MONTHS_BACK):
        yield from sorted(_month(seed, customer, month), key=lambda order: order.placed_at, reverse=True)
        if month == FIRST_DATE:
            return
        month = (month - timedelta(days=1)).replace(day=1)


def _month(seed: str, customer: int, month: date) -> list[_OrderLifecycle]:
    # The first block of words decides how many orders there are; each order owns a block of its own, so more orders
    # leave the others as they are.
    drawn = words((len(_ORDERS_A_MONTH) + 1) * _WORDS, seed, month, "orders", customer).tolist()
    count = sum(drawn[0] % 100 >= percent for percent in _ORDERS_A_MONTH)
    chunks = [drawn[_WORDS * (number + 1) : _WORDS * (number + 2)] for number in range(count)]
    return [_lifecycle(f"{month:%y%m}{customer:03d}{number}", month, chunk) for number, chunk in enumerate(chunks)]


def _lifecycle(digits: str, month: date, drawn: list[int]) -> _OrderLifecycle:
    # Day 28 is the last that every month has.
    placed_on = calendar_day(month.replace(day=1 + drawn[0] % 28))
    placed_at = placed_on.starts_at + 8 * 3600 + drawn[1] % (12 * 3600)
    shipped_at = placed_at + 4 * 3600 + drawn[2] % (2 * DAY)
    delivered_at = shipped_at + 12 * 3600 + drawn[3] % (2 * DAY)
    partly = drawn[4] % 100 < 12
    wanted = range(1 + drawn[5] % _LINES)
    products = {drawn[8 + line] % len(PRODUCTS): 1 + drawn[12 + line] % 3 for line in wanted}
    return _OrderLifecycle(
        digits=digits,
        placed_at=placed_at,
        shipped_at=shipped_at,
        delivered_at=delivered_at,
        completed_at=delivered_at + 7 * DAY if partly else delivered_at,
        cancelled=drawn[4] >> 8 & 0xFF < 13,
        partly=partly,
        paid_at=shipped_at + 2 * DAY + drawn[6] % (18 * DAY),
        lines=tuple(OrderLine(PRODUCTS[each][0], count, 0, PRODUCTS[each][1]) for each, count in products.items()),
    )
