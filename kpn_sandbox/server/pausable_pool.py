"""
Threads that answer requests, of which a bounded number works while any number sleeps.

A delayed answer sleeps in the middle of its request. In a pool of fixed size a handful of them would hold up everybody
else, so a thread that pauses is stood in for by another one; when it comes back, one thread more than needed leaves.
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
        except BaseException as error:
            self.future.set_exception(error)
        else:
            self.future.set_result(result)


class Pool(Executor):
    """
    An executor whose threads may pause without keeping others from working.

    It starts no thread before the first task, so it can be made before a process forks.

    Args:
        size: Tasks that are worked on at a time.
        stand_ins: Pausing tasks that are stood in for at a time; further ones keep their thread while they sleep.
    """

    def __init__(self, size: int, *, stand_ins: int = 3000) -> None:
        self._size = size
        self._stand_ins = stand_ins
        self._tasks: SimpleQueue[_Task | None] = SimpleQueue()
        self._lock = threading.Lock()
        self.threads = 0
        """Threads alive at the moment."""
        self._pausing = 0
        self._surplus = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Queue a task for the next free thread."""
        task = _Task(Future(), fn, args, kwargs)
        self._tasks.put(task)
        if self.threads < self._size:
            with self._lock:
                self._start_thread()
        return task.future

    def pause(self, seconds: float) -> None:
        """Sleep in the middle of a task while another thread takes over."""
        if not self._step_out():
            time.sleep(seconds)
            return
        try:
            time.sleep(seconds)
        finally:
            self._step_in()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let every thread leave when the tasks queued so far are done; never waits, the threads are daemons."""
        for _ in range(self.threads):
            self._tasks.put(None)

    def _start_thread(self) -> None:
        self.threads += 1
        threading.Thread(target=self._work, daemon=True).start()

    def _step_out(self) -> bool:
        with self._lock:
            if self._pausing >= self._stand_ins:
                return False
            self._pausing += 1
            if self._surplus:
                self._surplus -= 1
            else:
                self._start_thread()
            return True

    def _step_in(self) -> None:
        with self._lock:
            self._pausing -= 1
            self._surplus += 1

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None:
            task.run()
            # A reference kept while waiting for the next task would keep the last connection alive.
            del task
            if self._surplus and self._leaves():
                return

    def _leaves(self) -> bool:
        with self._lock:
            if not self._surplus:
                return False
            self._surplus -= 1
            self.threads -= 1
            return True
