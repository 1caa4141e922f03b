"""
How the writers of one SQLite file take turns.

SQLite's own wait for a lock would stop every other request of the process, so its busy time-out is 0. A lock keeps the
writers of a process apart. Other processes are met by trying again after a pause that leaves the process to its other
requests: threads and gevent's greenlets alike wait in `sleep`.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock
from time import monotonic, sleep
from typing import TypeVar

Result = TypeVar("Result")

# Seconds between two tries on a busy file, and how much longer each pause is than the one before. A statement takes a
# small part of a millisecond: with longer pauses two workers would mostly sleep.
_FIRST_PAUSE = 0.0003
_LONGEST_PAUSE = 0.01
_GROWTH = 1.1


def pauses(seconds: float) -> Iterator[float]:
    """Yield ever longer pauses between tries to write, which add up to the seconds given or a little more."""
    pause = _FIRST_PAUSE
    while seconds > 0:
        yield pause
        seconds -= pause
        pause = min(pause * _GROWTH, _LONGEST_PAUSE)


def is_busy(error: BaseException | None) -> bool:
    """Return whether an error, of SQLite or as SQLAlchemy wraps it, says that another process holds the lock."""
    # Only the low byte counts: a file that another process recovers after a crash is busy, too.
    code = getattr(getattr(error, "orig", None) or error, "sqlite_errorcode", 0)
    return (code or 0) & 0xFF == sqlite3.SQLITE_BUSY


class WriterTurns:
    """
    The turns of all writers of a process on one SQLite file.

    Args:
        seconds: How long a writer waits for others, of its own and of other processes together.
        pause: Waits for some seconds between two tries.
    """

    def __init__(self, seconds: float, pause: Callable[[float], object] = sleep) -> None:
        self._seconds = seconds
        self._pause = pause
        self._lock = Lock()

    @contextmanager
    def turn(self) -> Iterator[float]:
        """
        Keep the other writers of this process out; gives the seconds that are left to wait for other processes.

        Raises:
            sqlite3.OperationalError: The others took too long.
        """
        end = monotonic() + self._seconds
        if not self._lock.acquire(timeout=self._seconds):
            raise sqlite3.OperationalError("database is locked")
        try:
            yield max(0.0, end - monotonic())
        finally:
            self._lock.release()

    def retry(self, action: Callable[[], Result], seconds: float | None = None) -> Result:
        """
        Return the result of an action, which is tried again for as long as another process holds the file's lock.

        Args:
            action: Reads or writes.
            seconds: How long to try; as long as a writer waits by default.

        Raises:
            sqlite3.OperationalError: The lock was held for too long.
        """
        left: Iterator[float] | None = None
        while True:
            try:
                return action()
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    raise
                left = pauses(self._seconds if seconds is None else seconds) if left is None else left
                if (pause := next(left, None)) is None:
                    raise
            self._pause(pause)

    def after_fork(self) -> None:
        """Begin anew in a child process, whose parent may have forked in the middle of a turn."""
        self._lock = Lock()
