"""A request to the control API, read and admitted: what the views work on."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response

from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant


@dataclass(frozen=True)
class Parts:
    """What the control API turns and tells."""

    sandbox: Sandbox
    faces: Sequence[VendorApi]
    """The vendors' APIs."""
    started_at: float
    """Wall time."""

    def face(self, key: str) -> VendorApi | None:
        """The API of that name, None when the sandbox does not have it."""
        return next((face for face in self.faces if face.key == key), None)


@dataclass(frozen=True)
class Call:
    """
    One request.

    Args:
        parts: What it is about.
        path: The variables of the path.
        body: The body, checked; `given` is the same as it came.
        query: The query, checked.
        base_url: Where the sandbox is, as the caller sees it.
    """

    parts: Parts
    path: Mapping[str, str]
    body: dict[str, Any]
    given: Any
    query: dict[str, Any]
    base_url: str

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox."""
        return self.parts.sandbox

    @property
    def client_id(self) -> str:
        """Whose world it is about."""
        return self.path["id"]

    @property
    def tenant(self) -> Tenant:
        """
        The account as it is at this moment.

        Raises:
            UnknownAccount: There is none.
        """
        return self.sandbox.tenant(self.client_id)


View = Callable[[Call], dict[str, Any] | Response | None]
"""Answers a call: with a JSON object, with nothing, or with a response that is ready."""
