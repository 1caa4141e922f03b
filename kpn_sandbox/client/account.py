"""One account: its remote control through the control API, and requests as its client would send them."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from kpn_sandbox.client.http import (
    CONTROL_PATH,
    Connection,
    Instant,
    JsonObject,
    NotAsExpected,
    Number,
    Seconds,
    counted,
    outcome_of,
    present,
    query,
    read_document,
    seconds,
    segment,
    text_of,
)
from kpn_sandbox.client.requests import VendorRequests
from kpn_sandbox.literals import (
    LONGEST_WAIT_SECONDS,
    ApiKey,
    Effective,
    ObjectKind,
    QuotaUnit,
    ResetLayer,
    ScenarioName,
    TokenTime,
)
from kpn_sandbox.safe_text import terminal_text


class Account(VendorRequests):
    """
    An account of a sandbox; every method raises `ClientError` when there is no response or the sandbox refuses.

    Args:
        connection: The way to the sandbox.
        client_id: Its client id.
        client_secret: Its secret; without one the administrator asks, and there are no access tokens.
        settings: What the sandbox answered when the account was created.
    """

    def __init__(
        self,
        connection: Connection,
        client_id: str,
        client_secret: str | None,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(connection, client_id, client_secret)
        self.settings = dict(settings or {})
        self._path = f"{CONTROL_PATH}/accounts/{segment(client_id)}"

    def show(self) -> JsonObject:
        """Its settings, without secrets."""
        return self.ask("GET")

    def delete(self) -> None:
        """Delete the account with all of its state."""
        self.ask("DELETE")

    def rotate(self) -> JsonObject:
        """Make new secrets and return them."""
        made = self.ask("POST", "/secret")
        if self.client_secret is not None:
            self.client_secret = made["client_secret"]
        return made

    def replay(self) -> str:
        """Engine, account, seed, configuration and instant: enough to get the same answers again."""
        return str(self.show()["replay"])

    def profile(self, *, effective: Effective = "always", **patch: Any) -> JsonObject:
        """
        Change the profile if there is a patch, and return the one in force.

        Args:
            effective: `always`, as if the center had never been different, or `now`, from the present second on.
            patch: Fields of the profile; None restores a default.
        """
        path = "/profile" + query({"effective": effective})
        return self.ask("PATCH", path, patch) if patch else self.ask("GET", "/profile")

    def scenario(
        self,
        name: ScenarioName | Enum | None = None,
        *,
        effective: Effective | None = None,
        for_seconds: Seconds | None = None,
    ) -> JsonObject:
        """
        Set the scenario if there is a name, and return the one in force.

        Args:
            name: Name of a scenario.
            effective: `always` or `now`, as for `profile`; always by default, now when there are seconds.
            for_seconds: After how many seconds the scenario before comes back; never by default.
        """
        if name is None:
            return self.ask("GET", "/scenario")
        return self.ask("PUT", "/scenario", present(name=name, effective=effective, for_seconds=for_seconds))

    def clock(self) -> JsonObject:
        """The clock, and in words which dated changes are not in force at its instant."""
        return self.ask("GET", "/clock")

    def now(self) -> datetime:
        """The present instant of its clock."""
        return datetime.fromisoformat(self.clock()["at"])

    def freeze(self, at: Instant | None = None, *, tokens: TokenTime | None = None) -> JsonObject:
        """
        Stop the clock.

        Args:
            at: Where it stands, an ISO 8601 instant with offset; where it is by default.
            tokens: Whose time the life of tokens follows, `account` or `wall`; as before by default.
        """
        return self.ask("PUT", "/clock", present(mode="frozen", at=at, tokens=tokens))

    def run(
        self, at: Instant | None = None, *, speed: float | Decimal | None = None, tokens: TokenTime | None = None
    ) -> JsonObject:
        """
        Start the clock; with neither instant nor speed it shows wall time again.

        Args:
            at: Where it starts, an ISO 8601 instant with offset.
            speed: Seconds of the account per second of wall time.
            tokens: Whose time the life of tokens follows, `account` or `wall`; as before by default.
        """
        return self.ask("PUT", "/clock", present(mode="running", at=at, speed=speed, tokens=tokens))

    def advance(self, seconds: Seconds) -> JsonObject:
        """Move the clock forward."""
        return self.ask("POST", "/clock/advance", {"seconds": seconds})

    def pin(
        self,
        kind: ObjectKind | Enum,
        key: Number,
        *,
        expires_at: Instant | None = None,
        reads: int | None = None,
        **fields: Any,
    ) -> JsonObject:
        """
        Fix fields of an object.

        Args:
            kind: `agents`, `queues` or `trunks`.
            key: The number of the object.
            expires_at: Until when, an ISO 8601 instant of the account's clock; for good by default.
            reads: For how many answers; all by default.
            fields: Values by name, as the vendor spells them.
        """
        return self.ask(
            "PUT", f"/pins/{segment(kind)}/{segment(key)}", present(fields=fields, expires_at=expires_at, reads=reads)
        )

    def pins(self) -> list[JsonObject]:
        """All pins."""
        return self._listed("pins", "/pins")

    def unpin(self, kind: ObjectKind | Enum | None = None, key: Number | None = None) -> None:
        """
        Drop the pin of an object, all pins of a kind, or all pins.

        Args:
            kind: `agents`, `queues` or `trunks`.
            key: The number of the object.
        """
        self.ask("DELETE", "/".join(["/pins", *(segment(part) for part in (kind, key) if part is not None)]))

    def fail(
        self,
        operation: str | Enum | None,
        *outcomes: Any,
        api: ApiKey | Enum = "kpn",
        repeat: bool = False,
        key: Number | None = None,
    ) -> JsonObject:
        """
        Plan how the next requests end, one outcome after the other.

        Args:
            operation: `token`, `agents`, `agent`, `queues`, `queue`, `trunks`, `trunk`; `any` or None for all.
            outcomes: A status such as `503`, `"ok"`, a broken connection such as `"reset"`, or a mapping such as
                `{"status": 503, "delay_ms": 200}`.
            api: The API that the operation belongs to.
            repeat: Whether to begin again when all are used up.
            key: The Logid or Number of the only object whose requests fail.
        """
        plan = {"outcomes": [outcome_of(each) for each in outcomes], "repeat": repeat, "key": key}
        return self.ask("POST", "/faults", present(api=api, operation=operation, **plan))

    def fail_sometimes(
        self,
        operation: str | Enum | None,
        probability: float | Decimal,
        outcome: Any,
        *,
        api: ApiKey | Enum = "kpn",
        seed: str | int | None = None,
        key: Number | None = None,
    ) -> JsonObject:
        """
        Plan that requests end in some way by chance.

        Args:
            operation: As in `fail`.
            probability: From 0 to 1.
            outcome: As in `fail`.
            api: The API that the operation belongs to.
            seed: For the same sequence of chances in every run.
            key: As in `fail`.
        """
        chance = {"probability": probability, "outcome": outcome_of(outcome), "seed": seed, "key": key}
        return self.ask("POST", "/faults", present(api=api, operation=operation, **chance))

    def faults(self) -> list[JsonObject]:
        """All planned faults, with how many outcomes of each are left."""
        return self._listed("faults", "/faults")

    def unused_faults(self) -> list[JsonObject]:
        """The faults with outcomes left, without those that never end."""
        return [fault for fault in self.faults() if fault["remaining"]]

    def assert_faults_used(self) -> None:
        """
        Check that all planned outcomes happened.

        Raises:
            NotAsExpected: Outcomes are left; it is an AssertionError, too.
        """
        left = [describe_fault(fault) for fault in self.unused_faults()]
        if left:
            raise NotAsExpected("faults left unused: " + "; ".join(left))

    def heal(self, fault: str | None = None) -> None:
        """Drop a fault by its id, or all faults."""
        self.ask("DELETE", "/faults" if fault is None else f"/faults/{segment(fault)}")

    def quota(
        self, limit: int, interval: int = 1, unit: QuotaUnit | Enum = "minute", *, retry_after: bool = False
    ) -> JsonObject:
        """
        Limit the calls in a window of time.

        Args:
            limit: Calls in a window.
            interval: Length of the window, in units.
            unit: `minute`, `hour`, `day`, `week` or `month`.
            retry_after: Whether refusals carry `Retry-After`.
        """
        window = {"interval": interval, "unit": unit}
        return self.ask("PUT", "/quota", {"limit": limit, **window, "retry_after": retry_after})

    def drop_quota(self) -> None:
        """Allow any number of calls."""
        self.ask("DELETE", "/quota")

    def requests(self, **filters: Any) -> list[JsonObject]:
        """
        The last requests, oldest first.

        Args:
            filters: `api`, `operation`, `method`, `path`, `status` (`503` or `"5xx"`), `since`, `limit`.
        """
        return self._listed("requests", "/requests" + query(filters))

    def wait_for(
        self, operation: str | Enum | None, count: int = 1, timeout: Seconds = 5, **filters: Any
    ) -> list[JsonObject]:
        """
        Wait until the log holds so many requests, and return those that match.

        Args:
            operation: As in `fail`.
            count: How many; those that are there already count.
            timeout: How long to wait, on the wall clock.
            filters: As in `requests`.

        Raises:
            NotAsExpected: There are fewer when the time is over.
        """
        wanted, left = self._filters(operation, filters), seconds(timeout)
        while True:
            wait = min(left, LONGEST_WAIT_SECONDS)
            left -= wait
            found = self.requests(**wanted, wait=wait, count=count)
            if len(found) >= count:
                return found
            if left <= 0:
                raise NotAsExpected(f"{counted(found, wanted)} within {seconds(timeout):g} s, not {count}")

    def verify(self, operation: str | Enum | None, count: int, **filters: Any) -> list[JsonObject]:
        """
        Check how many requests the log holds, and return them.

        Args:
            operation: As in `fail`.
            count: How many there must be, no more and no less.
            filters: As in `requests`.

        Raises:
            NotAsExpected: There are more or fewer.
        """
        wanted = self._filters(operation, filters)
        found = self.requests(**wanted)
        if len(found) != count:
            raise NotAsExpected(f"{counted(found, wanted)}, not {count}")
        return found

    @staticmethod
    def _filters(operation: str | Enum | None, filters: Mapping[str, Any]) -> JsonObject:
        name = None if operation is None else text_of(operation, "operation")
        return {**filters, **({} if name in (None, "any") else {"operation": name})}

    def har(self, **filters: Any) -> JsonObject:
        """The last requests as an HTTP archive, with the filters of `requests`."""
        return self.ask("GET", "/requests" + query({**filters, "format": "har"}))

    def forget_requests(self) -> None:
        """Empty the request log."""
        self.ask("DELETE", "/requests")

    def conduct(self) -> JsonObject:
        """The findings about what the account's client does wrong."""
        return self.ask("GET", "/conduct")

    def customers(self, limit: int = 100, **filters: int | str) -> list[JsonObject]:
        """
        A page of those who call the center, who call most often first.

        Args:
            limit: Customers on the page, 1 to 1000.
            filters: `after`, the primary_key of the last one on the page before; `identifier`, any number of one.
        """
        return self._listed("customers", "/customers" + query({"limit": limit, **filters}))

    def calls(self, start: Instant | None = None, end: Instant | None = None, **filters: Any) -> list[JsonObject]:
        """
        The calls that arrived in a period or that agents made in it.

        Args:
            start: An ISO 8601 instant; the account's midnight by default.
            end: An ISO 8601 instant; the account's present one by default.
            filters: `queue` and `agent`, by number, and `direction`, `in` or `out`.
        """
        return self._listed("calls", "/truth/calls" + query({**_period(start, end), **filters}))

    def states(self, login: Number, start: Instant | None = None, end: Instant | None = None) -> list[JsonObject]:
        """
        The states that an agent entered in a period.

        Args:
            login: The agent's Logid.
            start: An ISO 8601 instant; the account's midnight by default.
            end: An ISO 8601 instant; the account's present one by default.
        """
        return self._listed("states", f"/truth/agents/{login}" + query(_period(start, end)))

    def intervals(
        self,
        minutes: int = 30,
        start: Instant | None = None,
        end: Instant | None = None,
        *,
        queue: Number | None = None,
    ) -> list[JsonObject]:
        """
        The figures of queues by interval.

        Args:
            minutes: Length of an interval: 15, 30 or 60.
            start: An ISO 8601 instant; the account's midnight by default.
            end: An ISO 8601 instant; the account's present one by default.
            queue: Only the queue with this number.
        """
        filters = {"minutes": minutes, **_period(start, end), "queue": queue}
        return self._listed("intervals", "/truth/intervals" + query(filters))

    def schedule(self, day: str | date | None = None) -> JsonObject:
        """The planned shifts and breaks of a date and who kept to them; the account's date by default."""
        return self.ask("GET", "/truth/schedule" + query(present(date=day)))

    def inbox(self, **filters: str) -> list[JsonObject]:
        """The records that Atobi's endpoint received, newest last; filters are `type`, `context`, `kpi`, `since`."""
        return self._listed("records", "/inbox/kpi" + query(filters))

    def reset(self, *layers: ResetLayer | Enum) -> list[str]:
        """Restore layers of the account's state, all by default, to what they were at its creation."""
        self._token = ""
        return self._connection.list_in("layers", self.ask("POST", "/reset", {"layers": layers} if layers else {}))

    def _listed(self, name: str, path: str) -> list[JsonObject]:
        """Ask for a list, which is a member of the answer."""
        return self._connection.list_in(name, self.ask("GET", path))

    def snapshot(self) -> JsonObject:
        """The account's state as one JSON object, which `restore` takes, here or in another account."""
        return self.ask("GET", "/snapshot")

    def restore(self, snapshot: Mapping[str, Any] | Path | str) -> JsonObject:
        """
        Restore a snapshot, whole or not at all, and return the account with notes about what may differ.

        Args:
            snapshot: The object, its JSON text, or the path of a file with it.

        Raises:
            ClientError: The file cannot be read, or the text is not JSON.
        """
        return self.ask("PUT", "/snapshot", read_document(snapshot))

    def ask(self, method: str, path: str = "", body: Any = None) -> JsonObject:
        """
        Send a request to the control API about this account, and return the JSON object of the response.

        Args:
            method: The HTTP method.
            path: The path below the account's own, with its query.
            body: What to send as JSON.
        """
        authorization = self._connection.authorization(self.client_id, self.client_secret)
        return self._connection.ask(method, self._path + path, authorization, body)


def describe_fault(fault: Mapping[str, Any]) -> str:
    """One line about a fault and what is left of it."""
    left = fault["remaining"]
    outcomes = "outcome" if left == 1 else "outcomes"
    operation = f"{fault['operation'] or 'any operation'} of {fault['api']}"
    return terminal_text(f"{operation}: {left} {outcomes} left (fault {fault['id']})")


def _period(start: Instant | None, end: Instant | None) -> JsonObject:
    return present(**{"from": start, "to": end})
