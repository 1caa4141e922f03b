"""What is kept in the process stays small."""

from kpn_sandbox.caching import BoundedCache


def test_recent_keeps_the_last_values():
    """The oldest goes when there is no room."""
    recent = BoundedCache(limit=2)

    for key in "abc":
        recent.put(key, key.upper())

    assert [recent.get(key) for key in "abc"] == [None, "B", "C"]


def test_recent_weighs_its_values():
    """Heavy values leave room for fewer; replacing one frees its weight."""
    recent = BoundedCache(limit=10, weight=len)

    recent.put("a", "x" * 6)
    recent.put("a", "x" * 4)
    recent.put("b", "x" * 6)

    assert (recent.get("a"), recent.get("b"), len(recent)) == ("xxxx", "xxxxxx", 2)


def test_a_value_that_is_too_heavy_is_not_kept():
    """It leaves nothing behind and does no harm."""
    recent = BoundedCache(limit=3, weight=len)

    recent.put("a", "xxxx")

    assert (recent.get("a"), len(recent)) == (None, 0)
