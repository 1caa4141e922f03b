"""Group commit: what greenlets write in one turn of the event loop is one transaction."""

import gevent
import pytest

from kpn_sandbox.server.group_commit import GroupCommit


def test_what_is_ready_at_once_is_written_at_once():
    """Each writer returns after the transaction that has its item; items that come meanwhile are the next one."""
    batches, done = [], []

    def write_all(items):
        batches.append(list(items))
        gevent.sleep(0.01)

    group = GroupCommit(write_all)

    def write(item):
        group.write(item)
        done.append((item, len(batches)))

    first = [gevent.spawn(write, item) for item in range(5)]
    gevent.sleep(0)
    gevent.sleep(0)
    later = [gevent.spawn(write, item) for item in (5, 6)]
    gevent.joinall([*first, *later], raise_error=True)

    assert batches == [[0, 1, 2, 3, 4], [5, 6]]
    assert [item for item, _ in done] == list(range(7))


def test_an_error_is_raised_to_each_writer():
    """A transaction that fails fails for all of its writers, and for no other."""
    fails = [True]

    def write_all(items):
        if fails.pop():
            raise OSError("no space")

    group = GroupCommit(write_all)
    writers = [gevent.spawn(group.write, item) for item in range(3)]
    gevent.joinall(writers)

    assert [str(writer.exception) for writer in writers] == ["no space"] * 3

    fails.append(False)
    group.write(3)

    with pytest.raises(IndexError):
        group.write(4)
