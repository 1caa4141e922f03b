"""
A PostgreSQL server for the tests: started on a free port in a temporary folder, gone afterwards.

It is the one of Debian's package `postgresql`. It refuses to run as root, who then has the package's own user run it.
"""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

from tests.tools import missing

PROGRAMS = Path("/usr/lib/postgresql")
USER = "postgres"


class PostgreSQL:
    """
    One server, which may be stopped and started again.

    Args:
        folder: Where it keeps everything; belongs to the user that runs it.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.port = _free_port()
        self._data = self.folder / "data"
        _give(self.folder)
        self._run("initdb", "-D", str(self._data), "-A", "trust", "-U", USER, "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self):
        """Start it and wait until it answers."""
        options = f"-c listen_addresses=127.0.0.1 -p {self.port} -k {self.folder} -c max_connections=300"
        quick = "-c fsync=off -c full_page_writes=off -c shared_buffers=32MB"
        log = str(self.folder / "log")
        self._run("pg_ctl", "-D", str(self._data), "-l", log, "-w", "-o", f"{options} {quick}", "start")

    def stop(self):
        """Stop it at once, with clients connected; committed data stay."""
        self._run("pg_ctl", "-D", str(self._data), "-w", "-m", "fast", "stop")

    def signal(self, number):
        """Send a signal to every process of the server, as SIGSTOP, which makes it silent."""
        postmaster = int((self._data / "postmaster.pid").read_text().split()[0])
        listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(postmaster)], capture_output=True, text=True)
        for process in (postmaster, *map(int, listed.stdout.split())):
            os.kill(process, number)

    def create(self, name):
        """An empty database and its URL for SQLAlchemy."""
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, name)
        return f"postgresql+psycopg://{USER}@127.0.0.1:{self.port}/{name}"

    def drop(self, name):
        """Remove a database, with clients connected to it."""
        self._run("dropdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", USER, "--force", name)

    def _run(self, program, *arguments):
        command = [*_as_user(), str(_folder() / program), *arguments]
        # A server that inherits a pipe would keep it open, and we would wait for its end.
        with (self.folder / "output").open("w+") as output:
            done = subprocess.run(command, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT, timeout=120)
            if done.returncode:
                raise RuntimeError(f"{program} failed: {(self.folder / 'output').read_text()}")


def new_server():
    """A running server in a new folder; stop it and remove its folder when done."""
    if _folder() is None:
        missing("postgresql")
    # The socket's path must be short, and the server's user must reach the folder.
    server = PostgreSQL(tempfile.mkdtemp(prefix="kpn-pg-", dir="/tmp"))
    server.start()
    return server


def remove(server):
    """Stop a server and leave nothing of it."""
    try:
        server.stop()
    finally:
        shutil.rmtree(server.folder, ignore_errors=True)


def _folder():
    versions = sorted(PROGRAMS.glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return versions[-1].parent if versions else None


def _as_user():
    return ["setpriv", "--reuid", USER, "--regid", USER, "--init-groups"] if os.geteuid() == 0 else []


def _give(folder):
    if os.geteuid() == 0:
        shutil.chown(folder, USER, USER)


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
