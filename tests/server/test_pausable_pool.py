"""A thread pool whose tasks may pause without blocking other tasks."""

import threading
from concurrent.futures import wait

import pytest

from kpn_sandbox.server.pausable_pool import PausableThreadPool

SOON = 10


@pytest.fixture
def pool():
    """A pool of two threads."""
    pool = PausableThreadPool(2)
    yield pool
    pool.shutdown()


def test_a_task_gives_its_result(pool):
    """The future of a task has what the task returns."""
    assert pool.submit(divmod, 7, 2).result(SOON) == (3, 1)


def test_a_task_gives_its_error(pool):
    """The future of a task raises what the task raised, and the pool goes on."""
    with pytest.raises(ZeroDivisionError):
        pool.submit(divmod, 7, 0).result(SOON)

    assert pool.submit(divmod, 7, 2).result(SOON) == (3, 1)


def test_no_more_tasks_run_at_a_time_than_the_size(pool):
    """In a pool of two threads a third task waits until one of two others is done."""
    gate, running = threading.Event(), threading.Semaphore(0)

    def task():
        running.release()
        return gate.wait(SOON)

    futures = [pool.submit(task) for _ in range(3)]
    assert running.acquire(timeout=SOON) and running.acquire(timeout=SOON)
    third_started = running.acquire(timeout=0.05)
    gate.set()

    assert not third_started
    assert all(future.result(SOON) for future in futures)


def test_pausing_tasks_do_not_block_others(pool):
    """While many more tasks pause than the pool has threads, another task is worked on at once."""
    pausing = [pool.submit(pool.pause, 3) for _ in range(50)]

    assert pool.submit(divmod, 7, 2).result(2.5) == (3, 1)
    assert not any(future.done() for future in pausing)
    assert len(wait(pausing, SOON).done) == 50


def test_the_pool_shrinks_again_after_pauses(pool):
    """Replacement threads end when the pauses are over."""
    wait([pool.submit(pool.pause, 0.05) for _ in range(20)], SOON)

    wait([pool.submit(divmod, 7, 2) for _ in range(200)], SOON)

    assert pool.threads <= 2


def test_pauses_beyond_the_replacements_keep_their_thread():
    """The number of threads is bounded: further pauses are slept through by the thread of the task."""
    pool = PausableThreadPool(1, replacements=2)

    pausing = [pool.submit(pool.pause, 0.05) for _ in range(6)]

    assert len(wait(pausing, SOON).done) == 6
    pool.shutdown()
