"""Orders and invoices are the same for ever, and their statuses follow time."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.orders import CURRENCIES, DAY, InvoiceStatus, OrderStatus, credit_notes, invoices, orders

NOON = calendar_day(date(2026, 11, 23)).starts_at + 43_200
STEPS = list(OrderStatus)


@settings(max_examples=40, deadline=None)
@given(customer=some.integers(0, 999), later=some.integers(0, 60 * DAY))
def test_an_order_keeps_what_it_is(customer, later):
    """Number, instant, products and amount of an order never change, and its status only moves on."""
    before = {order.number: order for order in orders("seed", customer, NOON, 100)}
    after = {order.number: order for order in orders("seed", customer, NOON + later, 100)}

    for number in before.keys() & after.keys():
        first, then = before[number], after[number]
        assert (first.placed_at, first.amount) == (then.placed_at, then.amount)
        assert [line[:2] for line in first.lines] == [line[:2] for line in then.lines]
        assert first.status_since <= then.status_since
        assert STEPS.index(first.status) <= STEPS.index(then.status)


@settings(max_examples=40, deadline=None)
@given(customer=some.integers(0, 999))
def test_documents_come_newest_first_and_never_from_the_future(customer):
    """Orders and invoices are in order of time, and none is dated after the instant that is asked of."""
    placed = [order.placed_at for order in orders("seed", customer, NOON, 20)]
    issued = [invoice.issued_at for invoice in invoices("seed", customer, NOON, 20)]

    assert placed == sorted(placed, reverse=True) and issued == sorted(issued, reverse=True)
    assert all(instant <= NOON for instant in placed + issued)
    assert max(len(placed), len(issued)) <= 20


@settings(max_examples=40, deadline=None)
@given(customer=some.integers(0, 999))
def test_an_order_adds_up(customer):
    """The amount is the sum of the lines, what is delivered was ordered, and an invoice is about its order."""
    placed = {order.number: order for order in orders("seed", customer, NOON, 100)}

    for order in placed.values():
        assert order.amount == sum(line.amount for line in order.lines)
        assert all(0 <= line.delivered <= line.quantity for line in order.lines)
        assert order.status_since <= NOON
    for invoice in invoices("seed", customer, NOON, 100):
        assert placed[invoice.order].amount == invoice.amount
        assert placed[invoice.order].status is not OrderStatus.CANCELLED


def test_every_status_occurs():
    """Among all customers there are orders and invoices of every status."""
    every = [order.status for customer in range(400) for order in orders("seed", customer, NOON, 20)]
    billed = [invoice.status for customer in range(400) for invoice in invoices("seed", customer, NOON, 20)]

    assert set(every) == set(OrderStatus) and set(billed) == set(InvoiceStatus)


def test_a_credit_note_is_about_a_line_that_was_delivered():
    """A credit note is for the first line of an order that is delivered, in its currency, and stays for ever."""
    notes = [(customer, note) for customer in range(300) for note in credit_notes("seed", customer, NOON, 20)]

    assert notes
    for customer, note in notes:
        found = {order.number: order for order in orders("seed", customer, NOON, 100)}[note.order]
        assert (found.status, found.currency) == (OrderStatus.DELIVERED, note.currency)
        assert (note.line.product, note.line.amount) == (found.lines[0].product, found.lines[0].amount)
        assert found.status_since < note.issued_at <= NOON
        assert note in credit_notes("seed", customer, NOON + DAY, 100)


def test_orders_have_some_currencies_and_quantities_with_decimals():
    """Every currency occurs, most often the euro, and some lines are no whole pieces."""
    every = [order for customer in range(300) for order in orders("seed", customer, NOON, 20)]
    currencies = [order.currency for order in every]

    assert set(currencies) == set(CURRENCIES)
    assert currencies.count("EUR") > len(currencies) * 3 / 4
    lines = [line for order in every for line in order.lines]
    assert all(line.quantity % 100 == 0 for line in lines if line.is_counted)
    assert any(line.quantity % 100 for line in lines)


def test_numbers_are_nobody_elses():
    """No two orders of a center share a number."""
    numbers = [order.number for customer in range(1000) for order in orders("seed", customer, NOON, 20)]

    assert len(set(numbers)) == len(numbers)


def test_the_first_days_of_the_center_have_no_documents_before_them():
    """Documents begin with the center."""
    begin = calendar_day(date(2000, 1, 2)).starts_at

    assert all(order.placed_at <= begin for order in orders("seed", 5, begin, 20))
