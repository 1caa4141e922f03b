"""Facts that users and several packages name stand once in Python, and from there reach schemas, commands and pages."""

import ast
import re

from kpn_sandbox import literals
from tests.source import MODULES, PACKAGE, listed

FACTS = {name: value for name, value in vars(literals).items() if name.isupper()}
WORDS = {name: {*value} for name, value in FACTS.items() if isinstance(value, tuple)}
TEXTS = {name: value for name, value in FACTS.items() if isinstance(value, str)}

OTHERS = [module for module in MODULES if module.name != literals.__name__]
PAGES = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*"))
    if path.suffix in (".html", ".js")
}


def words_in(node: ast.AST) -> set[object]:
    """The constants of a list that is written out; a table by these words is none, for it says more of each."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return {each.value for each in node.elts if isinstance(each, ast.Constant)}
    return set()


def quoted(page: str) -> set[str]:
    """What stands in quotes or between tags in a template or script."""
    return {*re.findall(r"""["'`>]([\w -]+)["'`<]""", page)}


def test_a_list_of_words_is_written_down_once():
    """No module but `literals` spells out the whole of one of its lists."""
    again = {
        f"{name} in {module.file}:{node.lineno}"
        for module in OTHERS
        for node in module.nodes
        for name, words in WORDS.items()
        if words <= words_in(node)
    }
    assert not again, listed(again)


def test_pages_get_the_words_from_the_server():
    """No template and no script spells out the whole of a list of `literals`."""
    again = {
        f"{name} in {page}" for name, words in WORDS.items() for page, text in PAGES.items() if words <= quoted(text)
    }

    assert not again, listed(again)


def test_a_text_is_written_down_once():
    """No other module, template or script repeats a text of `literals`."""
    files = {module.file: module.text for module in OTHERS} | PAGES
    again = {f"{name} in {file}" for name, fact in TEXTS.items() for file, text in files.items() if fact in text}

    assert not again, listed(again)
