"""The operations of an API, and their views; apart from `api`, because the request context needs only these."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any

from kpn_sandbox.literals import FidelityLabel

STATUSES = (200, 201, 202, 302, 400, 401, 403, 404, 405, 412, 429, 500, 502, 503)
"""Statuses that a client may force, unless an API names others."""

RESERVED = {99_000 + status: status for status in STATUSES}
"""Identifiers that no object has, and the status that each answers with; for clients that cannot send headers."""


@dataclass(frozen=True)
class Operation:
    """
    One request that an API answers.

    Args:
        key: Identifies the operation in code, settings, faults and logs; unique in its API.
        name: Name of the request in the Postman collection.
        method: HTTP method.
        path: Path with variables in braces.
        statuses: Statuses that it answers without being forced to.
        aliases: Further paths of the same operation.
        kind: Kind of object that it shows, by the name that pins have for it; empty for none.
        parameter: Path variable that identifies one object; empty for a list.
        subject: Noun of that object in error texts.
    """

    key: str
    name: str
    method: str
    path: str
    statuses: tuple[int, ...]
    aliases: tuple[str, ...] = ()
    kind: str = ""
    parameter: str = ""
    subject: str = ""
    summary: str = ""
    label: FidelityLabel = "invented"
    source: str = ""

    def described(self, summary: str, label: FidelityLabel, source: str) -> "Operation":
        """
        Return the operation with its description.

        Args:
            summary: One sentence for the OpenAPI document.
            label: `documented`, `inferred` or `invented`.
            source: Document that the label rests on.
        """
        return replace(self, summary=summary, label=label, source=source)

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the operation, variables in braces; the documented one first."""
        return (self.path, *self.aliases)


View = Callable[..., Any]
"""Answers one operation; its arguments and its result are what its API's `respond` works with."""


@dataclass(frozen=True)
class Endpoint:
    """
    A view with what the request context needs to know before it is called.

    Args:
        operation: Operation that the view answers.
        view: The function itself.
        methods: Methods of the route; the operation's own when empty.
        authenticated: Whether the client is authenticated first. Token endpoints do that themselves, because the
            credentials are the subject of the request.
        counted: Whether the request counts for the account's quota.
        counter: Suffix of the quota counter, for operations that are counted apart.
    """

    operation: Operation
    view: View
    methods: tuple[str, ...] = ()
    authenticated: bool = True
    counted: bool = True
    counter: str = ""


def endpoint(operation: Operation, **options: Any) -> Callable[[View], Endpoint]:
    """
    Make a function the view of an operation.

    Args:
        operation: Operation that the view answers.
        options: Further members of the `Endpoint`.
    """
    return partial(Endpoint, operation, **options)


def reserved_status(text: str) -> int | None:
    """Return the status that an identifier is reserved for, None for every other identifier."""
    return RESERVED.get(int(text[:9])) if text.isascii() and text.isdigit() else None


def phrase(status: int) -> str:
    """Return the reason phrase of a status; `Status 599` where HTTP has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
