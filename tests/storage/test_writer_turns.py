"""The turns of writers on one SQLite file."""

import sqlite3
from threading import Thread

import pytest

from kpn_sandbox.storage.writer_turns import WriterTurns, is_busy, pauses


def busy():
    """An error of a file whose lock another process holds."""
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


def test_pauses_are_short_at_first_and_long_enough_in_all():
    """Pauses begin with the duration of a statement and add up to the time that a writer waits."""
    waits = list(pauses(5))

    assert waits[0] < 0.0005 and max(waits) <= 0.01
    assert sum(waits[:10]) < 0.006
    assert 5 <= sum(waits) < 5.02


def test_a_writer_waits_for_the_others_of_its_process():
    """A turn that does not end in time is an error like that of a locked file."""
    turns = WriterTurns(0.01)
    failed = []

    def write():
        try:
            with turns.turn():
                failed.append(None)
        except sqlite3.OperationalError as error:
            failed.append(str(error))

    with turns.turn():
        other = Thread(target=write)
        other.start()
        other.join()
    write()

    assert failed == ["database is locked", None]


def test_an_action_is_repeated_until_the_lock_is_free():
    """Every try is preceded by a pause but the first; an error of another kind is raised at once."""
    slept, left = [], [busy(), busy()]

    def act():
        if left:
            raise left.pop()
        return "done"

    assert WriterTurns(1, slept.append).retry(act) == "done"
    assert len(slept) == 2
    left.append(sqlite3.OperationalError("disk is full"))
    with pytest.raises(sqlite3.OperationalError, match="full"):
        WriterTurns(1, slept.append).retry(act)
    assert len(slept) == 2


def test_a_lock_that_stays_is_an_error():
    """After the time that a writer waits, the error of the last try is raised."""
    slept = []

    def act():
        raise busy()

    with pytest.raises(sqlite3.OperationalError) as raised:
        WriterTurns(5, slept.append).retry(act)

    assert is_busy(raised.value)
    assert 5 <= sum(slept) < 5.02
