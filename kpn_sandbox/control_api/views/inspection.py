"""What was asked, and what lies behind the answers: journal, conduct, customers, calls, states, inbox."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Response

from kpn_sandbox import __version__
from kpn_sandbox.control_api.context import Call, View
from kpn_sandbox.control_api.errors import BadRequest, NotFound
from kpn_sandbox.control_api.serializers import (
    call_record,
    customer_record,
    entry_record,
    finding_record,
    inbox_record,
    instant,
    state_record,
)
from kpn_sandbox.simulation import call_detail_records as truth
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.call_detail_records import ObservedPeriod
from kpn_sandbox.simulation.facts import CallFact
from kpn_sandbox.tenants.conduct import conduct
from kpn_sandbox.tenants.har import har
from kpn_sandbox.vendors.atobi.store import Inbox

LONGEST_PERIOD = 7 * 86_400
_PIECE_SECONDS = 3600
_NUMBER = re.compile(r"[0-9]{1,9}")


def list_requests(call: Call) -> dict[str, Any]:
    """The last requests."""
    filters = {name: value for name, value in call.query.items() if name != "format"}
    page = call.sandbox.request_log.entries(call.client_id, **filters)
    if call.query.get("format") == "har":
        return har(page.entries, base_url=call.base_url, version=__version__)
    return {"count": page.count, "dropped": page.dropped, "requests": [entry_record(entry) for entry in page.entries]}


def delete_requests(call: Call) -> None:
    """Forget the requests."""
    call.sandbox.request_log.clear(call.client_id)


def show_conduct(call: Call) -> dict[str, Any]:
    """What the client does wrong."""
    entries = call.sandbox.request_log.entries(call.client_id).entries
    return {"requests": len(entries), "findings": [finding_record(finding) for finding in conduct(entries)]}


def list_customers(call: Call) -> dict[str, Any]:
    """Everybody who calls."""
    tenant = call.tenant
    return {"customers": [customer_record(fact) for fact in truth.list_customers(tenant.center, tenant.now())]}


def list_calls(call: Call) -> Response:
    """The calls that arrived in a period, told hour by hour because there may be very many."""
    period, center = _period(call), call.tenant.center
    queue, agent = call.query.get("queue"), call.query.get("agent")
    hours = (truth.find_calls(center, hour, queue=queue, agent=agent) for hour in _hours(period))
    return Response(_written(hours), content_type="application/json")


def list_states(call: Call) -> dict[str, Any]:
    """The states that an agent entered in a period."""
    text = call.path["Logid"]
    if not _NUMBER.fullmatch(text):
        raise NotFound("Logid must be 1 to 9 digits.")
    facts = truth.find_states(call.tenant.center, int(text), _period(call))
    return {"states": [state_record(fact) for fact in facts]}


def list_inbox(call: Call) -> dict[str, Any]:
    """What Atobi's endpoint received."""
    received = Inbox(call.sandbox.database).list(call.client_id, **call.query)
    return {"records": [inbox_record(record) for record in received]}


def _period(call: Call) -> ObservedPeriod:
    now = call.tenant.now()
    end = call.query.get("to", now)
    start = call.query.get("from_", day_of(min(end, now)).starts_at)
    if not 0 <= end - start <= LONGEST_PERIOD:
        allowed = f"at or after from ({instant(start)}), at most 7 days"
        raise BadRequest.of([{"field": "to", "value": instant(end), "allowed": allowed}])
    # What arrived at this very moment has arrived.
    return ObservedPeriod(start, end if "to" in call.query else end + 0.001, now)


def _hours(period: ObservedPeriod) -> Iterator[ObservedPeriod]:
    start = period.start
    while start < min(period.end, period.known + _PIECE_SECONDS):
        end = min(start + _PIECE_SECONDS, period.end)
        yield ObservedPeriod(start, end, period.known)
        start = end


def _written(hours: Iterator[list[CallFact]]) -> Iterator[bytes]:
    separator = b'{"calls":['
    for facts in hours:
        if facts:
            yield separator + orjson.dumps([call_record(fact) for fact in facts])[1:-1]
            separator = b","
    yield b"]}" if separator == b"," else separator + b"]}"


VIEWS: dict[str, View] = {
    "list_requests": list_requests,
    "delete_requests": delete_requests,
    "show_conduct": show_conduct,
    "list_customers": list_customers,
    "list_calls": list_calls,
    "list_states": list_states,
    "list_inbox": list_inbox,
}
