"""Which vendor refuses a request: the one whose paths it asks for."""

from collections.abc import Callable, Sequence

from flask import Response

from kpn_sandbox.gateway.api import Operation
from kpn_sandbox.gateway.request_context import Manners, RequestLifecycle


class Refusals:
    """
    Answers requests for a vendor's paths that went wrong.

    Args:
        around: Begins the exchange of a request that asks for nothing that exists.
        manners: Gives the vendor's, when there is something to refuse.
        operations: What the vendor has.
        lands: Paths below which everything is the vendor's.
    """

    def __init__(
        self,
        around: RequestLifecycle,
        manners: Callable[[], Manners],
        operations: Sequence[Operation],
        lands: Sequence[str] = (),
    ) -> None:
        self._around = around
        self._manners = manners
        paths = (path for operation in operations for path in (operation.path, *operation.homes))
        self._paths = {path for path in paths if "{" not in path}
        self._lands = tuple(f"{land}/" for land in lands)

    def own(self, path: str) -> bool:
        """Whether a path is the vendor's."""
        return path in self._paths or path.startswith(self._lands)

    def respond(self, error: Exception) -> Response:
        """The answer to the current request."""
        manners = self._manners()
        self._around.begin_refusal(manners)
        return manners.refused(error)
