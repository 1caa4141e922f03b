"""The client of a sandbox: accounts, tokens and errors."""

import inspect
import socket
import subprocess
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kpn_sandbox.client import Client, ClientError, Rejected, Unreachable
from tests.application import serving
from tests.client.conftest import MONDAY


def test_accounts_are_created_listed_and_deleted(client, account):
    """A new account knows its secrets, and the administrator sees it among the others until it is deleted."""
    assert account.settings["profile"]["agents"] == account.show()["profile"]["agents"] == 9
    assert account.client_id in [each["client_id"] for each in client.accounts()]

    account.delete()

    assert account.client_id not in [each["client_id"] for each in client.accounts()]


def test_an_instant_and_agents_are_short_forms(client):
    """`at` and `agents` are short for a frozen clock and for a field of the profile; None leaves a choice open."""
    made = client.new_account(at=MONDAY, agents=3, profile={"queues": 2}, scenario=None)

    assert (made.settings["clock"]["mode"], made.settings["clock"]["at"]) == ("frozen", MONDAY)
    assert (made.settings["profile"]["agents"], made.settings["profile"]["queues"]) == (3, 2)
    assert made.settings["scenario"] == "normal"


@pytest.mark.parametrize(
    "settings",
    [
        {"at": MONDAY, "clock": {"mode": "running"}},
        {"at": MONDAY, "clock": {"mode": "frozen", "at": "2026-11-24T10:00:00+01:00"}},
        {"agents": 3, "profile": {"agents": 7}},
    ],
)
def test_settings_that_contradict_each_other_are_refused(client, settings):
    """Neither of two values that cannot both be meant is preferred; two that say the same are one."""
    before = len(client.accounts())

    with pytest.raises(ClientError, match=r"must (say the same or )?be (left out|given once)"):
        client.new_account(**settings)
    assert len(client.accounts()) == before
    for clock in ({"mode": "frozen", "at": MONDAY}, {"at": "2026-11-23T09:00:00Z"}, {"mode": "frozen"}):
        with client.new_account(at=MONDAY, clock=clock, agents=3, profile={"agents": 3}) as made:
            assert made.now().isoformat() == MONDAY


@pytest.mark.parametrize(
    ("clock", "mode"),
    [({"at": MONDAY}, "frozen"), ({"at": MONDAY, "speed": 60}, "running"), ({"tokens": "wall"}, "running")],
)
def test_a_clock_needs_no_mode(client, clock, mode):
    """A clock with an instant stands there, one with a speed runs, and all else is as without a clock."""
    with client.new_account(clock=clock) as made:
        assert made.settings["clock"]["mode"] == mode
        assert made.settings["clock"]["at"][:16] == MONDAY[:16] or "at" not in clock


def test_the_administrator_needs_no_secret(client, account):
    """The administrator controls an account without its secret, but gets no token for it."""
    same = client.account(account.client_id)

    assert same.clock() == account.clock()
    with pytest.raises(Rejected, match="a token takes the account's secret"):
        same.token()


def test_a_token_takes_the_right_secret(client, account):
    """The client fetches a token with an account's credentials, and raises the status of a refusal."""
    assert client.token(account.client_id, account.client_secret)

    with pytest.raises(Rejected, match="ClientId is Invalid") as rejected:
        client.token(account.client_id, "wrong")
    assert rejected.value.status == 401


def test_a_sandbox_that_does_not_run_is_unreachable(client):
    """The error says how to start a sandbox."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

    with pytest.raises(Unreachable, match="start one with kpn-sandbox serve"):
        Client(url).ready()


def test_the_client_needs_the_standard_library_only():
    """Importing the client loads no other part of the package but words and safe texts, and no other distribution."""
    program = "import sys; old = set(sys.modules); from kpn_sandbox.client import *; print(*set(sys.modules) - old)"

    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()

    ours = {name for name in loaded if name.startswith("kpn_sandbox") and not name.startswith("kpn_sandbox.client")}
    others = {name.split(".")[0] for name in loaded} - {"kpn_sandbox", *sys.stdlib_module_names}
    # A part of the standard library whose name holds the platform's.
    others = {name for name in others if not name.startswith("_sysconfigdata")}
    leaves = {f"kpn_sandbox.{name}" for name in ("instants", "literals", "safe_text", "validation")}
    assert (ours, others) == ({"kpn_sandbox", *leaves}, set())


METHODS = {
    "advance": (1,),
    "ask": ("GET",),
    "fail": ("agents", 503),
    "fail_sometimes": ("agents", 0.5, 503),
    "get": ("/agents",),
    "load": ({"pins": [{"kind": "agents", "key": "1", "fields": {"Agent": "x"}}]},),
    "pin": ("agents", 1),
    "post": ("/agents",),
    "put": ("/agents",),
    "restore": ({},),
    "scenario": ("peak",),
    "states": (1,),
    "verify": ("agents", 1),
    "wait_for": ("agents", 1, 0),
}
"""Arguments of the methods of an account that need some."""


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"clock": 1, "at": "soon", "detail": {}}', b"\xff", b"[" * 9999])
@pytest.mark.parametrize("status", [200, 400])
def test_another_server_is_no_sandbox(body, status):
    """Whatever a server answers that is no sandbox, the errors are the client's."""

    class Other(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_PUT = do_POST = do_DELETE = do_PATCH = do_GET

        def log_message(self, *arguments):
            pass

    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Other)) as server:
        client = Client(f"http://127.0.0.1:{server.server_port}", "token")
        account = client.account("somebody", "secret")
        for name, method in inspect.getmembers(account, inspect.ismethod):
            if not name.startswith("_"):
                with suppress(ClientError):
                    method(*METHODS.get(name, ()))
        for ask in (client.now, client.ready, client.accounts, client.all_requests, client.new_account):
            with suppress(ClientError):
                ask()
        assert "clock not known" in repr(account)
