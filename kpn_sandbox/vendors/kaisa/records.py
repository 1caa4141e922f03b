"""Kaisa's eleven datasets about a period, and customers of the center under Kaisa's names."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from kpn_sandbox.simulation.calendar import FIRST_DATE
from kpn_sandbox.simulation.counters import rounded
from kpn_sandbox.simulation.customers import Customers
from kpn_sandbox.simulation.facts import CustomerFact
from kpn_sandbox.simulation.history import ATTRIBUTIONS, AnsweredAndMissed, DailySummaries

_MOST_ATTRIBUTIONS = 5
_MOST_ROWS = 10

BUCKETS = ("< 30 s", "30 - 60 s", "1 - 2 min", "2 - 5 min", "5 - 10 min", "> 10 min")
"""Names of the ranges of call lengths that history counts."""

CUSTOMER_ID = "dashboard_id"
"""Key of a customer's identifier that Kaisa uses."""


class DatasetPeriod(NamedTuple):
    """A period with the figures that datasets are made of."""

    days: DailySummaries
    customers: Customers
    customer_id: int | None
    """Customer of the calls; None for all customers."""
    renamed: Mapping[int, str] = {}
    """Names that clients changed, by customer id."""


def _missed_calls(period: DatasetPeriod) -> str:
    return str(period.days.total.total.missed)


def _call_totals(period: DatasetPeriod) -> str:
    return str(period.days.total.offered)


def _unique_callers(period: DatasetPeriod) -> int:
    return period.days.total.unique_callers


def _average_calls_per_user(period: DatasetPeriod) -> str:
    total = period.days.total
    tenths = _mean(10 * total.offered, total.unique_callers)
    return f"{tenths // 10}.{tenths % 10}"


def _call_durations(period: DatasetPeriod) -> int:
    total = period.days.total
    # Seconds of talk per answered call that has ended; the center has milliseconds.
    return _mean(total.talk, 1000 * total.ended)


def _calls_top_attributions(period: DatasetPeriod) -> list[dict[str, Any]]:
    counted = zip(ATTRIBUTIONS, period.days.total.attributions.tolist(), strict=True)
    return [{"name": name, "val": str(count)} for name, count in _top(counted, _MOST_ATTRIBUTIONS)]


def _call_length_distribution(period: DatasetPeriod) -> list[dict[str, Any]]:
    total = period.days.total
    missed: dict[str, Any] = {"name": "missed", "val": str(total.total.missed), "isWarningValue": True}
    counted = zip(BUCKETS, total.lengths.tolist(), strict=True)
    return [missed, *({"name": name, "val": str(count)} for name, count in counted if count)]


def _geographic_origin(period: DatasetPeriod) -> list[dict[str, Any]]:
    areas = period.customers.calls_by_area(period.days.total.callers)
    return [{"name": name, "val": count} for name, count in _top(areas.items(), _MOST_ROWS)]


def _daily_call_distribution(period: DatasetPeriod) -> list[dict[str, Any]]:
    return [_outcomes(f"{hour:02}:00", outcomes) for hour, outcomes in enumerate(period.days.total.by_hour())]


def _calls_per_day(period: DatasetPeriod) -> list[dict[str, Any]]:
    return [_outcomes(day.isoformat(), summary.total) for day, summary in period.days.each]


def _top_customers_by_calls(period: DatasetPeriod) -> str | list[dict[str, Any]]:
    if period.customer_id is not None:
        return _call_totals(period)
    top_callers = period.days.total.callers.top(_MOST_ROWS)
    facts = ((period.customers.customer(customer), count) for customer, count in top_callers)
    named = {int(fact.identifiers[CUSTOMER_ID]): (_name(fact, period.renamed), count) for fact, count in facts}
    top = sorted(named.items(), key=lambda each: (-each[1][1], each[1][0], each[0]))[:_MOST_ROWS]
    return [
        {"scId": str(number), "name": name, "val": str(count), "url": f"/mypages/dashboard/scid:{number}"}
        for number, (name, count) in top
    ]


DATASETS: dict[str, Callable[[DatasetPeriod], Any]] = {
    "missed_calls": _missed_calls,
    "call_durations": _call_durations,
    "average_calls_per_user": _average_calls_per_user,
    "call_totals": _call_totals,
    "calls_top_attributions": _calls_top_attributions,
    "unique_callers": _unique_callers,
    "call_length_distribution": _call_length_distribution,
    "geographic_origin": _geographic_origin,
    "daily_call_distribution": _daily_call_distribution,
    "top_customers_by_calls": _top_customers_by_calls,
    "calls_per_day": _calls_per_day,
}
"""The data of a dataset by its type, in the order of Kaisa's page."""


