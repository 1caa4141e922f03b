"""Settings of an account: profile, scenario, clock, snapshots and resets."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any, Unpack, cast

from kpn_sandbox.client.arguments import ProfilePatch
from kpn_sandbox.client.errors import ClientError, Rejected
from kpn_sandbox.client.http import JsonObject, Steps
from kpn_sandbox.client.records import (
    AccountRecord,
    ClockRecord,
    NewAccountRecord,
    ProfileRecord,
    ScenarioInForceRecord,
)
from kpn_sandbox.client.requests import AccountRequests, sent_instant
from kpn_sandbox.client.steps import sends_requests
from kpn_sandbox.client.values import (
    Document,
    Instant,
    Seconds,
    control_value,
    flattened,
    present,
    query,
    read_document,
    seconds,
)
from kpn_sandbox.literals import Effective, ResetLayer, ScenarioName, TokenTime

_GONE = 404


class AccountConfiguration(AccountRequests):
    """Settings of an account."""

    @sends_requests
    def show(self) -> Steps[AccountRecord]:
        """Its settings, without secrets."""
        return (yield from self._shown())

    def _shown(self) -> Steps[AccountRecord]:
        shown = yield from self._record(AccountRecord, "GET")
        self._notice(clock=shown.get("clock"), scenario=shown.get("scenario"))
        return shown

    def _notice(self, **seen: Any) -> None:
        """Remember what `repr` shows."""
        self._seen.update(present(**seen))

    @sends_requests
    def drop(self) -> Steps[None]:
        """Delete the account with all of its state; one that is gone already is no error."""
        try:
            self._target.check((yield self._deletion()))
        except Rejected as error:
            if error.status != _GONE:
                raise

    @sends_requests
    def rotate(self) -> Steps[NewAccountRecord]:
        """Make new secrets and return them."""
        made = yield from self._ask("POST", "/secret")
        secret = self._target.member("client_secret", made, str)
        if self.client_secret:
            self.client_secret = secret
        return cast(NewAccountRecord, made)

    @sends_requests
    def replay(self) -> Steps[str]:
        """Engine, account, seed, configuration and instant: enough to get the same answers again."""
        return self._target.member("replay", {**(yield from self._shown())}, str)

    @sends_requests
    def profile(self, *, effective: Effective | Enum = "always", **patch: Unpack[ProfilePatch]) -> Steps[ProfileRecord]:
        """
        Change the profile if there is a patch, and return the one in force.

        Args:
            effective: `always`, as if the center had never been different, or `now`, from the present second on.
            patch: Fields of the profile; None restores a default.
        """
        changes = "/profile" + query({"effective": effective})
        method, path = ("PATCH", changes) if patch else ("GET", "/profile")
        return (yield from self._record(ProfileRecord, method, path, _settings(patch)))

    @sends_requests
    def scenario(
        self,
        name: ScenarioName | Enum | None = None,
        *,
        effective: Effective | Enum | None = None,
        for_seconds: Seconds | None = None,
    ) -> Steps[ScenarioInForceRecord]:
        """
        Set the scenario if there is a name, and return the one in force.

        Args:
            name: Name of a scenario.
            effective: As for `profile`; now when there are seconds.
            for_seconds: After how many seconds the scenario before comes back; never by default.

        Raises:
            ClientError: There is no name for the other arguments.
        """
        if name is None and (effective is not None or for_seconds is not None):
            raise ClientError("name must be that of a scenario where effective or for_seconds is given")
        body = present(name=name, effective=effective, for_seconds=_optional_seconds(for_seconds, "for_seconds"))
        method = "PUT" if body else "GET"
        found = yield from self._record(ScenarioInForceRecord, method, "/scenario", _settings(body))
        self._notice(scenario=found.get("name"))
        return found

    @sends_requests
    def clock(self) -> Steps[ClockRecord]:
        """The clock, and in words which dated changes are not in force at its instant."""
        return (yield from self._clock("GET"))

    def _clock(self, method: str, path: str = "/clock", body: Any = None) -> Steps[ClockRecord]:
        clock = yield from self._record(ClockRecord, method, path, body)
        self._notice(clock=clock)
        return clock

    def _now(self) -> Steps[datetime]:
        return self._target.instant_in("at", {**(yield from self._clock("GET"))})

    @sends_requests
    def now(self) -> Steps[datetime]:
        """The present instant of its clock."""
        return (yield from self._now())

    def _instant(self, value: Any, name: str) -> Steps[str | None]:
        """An instant as it is sent; words without a date are about the day of the account's clock."""
        return None if value is None else (yield from sent_instant(value, name, self._now))

    @sends_requests
    def freeze(self, at: Instant | None = None, *, tokens: TokenTime | Enum | None = None) -> Steps[ClockRecord]:
        """
        Stop the clock.

        Args:
            at: Where it stands; where it is by default.
            tokens: Whose time the life of tokens follows, `account` or `wall`; as before by default.
        """
        where = yield from self._instant(at, "at")
        return (yield from self._clock("PUT", body=present(mode="frozen", at=where, tokens=tokens)))

    @sends_requests
    def run(
        self, at: Instant | None = None, *, speed: float | Decimal | None = None, tokens: TokenTime | Enum | None = None
    ) -> Steps[ClockRecord]:
        """
        Start the clock; with neither instant nor speed it shows wall time again.

        Args:
            at, tokens: As in `freeze`.
            speed: Seconds of the account per second of wall time.
        """
        where = yield from self._instant(at, "at")
        body = present(mode="running", at=where, speed=speed, tokens=tokens)
        return (yield from self._clock("PUT", body=body))

    @sends_requests
    def advance(self, seconds: Seconds) -> Steps[ClockRecord]:
        """Move the clock forward; `seconds` may be a `timedelta`."""
        return (yield from self._clock("POST", "/clock/advance", {"seconds": _optional_seconds(seconds, "seconds")}))

    @sends_requests
    def reset(self, *layers: ResetLayer | Enum) -> Steps[list[ResetLayer]]:
        """Restore layers of the account's state, all by default, to what they were at its creation."""
        named = flattened(layers, "layers")
        self._token = ""
        # What `repr` showed may be so no longer.
        self._notice(clock={}, scenario="")
        done = yield from self._ask("POST", "/reset", {"layers": named} if named else {})
        return self._target.member("layers", done, list)

    @sends_requests
    def snapshot(self) -> Steps[JsonObject]:
        """The account's state as one JSON object, which `restore` takes, here or in another account."""
        return (yield from self._ask("GET", "/snapshot"))

    @sends_requests
    def restore(self, snapshot: Document) -> Steps[JsonObject]:
        """
        Restore a snapshot, whole or not at all, and return the account with notes about what may differ.

        Args:
            snapshot: The object, its JSON text or bytes, the path of a file with it, or the open file.

        Raises:
            ClientError: The file cannot be read, or there is no JSON.
        """
        restored = yield from self._ask("PUT", "/snapshot", read_document(snapshot))
        self._token = ""
        self._notice(clock=restored.get("clock"), scenario=restored.get("scenario"))
        return restored


def _settings(values: Mapping[str, Any]) -> Any:
    return control_value(values, "body") if values else None


def _optional_seconds(value: Any, name: str) -> float | None:
    return None if value is None else seconds(value, name)
