"""The past of an account: the request log, the client's conduct, and the calls behind the figures."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Unpack

from kpn_sandbox.client.arguments import CallFilters, Count, CustomerFilters, InboxFilters, LogFilters, Operation
from kpn_sandbox.client.errors import ClientError, NotAsExpected
from kpn_sandbox.client.http import JsonObject, Steps
from kpn_sandbox.client.overrides import AccountOverrides, object_number
from kpn_sandbox.client.records import (
    CallRecord,
    ConductRecord,
    CustomerRecord,
    IntervalRecord,
    LogEntryRecord,
    ScheduleRecord,
    StateRecord,
)
from kpn_sandbox.client.steps import sends_requests
from kpn_sandbox.client.values import (
    Instant,
    Number,
    Seconds,
    instant,
    is_length_of_time,
    present,
    query,
    seconds,
    text_of,
    unwrapped,
    whole,
)
from kpn_sandbox.instants import FORMS, date_of
from kpn_sandbox.literals import LONGEST_WAIT_SECONDS

_NEAREST = 5


class AccountInspection(AccountOverrides):
    """The request log of an account, and the facts behind its figures."""

    @sends_requests
    def requests(
        self, operation: Operation | None = None, **filters: Unpack[LogFilters]
    ) -> Steps[list[LogEntryRecord]]:
        """
        The last requests, oldest first.

        Args:
            operation: As in `fail`.
            filters: `api`, `method`, `path`, `status` (`503` or `"5xx"`), `since`, `limit`.
        """
        return (yield from self._requests((yield from self._log_filters(operation, filters))))

    def _requests(self, filters: Mapping[str, Any]) -> Steps[list[Any]]:
        return self._listed("requests", "/requests" + query(filters))

    def _log_filters(self, operation: Any, filters: Mapping[str, Any]) -> Steps[JsonObject]:
        name = None if operation is None else text_of(operation, "operation")
        since = yield from self._instant(filters.get("since"), "since")
        return present(**{**filters, "operation": None if name == "any" else name, "since": since})

    @sends_requests
    def wait_for(
        self, operation: Operation | None = None, count: Count = 1, timeout: Seconds = 5, **filters: Unpack[LogFilters]
    ) -> Steps[list[LogEntryRecord]]:
        """
        Wait until the log holds so many requests, and return those that match.

        Args:
            operation, filters: As in `requests`.
            count: How many; those that are there already count.
            timeout: How long to wait, on the wall clock.

        Raises:
            NotAsExpected: There are fewer when the time is over.
        """
        wanted, left = (yield from self._log_filters(operation, filters)), seconds(timeout)
        enough = whole(count, "count", 1)
        while True:
            wait = min(left, LONGEST_WAIT_SECONDS)
            left -= wait
            found = yield from self._requests({**wanted, "wait": f"{wait:.3f}", "count": enough})
            if len(found) >= enough:
                return found
            if left <= 0:
                within = f" within {seconds(timeout):g} s, not {enough}"
                raise NotAsExpected((yield from self._counted(found, wanted, within)))

    @sends_requests
    def verify(
        self, operation: Operation | None, count: Count, **filters: Unpack[LogFilters]
    ) -> Steps[list[LogEntryRecord]]:
        """
        Check how many requests the log holds, and return them.

        Args:
            operation, filters: As in `requests`.
            count: How many there must be, no more and no less.

        Raises:
            NotAsExpected: There are more or fewer; the message lists the nearest requests.
        """
        wanted, number = (yield from self._log_filters(operation, filters)), whole(count, "count")
        found = yield from self._requests(wanted)
        if len(found) != number:
            raise NotAsExpected((yield from self._counted(found, wanted, f", not {number}")))
        return found

    def _counted(self, found: list[Any], wanted: Mapping[str, Any], rest: str) -> Steps[str]:
        """Say how many requests there were and which, or which were like them."""
        which = " ".join(f"{name}={value}" for name, value in wanted.items())
        title = f"{len(found)} request{'' if len(found) == 1 else 's'}{f' with {which}' if which else ''}"
        if found:
            return f"{title} (the last: {_lines(found[-_NEAREST:])}){rest}"
        others = sorted((yield from self._requests({})), key=lambda each: _likeness(each, wanted), reverse=True)
        return f"{title}{rest}; {f'the nearest are: {_lines(others)}' if others else 'the log is empty'}"

    @sends_requests
    def har(self, operation: Operation | None = None, **filters: Unpack[LogFilters]) -> Steps[JsonObject]:
        """
        The last requests as an HTTP archive.

        Args:
            operation, filters: As in `requests`.
        """
        chosen = yield from self._log_filters(operation, filters)
        return (yield from self._ask("GET", "/requests" + query({**chosen, "format": "har"})))

    @sends_requests
    def forget_requests(self) -> Steps[None]:
        """Empty the request log."""
        yield from self._ask("DELETE", "/requests")

    @sends_requests
    def conduct(self) -> Steps[ConductRecord]:
        """The findings about what the account's client does wrong."""
        return (yield from self._record(ConductRecord, "GET", "/conduct"))

    @sends_requests
    def customers(self, limit: Count = 100, **filters: Unpack[CustomerFilters]) -> Steps[list[CustomerRecord]]:
        """
        A page of those who call the center, who call most often first.

        Args:
            limit: Customers on the page, 1 to 1000.
            filters: `after`, the primary_key of the last one on the page before; `identifier`, any number of one.
        """
        return (yield from self._listed("customers", "/customers" + query({"limit": limit, **filters})))

    @sends_requests
    def calls(
        self, start: Instant | None = None, end: Instant | None = None, **filters: Unpack[CallFilters]
    ) -> Steps[list[CallRecord]]:
        """
        The calls that arrived in a period or that agents made in it.

        Args:
            start, end: Instants; the account's midnight and its present one by default.
            filters: `queue` and `agent`, by number, and `direction`, `in` or `out`.
        """
        period = yield from self._period(start, end)
        return (yield from self._listed("calls", "/truth/calls" + query({**period, **filters})))

    def _period(self, start: Any, end: Any) -> Steps[JsonObject]:
        first = yield from self._instant(start, "start")
        return present(**{"from": first, "to": (yield from self._instant(end, "end"))})

    @sends_requests
    def states(
        self, login: Number, start: Instant | None = None, end: Instant | None = None
    ) -> Steps[list[StateRecord]]:
        """
        The states that an agent entered in a period.

        Args:
            login: The agent's Logid.
            start, end: Instants; the account's midnight and its present one by default.
        """
        path = f"/truth/agents/{object_number(login, 'login')}"
        return (yield from self._listed("states", path + query((yield from self._period(start, end)))))

    @sends_requests
    def intervals(
        self,
        minutes: Any = 30,
        start: Instant | None = None,
        end: Instant | None = None,
        *,
        queue: Number | None = None,
    ) -> Steps[list[IntervalRecord]]:
        """
        The figures of queues by interval.

        Args:
            minutes: Length of an interval: 15, 30 or 60, or a `timedelta` or words such as "15m".
            start, end: Instants; the account's midnight and its present one by default.
            queue: Only the queue with this number.
        """
        given = unwrapped(minutes)
        length = whole(seconds(given, "minutes") / 60, "minutes") if is_length_of_time(given) else minutes
        filters = {"minutes": length, **(yield from self._period(start, end)), "queue": queue}
        return (yield from self._listed("intervals", "/truth/intervals" + query(filters)))

    @sends_requests
    def schedule(self, day: Instant | None = None) -> Steps[ScheduleRecord]:
        """The planned shifts and breaks of a date and who kept to them; the account's date by default."""
        path = "/truth/schedule" + query({"date": (yield from self._date(day))})
        return (yield from self._record(ScheduleRecord, "GET", path))

    def _date(self, day: Any) -> Steps[str | None]:
        if day is None:
            return None
        text = instant(day, "day")
        now = yield from self._now()
        try:
            return date_of(text, lambda: now).isoformat()
        except (ValueError, OverflowError):
            raise ClientError(f"day must be a date or {FORMS}, not {text!r}") from None

    @sends_requests
    def inbox(self, **filters: Unpack[InboxFilters]) -> Steps[list[JsonObject]]:
        """The records that Atobi's endpoint received, newest last; filters are `type`, `context`, `kpi`, `since`."""
        since = yield from self._instant(filters.get("since"), "since")
        return (yield from self._listed("records", "/inbox/kpi" + query({**filters, "since": since})))


def _lines(entries: list[Any]) -> str:
    """The first few different requests, each with how often it came: the same one may be there a thousand times."""
    lines = Counter(f"{each['method']} {each['path']} {each['status'] or 'no answer'}" for each in entries)
    first = list(lines.items())[:_NEAREST]
    return "; ".join(f"{line} ({count} times)" if count > 1 else line for line, count in first)


def _likeness(entry: Mapping[str, Any], wanted: Mapping[str, Any]) -> tuple[float, datetime]:
    """How much of what was wanted an entry has; of two that have as much, the later one is more like it."""
    common = sum(
        SequenceMatcher(None, str(entry.get(name)).lower(), str(value).lower()).ratio()
        for name, value in wanted.items()
        if name in entry
    )
    return common, datetime.fromisoformat(entry["at"])
