"""What was computed is kept within bounds, and computed once however many ask for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from kpn_sandbox.caching import SingleFlightCache


class Workshop:
    """Makes things of a hundred octets and notes which."""

    def __init__(self, limit_bytes: int) -> None:
        self.made: list[str] = []
        self._cache = SingleFlightCache(limit_bytes)

    def find(self, key: str, size: int = 100) -> str:
        """The thing of that key, made unless it is kept."""

        def make() -> str:
            self.made.append(key)
            return key.upper()

        found: str = self._cache.get_or_compute(key, make, lambda thing: size)
        return found

    def find_all(self, keys: str) -> list[str]:
        """The things of several keys of one letter, in order."""
        return [self.find(key) for key in keys]


def test_thing_is_made_once() -> None:
    """What is kept is not made again."""
    workshop = Workshop(1000)

    assert workshop.find_all("aba") == ["A", "B", "A"]
    assert workshop.made == ["a", "b"]


def test_cache_is_bounded() -> None:
    """Only what fits is kept: what was asked for longest ago goes first."""
    workshop = Workshop(300)

    workshop.find_all("abcd")
    workshop.find_all("dcb")
    assert workshop.made == ["a", "b", "c", "d"]
    assert workshop.find("a") and workshop.made[4:] == ["a"]


def test_what_is_asked_for_stays() -> None:
    """Asking for a thing keeps it longer than those nobody asked for since."""
    workshop = Workshop(300)

    workshop.find_all("abcad")
    assert workshop.find_all("acd") and workshop.made == ["a", "b", "c", "d"]
    assert workshop.find("b") and workshop.made[4:] == ["b"]


def test_large_thing_is_kept_alone() -> None:
    """A thing larger than the limit is kept until the next one comes."""
    workshop = Workshop(300)
    workshop.find_all("ab")

    workshop.find("x", size=5000)
    workshop.find("x", size=5000)
    assert workshop.made == ["a", "b", "x"]
    assert workshop.find_all("axa") and workshop.made[3:] == ["a", "x"]


def test_failure_is_not_kept() -> None:
    """When making a thing fails, who asked hears it, and the next one tries again."""
    cache = SingleFlightCache(1000)

    def fail() -> str:
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck"):
        cache.get_or_compute("a", fail, len)
    assert cache.get_or_compute("a", lambda: "A", len) == "A"


def test_threads_make_a_thing_once() -> None:
    """Threads that ask for the same thing at the same time get the one that the first of them made."""
    for _ in range(20):
        workshop, together = Workshop(1000), Barrier(8)

        found = at_once(8, lambda: (together.wait(), workshop.find("a"))[1])
        assert found == ["A"] * 8 and workshop.made == ["a"]


def test_nobody_waits_for_another_thing() -> None:
    """While one thing is being made, others can be made and found."""
    cache, other_is_made = SingleFlightCache(1000), Event()

    def slow() -> bool:
        return other_is_made.wait(timeout=30)

    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(cache.get_or_compute, "slow", slow, lambda thing: 100)
        cache.get_or_compute("other", lambda: "made", len)
        other_is_made.set()

    assert waiting.result() is True


def test_threads_share_a_small_cache() -> None:
    """With many threads and little room everybody gets what he asked for."""
    workshop, keys = Workshop(300), "abcdefghij"

    found = at_once(8, lambda: workshop.find_all(keys * 50))
    assert found == [[key.upper() for key in keys * 50]] * 8
    assert workshop.find_all("xyz") and workshop.find_all("zyx")
    assert workshop.made[-3:] == ["x", "y", "z"]


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    """What several threads find that do the same."""
    with ThreadPoolExecutor(count) as threads:
        return [task.result() for task in [threads.submit(work) for _ in range(count)]]
