"""The manual in the browser: every page of `docs/` with working links, and nothing that its source could inject."""

import re
from urllib.parse import urljoin, urlsplit

import pytest

from kpn_sandbox.web.manual import CONTENTS, anchor, contents, rendered
from tests.source import PROJECT

FILES = sorted(path.stem for path in (PROJECT / "docs").glob("*.md"))
PAGES = ["/manual", *(f"/manual/{name}" for name in FILES if name != CONTENTS)]


def test_the_contents_link_every_page():
    """No page is left out of the contents, and none is linked twice."""
    assert sorted([CONTENTS, *dict(contents())]) == FILES
    assert len({*contents()}) == len(contents())


@pytest.mark.shared
@pytest.mark.parametrize("path", PAGES)
def test_every_link_of_a_page_leads_somewhere(client, path):
    """Links, files and fragments of a page exist, below whatever path the pages are served."""
    text = client.get(path).text

    for target in re.findall(r'(?:href|src)="([^"]*)"', text):
        url = urlsplit(urljoin(f"http://here{path}", target))
        if url.netloc == "here":
            answer = client.get(url.path)
            assert answer.status_code == 200, target
            assert not url.fragment or f'id="{url.fragment}"' in answer.text or url.fragment == "main", target
        else:
            assert url.scheme in ("http", "https"), target


@pytest.mark.shared
@pytest.mark.parametrize("path", PAGES)
def test_a_page_shows_its_text(client, path):
    """A page has its own title, says in the contents where it is, and leaves no Markdown unrendered."""
    text = client.get(path).text

    heading = re.search(r"<h1 id=\"[^\"]*\">(.*?)</h1>", text)
    assert heading and f"<title>{heading[1]} · kpn_sandbox</title>" in text
    assert 'aria-current="page"' in text
    assert not re.search(r"^\||^```|\]\(", re.sub(r"<pre>.*?</pre>", "", text, flags=re.DOTALL), re.MULTILINE)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["nope", "..%2FREADME", "README", "getting-started.md", "..%2f..%2fsetup", "a%00"])
def test_nothing_else_is_served(client, name):
    """A name that the contents do not link is not found, whatever file it would lead to."""
    assert client.get(f"/manual/{name}").status_code == 404


def test_html_in_a_page_is_shown():
    """Angle brackets of the source are text."""
    assert "&lt;html&gt;" in rendered("faults-and-quota", "../")[1]


@pytest.mark.parametrize(
    ("heading", "fragment"), [("In which order", "in-which-order"), ("`serve`: what now?", "serve-what-now")]
)
def test_fragments_are_those_of_github(heading, fragment):
    """A link to a heading works at GitHub and in the served page."""
    assert anchor(heading) == fragment
