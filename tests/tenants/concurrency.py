"""Tasks that run at the same time: in threads, and in processes with a database of their own."""

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from kpn_sandbox.storage import Database
from kpn_sandbox.tenants.sandbox import Sandbox


def in_threads(task, count, *, threads=8):
    """Return the results of a task, called in threads with the numbers from 0 on."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(task, range(count)))


def in_processes(url, task, times, *, processes=3):
    """
    The results of a task, made so many times by each process.

    Args:
        url: The database.
        task: A function of a module that is given a sandbox.
        times: How often each process makes it.
        processes: How many.
    """
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=spawn) as pool:
        jobs = [pool.submit(_made, url, task, times) for _ in range(processes)]
        return [result for job in jobs for result in job.result()]


def _made(url, task, times):
    database = Database(url)
    sandbox = Sandbox(database)
    results = [task(sandbox) for _ in range(times)]
    database.close()
    return results
