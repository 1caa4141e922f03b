"""What happened in a period, in Kaisa's eleven datasets, and customers in Kaisa's terms."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

from kpn_sandbox.simulation.attribution import ATTRIBUTIONS
from kpn_sandbox.simulation.calendar import FIRST_DATE
from kpn_sandbox.simulation.customers import Customers
from kpn_sandbox.simulation.facts import CustomerFact
from kpn_sandbox.simulation.history import AnsweredAndMissed, CallSummary, DailySummaries

MOST_ATTRIBUTIONS = 5
MOST_IN_A_LIST = 10

BUCKETS = ("< 30 s", "30 - 60 s", "1 - 2 min", "2 - 5 min", "5 - 10 min", "> 10 min")
"""Names of the lengths that history counts."""

DASHBOARD = "/mypages/dashboard/scid:"

CUSTOMER_ID = "dashboard_id"
"""The numbering in which Kaisa knows the customers of a center."""


class Period(NamedTuple):
    """What a dataset is made of."""

    days: DailySummaries
    everybody: Customers
    customer_id: int | None
    """None for all customers."""
    renamed: Mapping[int, str] = {}
    """Names that were changed through the API."""


def missed_calls(period: Period) -> str:
    """Missed calls."""
    return str(period.days.total.total.missed)


def call_totals(period: Period) -> str:
    """Calls that came."""
    return str(period.days.total.offered)


def unique_callers(period: Period) -> int:
    """Callers, each once."""
    return period.days.total.unique_callers


def average_calls_per_user(period: Period) -> str:
    """Calls per caller, with one decimal."""
    total = period.days.total
    tenths = _rounded(10 * total.offered, total.unique_callers)
    return f"{tenths // 10}.{tenths % 10}"


def call_durations(period: Period) -> int:
    """The average length of answered calls that have ended, in seconds."""
    total = period.days.total
    return _rounded(total.talk, 1000 * total.ended)


def calls_top_attributions(period: Period) -> list[dict[str, Any]]:
    """What led to most calls."""
    counted = zip(ATTRIBUTIONS, period.days.total.attributions.tolist())
    return [{"name": name, "val": str(count)} for name, count in _top(counted, MOST_ATTRIBUTIONS)]


def call_length_distribution(period: Period) -> list[dict[str, Any]]:
    """Missed calls, and the others by length; lengths without calls are left out."""
    total = period.days.total
    told = [(name, count) for name, count in zip(BUCKETS, total.lengths.tolist()) if count]
    missed: dict[str, Any] = {"name": "missed", "val": str(total.total.missed), "isWarningValue": True}
    return [missed, *({"name": name, "val": str(count)} for name, count in told)]


def geographic_origin(period: Period) -> list[dict[str, Any]]:
    """Calls by where the caller's number belongs."""
    areas: dict[str, int] = {}
    for customer, count in _calls_by_customer(period.days.total):
        area = period.everybody[customer].area
        areas[area] = areas.get(area, 0) + count
    return [{"name": name, "val": count} for name, count in _top(areas.items(), MOST_IN_A_LIST)]


def daily_call_distribution(period: Period) -> list[dict[str, Any]]:
    """Calls by the hour of the day in which they came."""
    return [_answers(f"{hour:02}:00", answers) for hour, answers in enumerate(period.days.total.by_hour())]


def calls_per_day(period: Period) -> list[dict[str, Any]]:
    """Calls by day."""
    return [_answers(day.isoformat(), summary.total) for day, summary in period.days.each]


def top_customers_by_calls(period: Period) -> str | list[dict[str, Any]]:
    """Who called most; of one customer how often he called."""
    if period.customer_id is not None:
        return call_totals(period)
    facts = ((period.everybody[customer], count) for customer, count in _calls_by_customer(period.days.total))
    named = {int(fact.identifiers[CUSTOMER_ID]): (_name(fact, period.renamed), count) for fact, count in facts}
    top = sorted(named.items(), key=lambda each: (-each[1][1], each[1][0], each[0]))[:MOST_IN_A_LIST]
    return [
        {"scId": str(number), "name": name, "val": str(count), "url": f"{DASHBOARD}{number}"}
        for number, (name, count) in top
    ]


DATASETS: dict[str, Callable[[Period], Any]] = {
    "missed_calls": missed_calls,
    "call_durations": call_durations,
    "average_calls_per_user": average_calls_per_user,
    "call_totals": call_totals,
    "calls_top_attributions": calls_top_attributions,
    "unique_callers": unique_callers,
    "call_length_distribution": call_length_distribution,
    "geographic_origin": geographic_origin,
    "daily_call_distribution": daily_call_distribution,
    "top_customers_by_calls": top_customers_by_calls,
    "calls_per_day": calls_per_day,
}
"""By type, in the order of Kaisa's page."""


def dataset(name: str, period: Period) -> dict[str, Any]:
    """The answer that brings a dataset."""
    return {"dataset": name, "datasources": [{"datasource": 0, "data": DATASETS[name](period)}]}


def customer_record(fact: CustomerFact) -> dict[str, str]:
    """A customer of the center in Kaisa's terms."""
    return {
        **blank_record(int(fact.identifiers[CUSTOMER_ID])),
        "name": fact.name,
        "custnr": fact.identifiers["customer_number"],
        "corporateid": fact.identifiers["entity_id"],
        "email": f"klant{fact.identifiers['customer_number']}@example.nl",
        "address_city": "" if fact.area == "Mobile" else fact.area,
    }


def blank_record(customer_id: int) -> dict[str, str]:
    """A customer of whom nothing else is known."""
    known = {"customer_id": str(customer_id), "uuid": str(uuid5(NAMESPACE_URL, f"kpn-sandbox:customer:{customer_id}"))}
    return {**dict.fromkeys(FIELDS, ""), "receive_monthly_report": "0", "address_country": "NL", **known}


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
"""Of a customer, in the order of the page."""


def last_days(today: date) -> tuple[date, date]:
    """The days that are told when nobody says which: thirty, with today, but none from before the center."""
    earliest = min(FIRST_DATE, today).toordinal()
    return date.fromordinal(max(today.toordinal() - 29, earliest)), today


def _answers(name: str, answers: AnsweredAndMissed) -> dict[str, Any]:
    return {"name": name, "Answered": answers.answered, "Missed": answers.missed}


def _calls_by_customer(summary: CallSummary) -> list[tuple[int, int]]:
    return [(customer, int(summary.callers[customer])) for customer in summary.callers.nonzero()[0].tolist()]


def _top(counted: Iterable[tuple[str, int]], most: int) -> list[tuple[str, int]]:
    ranked = sorted(((name, count) for name, count in counted if count), key=lambda each: (-each[1], each[0]))
    return ranked[:most]


def _name(fact: CustomerFact, renamed: Mapping[int, str]) -> str:
    return renamed.get(int(fact.identifiers[CUSTOMER_ID]), fact.name)


def _rounded(part: int, whole: int) -> int:
    """Rounded half up; 0 of nothing."""
    return (2 * part + whole) // (2 * whole) if whole else 0
