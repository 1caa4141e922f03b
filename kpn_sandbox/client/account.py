"""One account: its remote control through the control API, and requests as its client would send them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from kpn_sandbox.client.http import CONTROL_PATH, ClientError, Connection, JsonObject, Rejected, Response
from kpn_sandbox.literals import CONNECTION_FAULTS, KPN_TOKEN_REQUEST, Effective, TokenTime
from kpn_sandbox.safe_text import terminal_text

USER_AGENT = "kpn-sandbox-fixture"
"""User agent of `token` and `get`, so that checks of the client under test can leave out a test's own requests."""

_TOKEN_EXPIRED = "keymanagement.service.access_token_expired"


class Account:
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
        self.url = connection.url
        self.client_id = client_id
        self.client_secret = client_secret
        self.settings = dict(settings or {})
        self._connection = connection
        self._path = f"{CONTROL_PATH}/accounts/{quote(client_id, safe='')}"
        self._token = ""

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

    def token(self) -> str:
        """Fetch an access token."""
        return self._connection.token_in(self._connection.check(self.request_token()))

    def request_token(self, headers: Mapping[str, str] | None = None) -> Response:
        """
        Request an access token, which `get` uses from then on, and return the response, whatever its status.

        Raises:
            Rejected: The account's secret is not known here.
        """
        if self.client_secret is None:
            raise Rejected("a token takes the account's secret")
        credentials = self._connection.authorization(self.client_id, self.client_secret) or ""
        sent = {"Authorization": credentials, "User-Agent": USER_AGENT, **(headers or {})}
        response = self._connection.send("POST", KPN_TOKEN_REQUEST, sent)
        self._token = str(response.get("access_token", "")) if response.status == 200 else ""
        return response

    def get(self, path: str, *, token: str | None = None, headers: Mapping[str, str] | None = None) -> Response:
        """
        Send a GET request as the account's client would; a token request that fails gives the response instead.

        Args:
            path: Such as `/agents` or `/queue/number/1000`.
            token: The access token to send; the account's own by default, fetched when there is none or it has expired.
            headers: More headers, such as `{"Prefer": "code=503"}`.
        """
        if token is not None:
            return self._get(path, token, headers)
        if not self._token:
            response = self.request_token()
            if response.status != 200:
                return response
        response = self._get(path, self._token, headers)
        if response.status != 401 or _TOKEN_EXPIRED not in response.text:
            return response
        renewed = self.request_token()
        return self._get(path, self._token, headers) if renewed.status == 200 else renewed

    def _get(self, path: str, token: str, headers: Mapping[str, str] | None) -> Response:
        sent = {"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT, **(headers or {})}
        return self._connection.send("GET", path, sent)

    def profile(self, *, effective: Effective = "always", **patch: Any) -> JsonObject:
        """
        Change the profile if there is a patch, and return the one in force.

        Args:
            effective: `always`, as if the center had never been different, or `now`, from the present second on.
            patch: Fields of the profile; None restores a default.
        """
        return self.ask("PATCH", f"/profile?effective={effective}", patch) if patch else self.ask("GET", "/profile")

    def scenario(
        self, name: str | None = None, *, effective: Effective | None = None, for_seconds: float | None = None
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
        return self.ask("PUT", "/scenario", _present(name=name, effective=effective, for_seconds=for_seconds))

    def clock(self) -> JsonObject:
        """The clock, and in words which dated changes are not in force at its instant."""
        return self.ask("GET", "/clock")

    def freeze(self, at: str | None = None, *, tokens: TokenTime | None = None) -> JsonObject:
        """
        Stop the clock.

        Args:
            at: Where it stands, an ISO 8601 instant with offset; where it is by default.
            tokens: Whose time the life of tokens follows, `account` or `wall`; as before by default.
        """
        return self.ask("PUT", "/clock", _present(mode="frozen", at=at, tokens=tokens))

    def run(self, at: str | None = None, *, speed: float | None = None, tokens: TokenTime | None = None) -> JsonObject:
        """
        Start the clock; with neither instant nor speed it shows wall time again.

        Args:
            at: Where it starts, an ISO 8601 instant with offset.
            speed: Seconds of the account per second of wall time.
            tokens: Whose time the life of tokens follows, `account` or `wall`; as before by default.
        """
        return self.ask("PUT", "/clock", _present(mode="running", at=at, speed=speed, tokens=tokens))

    def advance(self, seconds: float) -> JsonObject:
        """Move the clock forward."""
        return self.ask("POST", "/clock/advance", {"seconds": seconds})

    def pin(
        self, kind: str, key: str | int, *, expires_at: str | None = None, reads: int | None = None, **fields: Any
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
        return self.ask("PUT", f"/pins/{kind}/{key}", _present(fields=fields, expires_at=expires_at, reads=reads))

    def pins(self) -> list[JsonObject]:
        """All pins."""
        return list(self.ask("GET", "/pins")["pins"])

    def unpin(self, kind: str | None = None, key: str | int | None = None) -> None:
        """
        Drop the pin of an object, all pins of a kind, or all pins.

        Args:
            kind: `agents`, `queues` or `trunks`.
            key: The number of the object.
        """
        self.ask("DELETE", "/".join(["/pins", *(str(part) for part in (kind, key) if part is not None)]))

    def fail(
        self,
        operation: str | None,
        *outcomes: Any,
        api: str = "kpn",
        repeat: bool = False,
        key: str | int | None = None,
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
        plan = {"outcomes": [_outcome(each) for each in outcomes], "repeat": repeat, "key": key}
        return self.ask("POST", "/faults", _present(api=api, operation=operation, **plan))

    def fail_sometimes(
        self,
        operation: str | None,
        probability: float,
        outcome: Any,
        *,
        api: str = "kpn",
        seed: str | int | None = None,
        key: str | int | None = None,
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
        chance = {"probability": probability, "outcome": _outcome(outcome), "seed": seed, "key": key}
        return self.ask("POST", "/faults", _present(api=api, operation=operation, **chance))

    def faults(self) -> list[JsonObject]:
        """All planned faults, with how many outcomes of each are left."""
        return list(self.ask("GET", "/faults")["faults"])

    def unused_faults(self) -> list[JsonObject]:
        """The faults with outcomes left, without those that never end."""
        return [fault for fault in self.faults() if fault["remaining"]]

    def assert_faults_used(self) -> None:
        """
        Check that all planned outcomes happened.

        Raises:
            AssertionError: Outcomes are left.
        """
        left = [describe_fault(fault) for fault in self.unused_faults()]
        if left:
            raise AssertionError("faults left unused: " + "; ".join(left))

    def heal(self, fault: str | None = None) -> None:
        """Drop a fault by its id, or all faults."""
        self.ask("DELETE", "/faults" if fault is None else f"/faults/{quote(fault, safe='')}")

    def quota(self, limit: int, interval: int = 1, unit: str = "minute", *, retry_after: bool = False) -> JsonObject:
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
        """The last requests, oldest first; filters are `api`, `operation`, `status`, `since`, `limit`."""
        return list(self.ask("GET", "/requests" + _query(filters))["requests"])

    def har(self, **filters: Any) -> JsonObject:
        """The last requests as an HTTP archive, with the filters of `requests`."""
        return self.ask("GET", "/requests" + _query({**filters, "format": "har"}))

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
        return list(self.ask("GET", "/customers" + _query({"limit": limit, **filters}))["customers"])

    def calls(self, start: str | None = None, end: str | None = None, **filters: int | str) -> list[JsonObject]:
        """
        The calls that arrived in a period or that agents made in it.

        Args:
            start: An ISO 8601 instant; the account's midnight by default.
            end: An ISO 8601 instant; the account's present one by default.
            filters: `queue` and `agent`, by number, and `direction`, `in` or `out`.
        """
        return list(self.ask("GET", "/truth/calls" + _query({**_period(start, end), **filters}))["calls"])

    def states(self, login: int, start: str | None = None, end: str | None = None) -> list[JsonObject]:
        """
        The states that an agent entered in a period.

        Args:
            login: The agent's Logid.
            start: An ISO 8601 instant; the account's midnight by default.
            end: An ISO 8601 instant; the account's present one by default.
        """
        return list(self.ask("GET", f"/truth/agents/{login}" + _query(_period(start, end)))["states"])

    def intervals(
        self, minutes: int = 30, start: str | None = None, end: str | None = None, *, queue: int | None = None
    ) -> list[JsonObject]:
        """
        The figures of queues by interval.

        Args:
            minutes: Length of an interval: 15, 30 or 60.
            start: An ISO 8601 instant; the account's midnight by default.
            end: An ISO 8601 instant; the account's present one by default.
            queue: Only the queue with this number.
        """
        query = _query({"minutes": minutes, **_period(start, end), **_present(queue=queue)})
        return list(self.ask("GET", "/truth/intervals" + query)["intervals"])

    def schedule(self, date: str | None = None) -> JsonObject:
        """The planned shifts and breaks of a date and who kept to them; the account's date by default."""
        return self.ask("GET", "/truth/schedule" + _query(_present(date=date)))

    def inbox(self, **filters: str) -> list[JsonObject]:
        """The records that Atobi's endpoint received, newest last; filters are `type`, `context`, `kpi`, `since`."""
        return list(self.ask("GET", "/inbox/kpi" + _query(filters))["records"])

    def reset(self, *layers: str) -> list[str]:
        """Restore layers of the account's state, all by default, to what they were at its creation."""
        self._token = ""
        return list(self.ask("POST", "/reset", {"layers": layers} if layers else {})["layers"])

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
        if isinstance(snapshot, Mapping):
            return self.ask("PUT", "/snapshot", snapshot)
        try:
            text = snapshot.read_text(encoding="utf-8-sig") if isinstance(snapshot, Path) else snapshot
            return self.ask("PUT", "/snapshot", json.loads(text))
        except OSError as error:
            raise ClientError(f"{snapshot} cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise ClientError(f"a snapshot must be JSON: {error}") from None

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


def _outcome(given: Any) -> Mapping[str, Any]:
    """An outcome as the control API spells it."""
    if isinstance(given, Mapping):
        return given
    if given == "ok":
        return {"ok": True}
    return {"connection": given} if given in CONNECTION_FAULTS else {"status": given}


def _present(**values: Any) -> JsonObject:
    return {name: value for name, value in values.items() if value is not None}


def _period(start: str | None, end: str | None) -> JsonObject:
    return _present(**{"from": start, "to": end})


def _query(filters: Mapping[str, Any]) -> str:
    return f"?{urlencode(filters)}" if filters else ""
