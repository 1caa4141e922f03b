"""An account as a test has it: the remote control, and a plain way to look at what its client would see."""

from collections.abc import Mapping
from typing import Any

from kpn_sandbox.client import Account as RemoteControl
from kpn_sandbox.client import Answer, Client, basic
from kpn_sandbox.literals import CONNECTION_FAULTS, KPN_TOKEN_REQUEST
from kpn_sandbox.testing.reply import Reply, send

USER_AGENT = "kpn-sandbox-fixture"
"""Tells the test's own requests from those of the client that it tests."""

_EXPIRED = "keymanagement.service.access_token_expired"


class Account(RemoteControl):
    """
    An account that a test turns and looks at.

    Args:
        client: The sandbox that it lives in.
        made: What its making answered.
    """

    client_secret: str

    def __init__(self, client: Client, made: Mapping[str, Any]) -> None:
        super().__init__(client, made["client_id"], made["client_secret"], made)
        self.url = client.url
        self._token = ""

    def token(self) -> str:
        """
        Fetch an access token.

        Raises:
            AssertionError: There is none.
        """
        reply = self._fetch()
        assert "access_token" in reply, f"no token but {reply.status}: {reply.text}"
        return str(reply["access_token"])

    def get(self, path: str, *, token: str | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """
        What a request of this account is answered.

        Args:
            path: Such as `/agents` or `/queue/number/1000`.
            token: The access token to show; one of its own by default, fetched when there is none that is good.
            headers: More headers, such as `{"Prefer": "code=503"}`.

        Returns:
            The answer, also when it is a refusal, of the path or of a token.

        Raises:
            Unreachable: There is no answer.
        """
        if token is not None:
            return self._ask(path, token, headers)
        if not self._token:
            reply = self._fetch()
            if reply.status != 200:
                return reply
        reply = self._ask(path, self._token, headers)
        if reply.status != 401 or _EXPIRED not in reply.text:
            return reply
        renewed = self._fetch()
        return self._ask(path, self._token, headers) if renewed.status == 200 else renewed

    def fail(self, operation: str | None, *outcomes: Any, api: str = "kpn", repeat: bool = False) -> Answer:
        """
        Let the next requests of an operation, or of any, end as told, one outcome after the other.

        Args:
            operation: `token`, `agents`, `agent`, `queues`, `queue`, `trunks`, `trunk`; None for any.
            outcomes: A status such as `503`, `"ok"`, a broken connection such as `"reset"`, or a mapping such as
                `{"status": 503, "delay_ms": 200}`.
            api: The API whose operation it is.
            repeat: Whether to begin again when all are used up.
        """
        return super().fail(operation, *map(outcome, outcomes), api=api, repeat=repeat)

    def reset(self, *layers: str) -> list[str]:
        """Make layers, or all of them, as in the beginning."""
        self._token = ""
        return super().reset(*layers)

    def unused_faults(self) -> list[Answer]:
        """The faults that have outcomes left; those that never end are not among them."""
        return [fault for fault in self.faults() if fault["remaining"]]

    def assert_faults_used(self) -> None:
        """
        Check that everything that was to go wrong did.

        Raises:
            AssertionError: Outcomes are left.
        """
        left = [told_fault(fault) for fault in self.unused_faults()]
        assert not left, "faults left unused: " + "; ".join(left)

    def replay(self) -> str:
        """Engine, account, seed, configuration and instant: enough to get the same answers again."""
        return str(self.show()["replay"])

    def load(self, source: Any) -> list[Answer]:
        """
        Lay captured answers over the center.

        Args:
            source: A file, or what is in it: an answer of KPN, an HTTP archive of them, or a set of pins.

        Returns:
            The pins that were set.

        Raises:
            CaptureError: It is none of these.
        """
        from kpn_sandbox.drift.pin_sets import apply, overrides

        return apply(self, overrides(source))

    def _fetch(self) -> Reply:
        credentials = basic(self.client_id, self.client_secret)
        reply = send("POST", self.url + KPN_TOKEN_REQUEST, {"Authorization": credentials, "User-Agent": USER_AGENT})
        self._token = str(reply.get("access_token", "")) if reply.status == 200 else ""
        return reply

    def _ask(self, path: str, token: str, headers: Mapping[str, str] | None) -> Reply:
        shown = {"Authorization": f"Bearer {token}", "User-Agent": USER_AGENT, **(headers or {})}
        return send("GET", self.url + path, shown)


def outcome(told: Any) -> Mapping[str, Any]:
    """An outcome as the control API wants it."""
    if isinstance(told, Mapping):
        return told
    if told == "ok":
        return {"ok": True}
    return {"connection": told} if told in CONNECTION_FAULTS else {"status": told}


def told_fault(fault: Mapping[str, Any]) -> str:
    """A fault in a line."""
    left = fault["remaining"]
    outcomes = "outcome" if left == 1 else "outcomes"
    return f"{fault['operation'] or 'any operation'} of {fault['api']}: {left} {outcomes} left (fault {fault['id']})"
