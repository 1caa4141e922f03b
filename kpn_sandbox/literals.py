"""
Words and limits that users and several packages name, each written down once.

The `Literal` types are for type checkers and editors; the tuples with the same words are for checks, command lines,
schemas and pages, which get them from here. Standard library only, so that every package may import this module.
"""

from collections.abc import Mapping
from typing import Literal, get_args

ApiKey = Literal["kpn", "bright_pattern", "kaisa", "atobi", "itx"]
"""A vendor's API, as request bodies, the request log and settings spell it."""

API_KEYS: tuple[ApiKey, ...] = get_args(ApiKey)

OperationName = Literal[
    "any",
    "token",
    "agents",
    "agent",
    "queues",
    "queue",
    "trunks",
    "trunk",
    "login",
    "subscribe",
    "data",
    "unsubscribe",
    "dispositions",
    "teams",
    "services",
    "available_agents",
    "add_wallboard",
    "wallboards",
    "show_wallboard",
    "change_wallboard",
    "remove_wallboard",
    "logout",
    "widgets",
    "customers",
    "customer",
    "add_customer",
    "change_customer",
    "ping",
    "kpi",
]
"""The key of an operation of an API, or `any` for all of them."""

FidelityLabel = Literal["documented", "inferred", "invented"]
"""How well an operation or a behavior of an API is known."""

ObjectKind = Literal["agents", "queues", "trunks"]
"""A kind of object that KPN's API lists and that can be pinned."""

OBJECT_KINDS: tuple[ObjectKind, ...] = get_args(ObjectKind)

ConnectionFault = Literal["reset", "empty", "garbage", "drip", "truncate", "hang"]
"""
How a connection can break: reset, closed without a byte, bytes that are no HTTP, the body byte by byte, closed after
half of the body, no answer until the client leaves.
"""

CONNECTION_FAULTS: tuple[ConnectionFault, ...] = get_args(ConnectionFault)

ConductRule = Literal["token-per-request", "beyond-quota", "retry-too-early", "expired-token-reused"]
"""A rule of the client lint, named after the behavior that breaks it."""

CONDUCT_RULES: tuple[ConductRule, ...] = get_args(ConductRule)

ResetLayer = Literal["profile", "scenario", "clock", "pins", "faults", "quota", "requests", "inbox", "tokens"]
"""A part of an account's state that can be reset by itself."""

RESET_LAYERS: tuple[ResetLayer, ...] = get_args(ResetLayer)

ScenarioName = Literal["calm", "normal", "busy", "peak", "understaffed", "trunk outage", "night closed", "lab"]
"""A scenario of a center."""

SCENARIO_NAMES: tuple[ScenarioName, ...] = get_args(ScenarioName)

Effective = Literal["always", "now"]
"""From when on a change of profile or scenario counts: as if it had always been so, or from the present second on."""

EFFECTIVE: tuple[Effective, ...] = get_args(Effective)

EFFECTIVE_ALIASES: Mapping[str, Effective] = {"midnight": "always"}
"""Other words for `Effective` that are accepted as input."""

MOST_DATED_CHANGES = 1_000
"""The greatest number of dated changes of an account; the end of a scenario that is set for some seconds is one."""

ClockMode = Literal["running", "frozen"]
"""Whether an account's clock follows wall time or is frozen."""

CLOCK_MODES: tuple[ClockMode, ...] = get_args(ClockMode)

TokenTime = Literal["account", "wall"]
"""Whose time the life of an account's access tokens follows: its own clock's, or wall time."""

TOKEN_TIMES: tuple[TokenTime, ...] = get_args(TokenTime)

QuotaUnit = Literal["minute", "hour", "day", "week", "month"]
"""The unit of the window in which a quota counts."""

QUOTA_UNITS: tuple[QuotaUnit, ...] = get_args(QuotaUnit)

NameStyle = Literal["faker", "numbered"]
"""Where the names of agents and customers come from; `numbered` is for tests that must not depend on Faker."""

NAME_STYLES: tuple[NameStyle, ...] = get_args(NameStyle)

ArrivalRhythm = Literal["daily", "constant"]
"""Whether calls arrive by the hour of the day or at a constant rate."""

ARRIVAL_RHYTHMS: tuple[ArrivalRhythm, ...] = get_args(ArrivalRhythm)

ServiceDistribution = Literal["lognormal", "exponential"]
"""How talk times are distributed; queueing theory needs exponential ones."""

SERVICE_DISTRIBUTIONS: tuple[ServiceDistribution, ...] = get_args(ServiceDistribution)

MOST_AGENTS, MOST_QUEUES, MOST_TRUNKS = 5_000, 200, 50
"""The greatest numbers of agents, queues and trunks of a center."""

FIRST_LOGIN, FIRST_NUMBER = 40001, 1000
"""The login id of the first agent, and the number of the first queue and of the first trunk."""

MOST_PORTS = 480
"""The greatest number of ports of a trunk."""

MOST_REQUESTS = 1_000_000
"""The greatest number of requests that a quota allows in a window, and of answers that show a pin."""

LONGEST_DELAY_MS = 600_000
"""The longest delay of an answer that a fault or a `Prefer` header can ask for; a hang lasts as long at most."""

SNAPSHOT_FORMAT = 1
"""Number of the form of the documents that hold snapshots."""

LARGEST_SNAPSHOT_BYTES = 16 * 1024 * 1024
"""The largest document with a snapshot; an account whose snapshot would be larger has none."""

LONGEST_WAIT_SECONDS = 60
"""The longest wait of the request log for requests that are still to come."""

LARGEST_BODY_BYTES = 1024 * 1024
"""The largest body of a request; a longer one is refused with 413."""

SERVICE_LEVEL_TARGET = 0.8
"""The share of calls to answer within the service level's seconds, for queues that set no target of their own."""

TOOL_USER_AGENT = "kpn-sandbox-cli"
"""User agent of the command line's requests to a vendor's API, which no client under test has sent."""

CLIENT_ID_PATTERN = r"(?!\.\.?\Z)[!-.0-9;-~]{1,128}"
CLIENT_ID_ALLOWED = "1 to 128 visible ASCII characters without colon and slash"
"""A client id is the user name of HTTP Basic, which ends with a colon (RFC 7617), and a segment of paths."""

DEMO_CLIENT_ID, DEMO_CLIENT_SECRET = "APP_CONSUMER_KEY", "APP_CONSUMER_SECRET"
DEMO_CREDENTIALS = {"client_id": DEMO_CLIENT_ID, "client_secret": DEMO_CLIENT_SECRET}
"""The credentials of the demo account, unless settings name others."""

KPN_TOKEN_PATH = "/oauth/client_credential/accesstoken"
"""Where KPN's API gives out access tokens."""

KPN_TOKEN_REQUEST = f"{KPN_TOKEN_PATH}?grant_type=client_credentials"
"""Path and query of a token request; KPN takes the grant type from the query."""


def hyphenated(api: str) -> str:
    """
    Return the key of an API as URLs, file names and commands spell it.

    `bright_pattern` becomes `bright-pattern`; the other keys are the same in both spellings.
    """
    return api.replace("_", "-")
