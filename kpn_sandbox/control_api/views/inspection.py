"""Views of what happened: the request log, the client's conduct, received records, and the calls behind the figures."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil
from typing import Any

import orjson
from flask import Response

from kpn_sandbox import __version__
from kpn_sandbox.client.records import (
    ConductRecord,
    CustomersRecord,
    InboxRecord,
    LogPageRecord,
    ScheduleRecord,
    StatesRecord,
)
from kpn_sandbox.control_api import serializers
from kpn_sandbox.control_api.context import ControlRequest
from kpn_sandbox.control_api.errors import ProblemError, invalid_fields
from kpn_sandbox.literals import FIRST_LOGIN, FIRST_NUMBER
from kpn_sandbox.simulation import call_detail_records
from kpn_sandbox.simulation.calendar import calendar_day, day_of
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod
from kpn_sandbox.simulation.center import Center
from kpn_sandbox.simulation.customers import customers_of
from kpn_sandbox.simulation.facts import Direction
from kpn_sandbox.simulation.identifiers import NUMBERINGS
from kpn_sandbox.simulation.intervals import fold_intervals
from kpn_sandbox.simulation.schedule import find_schedule
from kpn_sandbox.tenants.conduct import conduct
from kpn_sandbox.tenants.faults import ANY_OPERATION
from kpn_sandbox.tenants.http_archive import har
from kpn_sandbox.tenants.request_log import LogPage
from kpn_sandbox.vendors.atobi.store import Inbox

LONGEST_PERIOD = 7 * 86_400
"""Seconds of the longest period of calls or states in one response."""

_STEP_SECONDS = 0.05
"""Pause between two looks for requests that are waited for."""
_CHUNK_SECONDS = 600
_CUSTOMERS_ON_A_PAGE = 100
_LOGIN = re.compile(r"[0-9]{1,9}")


def list_requests(request: ControlRequest) -> LogPageRecord | dict[str, Any]:
    """
    Return the latest requests of an account, or of all, as JSON or as an HTTP archive; wait for them if asked to.

    Raises:
        ProblemError: The APIs have no such operation.
    """
    page = _awaited_page(request, _log_filters(request))
    if request.query.get("format") == "har":
        return har(page.entries, base_url=request.base_url, version=__version__)
    rows = [serializers.log_entry_record(entry, with_account="id" not in request.path) for entry in page.entries]
    return {"count": page.count, "dropped": page.dropped, "requests": rows}


def _log_filters(request: ControlRequest) -> dict[str, Any]:
    filters = {name: request.query[name] for name in request.query.keys() - {"format", "wait", "count"}}
    if filters.get("operation") == ANY_OPERATION:
        del filters["operation"]
    apis = [api for api in request.context.apis if api.key == filters.get("api", api.key)]
    known = list(dict.fromkeys(operation.key for api in apis for operation in api.operations))
    if filters.get("operation", known[0]) not in known:
        allowed = f"one of {', '.join(known)}, or {ANY_OPERATION}"
        raise invalid_fields({"field": "operation", "value": filters["operation"], "allowed": allowed})
    if "status" in filters:
        text = filters["status"].lower()
        filters["status"] = (int(text.replace("x", "0")), int(text.replace("x", "9")))
    return filters


def _awaited_page(request: ControlRequest, filters: dict[str, Any]) -> LogPage:
    """Return the entries that match once there are enough of them, or when the time is over or the server stops."""
    log, client_id = request.sandbox.request_log, request.path.get("id")

    def read() -> LogPage:
        return log.all_entries(**filters) if client_id is None else log.entries(client_id, **filters)

    number, page = log.last_number(client_id), read()
    # The steps are counted instead of looking at a clock, which a program may have stopped.
    for _ in range(ceil(request.query.get("wait", 0) / _STEP_SECONDS)):
        if page.count >= request.query.get("count", 1) or request.context.pause(_STEP_SECONDS):
            break
        latest = log.last_number(client_id)
        if latest != number:
            number, page = latest, read()
    return page


def delete_requests(request: ControlRequest) -> None:
    """Delete the account's request log."""
    request.sandbox.request_log.clear(request.client_id)


def show_conduct(request: ControlRequest) -> ConductRecord:
    """Return which conduct rules the client broke, from its request log."""
    entries = request.sandbox.request_log.entries(request.client_id).entries
    return {"requests": len(entries), "findings": [serializers.finding_record(finding) for finding in conduct(entries)]}


def list_customers(request: ControlRequest) -> CustomersRecord:
    """
    Return a page of the customers of the center, those who call most often first.

    Raises:
        ProblemError: There is no customer with the primary key after which the page begins.
    """
    customers, query = customers_of(request.tenant.center, request.tenant.now()), request.query
    if "identifier" in query:
        found = customers.find(query["identifier"], NUMBERINGS)
        chosen = range(0) if found is None else range(found, found + 1)
        return {"customers": serializers.customer_records(customers, chosen), "next": None}
    last = customers.find(str(query["after"]), ("primary_key",)) if query.get("after") else -1
    if last is None:
        allowed = "the primary_key of a customer, such as `next` of the page before"
        raise invalid_fields({"field": "after", "value": query["after"], "allowed": allowed})
    chosen = range(last + 1, min(last + 1 + query.get("limit", _CUSTOMERS_ON_A_PAGE), customers.total))
    records = serializers.customer_records(customers, chosen)
    return {"customers": records, "next": records[-1]["primary_key"] if chosen.stop < customers.total else None}


