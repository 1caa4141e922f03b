"""The pages speak English and Dutch, and no text is forgotten in either."""

import json
import re

import pytest

from kpn_sandbox.literals import OBJECT_KINDS, QUOTA_UNITS
from kpn_sandbox.simulation.scenarios import SCENARIOS
from kpn_sandbox.simulation.staffing import REASONS
from kpn_sandbox.web.assets import STATIC, TEMPLATES
from kpn_sandbox.web.start_page import PAGES
from kpn_sandbox.web.translation import FILES, LANGUAGES

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
WORDS = STATIC.parent / "words"
SOURCES = [*sorted(TEMPLATES.glob("*.html")), *sorted(STATIC.glob("*.js"))]

CALL = re.compile(r'(?<![\w.])t\(\s*("(?:[^"\\]|\\.)*")')
"""A text that is translated: the first argument of `t`, which is written out."""

FROM_PYTHON = {
    *(text for _, name, purpose in PAGES for text in (name, purpose)),
    *(kind.capitalize() for kind in OBJECT_KINDS),
    *(scenario.summary for scenario in SCENARIOS.values()),
    *QUOTA_UNITS,
    *REASONS,
}
"""Texts that the server hands to a page, which translates them."""

UNTRANSLATED = {"manual.html"}
"""Templates with texts that are English in every language."""

NAMES = {"CSV", "PNG", "kpn_sandbox", "kpn-sandbox", "OpenAPI", "Swagger", "API", "English", "Nederlands"}
"""Names that are the same in every language."""


def wrapped(path):
    """The texts that a template or script translates."""
    return {json.loads(text) for text in CALL.findall(path.read_text(encoding="utf-8"))}


def words(language, name):
    """The texts of a file of words, by the English ones; a text may stand there once."""
    pairs = json.loads((WORDS / language / f"{name}.json").read_text(encoding="utf-8"), object_pairs_hook=list)
    assert len(dict(pairs)) == len(pairs)
    return dict(pairs)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_every_text_is_translated_and_no_word_is_left_over(language):
    """The files of words hold each text of the pages, the same in all that hold it, and nothing else."""
    pairs = set().union(*(words(language, name).items() for name in FILES))
    texts = set().union(FROM_PYTHON, *map(wrapped, SOURCES))

    found = [text for text, _ in pairs]

    assert sorted(found) == sorted(texts)
    assert {path.stem for path in (WORDS / language).iterdir()} == set(FILES)


@pytest.mark.parametrize("language", LANGUAGES[1:])
@pytest.mark.parametrize("name", FILES)
def test_a_translation_has_what_the_text_has(language, name):
    """Each translation has the values, tags and forms of its text, and is not empty."""
    parts = re.compile(r"\{\w+\}|</?\w+[^>]*>|\|")

    differing = {
        text: word
        for text, word in words(language, name).items()
        if not word.strip() or set(parts.findall(text)) != set(parts.findall(word))
    }

    assert differing == {}


@pytest.mark.parametrize("path", [path for path in TEMPLATES.glob("*.html") if path.name not in UNTRANSLATED], ids=str)
def test_a_template_has_no_text_of_its_own(path):
    """All that a template shows or says goes through `t`; code and names are the same in every language."""
    text = re.sub(
        r"\{% block body_class %\}.*?\{% endblock %\}|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}",
        "",
        path.read_text(encoding="utf-8"),
        flags=re.DOTALL,
    )
    labels = re.findall(r'(?:aria-label|placeholder|title|alt)="([^"]*[A-Za-z][^"]*)"', text)
    shown = re.sub(r"<code\b.*?</code>|<[^>]*>", " ", text, flags=re.DOTALL)

    assert set(re.findall(r"[A-Za-z][\w-]+", shown)) - NAMES == set()
    assert labels == []


def test_the_language_is_that_of_the_browser(client):
    """The page is in the language that the browser prefers, English for all that there are no words for."""
    heads = {
        accepted: client.get("/", headers={**HTML, "Accept-Language": accepted}).text for accepted in ("nl-NL", "fr")
    }

    assert '<html lang="nl">' in heads["nl-NL"] and "Probeer het" in heads["nl-NL"]
    assert '<html lang="en">' in heads["fr"] and "Try it" in heads["fr"]


def test_the_choice_counts_more_than_the_browser(client):
    """The cookie of the switch counts more than the browser's language, and `?lang=` more than both."""
    client.set_cookie("sandbox_language", "nl")

    assert '<html lang="nl">' in client.get("/", headers={**HTML, "Accept-Language": "en"}).text
    assert '<html lang="en">' in client.get("/?lang=en", headers=HTML).text
    assert '<html lang="nl">' in client.get("/?lang=xx", headers=HTML).text


def test_the_words_come_as_a_script(client):
    """A page in Dutch loads the words for its scripts from this server; there are none for English."""
    answer = client.get("/assets/words/nl.js")

    assert '"Copied":"Gekopieerd"' in answer.text
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert client.get("/assets/words/nl.js", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get("/assets/words/en.js").status_code == client.get("/assets/words/nl").status_code == 404


def test_values_cannot_bring_html(client):
    """What goes into a text is escaped, whoever sent it."""
    with client.application.test_request_context("/?lang=nl"):
        template = client.application.jinja_env.from_string('{{ t("OpenAPI of {api}", api="<b>") }}')
        client.application.update_template_context(values := {})
        values.update(client.application.template_context_processors["web"][0]())

        assert template.render(**values) == "OpenAPI van &lt;b&gt;"
