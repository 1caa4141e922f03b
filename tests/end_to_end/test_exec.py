"""A command beside a sandbox of its own."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

SOON = 30
COMMAND = [sys.executable, "-m", "kpn_sandbox", "exec"]
ASK = """
import os, sys
from kpn_sandbox.client import Client
variables = {name: os.environ["KPN_SANDBOX_" + name] for name in ("URL", "CLIENT_ID", "CLIENT_SECRET", "ADMIN_TOKEN")}
token = Client(variables["URL"]).token(variables["CLIENT_ID"], variables["CLIENT_SECRET"])
print(len(token), len(variables["ADMIN_TOKEN"]) >= 8, *sys.argv[1:])
"""
WAIT = "import sys, time; print('waiting', flush=True); time.sleep(30)"


FAIL = """
import os
from kpn_sandbox.client import Client, Rejected
variables = {name: os.environ["KPN_SANDBOX_" + name] for name in ("URL", "CLIENT_ID", "CLIENT_SECRET")}
account = Client(variables["URL"]).account(variables["CLIENT_ID"], variables["CLIENT_SECRET"])
account.fail("token", {"status": 503}, {"status": 503})
account.fail("agents", {"status": 500}, repeat=True)
for _ in range(TIMES):
    try:
        account.token()
    except Rejected:
        pass
"""


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """The folder for temporary files of the processes that are started, with nothing else in it."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def test_the_command_finds_its_sandbox_in_the_environment(temporary):
    """URL, credentials and administrator's token are variables, arguments arrive untouched, and nothing is printed."""
    ran = subprocess.run(
        [*COMMAND, "--client-id", "me", "--", sys.executable, "-c", ASK, "--seed", "x y"],
        capture_output=True,
        text=True,
        timeout=SOON,
    )

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "28 True --seed x y\n", "")
    assert list(temporary.iterdir()) == []


def test_the_exit_code_is_the_commands():
    """`exec` ends with the exit code of the command."""
    ran = subprocess.run([*COMMAND, "--", sys.executable, "-c", "raise SystemExit(7)"], timeout=SOON)

    assert ran.returncode == 7


@pytest.mark.parametrize(("times", "code"), [(1, 1), (2, 0)])
def test_faults_that_must_be_used_are(times, code):
    """With --require-faults-used a successful command fails if outcomes are left; a fault that repeats has no end."""
    program = FAIL.replace("TIMES", str(times))

    ran = subprocess.run(
        [*COMMAND, "--require-faults-used", "--", sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=SOON,
    )

    assert ran.returncode == code
    assert ("has 1 outcomes left" in ran.stderr) == (code == 1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_reach_the_command(temporary, number):
    """A signal is forwarded, the exit code is that of a shell, and the sandbox is gone."""
    program = [*COMMAND, "--", sys.executable, "-c", WAIT]
    with subprocess.Popen(program, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as ran:
        assert ran.stdout is not None
        ran.stdout.readline()
        ran.send_signal(number)

        assert ran.wait(SOON) == 128 + number
    assert list(temporary.iterdir()) == []


STALL = """
import os, socket, subprocess, sys
from urllib.parse import urlsplit
from kpn_sandbox.client import Client
url = os.environ["KPN_SANDBOX_URL"]
token = Client(url).token(os.environ["KPN_SANDBOX_CLIENT_ID"], os.environ["KPN_SANDBOX_CLIENT_SECRET"])
authorization = f"Authorization: Bearer {token}"
delayed = f"GET /queues HTTP/1.1\\r\\nHost: a\\r\\n{authorization}\\r\\nPrefer: delay-ms=60000\\r\\n\\r\\n"
for request in ("", "GET /agents HT", "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n", delayed):
    connection = socket.create_connection(("127.0.0.1", urlsplit(url).port))
    connection.sendall(request.encode())
    os.set_inheritable(connection.fileno(), True)
subprocess.Popen(["sleep", "20"], close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
print("done", flush=True)
"""
"""A command that leaves connections open in a process that goes on: silent, stalled, idle and delayed."""


def test_connections_that_the_command_leaves_open_are_not_waited_for(temporary):
    """`exec` ends soon after its command, whatever connections are still open."""
    ran = subprocess.Popen([*COMMAND, "--", sys.executable, "-c", STALL], stdout=subprocess.PIPE, text=True)
    with ran:
        assert ran.stdout is not None and ran.stdout.readline() == "done\n"
        began = time.monotonic()

        assert ran.wait(SOON) == 0
    assert time.monotonic() - began < 8
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("--", "no-such-command"), 127, "no-such-command: no such command"),
        (("--", os.sep), 126, "Permission denied"),
        (("--scenario", "party", "--", "true"), 2, "scenario must be one of"),
    ],
)
def test_a_command_that_cannot_start_is_an_error(words, code, line):
    """A command that does not exist, may not run, or has no sandbox ends with the usual codes."""
    ran = subprocess.run([*COMMAND, *words], capture_output=True, text=True, timeout=SOON)

    assert ran.returncode == code
    assert line in ran.stderr and "Traceback" not in ran.stderr
