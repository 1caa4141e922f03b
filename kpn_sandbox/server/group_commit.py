"""
Group commit: one transaction for what the requests of one turn of gevent's event loop write.

Whoever writes waits until the transaction is committed, so the promise is that of a transaction of one's own: what was
answered is stored, and survives the end of the process.
"""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import gevent
from gevent.event import Event

Item = TypeVar("Item")


class _Batch(Generic[Item]):
    def __init__(self) -> None:
        self.items: list[Item] = []
        self.done = Event()
        self.error: Exception | None = None


class GroupCommit(Generic[Item]):
    """
    Collects items of greenlets that run in the same turn of the event loop, and writes them together.

    Args:
        write_all: Writes items in one transaction; what it raises is raised to each of their writers.
    """

    def __init__(self, write_all: Callable[[Sequence[Item]], None]) -> None:
        self._write_all = write_all
        self._batch: _Batch[Item] | None = None
        self._begun = Event()
        self._writer: gevent.Greenlet | None = None

    def write(self, item: Item) -> None:
        """
        Write an item and return when it is committed.

        Raises:
            Exception: The transaction raised it.
        """
        batch = self._batch
        if batch is None:
            batch = self._batch = _Batch()
            # The writer runs when all those have run that are ready now, as their clients' bytes have arrived.
            self._begun.set()
            if not self._writer:
                # One for all batches: a new greenlet needs memory from the system for its frames.
                self._writer = gevent.spawn(self._run)
        batch.items.append(item)
        batch.done.wait()
        if (error := batch.error) is not None:
            raise error

    def _run(self) -> None:
        while True:
            self._begun.wait()
            self._begun.clear()
            # Items that come while this transaction waits for its turn belong to the next one.
            batch, self._batch = self._batch, None
            if batch is not None:
                self._commit(batch)

    def _commit(self, batch: _Batch[Item]) -> None:
        try:
            self._write_all(batch.items)
        except Exception as error:  # noqa: BLE001 - it belongs to those who wait for the transaction
            batch.error = error
        batch.done.set()
