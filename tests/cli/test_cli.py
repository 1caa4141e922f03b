"""The command line: every error is one line that says what would be right."""

import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from kpn_sandbox import __version__
from kpn_sandbox.storage.tables import OLDEST_SCHEMA, SCHEMA


@pytest.fixture
def database(tmp_path):
    """The URL of a database that does not exist yet."""
    return f"sqlite:///{tmp_path / 'sandbox.db'}"


def test_the_version_is_printed(run):
    """`--version` prints the package's version."""
    assert run("--version") == (0, f"kpn-sandbox {__version__}\n", "")


def test_help_lists_the_commands(run):
    """`--help` names every command."""
    code, out, _ = run("--help")

    assert code == 0
    assert all(f"\n  {name} " in out for name in ("serve", "exec", "token", "health", "openapi", "postman"))


def test_flags_without_a_command_serve(run):
    """`kpn-sandbox --port ...` is `kpn-sandbox serve --port ...`."""
    code, _, err = run("--port", "eighty")

    assert (code, err) == (2, "kpn-sandbox: --port must be a whole number from 0 to 65535, not 'eighty'\n")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("serve", "--colour"), "No such option"),
        (("dance",), "No such command 'dance'"),
        (("serve", "--clock", "noon"), "--clock must be"),
        (("serve", "--workers", "0"), "--workers must be a whole number from 1 to 256"),
        (("serve", "--port", "0", "--scenario", "party"), "scenario must be one of calm, normal"),
        (("serve", "--port", "0", "--host", "192.0.2.1"), "host must be a name or address of this machine"),
        (("openapi", "nobody"), "'nobody' is not"),
        (("exec",), "Missing argument"),
        (("account",), "account needs a command: create, delete, list or show"),
        (("serve", "--port", "0", "--public-url", "http://a:65536"), "--public-url must be"),
        (("serve", "--port", "0", "--certificate", "selfsigned"), "selfsigned: No such file"),
        (("token", "--url", "ftp://127.0.0.1"), "not 'ftp://127.0.0.1'"),
        (("token", "--url", "http://anna:1234@127.0.0.1"), "not 'http://***@127.0.0.1'"),
        (("token", "--url", "127.0.0.1:65536"), "must be like http://127.0.0.1:8080"),
        (("status", "--url", "http://127.0.0.1/?page=1"), "must be like http://127.0.0.1:8080"),
        (("clock", "run", "--speed", "nan"), "speed must be a number"),
        (("scenario", "--now"), "name must be that of a scenario"),
        (("requests", "--clear", "--operation", "agents"), "no filter with --clear"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(run, database, monkeypatch, words, line):
    """An error has no traceback and no usage, but one line that says what would be right."""
    monkeypatch.setenv("KPN_SANDBOX_DATABASE_URL", database)

    code, out, err = run(*words)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("kpn-sandbox: ") and line in err


@pytest.mark.parametrize(
    "words", [("serve", "--threads", "4"), ("serve", "--no-bind-cpus"), ("exec", "--threads", "1")]
)
def test_a_setting_that_is_gone_is_a_warning(run, words, database):
    """A flag of an earlier version gives a line, and the command goes on."""
    command = ("--", "true") if words[0] == "exec" else ("--database-url", database, "--host", "192.0.2.1")

    code, _, err = run(*words, "--agents", "none", *command)

    assert code == 2
    assert (
        err.splitlines()[0]
        == f"kpn-sandbox: {words[1].replace('--no-', '--')} has no effect any more and can be left out"
    )
    assert "--agents must be" in err.splitlines()[1]


def test_a_busy_port_is_one_line_and_exit_code_2(run, database):
    """A start on a port that is in use ends at once and names the port."""
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]

        code, _, err = run("serve", "--port", str(port), "--database-url", database)

    assert (code, err.count("\n")) == (2, 1)
    assert f"port {port} on 127.0.0.1 is in use" in err


def test_an_unusable_database_is_one_line_and_exit_code_2(run, tmp_path):
    """A start on a file that is no database names the file and leaves it as it is."""
    file = tmp_path / "notes.txt"
    file.write_text("Not a database, but somebody's notes. " * 100)

    code, _, err = run("serve", "--port", "0", "--database-url", f"sqlite:///{file}")

    assert (code, err.count("\n")) == (2, 1)
    assert "notes.txt" in err
    assert file.read_text().startswith("Not a database")


def test_a_database_of_an_older_version_is_one_line_and_exit_code_2(run, tmp_path):
    """A database without a schema number is left as it is, and the line says what to do."""
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        connection.execute("CREATE TABLE accounts (client_id TEXT PRIMARY KEY)")

    code, _, err = run("serve", "--port", "0", "--database-url", f"sqlite:///{tmp_path}/old.db")

    assert (code, err.count("\n")) == (2, 1)
    assert err.endswith(
        f"old.db is from an older version of the sandbox (schema 0, this version needs {OLDEST_SCHEMA} to {SCHEMA}): "
        "name another one with --database-url, or remove it\n"
    )


@pytest.mark.parametrize(
    "program",
    [
        "import kpn_sandbox, kpn_sandbox.app, kpn_sandbox.server, kpn_sandbox.client, kpn_sandbox.testing",
        "import kpn_sandbox.pytest_plugin, kpn_sandbox.server.werkzeug_server, kpn_sandbox.testing.sandbox",
        "from kpn_sandbox.cli import COMMANDS, commands; commands.list_commands(None); "
        "[commands.get_command(None, name) for names in COMMANDS.values() for name in names]",
    ],
)
def test_only_serve_imports_gevent(program):
    """Whatever uses the package or one of its other commands runs without gevent and with an unpatched library."""
    program += "\nimport sys; print([name for name in sys.modules if name.split('.')[0] == 'gevent'])"

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "[]\n", "")


@pytest.mark.parametrize("command", ["token", "health"])
def test_a_sandbox_that_does_not_run_is_exit_code_1(run, command):
    """A command that needs a running sandbox says how to start one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    code, out, err = run(command, "--port", str(port))

    assert (code, out) == (1, "")
    assert err == f"kpn-sandbox: no sandbox answers at http://127.0.0.1:{port}: start one with kpn-sandbox serve\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is a device of Linux")
def test_output_that_cannot_be_written_is_one_line():
    """A full disk behind standard output is one line and exit code 2, without a traceback."""
    with open("/dev/full", "w") as full:
        ran = subprocess.run(
            [sys.executable, "-m", "kpn_sandbox", "-h"], stdout=full, stderr=subprocess.PIPE, text=True
        )

    line = "kpn-sandbox: what it prints cannot be written: No space left on device\n"
    assert (ran.returncode, ran.stderr) == (2, line)


def test_a_command_imports_only_what_it_needs():
    """A command that asks a running sandbox imports neither the sandbox nor the libraries that it stands on."""
    program = """
import sys
from kpn_sandbox.cli import main
try:
    main(["clock", "--port", "1"])
finally:
    print(sorted({"flask", "marshmallow", "numpy", "sqlalchemy", "kpn_sandbox.app"} & {*sys.modules}))
"""

    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)

    assert (ran.returncode, ran.stdout) == (1, "[]\n")
