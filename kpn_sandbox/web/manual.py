"""
The manual: the Markdown pages of `docs/`, rendered for browsers.

A wheel holds them beside this module, where `setup.py` puts them; in a checkout they are read from `docs/` itself.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Response, abort
from markupsafe import Markup

from kpn_sandbox.web.assets import packaged_text
from kpn_sandbox.web.security import page

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FOLDERS = ("docs", "../../docs")
"""Where the pages may be, seen from this package: first in a wheel, then in a checkout."""

CONTENTS = "README"
"""Name of the page that lists the others, without its suffix; it is at `/manual` itself."""


def manual_page(name: str | None = None) -> Response:
    """
    Return a page of the manual; 404 for a name that the contents do not link.

    Args:
        name: File name without its suffix; None for the contents.
    """
    if name is not None and name not in dict(contents()):
        abort(404)
    root = "" if name is None else "../"
    title, body = rendered(name or CONTENTS, root)
    return page("manual.html", root=root, name=name, title=title, body=body, contents=contents())


@lru_cache(maxsize=1)
def contents() -> Sequence[tuple[str, str]]:
    """Return name and title of each page, in the order in which the contents link them."""
    return tuple((name, title) for title, name in re.findall(r"\[([^]]+)\]\(([\w-]+)\.md\)", _source(CONTENTS)))


@lru_cache(maxsize=64)
def rendered(name: str, root: str) -> tuple[str, Markup]:
    """
    Return the title of a page and the page as HTML; HTML in its source is shown, not obeyed.

    Args:
        name: File name without its suffix.
        root: Relative URL that leads from the page to the start page; empty or ending in a slash.
    """
    markdown = _markdown()
    tokens = markdown.parse(_source(name))
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following:
            token.attrSet("id", anchor(following.content))
    for link in _links(tokens):
        link.attrSet("href", _manual_url(str(link.attrGet("href")), root))
    title = next(token.content for token in tokens if token.type == "inline")
    return title, Markup(markdown.renderer.render(tokens, markdown.options, {}))


def anchor(heading: str) -> str:
    """Return the fragment of a heading, as GitHub makes it, so that links work in both places."""
    return re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")


def _markdown() -> "MarkdownIt":
    # Importing the library takes 57 ms, a tenth of a start, and most sandboxes never show their manual.
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _links(tokens: "Sequence[Token]") -> "Iterator[Token]":
    for token in tokens:
        yield from (child for child in token.children or () if child.type == "link_open")


def _manual_url(target: str, root: str) -> str:
    """Return where a link between the files leads among the served pages."""
    path, hash_mark, fragment = target.partition("#")
    match = re.fullmatch(r"(?:\.\./)?([\w-]+)\.md", path)
    if not match:
        return target
    name = "" if match[1] == CONTENTS else f"/{match[1]}"
    return f"{root}manual{name}{hash_mark}{fragment}"


def _source(name: str) -> str:
    texts = (packaged_text(f"{folder}/{name}.md") for folder in FOLDERS)
    return next(filter(None, texts), None) or abort(404)
