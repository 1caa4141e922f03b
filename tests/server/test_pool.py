"""Threads that may pause without holding up others."""

import threading
from concurrent.futures import wait

import pytest

from kpn_sandbox.server.pausable_pool import Pool

SOON = 10


@pytest.fixture
def pool():
    pool = Pool(2)
    yield pool
    pool.shutdown()


def test_a_task_gives_its_result(pool):
    """What a task returns is the result of its future."""
    assert pool.submit(divmod, 7, 2).result(SOON) == (3, 1)


def test_a_task_gives_its_error(pool):
    """What a task raises is raised by its future, and the pool goes on."""
    with pytest.raises(ZeroDivisionError):
        pool.submit(divmod, 7, 0).result(SOON)

    assert pool.submit(divmod, 7, 2).result(SOON) == (3, 1)


def test_no_more_tasks_run_at_a_time_than_the_size(pool):
    """A third task waits while two are worked on."""
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


def test_pausing_tasks_do_not_hold_up_others(pool):
    """With many more tasks pausing than threads, another task is worked on at once."""
    pausing = [pool.submit(pool.pause, 3) for _ in range(50)]

    assert pool.submit(divmod, 7, 2).result(2.5) == (3, 1)
    assert not any(future.done() for future in pausing)
    assert len(wait(pausing, SOON).done) == 50


def test_the_pool_shrinks_again_after_pauses(pool):
    """Threads that stood in leave when the pauses are over."""
    wait([pool.submit(pool.pause, 0.05) for _ in range(20)], SOON)

    wait([pool.submit(divmod, 7, 2) for _ in range(200)], SOON)

    assert pool.threads <= 2


def test_pauses_beyond_the_stand_ins_keep_their_thread():
    """The number of threads is bounded: pauses beyond the bound are slept through in place."""
    pool = Pool(1, stand_ins=2)

    pausing = [pool.submit(pool.pause, 0.05) for _ in range(6)]

    assert len(wait(pausing, SOON).done) == 6
    pool.shutdown()
