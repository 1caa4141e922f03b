"""Caches stay within bounds, and a value that many threads need is computed once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from kpn_sandbox.caching import BoundedCache, SingleFlightCache


class RecordingCache:
    """A cache of values of a hundred bytes that records which of them were computed."""

    def __init__(self, limit_bytes: int) -> None:
        self.computed: list[str] = []
        self._cache = SingleFlightCache(limit_bytes)

    def find(self, key: str, size: int = 100) -> str:
        """The value of a key, computed unless it is kept."""

        def compute() -> str:
            self.computed.append(key)
            return key.upper()

        found: str = self._cache.get_or_compute(key, compute, lambda value: size)
        return found

    def find_all(self, keys: str) -> list[str]:
        """The values of several keys of one letter, in order."""
        return [self.find(key) for key in keys]


def test_a_value_is_computed_once() -> None:
    """A value that is kept is not computed again."""
    cache = RecordingCache(1000)

    assert cache.find_all("aba") == ["A", "B", "A"]
    assert cache.computed == ["a", "b"]


def test_cache_is_bounded() -> None:
    """Only what fits is kept: the value used longest ago goes first."""
    cache = RecordingCache(300)

    cache.find_all("abcd")
    cache.find_all("dcb")
    assert cache.computed == ["a", "b", "c", "d"]
    assert cache.find("a") and cache.computed[4:] == ["a"]


def test_a_value_that_is_used_stays() -> None:
    """Using a value keeps it longer than those that were not used since."""
    cache = RecordingCache(300)

    cache.find_all("abcad")
    assert cache.find_all("acd") and cache.computed == ["a", "b", "c", "d"]
    assert cache.find("b") and cache.computed[4:] == ["b"]


def test_two_large_values_may_be_used_by_turns() -> None:
    """Values larger than the limit are kept beside the one used before, until a third one comes."""
    cache = RecordingCache(300)
    cache.find_all("ab")

    cache.find("x", size=5000)
    cache.find("y", size=5000)
    assert cache.find_all("xyxy") and cache.computed == ["a", "b", "x", "y"]
    assert cache.find_all("ayx") and cache.computed[4:] == ["a", "x"]


def test_a_value_is_computed_where_the_server_wants_it() -> None:
    """The computation of a value is handed to a function; a value that is kept is not."""
    ran: list[object] = []
    cache = SingleFlightCache(1000, lambda compute: ran.append(compute) or compute())

    found = [cache.get_or_compute("a", lambda: "A", len) for _ in range(2)]

    assert (found, len(ran)) == (["A", "A"], 1)


def test_failure_is_not_kept() -> None:
    """When computing a value fails, the caller gets the error, and the next one tries again."""
    cache = SingleFlightCache(1000)

    def fail() -> str:
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        cache.get_or_compute("a", fail, len)
    assert cache.get_or_compute("a", lambda: "A", len) == "A"


def test_threads_compute_a_value_once() -> None:
    """Threads that need the same value at the same time get the one that the first of them computed."""
    for _ in range(20):
        cache, together = RecordingCache(1000), Barrier(8)

        found = at_once(8, lambda: (together.wait(), cache.find("a"))[1])
        assert found == ["A"] * 8 and cache.computed == ["a"]


def test_no_thread_waits_for_another_value() -> None:
    """While one value is being computed, others can be computed and read."""
    cache, other_is_computed = SingleFlightCache(1000), Event()

    def slow() -> bool:
        return other_is_computed.wait(timeout=30)

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(cache.get_or_compute, "slow", slow, lambda value: 100)
        cache.get_or_compute("other", lambda: "made", len)
        other_is_computed.set()

    assert waiting.result() is True


def test_threads_share_a_small_cache() -> None:
    """With many threads and little room every thread gets its values."""
    cache, keys = RecordingCache(300), "abcdefghij"

    found = at_once(8, lambda: cache.find_all(keys * 50))
    assert found == [[key.upper() for key in keys * 50]] * 8
    assert cache.find_all("xyz") and cache.find_all("zyx")
    assert cache.computed[-3:] == ["x", "y", "z"]


def test_a_bounded_cache_keeps_the_last_values():
    """The oldest value goes when there is no room for another one."""
    cache = BoundedCache(limit=2)

    for key in "abc":
        cache.put(key, key.upper())

    assert [cache.get(key) for key in "abc"] == [None, "B", "C"]


def test_a_bounded_cache_weighs_its_values():
    """Heavy values leave room for fewer; replacing one frees its weight."""
    cache = BoundedCache(limit=10, weight=len)

    cache.put("a", "x" * 6)
    cache.put("a", "x" * 4)
    cache.put("b", "x" * 6)

    assert (cache.get("a"), cache.get("b"), len(cache)) == ("xxxx", "xxxxxx", 2)


def test_a_value_that_is_too_heavy_is_not_kept():
    """A value heavier than the limit is not kept and costs no other one its place."""
    cache = BoundedCache(limit=3, weight=len)

    cache.put("a", "xxxx")

    assert (cache.get("a"), len(cache)) == (None, 0)


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    """The results of several threads that do the same."""
    with ThreadPoolExecutor(count) as threads:
        return [task.result() for task in [threads.submit(work) for _ in range(count)]]


def test_a_bounded_cache_drops_what_was_used_longest_ago() -> None:
    """A look-up keeps a value, however long ago it was put; the others go, the longest unused one first."""
    cache: BoundedCache[int] = BoundedCache(3)
    for number in range(3):
        cache.put(number, number)

    cache.get(0)
    cache.put(3, 3)
    cache.put(4, 4)

    assert [cache.get(number) for number in range(5)] == [0, None, None, 3, 4]


def test_a_dropped_value_is_gone() -> None:
    """A value that is dropped is returned and makes room; one that is not kept is None."""
    cache: BoundedCache[str] = BoundedCache(10, len)
    cache.put("a", "12345678")

    assert (cache.drop("a"), cache.drop("a"), len(cache)) == ("12345678", None, 0)
    cache.put("b", "1234567890")
    assert cache.get("b") == "1234567890"


def test_values_of_a_seed_are_dropped() -> None:
    """All values whose keys begin with a seed go, and make room for others."""
    cache = SingleFlightCache(300)
    for key in (("anna", 1), ("anna", "activity", 1), ("berta", 1)):
        cache.get_or_compute(key, lambda: "x", lambda value: 100)

    cache.drop_seed("anna")
    cache.get_or_compute(("carla", 1), lambda: "x", lambda value: 200)

    assert [cache.get(key) for key in (("anna", 1), ("anna", "activity", 1), ("berta", 1))] == [None, None, "x"]
