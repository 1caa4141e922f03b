"""Operations of KPN's API: method, path, statuses, source, and how well each is known."""

from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.literals import KPN_TOKEN_PATH, ObjectKind

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
"""KPN's return codes in KPN's words."""

_LIST_STATUSES = (200, 304, 400, 401, 405, 412, 500)
_SINGLE_STATUSES = (200, 304, 400, 401, 404, 405, 412, 500)


def _list(kind: ObjectKind, section: str) -> Operation:
    return Operation(kind, f"(GET) {kind.capitalize()}", "GET", f"/{kind}", _LIST_STATUSES, kind=kind).described(
        f"All {kind}.", "documented", f"{PAGE}, {section}"
    )


def _single(kind: ObjectKind, path: str, section: str) -> Operation:
    key = kind.removesuffix("s")
    return Operation(
        key,
        f"(GET) Single {key.capitalize()}",
        "GET",
        path,
        _SINGLE_STATUSES,
        kind=kind,
        parameter=path[path.index("{") + 1 : -1],
        subject=key.capitalize(),
    ).described(f"One {key}.", "documented", f"{PAGE}, {section}")


TOKEN = Operation("token", "Get Access Token", "POST", KPN_TOKEN_PATH, (200, 400, 401, 405, 500)).described(
    "An access token for the credentials of an application.",
    "documented",
    f"{PAGE}, Get Access Token; apigee/api-platform-samples, default-proxies/oauth",
)
AGENTS = _list("agents", "Get data for all agents")
AGENT = _single("agents", "/agent/logid/{Logid}", "Get individual agent data")
QUEUES = _list("queues", "Get data for all queues")
QUEUE = _single("queues", "/queue/number/{Number}", "Get single queue data")
TRUNKS = _list("trunks", "Get data for all trunks")
TRUNK = _single("trunks", "/trunk/number/{Number}", "Get single trunk data")

RESOURCES = (AGENTS, AGENT, QUEUES, QUEUE, TRUNKS, TRUNK)
OPERATIONS = (TOKEN, *RESOURCES)
