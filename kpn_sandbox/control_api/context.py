"""The context of a view of the control API: the sandbox, and a request that is authenticated and validated."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from kpn_sandbox.gateway.api import Behavior, VendorApi
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant


@dataclass(frozen=True)
class ControlContext:
    """
    Parts of the application that the control API works on.

    Args:
        sandbox: Accounts and their stores.
        apis: APIs of the vendors.
        behaviors: How well the control API's own operations are known.
        started_at: Wall time of the start, in epoch seconds.
    """

    sandbox: Sandbox
    apis: Sequence[type[VendorApi]]
    behaviors: Sequence[Behavior]
    started_at: float

    def api(self, key: str) -> type[VendorApi] | None:
        """Return the API with a key, None when the sandbox does not have it."""
        return next((api for api in self.apis if api.key == key), None)


@dataclass(frozen=True)
class ControlRequest:
    """
    One request to the control API.

    Args:
        context: Parts of the application.
        path: Variables of the path.
        body: The body as its schema loaded it; empty without one.
        given: The body as the client sent it, parsed but not validated.
        query: The query as its schema loaded it; empty without one.
        base_url: URL of the sandbox as the client sees it, without a slash at the end.
    """

    context: ControlContext
    path: Mapping[str, str]
    body: dict[str, Any]
    given: Any
    query: dict[str, Any]
    base_url: str

    @property
    def sandbox(self) -> Sandbox:
        """Accounts and their stores."""
        return self.context.sandbox

    @property
    def client_id(self) -> str:
        """Client id in the path."""
        return self.path["id"]

    @property
    def tenant(self) -> Tenant:
        """
        The account in the path, as it is at this moment.

        Raises:
            UnknownAccount: There is no account with that client id.
        """
        return self.sandbox.tenant(self.client_id)


ControlView = Callable[[ControlRequest], Mapping[str, Any] | Response | None]
"""Handles a request; returns a JSON object, None for no body, or a response that is complete."""
