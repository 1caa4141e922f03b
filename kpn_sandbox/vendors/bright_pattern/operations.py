"""Operations of Bright Pattern's API: method, path, statuses, source, and how well each is known."""

from kpn_sandbox.gateway.operations import Operation

WIKI = "help3x.brightpattern.com, 3.10:Real-time-statistics-api/APIDescription"
REFERENCE = "documenter.getpostman.com/view/6735878/T1DwbtSk"
SAMPLES = "github.com/sergey-lozhkin/statsapi-samples"
WALLBOARD = "github.com/dvakhrushev/dvakhrushev.github.io, wb6"
_API = f"{WALLBOARD}, app/stats-api.factory.js"
_CONTROLLER = f"{WALLBOARD}, app/app-controller.controller.js"

STATUSES = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "Data is not ready yet",
    302: "Found",
    400: "Bad request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not found",
    405: "Method not allowed",
    409: "Limit of active subscriptions exceeded for tenant",
    412: "Precondition failed",
    429: "Too many requests",
    500: "Internal server error",
    502: "Bad gateway",
    503: "Service unavailable",
}
"""Statuses that may be forced; the vendor's pages name 200, 204, 400, 401, 403, 404 and 409."""

_READ = (200, 401, 405, 500)
_STORED = (200, 400, 401, 404, 405, 500)

LOGIN = Operation("login", "Authenticate", "POST", "/statsapi/auth", (200, 400, 401, 403, 405, 500)).described(
    "A session for a user name and a password.", "documented", f"{WIKI}, Authenticate; {REFERENCE}"
)
LOGOUT = Operation("logout", "Log out", "DELETE", "/statsapi/auth", _READ).described(
    "The end of the session.", "inferred", f"{_API}: logout sends it, and reads nothing but whether it succeeded"
)
TOKEN = Operation(
    "token", "Get access token", "POST", "/configapi/v2/oauth/token", (200, 400, 401, 405, 500)
).described("An access token for a user name and an API secret key.", "documented", REFERENCE)
SUBSCRIBE = Operation(
    "subscribe", "Create subscription", "POST", "/statsapi/subscription", (200, 400, 401, 405, 409, 500)
).described("Say which statistics are needed.", "documented", f"{WIKI}, Create subscription")
UNSUBSCRIBE = Operation(
    "unsubscribe", "Delete subscription", "DELETE", "/statsapi/subscription/active", (200, 401, 404, 405, 500)
).described("Delete the active subscription.", "documented", f"{WIKI}, Delete subscription")
DATA = Operation(
    "data", "Get subscription data", "GET", "/statsapi/subscription/data", (200, 204, 401, 404, 405, 500)
).described("The statistics of the subscription.", "documented", f"{WIKI}, Get subscription data")
DISPOSITIONS = Operation(
    "dispositions", "Get dispositions", "GET", "/statsapi/cfg/dispositions", (200, 400, 401, 405, 500)
).described("Names of dispositions.", "documented", f"{WIKI}, Get dispositions")
TEAMS = Operation("teams", "Get teams", "GET", "/statsapi/cfg/teams", _READ).described(
    "The teams that the user supervises.", "documented", REFERENCE
)
AGENTS = Operation("agents", "Get agents", "GET", "/statsapi/cfg/agents", _READ).described(
    "The agents of those teams.",
    "inferred",
    f"{SAMPLES}, 4-agents.sh: recorded, a list of id and name, which is the login id",
)
SERVICES = Operation("services", "Get services", "GET", "/statsapi/cfg/services", _READ).described(
    "The services of those teams.", "inferred", f"{SAMPLES}, 5-services.sh: recorded, a list of id and name"
)
AVAILABLE_AGENTS = Operation(
    "available_agents",
    "Check available agents",
    "GET",
    "/statsapi/info/check_available_agents",
    (200, 400, 404, 405, 500),
).described("Whether an agent is ready for a service; open to everybody.", "documented", REFERENCE)
WALLBOARDS = Operation("wallboards", "List wallboards", "GET", "/statsapi/cfg/wallboards", _READ).described(
    "The wallboards that are stored.",
    "inferred",
    f"{_CONTROLLER}: loadWallboards reads id, name, is_global and is_default of each, and opens the default one",
)
ADD_WALLBOARD = Operation(
    "add_wallboard", "Store wallboard", "POST", "/statsapi/cfg/wallboards", (201, 400, 401, 405, 500)
).described(
    "Store a wallboard.",
    "inferred",
    f"{_CONTROLLER}: createWallboard sends name, is_global, is_default and config, and reads id of a 201",
)
SHOW_WALLBOARD = Operation(
    "show_wallboard", "Get wallboard", "GET", "/statsapi/cfg/wallboards/{id}", (200, 401, 404, 405, 500)
).described("A wallboard.", "inferred", f"{_CONTROLLER}: loadConfig reads id, name, is_global and config.widgets")
REMOVE_WALLBOARD = Operation(
    "remove_wallboard", "Delete wallboard", "DELETE", "/statsapi/cfg/wallboards/{id}", (200, 401, 404, 405, 500)
).described("Delete a wallboard.", "inferred", f"{_CONTROLLER}: deleteWallboard reads nothing but whether it succeeded")
CHANGE_WALLBOARD = Operation(
    "change_wallboard", "Change wallboard", "PUT", "/statsapi/cfg/wallboards/{id}/{property}", _STORED
).described(
    "Set one property of a wallboard, which the body carries.",
    "inferred",
    f"{_CONTROLLER}: all six calls of updateWallboard end the path with the one member of the body: name, config, "
    "is_default or is_global",
)

OPERATIONS = (
    LOGIN,
    TOKEN,
    SUBSCRIBE,
    DATA,
    UNSUBSCRIBE,
    DISPOSITIONS,
    TEAMS,
    AGENTS,
    SERVICES,
    AVAILABLE_AGENTS,
    ADD_WALLBOARD,
    WALLBOARDS,
    SHOW_WALLBOARD,
    CHANGE_WALLBOARD,
    REMOVE_WALLBOARD,
    LOGOUT,
)
"""Operations in the order in which a client calls them."""

OPEN = (LOGIN, TOKEN, AVAILABLE_AGENTS)
"""Operations that need no session."""


def methods_of(path: str) -> tuple[str, ...]:
    """Return the methods of a path, HEAD and OPTIONS included."""
    methods = {operation.method for operation in OPERATIONS if operation.path == path}
    return tuple(sorted({*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))
