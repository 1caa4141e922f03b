"""
The HTTP client of a running sandbox, for users and for the command line, the pytest plugin and the drift tools alike.

`Client` knows the sandbox, `Account` controls one account and sends requests as its client would:

    account = Client("http://127.0.0.1:8080", admin_token).new_account(scenario="peak")
    account.freeze("2026-11-23T10:00:00+01:00")
    account.fail("agents", 503, "reset", "ok")

Standard library only, so that importing it costs a command or a test little and needs nothing else installed.

    http        errors, values, responses, and one way to send a request
    requests    requests to the vendors' APIs as an account's client sends them
    account     everything about one account
    external    requests to servers of others, with one deadline and no redirects
    client      everything about the sandbox: its accounts, tokens, whether it is ready
"""

from kpn_sandbox.client.account import Account, describe_fault
from kpn_sandbox.client.client import Client, NewAccountSettings
from kpn_sandbox.client.http import ClientError, Connection, JsonObject, NotAsExpected, Rejected, Response, Unreachable
from kpn_sandbox.client.requests import USER_AGENT, RequestOptions

Refused = Rejected
"""An earlier name of `Rejected`."""

__all__ = [
    "USER_AGENT",
    "Account",
    "Client",
    "ClientError",
    "Connection",
    "JsonObject",
    "NewAccountSettings",
    "NotAsExpected",
    "Refused",
    "Rejected",
    "RequestOptions",
    "Response",
    "Unreachable",
    "describe_fault",
]
