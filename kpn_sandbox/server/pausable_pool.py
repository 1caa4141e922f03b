"""
A thread pool of which a bounded number of threads works while any number of them sleeps.

A delayed response sleeps in the middle of its request. In a pool of fixed size a handful of them would block everybody
else, so a replacement thread takes over from one that pauses; when the pause is over, one thread more than needed
ends.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from typing import Any, NamedTuple


class _Task(NamedTuple):
    future: Future[Any]
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any]

    def run(self) -> None:
        if not self.future.set_running_or_notify_cancel():
            return
        try:
            result = self.function(*self.args, **self.kwargs)
        # Whatever the task raised belongs to whoever waits for it; the thread goes on to the next task.
        except BaseException as error:  # noqa: BLE001
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class PausableThreadPool(Executor):
    """
    An executor whose tasks may pause without blocking other tasks.

    It starts no thread before the first task, so it can be made before a fork. Counters are written under the lock, and
    read without it only to decide whether to take it.

    Args:
        size: Tasks that are worked on at a time.
        replacements: Pausing tasks that are replaced at a time; further ones keep their thread while they sleep.
    """

    def __init__(self, size: int, *, replacements: int = 3000) -> None:
        self._size = size
        self._replacements = replacements
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self.threads = 0
        """Threads that are alive."""
        self._pausing = 0
        self._surplus = 0
        """Threads that are to end after their present task, because a pause is over."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue a task for the next free thread and return its future."""
        task = _Task(Future(), fn, args, kwargs)
        self._tasks.put(task)
        # Only the server's main thread submits tasks, so no two starts can follow from one check.
        if self.threads < self._size:
            with self._lock:
                self._start_thread()
        return task.future

    def pause(self, seconds: float) -> bool:
        """Sleep for some seconds in the middle of a task while another thread takes over."""
        replaced = self._begin_pause()
        try:
            time.sleep(seconds)
        finally:
            if replaced:
                self._end_pause()
        return False

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End every thread once the tasks queued so far are done; never waits, because the threads are daemons."""
        for _ in range(self.threads):
            self._tasks.put(None)

    def _start_thread(self) -> None:
        self.threads += 1
        threading.Thread(target=self._work, daemon=True).start()

    def _begin_pause(self) -> bool:
        """Provide a replacement for this thread; False when there are as many as allowed."""
        with self._lock:
            if self._pausing >= self._replacements:
                return False
            self._pausing += 1
            # A surplus thread that has not ended yet is the cheapest replacement.
            if self._surplus:
                self._surplus -= 1
            else:
                self._start_thread()
            return True

    def _end_pause(self) -> None:
        with self._lock:
            self._pausing -= 1
            self._surplus += 1

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task.run()
            # A reference kept while waiting for the next task would keep the last connection alive.
            del task
            if self._surplus and self._ends():
                return

    def _ends(self) -> bool:
        with self._lock:
            # Another thread may have ended in the meantime.
            if not self._surplus:
                return False
            self._surplus -= 1
            self.threads -= 1
            return True
