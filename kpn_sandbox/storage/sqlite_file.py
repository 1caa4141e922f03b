"""
The file of a SQLite database: its path, its mode, whether it is still there, and whether other processes have it open.

Its owner alone may read it, because it holds what HTTP Digest has to keep of secrets. A process that has it open holds
a shared lock on a file beside it. The operating system drops the lock with the process, however that ends. SQLite's own
locks could not tell that, because nobody holds them between two statements.
"""

import os
import re
import sqlite3
import time
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path
from typing import Any

from kpn_sandbox.storage.errors import StorageError

fcntl: Any = None
with suppress(ImportError):
    # Windows has none; there nobody notices that two processes share a file.
    fcntl = import_module("fcntl")

LEAST_FREE_BYTES = 64 * 1024
"""Space on the disk below which it counts as full: SQLite may still fill gaps in its log, but soon no more."""

_URL = re.compile(r"sqlite(?:\+pysqlite)?://(?:/(?P<path>.*))?", re.S)
# Options could only be in the last part of a path, so a folder may have a question mark in its name.
_OPTIONS = re.compile(r"\?(\w+=[^/]*)$")
_LOCK_SUFFIX = "-lock"
_SECONDS_TO_LOCK = 2.0

# In a tuple, where a program's test that replaces the file system of all modules does not find it.
_STAT = (os.stat,)


class SqliteFile:
    """
    One SQLite file, which exists from then on.

    Args:
        url: A URL such as `sqlite:////srv/sandbox.db`. What follows the third slash is a path as it is.

    Raises:
        StorageError: The URL names no file.
        OSError: The file cannot be created.
    """

    def __init__(self, url: str) -> None:
        self.path = Path(os.path.abspath(_path(url)))
        # An open file descriptor must not be closed again on a file that exists: with it, the locks of all other
        # connections of this process would go.
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        # As text, because a look at it is part of every request, and a path would be converted each time.
        self._text_path = str(self.path)
        self._identity = _identity(self._text_path)
        self._lock: int | None = None

    def connect(self) -> sqlite3.Connection:
        """Open a connection, which any thread may use; it never creates the file."""
        # `WriterTurns` waits for locks: a wait inside SQLite would stop all other requests of a process.
        return sqlite3.connect(f"{self.path.as_uri()}?mode=rw", uri=True, timeout=0, check_same_thread=False)

    def require(self) -> None:
        """
        Return if the file is the one that was opened.

        Raises:
            StorageError: It was deleted or replaced, so what is written now would be lost.
        """
        try:
            found = _identity(self._text_path)
        except OSError as error:
            raise StorageError(f"its file is gone ({error.strerror}); start the sandbox again") from None
        if found != self._identity:
            raise StorageError("its file was replaced by another one; start the sandbox again")

    def require_space(self) -> None:
        """
        Return if there is space on the disk.

        Raises:
            StorageError: The disk is full.
        """
        if hasattr(os, "statvfs"):
            disk = os.statvfs(self.path.parent)
            if disk.f_bavail * disk.f_frsize < LEAST_FREE_BYTES:
                raise StorageError("there is no space left on its disk")

    def empty_log(self) -> None:
        """Write SQLite's log into the file, so that a copy of the file alone has everything, and leave no log."""
        with suppress(StorageError, sqlite3.Error):
            self.require()
            with closing(self.connect()) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def claim(self) -> bool:
        """Return whether another process has the file open, and let others know that this one has."""
        if fcntl is None:
            return False
        name = f"{self.path}{_LOCK_SUFFIX}"
        while True:
            self._lock = os.open(name, os.O_CREAT | os.O_RDWR, 0o600)
            alone = _locked(self._lock, fcntl.LOCK_EX)
            # Another start may hold the exclusive lock for the moment of the line above.
            until = time.monotonic() + _SECONDS_TO_LOCK
            while not _locked(self._lock, fcntl.LOCK_SH) and time.monotonic() < until:
                time.sleep(0.001)
            # The last one to leave removes the lock's file, perhaps since it was opened here.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.stat(name), os.fstat(self._lock)):
                    return not alone
            os.close(self._lock)

    def release(self) -> None:
        """Let others know that this process has the file open no longer."""
        if self._lock is not None:
            if _locked(self._lock, fcntl.LOCK_EX):
                with suppress(OSError):
                    os.unlink(f"{self.path}{_LOCK_SUFFIX}")
            os.close(self._lock)
            self._lock = None

    def narrow_mode(self) -> None:
        """Let only the owner read the files; not to be called before it is known that they are a sandbox's."""
        # Earlier versions made files that others can read. Another owner's file stays as it is.
        for name in (self.path, Path(f"{self.path}-wal"), Path(f"{self.path}-shm")):
            with suppress(OSError):
                if name.stat().st_mode & 0o077:
                    name.chmod(0o600)


def _path(url: str) -> str:
    found = _URL.fullmatch(url)
    path = found["path"] if found else None
    if path in (None, "", ":memory:") or "\x00" in str(path):
        raise StorageError("database URL must name a file, like sqlite:////srv/sandbox.db: workers share it")
    options = _OPTIONS.search(str(path))
    if options or str(path).startswith("file:"):
        wrong = f"no options like {options[1]!r}" if options else "no URI of SQLite"
        raise StorageError(f"database URL must be sqlite:/// and a path, like sqlite:////srv/sandbox.db, with {wrong}")
    return str(path)


def _identity(path: str) -> tuple[int, int]:
    found = _STAT[0](path)
    return found.st_dev, found.st_ino


def _locked(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