def dataset(name: str, period: DatasetPeriod) -> dict[str, Any]:
    """
    Return the response with a dataset.

    Args:
        name: Type of the dataset.
        period: Figures of the period.
    """
    return {"dataset": name, "datasources": [{"datasource": 0, "data": DATASETS[name](period)}]}


def customer_record(fact: CustomerFact) -> dict[str, str]:
    """Return a customer of the center under Kaisa's names."""
    return {
        **blank_record(int(fact.identifiers[CUSTOMER_ID])),
        "name": fact.name,
        "custnr": fact.identifiers["customer_number"],
        "corporateid": fact.identifiers["entity_id"],
        "email": f"klant{fact.identifiers['customer_number']}@example.nl",
        "address_city": "" if fact.area == "Mobile" else fact.area,
    }


class CustomerList:
    """
    Customers of the center with what an account changed, and behind them those that it added.

    A center may have millions of customers, so only records that are asked for are made.
    """

    def __init__(self, customers: Customers, changes: Mapping[int, Mapping[str, str]]) -> None:
        self._customers, self._changes = customers, changes
        self._added = [customer_id for customer_id in changes if self._index(customer_id) is None]

    def __len__(self) -> int:
        """Return how many there are."""
        return self._customers.total + len(self._added)

    def records(self, chosen: slice) -> list[dict[str, str]]:
        """Return records by their position."""
        total = self._customers.total
        added = self._added[max(chosen.start - total, 0) : max(chosen.stop - total, 0)]
        center = (self._customers.customer(index) for index in range(total)[chosen])
        return [*map(self._changed, map(customer_record, center)), *map(self._changed, map(blank_record, added))]

    def with_id(self, customer_id: int) -> list[dict[str, str]]:
        """Return the record with an id, alone, or nothing."""
        index = self._index(customer_id)
        if index is not None:
            return [self._changed(customer_record(self._customers.customer(index)))]
        return [self._changed(blank_record(customer_id))] if customer_id in self._changes else []

    def with_number(self, custnr: str) -> list[dict[str, str]]:
        """Return the records with a number of the customer at the center."""
        ids = {customer_id for customer_id, fields in self._changes.items() if fields.get("custnr") == custnr}
        index = self._customers.find(custnr, ("customer_number",))
        if index is not None:
            ids.add(int(self._customers.customer(index).identifiers[CUSTOMER_ID]))
        found = [record for customer_id in sorted(ids) for record in self.with_id(customer_id)]
        return [record for record in found if record["custnr"] == custnr]

    def _index(self, customer_id: int) -> int | None:
        return self._customers.find(str(customer_id), (CUSTOMER_ID,))

    def _changed(self, record: dict[str, str]) -> dict[str, str]:
        return {**record, **self._changes.get(int(record["customer_id"]), {})}


def blank_record(customer_id: int) -> dict[str, str]:
    """Return a customer whose other fields have their defaults."""
    ids = {"customer_id": str(customer_id), "uuid": str(uuid5(NAMESPACE_URL, f"kpn-sandbox:customer:{customer_id}"))}
    return {**dict.fromkeys(FIELDS, ""), "receive_monthly_report": "0", "address_country": "NL", **ids}


FIELDS = (
    "customer_id",
    "name",
    "custnr",
    "corporateid",
    "email",
    "uuid",
    "dncs_class_name",
    "receive_monthly_report",
    "freespee_caller_id",
    "custom_1",
    "custom_2",
    "custom_3",
    "custom_4",
    "custom_5",
    "address_street",
    "address_zip",
    "address_city",
    "address_state",
    "address_country",
)
"""Fields of a customer in the order of Kaisa's page."""


def last_days(today: date) -> tuple[date, date]:
    """Return the first and last of the thirty days up to today; the first is never before the center's first day."""
    earliest = min(FIRST_DATE, today).toordinal()
    return date.fromordinal(max(today.toordinal() - 29, earliest)), today


def _outcomes(name: str, outcomes: AnsweredAndMissed) -> dict[str, Any]:
    return {"name": name, "Answered": outcomes.answered, "Missed": outcomes.missed}


def _top(counted: Iterable[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    ranked = sorted(((name, count) for name, count in counted if count), key=lambda each: (-each[1], each[0]))
    return ranked[:most]


def _name(fact: CustomerFact, renamed: Mapping[int, str]) -> str:
    return renamed.get(int(fact.identifiers[CUSTOMER_ID]), fact.name)


def _mean(total: int, count: int) -> int:
    """Return a mean, rounded half up; 0 of nothing."""
    return int(rounded(total, count)) if count else 0
