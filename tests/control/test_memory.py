"""What is kept in the process stays right and small."""

from kpn_sandbox.control.memory import Memory, Recent


class Generation:
    def __init__(self):
        self.number = 1

    def __call__(self):
        return self.number


def test_what_was_read_is_known_until_somebody_writes():
    """A write empties the memory."""
    generation = Generation()
    memory = Memory(generation)
    memory.fresh()["key"] = "read"
    kept = dict(memory.fresh())

    generation.number += 1

    assert (kept, memory.fresh()) == ({"key": "read"}, {})


def test_an_old_reading_does_not_outlive_a_write():
    """What was read before a write is not found after it, even when it is put in later."""
    generation = Generation()
    memory = Memory(generation)
    before = memory.fresh()

    generation.number += 1
    memory.fresh()
    before["key"] = "old"

    assert memory.fresh() == {}


def test_memory_is_bounded():
    """It starts afresh when it is full."""
    memory = Memory(Generation(), limit=3)

    for number in range(10):
        memory.fresh()[number] = number

    assert len(memory.fresh()) <= 3


def test_recent_keeps_the_last_values():
    """The oldest goes when there is no room."""
    recent = Recent(limit=2)

    for key in "abc":
        recent.put(key, key.upper())

    assert [recent.find(key) for key in "abc"] == [None, "B", "C"]


def test_recent_weighs_its_values():
    """Heavy values leave room for fewer; replacing one frees its weight."""
    recent = Recent(limit=10, weight=len)

    recent.put("a", "x" * 6)
    recent.put("a", "x" * 4)
    recent.put("b", "x" * 6)

    assert (recent.find("a"), recent.find("b"), len(recent)) == ("xxxx", "xxxxxx", 2)


def test_a_value_that_is_too_heavy_is_not_kept():
    """It leaves nothing behind and does no harm."""
    recent = Recent(limit=3, weight=len)

    recent.put("a", "xxxx")

    assert (recent.find("a"), len(recent)) == (None, 0)
