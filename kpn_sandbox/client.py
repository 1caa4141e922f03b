"""
A small client of a running sandbox, without dependencies.

`Client` knows the sandbox, `Account` turns one account's world:

    account = Client("http://127.0.0.1:8080", admin_token).new_account(scenario="peak")
    account.freeze("2026-11-23T10:00:00+01:00")
    account.fail("agents", {"status": 503}, {"ok": True})
"""

import json
from base64 import b64encode
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import ProxyHandler, Request, build_opener

from kpn_sandbox.literals import KPN_TOKEN_REQUEST

CONTROL_PATH = "/_sandbox"
_TIMEOUT_SECONDS = 60.0

Answer = dict[str, Any]
"""A JSON object as the sandbox tells it."""


class ClientError(Exception):
    """The sandbox did not do what it was asked; the message says why in one line."""


class Unreachable(ClientError):
    """Nobody answers at that URL."""


class Refused(ClientError):
    """The sandbox answered with an error."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Client:
    """
    A sandbox at a URL.

    Args:
        url: The base URL, without a slash at its end.
        admin_token: The administrator's token, for what only he may do.

    Raises:
        ClientError: From every method, when nobody answers or the sandbox refuses.
    """

    def __init__(self, url: str, admin_token: str | None = None) -> None:
        self.url = url
        self._admin = None if admin_token is None else f"Bearer {admin_token}"
        # A proxy for the internet knows nothing about this machine.
        self._opener = build_opener(ProxyHandler({}))

    def token(self, client_id: str, client_secret: str) -> str:
        """Fetch an access token."""
        body = self.ask("POST", KPN_TOKEN_REQUEST, basic(client_id, client_secret))
        try:
            return str(body["access_token"])
        except KeyError:
            raise self._strange() from None

    def ready(self) -> None:
        """Return when the sandbox is ready."""
        self.ask("GET", f"{CONTROL_PATH}/ready")

    def accounts(self) -> list[Answer]:
        """All accounts without their secrets."""
        return list(self.ask("GET", f"{CONTROL_PATH}/accounts", self._admin)["accounts"])

    def new_account(self, **settings: Any) -> "Account":
        """
        Make an account.

        Args:
            settings: `client_id`, `client_secret`, `seed`, `profile`, `scenario`, `clock`; what is left out is chosen.
        """
        made = self.ask("POST", f"{CONTROL_PATH}/accounts", self._admin, settings)
        return Account(self, made["client_id"], made["client_secret"], made)

    def account(self, client_id: str, client_secret: str | None = None) -> "Account":
        """An account that exists; without its secret it is asked as the administrator."""
        return Account(self, client_id, client_secret)

    def ask(self, method: str, path: str, authorization: str | None = None, body: Any = None) -> Answer:
        """
        Send a request.

        Returns:
            The answer's JSON object; an empty one when there is no body.
        """
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if authorization is not None:
            headers["Authorization"] = authorization
        data = json.dumps(body).encode() if body is not None else b"" if method == "POST" else None
        return self._answer(Request(self.url + path, data, headers, method=method))

    def admit(self, client_id: str, client_secret: str | None) -> str | None:
        """How an account shows who it is."""
        return self._admin if client_secret is None else basic(client_id, client_secret)

    def _answer(self, request: Request) -> Answer:
        try:
            with self._opener.open(request, timeout=_TIMEOUT_SECONDS) as answer:
                told = answer.read()
            return dict(json.loads(told)) if told else {}
        except HTTPError as error:
            with error:
                told = error.read(4000)
            raise Refused(f"{self.url} answered {error.code}: {_reason(told)}", error.code) from None
        except (OSError, HTTPException):
            raise Unreachable(f"no sandbox answers at {self.url}: start one with kpn-sandbox serve") from None
        except (ValueError, TypeError):
            raise self._strange() from None

    def _strange(self) -> Refused:
        return Refused(f"{self.url} does not answer like a sandbox")


class Account:
    """
    One account's world and its remote control.

    Args:
        client: The sandbox that it lives in.
        client_id: Its client id.
        client_secret: Its secret; without one the administrator asks.
        settings: What its making answered.
    """

    def __init__(
        self, client: Client, client_id: str, client_secret: str | None, settings: Mapping[str, Any] | None = None
    ) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self.settings = dict(settings or {})
        self._client = client
        self._path = f"{CONTROL_PATH}/accounts/{quote(client_id, safe='')}"

    def show(self) -> Answer:
        """Its settings without secrets."""
        return self.ask("GET")

    def delete(self) -> None:
        """Drop it with its whole world."""
        self.ask("DELETE")

    def rotate(self) -> Answer:
        """Give it new secrets; the answer tells them."""
        made = self.ask("POST", "/secret")
        if self.client_secret is not None:
            self.client_secret = made["client_secret"]
        return made

    def token(self) -> str:
        """Fetch an access token."""
        if self.client_secret is None:
            raise Refused("a token takes the account's secret")
        return self._client.token(self.client_id, self.client_secret)

    def profile(self, *, effective: str = "now", **patch: Any) -> Answer:
        """
        The profile in force, after changing it when there is something to change.

        Args:
            effective: `now`, or `midnight` to rebuild today.
            patch: Fields of the profile; None brings back a default.
        """
        return self.ask("PATCH", f"/profile?effective={effective}", patch) if patch else self.ask("GET", "/profile")

    def scenario(self, name: str | None = None, *, for_seconds: float | None = None) -> Answer:
        """The scenario in force, after setting one when a name is given."""
        if name is None:
            return self.ask("GET", "/scenario")
        return self.ask("PUT", "/scenario", _given(name=name, for_seconds=for_seconds))

    def clock(self) -> Answer:
        """Mode, instant and speed of its clock."""
        return self.ask("GET", "/clock")

    def freeze(self, at: str | None = None) -> Answer:
        """Let time stand still, at an ISO 8601 instant with offset or now."""
        return self.ask("PUT", "/clock", _given(mode="frozen", at=at))

    def run(self, at: str | None = None, *, speed: float | None = None) -> Answer:
        """Let time run, from an instant and at a speed; with neither it is that of the wall again."""
        return self.ask("PUT", "/clock", _given(mode="running", at=at, speed=speed))

    def advance(self, seconds: float) -> Answer:
        """Move time on."""
        return self.ask("POST", "/clock/advance", {"seconds": seconds})

    def pin(
        self, kind: str, key: str | int, *, expires_at: str | None = None, reads: int | None = None, **fields: Any
    ) -> Answer:
        """
        Let fields of an object stay as they are.

        Args:
            kind: `agents`, `queues` or `trunks`.
            key: The number of the object.
            expires_at: Until when, by the account's clock.
            reads: For so many answers.
            fields: As the vendor spells them.
        """
        return self.ask("PUT", f"/pins/{kind}/{key}", _given(fields=fields, expires_at=expires_at, reads=reads))

    def pins(self) -> list[Answer]:
        """What is pinned."""
        return list(self.ask("GET", "/pins")["pins"])

    def unpin(self, kind: str | None = None, key: str | int | None = None) -> None:
        """Unpin an object, all of a kind, or everything."""
        self.ask("DELETE", "/".join(["/pins", *(str(part) for part in (kind, key) if part is not None)]))

    def fail(
        self, operation: str | None, *outcomes: Mapping[str, Any], api: str = "kpn", repeat: bool = False
    ) -> Answer:
        """
        Let the next requests of an operation, or of any, end as told, one outcome after the other.

        Args:
            outcomes: Such as `{"status": 503}`, `{"delay_ms": 200}`, `{"connection": "reset"}`, `{"ok": True}`.
        """
        return self.ask("POST", "/faults", _given(api=api, operation=operation, outcomes=outcomes, repeat=repeat))

    def fail_sometimes(
        self, operation: str | None, probability: float, outcome: Mapping[str, Any], *, api: str = "kpn", **more: str
    ) -> Answer:
        """Let requests end as told by chance; `seed` says which chance."""
        told = _given(api=api, operation=operation, probability=probability, outcome=outcome, **more)
        return self.ask("POST", "/faults", told)

    def faults(self) -> list[Answer]:
        """What is to go wrong, and what is left of it."""
        return list(self.ask("GET", "/faults")["faults"])

    def heal(self, fault: str | None = None) -> None:
        """Drop a fault, or all of them."""
        self.ask("DELETE", "/faults" if fault is None else f"/faults/{quote(fault, safe='')}")

    def quota(self, limit: int, interval: int = 1, unit: str = "minute", *, retry_after: bool = False) -> Answer:
        """Allow so many calls in a window of time."""
        told = {"limit": limit, "interval": interval, "unit": unit, "retry_after": retry_after}
        return self.ask("PUT", "/quota", told)

    def drop_quota(self) -> None:
        """Allow any number of calls."""
        self.ask("DELETE", "/quota")

    def requests(self, **filters: Any) -> list[Answer]:
        """The last requests, oldest first; filters are `api`, `operation`, `status`, `since`, `limit`."""
        return list(self.ask("GET", "/requests" + _query(filters))["requests"])

    def har(self, **filters: Any) -> Answer:
        """The last requests as an HTTP archive."""
        return self.ask("GET", "/requests" + _query({**filters, "format": "har"}))

    def forget_requests(self) -> None:
        """Begin the journal anew."""
        self.ask("DELETE", "/requests")

    def conduct(self) -> Answer:
        """What the client does wrong."""
        return self.ask("GET", "/conduct")

    def customers(self) -> list[Answer]:
        """Everybody who calls."""
        return list(self.ask("GET", "/customers")["customers"])

    def calls(self, start: str | None = None, end: str | None = None, **filters: int) -> list[Answer]:
        """The calls that arrived in a period, today by default; filters are `queue` and `agent`."""
        query = _query(_given(**{"from": start, "to": end}, **filters))
        return list(self.ask("GET", "/truth/calls" + query)["calls"])

    def states(self, login: int, start: str | None = None, end: str | None = None) -> list[Answer]:
        """The states that an agent entered in a period, today by default."""
        query = _query(_given(**{"from": start, "to": end}))
        return list(self.ask("GET", f"/truth/agents/{login}{query}")["states"])

    def inbox(self, **filters: str) -> list[Answer]:
        """What Atobi's endpoint received."""
        return list(self.ask("GET", "/inbox/kpi" + _query(filters))["records"])

    def reset(self, *layers: str) -> list[str]:
        """Make layers, or all of them, as in the beginning."""
        return list(self.ask("POST", "/reset", {"layers": layers} if layers else {})["layers"])

    def ask(self, method: str, path: str = "", body: Any = None) -> Answer:
        """Send a request about this account."""
        authorization = self._client.admit(self.client_id, self.client_secret)
        return self._client.ask(method, self._path + path, authorization, body)


def basic(client_id: str, client_secret: str) -> str:
    """Credentials as HTTP Basic writes them."""
    return f"Basic {b64encode(f'{client_id}:{client_secret}'.encode()).decode()}"


def _given(**values: Any) -> Answer:
    return {name: value for name, value in values.items() if value is not None}


def _query(filters: Mapping[str, Any]) -> str:
    return f"?{urlencode(filters)}" if filters else ""


def _reason(told: bytes) -> str:
    """A problem's detail, else the beginning of what was told."""
    try:
        return str(json.loads(told)["detail"])
    except (ValueError, TypeError, KeyError):
        return told[:500].decode(errors="replace")