def list_calls(request: ControlRequest) -> Response:
    """
    Return the calls that arrived in a period or that agents made in it.

    Raises:
        ProblemError: The period is longer than `LONGEST_PERIOD` or ends before it begins, or there never was such an
            agent or queue.
    """
    period, center = _period(request), request.tenant.center
    filters: dict[str, Any] = {name: _known_number(request, name) for name in ("queue", "agent")}
    if "direction" in request.query:
        filters["direction"] = Direction(request.query["direction"].upper())
    # A week of a large center is hundreds of thousands of calls, so they are computed and sent bit by bit.
    chunks = (call_detail_records.find_calls(center, part, **filters) for part in _chunks(period))
    return _json_list("calls", (list(map(serializers.call_record, facts)) for facts in chunks))


def list_states(request: ControlRequest) -> StatesRecord:
    """
    Return the changes of an agent's state in a period.

    Raises:
        ProblemError: The login id is not a number, or the period is too long or ends before it begins.
    """
    login = request.path["Logid"]
    if not _LOGIN.fullmatch(login):
        raise ProblemError(404, "Logid must be 1 to 9 digits.")
    facts = call_detail_records.find_states(request.tenant.center, int(login), _period(request))
    return {"states": [serializers.state_record(fact) for fact in facts]}


def list_intervals(request: ControlRequest) -> Response:
    """
    Return the figures of queues in each interval of a period.

    Raises:
        ProblemError: The period is longer than `LONGEST_PERIOD` or ends before it begins, or there never was such a
            queue.
    """
    minutes, queue = int(request.query.get("minutes", 30)), _known_number(request, "queue")
    days = fold_intervals(request.tenant.center, _period(request), minutes=minutes, queue=queue)
    return _json_list("intervals", (list(map(serializers.interval_record, facts)) for facts in days))


def _known_number(request: ControlRequest, name: str) -> int | None:
    """Return the number of a queue or an agent in the query, which the center has had at some time; 0 is for all."""
    number: int | None = request.query.get(name) or None
    first, count = _NUMBERS[name](request.tenant.center)
    if number is not None and not first <= number < first + count:
        allowed = f"the number of one of the center's {count} {name}s, {first} to {first + count - 1}"
        raise invalid_fields({"field": name, "value": number, "allowed": allowed})
    return number


_NUMBERS: dict[str, Callable[[Center], tuple[int, int]]] = {
    "queue": lambda center: (FIRST_NUMBER, center.most_queues),
    "agent": lambda center: (FIRST_LOGIN, center.most_agents),
}
"""The first number of a kind of objects, and how many there are at most."""


def show_schedule(request: ControlRequest) -> ScheduleRecord:
    """Return the schedule of a date, which may lie ahead."""
    tenant = request.tenant
    now = tenant.now() // 1
    day = calendar_day(request.query["date"]) if "date" in request.query else day_of(now)
    facts = find_schedule(tenant.center, day, now)
    return {"date": day.date.isoformat(), "agents": [serializers.schedule_record(fact) for fact in facts]}


def list_inbox(request: ControlRequest) -> InboxRecord:
    """Return the KPI records that Atobi's endpoint received, the newest last."""
    received = Inbox(request.sandbox.database).list(request.client_id, **request.query)
    return {"records": [serializers.inbox_record(record) for record in received]}


def _period(request: ControlRequest) -> ObservedPeriod:
    now = request.tenant.now()
    end = request.query.get("to", now)
    start = request.query.get("from_", day_of(min(end, now)).starts_at)
    if not 0 <= end - start <= LONGEST_PERIOD:
        allowed = f"at or after from ({serializers.instant_text(start)}), at most 7 days"
        raise invalid_fields({"field": "to", "value": serializers.instant_text(end), "allowed": allowed})
    # A period ends before its last instant, but a call that arrives at this very moment has arrived. Fractions of the
    # present second do not count, as in all figures of the center, so that these add up with the counters.
    return ObservedPeriod(start, end if "to" in request.query else end + 0.001, now // 1)


def _chunks(period: ObservedPeriod) -> Iterator[ObservedPeriod]:
    start = period.start
    while start < min(period.end, period.known + _CHUNK_SECONDS):
        end = min(start + _CHUNK_SECONDS, period.end)
        yield ObservedPeriod(start, end, period.known)
        start = end


def _json_list(name: str, chunks: Iterator[Sequence[Mapping[str, Any]]]) -> Response:
    """Respond with an object that holds one list, computed and sent by chunks."""
    return Response(_json_chunks(name, chunks), content_type="application/json")


def _json_chunks(name: str, chunks: Iterator[Sequence[Mapping[str, Any]]]) -> Iterator[bytes]:
    separator = b'{"%s":[' % name.encode()
    for records in chunks:
        if records:
            yield separator + orjson.dumps(records)[1:-1]
            separator = b","
    yield b"]}" if separator == b"," else separator + b"]}"
