"""Customers are found by any of their numbers, and their contacts are the calls behind the counters."""

from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kpn_sandbox.caching import SingleFlightCache
from kpn_sandbox.simulation.calendar import calendar_day
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod, find_calls
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.customers import DAYS_BACK, Customers, contacts, customers_of
from kpn_sandbox.simulation.facts import CallFact, Direction
from kpn_sandbox.simulation.history import History
from kpn_sandbox.simulation.identifiers import NUMBERINGS
from kpn_sandbox.simulation.profile import ALWAYS, Epoch, Profile
from kpn_sandbox.simulation.scenarios import scenario

DAY = 86_400
MIDNIGHT = calendar_day(date(2026, 11, 23)).starts_at
FIRST = calendar_day(date(2026, 11, 23) - timedelta(days=DAYS_BACK - 1)).starts_at
CENTER = Center("contacts", (Epoch(ALWAYS, scenario("busy").over(Profile(agents=8, queues=2))),), SingleFlightCache())
HISTORY = History()


@settings(max_examples=20, deadline=None)
@given(index=some.integers(0, customers_of(CENTER, MIDNIGHT).total - 1))
def test_every_identifier_leads_to_its_customer(index):
    """A customer is found by the number in any numbering, also when others are tried before."""
    customers = customers_of(CENTER, MIDNIGHT)
    identifiers = customers.customer(index).identifiers

    found = {customers.find(identifiers[each], order) for each in NUMBERINGS for order in ((each,), NUMBERINGS)}

    assert found == {index}


def test_only_the_numberings_asked_for_are_tried():
    """A number leads nowhere in a numbering that it is not of."""
    customers = customers_of(CENTER, MIDNIGHT)

    assert customers.find(customers.customer(5).identifiers["dashboard_id"], ("primary_key", "phone")) is None


def test_customers_of_a_larger_center_are_unknown():
    """The numbers of the last customer lead to it, and those of the one behind lead nowhere."""
    names, total = customers_of(CENTER, MIDNIGHT)

    last, behind = (names.customer(index).identifiers for index in (total - 1, total))

    customers = Customers(names, total)
    assert {customers.find(number, NUMBERINGS) for number in last.values()} == {total - 1}
    assert {customers.find(number, NUMBERINGS) for number in behind.values()} == {None}


@pytest.mark.parametrize(
    "spelled", ["+31 {0} {1}", "0031{0}{1}", "31{0}{1}", "0{0}{1}", " 31{0}{1}", "+31-{0}-{1}", "+31 (0){0}.{1}"]
)
def test_phone_numbers_are_compared_in_e164(spelled):
    """However a phone number is spelled, it is the same number."""
    customers = customers_of(CENTER, MIDNIGHT)
    national = customers.customer(42).identifiers["phone"].removeprefix("+31")

    found = customers.find(spelled.format(national[:2], national[2:]), NUMBERINGS)

    assert found == 42


@pytest.mark.parametrize("text", ["", " ", "0", "+31", "nobody", "12345678901234567890", "+32123456789", "\x00"])
def test_what_nobody_has_leads_nowhere(text):
    """An identifier that no customer has is no error."""
    assert customers_of(CENTER, MIDNIGHT).find(text, NUMBERINGS) is None


@settings(max_examples=10, deadline=None)
@given(customer=some.integers(0, 300), second=some.integers(0, DAY - 1), most=some.integers(1, 8))
def test_contacts_are_the_latest_calls_of_a_customer(customer, second, most):
    """The contacts of a customer are the last of the calls that the call detail records show, the newest first."""
    instant = MIDNIGHT + second
    caller = CENTER.names(instant).customer_numbers.primary_key(customer)

    found = contacts(HISTORY, CENTER, customer, instant, most=most)

    today = ObservedPeriod(MIDNIGHT, instant + 1, instant)
    calls = [*earlier_calls(), *find_calls(CENTER, today, direction=Direction.INBOUND)]
    own = [call for call in calls if call.customer == caller and call.outcome != "blocked"]
    latest = sorted(own, key=lambda call: -call.arrived_at)[:most]
    assert [(each.arrived_at, each.queue, each.agent) for each in found] == [
        (call.arrived_at, call.queue, call.agent) for call in latest
    ]
    assert len({each.number for each in found}) == len(found)


@cache
def earlier_calls() -> list[CallFact]:
    """All calls of the days before, computed once for all examples."""
    return find_calls(CENTER, ObservedPeriod(FIRST, MIDNIGHT, MIDNIGHT), direction=Direction.INBOUND)
