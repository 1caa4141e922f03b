"""README is short, shows what it is about, and leads to the rest."""

import re

import pytest

from kpn_sandbox.vendors import APIS
from kpn_sandbox.web.manual import contents
from tests.source import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
MOST_LINES = 250
MOST_PICTURE_BYTES = 200_000
RECIPE_LINES = 5


def test_it_is_short():
    """A stranger reads it in some minutes."""
    assert len(README.splitlines()) <= MOST_LINES


def test_its_picture_is_there():
    """The picture that `docs/wallboard_picture.py` takes is a PNG that loads quickly."""
    [name] = re.findall(r"!\[[^]]+\]\((.*?)\)", README)

    content = (PROJECT / name).read_bytes()
    assert content.startswith(b"\x89PNG") and len(content) < MOST_PICTURE_BYTES


def test_each_page_of_the_manual_is_linked():
    """Every page can be found from here, those of the APIs in their table."""
    linked = set(re.findall(r"\]\(docs/([\w-]+)\.md\)", README))

    assert {name for name, _ in contents()} <= linked
    assert re.findall(r"^\|.*\(docs/([\w-]+)\.md\) \|$", README, re.MULTILINE) == [
        api.key.replace("_", "-") for api in APIS
    ]


def test_its_recipes_have_five_lines():
    """A recipe is read at a glance."""
    recipes = README.split("\n## Recipes\n")[1].split("\n## ")[0]

    blocks = re.findall(r"^```\w+\n(.*?)^```$", recipes, re.DOTALL | re.MULTILINE)
    assert len(blocks) == 3
    assert all(len(block.splitlines()) <= RECIPE_LINES for block in blocks)


@pytest.mark.parametrize("words", ["not made by KPN", "not a proxy", "kpn-sandbox token", "/wallboard"])
def test_it_says_what_it_is_and_is_not(words):
    """README names what a newcomer needs, and what must not be expected."""
    assert words in README
