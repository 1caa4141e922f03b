"""What can be asked: method, path, answers, source and how well each is known."""

from dataclasses import dataclass

from kpn_sandbox.gateway import api as operation
from kpn_sandbox.literals import KPN_TOKEN_PATH

PAGE = 'developer.kpn.com, "Dashboard Server - KPN"'

STATUSES = {
    200: "Success",
    201: "Created",
    202: "Accepted",
    302: "Found. Link in location header",
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    412: "Precondition failed",
    429: "Too many requests",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
}
"""KPN's return codes, with KPN's words."""


@dataclass(frozen=True)
class Operation(operation.Operation):
    """One request that KPN's API answers; its name is that of the request in KPN's Postman collection."""

    parameter: str | None = None
    """The variable in the path."""
    subject: str = ""
    """What the number in the path is the number of."""

    @property
    def kind(self) -> str:
        """What kind of object it is about, in the plural."""
        return self.key.removesuffix("s") + "s"


_LIST_STATUSES = (200, 304, 400, 401, 405, 412, 500)
_SINGLE_STATUSES = (200, 304, 400, 401, 404, 405, 412, 500)


def _get(key: str, name: str, path: str, summary: str, section: str) -> Operation:
    return Operation(key, name, "GET", path, summary, _LIST_STATUSES, "documented", f"{PAGE}, {section}")


def _get_one(key: str, name: str, path: str, summary: str, section: str, parameter: str, subject: str) -> Operation:
    source = f"{PAGE}, {section}"
    return Operation(
        key, name, "GET", path, summary, _SINGLE_STATUSES, "documented", source, parameter=parameter, subject=subject
    )


TOKEN = Operation(
    "token",
    "Get Access Token",
    "POST",
    KPN_TOKEN_PATH,
    "An access token for the credentials of an application.",
    (200, 400, 401, 405, 500),
    "documented",
    f"{PAGE}, Get Access Token; apigee/api-platform-samples, default-proxies/oauth",
)
AGENTS = _get("agents", "(GET) Agents", "/agents", "All agents.", "Get data for all agents")
AGENT = _get_one(
    "agent", "(GET) Single Agent", "/agent/logid/{Logid}", "One agent.", "Get individual agent data", "Logid", "Agent"
)
QUEUES = _get("queues", "(GET) Queues", "/queues", "All queues.", "Get data for all queues")
QUEUE = _get_one(
    "queue", "(GET) Single Queue", "/queue/number/{Number}", "One queue.", "Get single queue data", "Number", "Queue"
)
TRUNKS = _get("trunks", "(GET) Trunks", "/trunks", "All trunks.", "Get data for all trunks")
TRUNK = _get_one(
    "trunk", "(GET) Single Trunk", "/trunk/number/{Number}", "One trunk.", "Get single trunk data", "Number", "Trunk"
)

RESOURCES = (AGENTS, AGENT, QUEUES, QUEUE, TRUNKS, TRUNK)
OPERATIONS = (TOKEN, *RESOURCES)
