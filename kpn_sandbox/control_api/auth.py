"""
Who may: an account with its own client id and secret, the administrator with his token.

A vendor's access token opens nothing here. Credentials as HTTP Basic do not expire, whatever time it is in the account.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import Request

from kpn_sandbox.control_api.errors import Forbidden, NotFound, Unauthorized
from kpn_sandbox.control_api.operations import Access

ADMINISTRATOR = None
"""The caller whose word counts for every account."""

_READING = ("GET", "HEAD")


@dataclass(frozen=True)
class ControlAuth:
    """
    Lets callers in.

    Args:
        authenticate: Tells whose client id and secret these are.
        admin_token: What the administrator shows.
    """

    authenticate: Callable[[str, str], object | None]
    admin_token: str

    def admit(self, request: Request, access: Access, client_id: str | None) -> None:
        """
        Return if the caller may.

        Args:
            client_id: The account that is asked about.

        Raises:
            Unauthorized: Nobody knows him.
            Forbidden: He is no administrator, or a page of another site asks in his name.
            NotFound: The account is not his; he is told the same when there is none.
        """
        if access is Access.OPEN:
            return
        _refuse_other_sites(request)
        caller = self._caller(request)
        if caller is ADMINISTRATOR:
            return
        if access is Access.ADMIN:
            raise Forbidden("Only the administrator may; send Authorization: Bearer with his token.")
        if caller != client_id:
            raise unknown_account(client_id)

    def _caller(self, request: Request) -> str | None:
        given = request.authorization
        if given is not None and given.type == "bearer" and given.token:
            if hmac.compare_digest(given.token.encode(), self.admin_token.encode()):
                return ADMINISTRATOR
            raise Unauthorized("This is not the administrator's token; access tokens of a vendor open nothing here.")
        if given is not None and given.type == "basic" and given.username:
            if self.authenticate(given.username, given.password or "") is not None:
                return given.username
            raise Unauthorized("These are not the client id and secret of an account.")
        raise Unauthorized("Send an account's client id and secret as HTTP Basic, or Bearer with the admin token.")


def unknown_account(client_id: str | None) -> NotFound:
    """The refusal for an account that does not exist, or not for this caller."""
    return NotFound(f"Account {client_id} not found.")


def _refuse_other_sites(request: Request) -> None:
    """A browser sends kept credentials along for any page; what changes something must come from our own."""
    if request.method in _READING:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in ("same-origin", "none") if site else origin and urlsplit(origin).netloc != request.host
    if foreign:
        raise Forbidden("Pages of other sites may not change anything.")
