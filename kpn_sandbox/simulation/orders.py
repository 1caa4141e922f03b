"""
The orders and invoices of customers.

All of it follows from the seed, the customer and the month, so an order keeps number, lines and amount for ever and
only its status moves with time. Amounts are hundredths of their currency, with VAT. Products, prices and frequencies
are invented.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from itertools import islice
from typing import NamedTuple

from kpn_sandbox.simulation.calendar import FIRST_DATE, calendar_day, day_of
from kpn_sandbox.simulation.names import words_of
from kpn_sandbox.simulation.randomness import words

PIECES: tuple[tuple[str, int], ...] = tuple(words_of("products").items())
"""Names and prices of products that are sold by the piece, in euro cents."""

MEASURED: tuple[tuple[str, int], ...] = tuple(words_of("measured_products").items())
"""Names of products that are sold by length or time, and the prices of one unit, in euro cents."""

_MEASURED_NAMES = frozenset(name for name, _ in MEASURED)

CURRENCIES = {"EUR": 100, "GBP": 85, "NOK": 1150}
"""Currencies of orders, and what a price in euros becomes in them, in percent."""

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
    """A product of an order; quantities are hundredths, prices hundredths of the order's currency."""

    product: str
    quantity: int
    delivered: int
    price: int
    """For one piece, meter or hour."""

    @property
    def is_counted(self) -> bool:
        """Whether the product is sold by the piece."""
        return self.product not in _MEASURED_NAMES

    @property
    def amount(self) -> int:
        """Price of the quantity."""
        return (self.quantity * self.price + 50) // 100


class OrderFact(NamedTuple):
    """An order at an instant; instants are epoch seconds."""

    number: str
    placed_at: float
    status: OrderStatus
    status_since: float
    lines: tuple[OrderLine, ...]
    amount: int
    currency: str
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
    currency: str


class CreditNoteFact(NamedTuple):
    """A credit note for the first line of an order, which was sent back; its instant is in epoch seconds."""

    number: str
    order: str
    issued_at: float
    line: OrderLine
    currency: str


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


def credit_notes(seed: str, customer: int, at: float, most: int) -> list[CreditNoteFact]:
    """
    The credit notes of a customer, the newest first.

    Args:
        seed, customer: The account's seed, and the customer from 0.
        at, most: The instant, in epoch seconds, and how many at most.
    """
    issued = [each.credit_note() for each in _lifecycles(seed, customer, at) if each.is_returned]
    past = (note for note in issued if note.issued_at <= at)
    return sorted(past, key=lambda note: (note.issued_at, note.number), reverse=True)[:most]


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
    sent_back: bool
    currency: str
    lines: tuple[OrderLine, ...]

    @property
    def is_returned(self) -> bool:
        return self.sent_back and not self.cancelled

    def credit_note(self) -> CreditNoteFact:
        issued_at = max(self.completed_at, self.paid_at) + 3 * DAY
        return CreditNoteFact(f"CN{self.digits}", f"SO{self.digits}", issued_at, self.lines[0], self.currency)

    def billed_by(self, at: float) -> bool:
        return not self.cancelled and self.shipped_at <= at

    def order(self, at: float) -> OrderFact:
        status, since = self._status(at)
        halves = {OrderStatus.DELIVERED: 2, OrderStatus.PARTLY_DELIVERED: 1}.get(status, 0)
        lines = tuple(line._replace(delivered=line.quantity * halves // 2) for line in self.lines)
        underway = status in (OrderStatus.SHIPPED, OrderStatus.PARTLY_DELIVERED, OrderStatus.DELIVERED)
        parcel = f"3S{self.digits}" if underway else None
        number = f"SO{self.digits}"
        return OrderFact(number, self.placed_at, status, since, lines, self.amount, self.currency, parcel)

    def invoice(self, at: float) -> InvoiceFact:
        due_at = self.shipped_at + PAYMENT_DAYS * DAY
        status, since = InvoiceStatus.OPEN, self.shipped_at
        if self.paid_at <= at:
            status, since = InvoiceStatus.PAID, self.paid_at
        elif due_at <= at:
            status, since = InvoiceStatus.OVERDUE, due_at
        numbers, total = (f"INV{self.digits}", f"SO{self.digits}"), (self.amount, self.currency)
        return InvoiceFact(*numbers, self.shipped_at, due_at, status, since, *total)

    @property
    def amount(self) -> int:
        return sum(line.amount for line in self.lines)

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
    currency = _currency(drawn[7] % 100)
    wanted = range(1 + drawn[5] % _LINES)
    quantities = {drawn[8 + line] % (len(PIECES) + len(MEASURED)): drawn[12 + line] for line in wanted}
    return _OrderLifecycle(
        digits=digits,
        placed_at=placed_at,
        shipped_at=shipped_at,
        delivered_at=delivered_at,
        completed_at=delivered_at + 7 * DAY if partly else delivered_at,
        cancelled=drawn[4] >> 8 & 0xFF < 13,
        partly=partly,
        paid_at=shipped_at + 2 * DAY + drawn[6] % (18 * DAY),
        sent_back=drawn[6] >> 8 & 0xFF < 20,
        currency=currency,
        lines=tuple(_line(product, word, CURRENCIES[currency]) for product, word in quantities.items()),
    )


def _currency(percent: int) -> str:
    return "EUR" if percent < 88 else "GBP" if percent < 94 else "NOK"


def _line(product: int, drawn: int, percent: int) -> OrderLine:
    """Return a line with up to three pieces, or up to six units in quarters, of a product by its number."""
    name, price = (PIECES + MEASURED)[product]
    quantity = 100 * (1 + drawn % 3) if product < len(PIECES) else 25 * (1 + drawn % 24)
    return OrderLine(name, quantity, 0, price * percent // 100)
