"""
Authentication of the control API: an account with its client id and secret, the administrator with a token.

Access tokens of a vendor's API do not count here, so a leaked one gives nobody the remote control. HTTP Basic
credentials do not expire, whatever time the account's clock shows: the client that moved it must be able to move it
back.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from flask import Request

from kpn_sandbox.control_api.errors import ProblemError
from kpn_sandbox.control_api.operations import Access
from kpn_sandbox.gateway.hosts import is_own_origin, may_be_foreign

_ADMINISTRATOR = None
"""In place of a client id: the caller is the administrator."""

_SAFE_METHODS = ("GET", "HEAD")


@dataclass(frozen=True)
class ControlAuth:
    """
    Authenticates and authorizes requests to the control API.

    Args:
        check_credentials: Returns whether a secret is that of a client id.
        admin_token: Token of the administrator.
    """

    check_credentials: Callable[[str, str], bool]
    admin_token: str

    def authenticate(self, request: Request, access: Access, client_id: str | None) -> None:
        """
        Return if the caller may make a request.

        Args:
            request: The request.
            access: Who may make it.
            client_id: Account that it is about, None for none.

        Raises:
            ProblemError: 421 under the name of another site; 401 without valid credentials; 403 when only the
                administrator may, or when a page of another site makes the request; 404 for another account, as if it
                did not exist.
        """
        refuse_foreign_host(request)
        if access is Access.OPEN:
            return
        _refuse_other_sites(request)
        caller = self._caller(request)
        if caller is _ADMINISTRATOR:
            return
        if access is Access.ADMIN:
            raise ProblemError(403, "Only the administrator may; send Authorization: Bearer with its token.")
        if caller != client_id:
            raise unknown_account(client_id)

    def _caller(self, request: Request) -> str | None:
        given = request.authorization
        if given is not None and given.type == "bearer" and given.token:
            if hmac.compare_digest(given.token.encode(), self.admin_token.encode()):
                return _ADMINISTRATOR
            raise ProblemError(
                401, "This is not the administrator's token; access tokens of a vendor open nothing here."
            )
        if given is not None and given.type == "basic" and given.username:
            if self.check_credentials(given.username, given.password or ""):
                return given.username
            raise ProblemError(401, "These are not the client id and secret of an account.")
        raise ProblemError(401, "Send an account's client id and secret as HTTP Basic, or Bearer with the admin token.")


def unknown_account(client_id: str | None) -> ProblemError:
    """Return the 404 for an account that does not exist or is another's; the two must not differ."""
    return ProblemError(404, f"Account {client_id} not found.")


def refuse_foreign_host(request: Request) -> None:
    """
    Refuse a request under a name that a web page may have, while only this machine reaches the server.

    Raises:
        ProblemError: 421, with the reason and what to do.
    """
    if may_be_foreign(request.environ):
        raise ProblemError(
            421,
            "The sandbox listens on this machine only, where a web page may have let its own name "
            f"{request.environ['HTTP_HOST']!r} lead (DNS rebinding). Use localhost or an IP address, or start with "
            "--public-url if the name is the sandbox's.",
        )


def _refuse_other_sites(request: Request) -> None:
    # A browser sends stored credentials along for a page of any site, so a request that changes something must come
    # from our own pages. Only browsers send these two headers; a request without them comes from a program.
    if request.method in _SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    foreign = site not in ("same-origin", "none") if site else origin and not is_own_origin(request.environ, origin)
    if foreign:
        raise ProblemError(403, "Pages of other sites may not change anything.")
