"""
The HTTP client of a running sandbox, for users and for the command line, the pytest plugin and the drift tools alike.

`Client` knows the sandbox, `Account` controls one account and sends requests as its client would:

    account = Client("http://127.0.0.1:8080", admin_token).new_account(scenario="peak")
    account.freeze("2026-11-23T10:00:00+01:00")
    account.fail("agents", 503, "reset", "ok")

`AsyncClient` and `AsyncAccount` are the same to be awaited, with the extra `async`. All else is standard library only,
so that importing it costs a command or a test little and needs nothing else installed. Each name is imported when it is
used first: the server itself needs the records only.

    errors          the errors
    values          values as programs have them, and what is sent for each; `outcomes` of faults
    arguments       types of what methods take by name, and `records` of what they return
    http            responses, and the way to send a request; `asynchronous` in a coroutine
    steps           methods that are written once for both ways
    requests        requests to the vendors' APIs as an account's client sends them
    configuration   what an account is like, `overrides` what its client meets instead, `inspection` what happened
    account         everything about one account
    client          everything about the sandbox: its accounts, tokens, whether it is ready
    external        requests to servers of others, with one deadline and no redirects
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kpn_sandbox.client.account import Account, AsyncAccount
    from kpn_sandbox.client.arguments import NewAccountSettings, PinFields, ProfilePatch, RequestOptions
    from kpn_sandbox.client.client import AsyncClient, Client
    from kpn_sandbox.client.errors import ClientError, NotAsExpected, NotJson, Rejected, Unreachable
    from kpn_sandbox.client.errors import Rejected as Refused
    from kpn_sandbox.client.http import Connection, JsonObject, Response
    from kpn_sandbox.client.http import Response as Reply
    from kpn_sandbox.client.overrides import describe_fault
    from kpn_sandbox.client.requests import USER_AGENT
else:

    def __dir__() -> list[str]:
        return __all__

    def __getattr__(name: str) -> Any:
        earlier = {"Refused": "Rejected", "Reply": "Response"}.get(name, name)
        for module, names in _NAMES.items():
            if earlier in names.split():
                found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), earlier)
                return found
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


_NAMES = {
    "account": "Account AsyncAccount",
    "arguments": "NewAccountSettings PinFields ProfilePatch RequestOptions",
    "client": "AsyncClient Client",
    "errors": "ClientError NotAsExpected NotJson Rejected Unreachable",
    "http": "Connection JsonObject Response",
    "overrides": "describe_fault",
    "requests": "USER_AGENT",
}

__all__ = [
    "USER_AGENT",
    "Account",
    "AsyncAccount",
    "AsyncClient",
    "Client",
    "ClientError",
    "Connection",
    "JsonObject",
    "NewAccountSettings",
    "NotAsExpected",
    "NotJson",
    "PinFields",
    "ProfilePatch",
    "Refused",
    "Rejected",
    "Reply",
    "RequestOptions",
    "Response",
    "Unreachable",
    "describe_fault",
]
