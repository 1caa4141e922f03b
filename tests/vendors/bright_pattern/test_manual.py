"""What the manual says of this API is what the code does."""

from pathlib import Path

import kpn_sandbox
from kpn_sandbox.vendors.bright_pattern.api import BEHAVIORS
from kpn_sandbox.vendors.bright_pattern.errors import Code
from kpn_sandbox.vendors.bright_pattern.operations import OPERATIONS
from kpn_sandbox.vendors.bright_pattern.postman import COLLECTION
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS, Place

README = (Path(kpn_sandbox.__file__).parent.parent / "README.md").read_text(encoding="utf-8")
SECTION = README.split("\n## Bright Pattern\n")[1].split("\n## ")[0]
LETTERS = {Place.TOTALS: "T", Place.SERVICES: "S", Place.AGENTS: "A"}


def table(head):
    """The rows of the table with this head."""
    lines = SECTION.split(f"\n| {head} |")[1].splitlines()[2:]
    rows = lines[: next((place for place, line in enumerate(lines) if not line.startswith("|")), len(lines))]
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows]


def letters(places):
    return "".join(letter for place, letter in LETTERS.items() if place in places)


def test_operations_are_told():
    """Every operation stands there with its summary, Postman name and label."""
    real = [[f"`{each.method} {each.path}`", each.summary, each.name, each.label] for each in OPERATIONS]

    assert table("request") == real
    assert sorted(item["name"] for item in COLLECTION.build()["item"]) == sorted(each.name for each in OPERATIONS)


def test_statistics_are_told():
    """Every statistic stands there with its places, unit and meaning."""
    real = []
    for each in STATISTICS.values():
        more = f" ({letters(each.inferred)})" if each.inferred else ""
        real.append([f"`{each.name}`", letters(each.seen) + more, each.unit.value, each.meaning])

    assert table("statistic") == real


def test_codes_and_behaviors_are_told():
    """Every code stands there with its meaning, every behavior with its label."""
    assert table("code") == [[str(int(code)), code.meaning] for code in Code]
    assert table("behavior") == [[each.name, each.label] for each in BEHAVIORS]
