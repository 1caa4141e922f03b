"""
Languages of the pages: English texts are the keys, `words/<language>/<page>.json` has the others.

Templates and scripts wrap each text in `t`: `t("Waiting")`, `t("{name} is closed", name=...)` in a template and
`t("{name} is closed", {name})` in a script. A text that depends on a count has its forms for one and for several with a
bar between: `t("{count} call|{count} calls", {count})`.
"""

from collections.abc import Mapping
from functools import lru_cache, partial
from types import MappingProxyType
from typing import Any

import orjson
from flask import Request, Response, abort, request
from markupsafe import Markup

from kpn_sandbox.gateway.responses import etag, unchanged
from kpn_sandbox.web.assets import packaged_text
from kpn_sandbox.web.security import HEADERS

LANGUAGES = ("en", "nl")
"""Languages of the pages; the first is that of the keys."""

FILES = ("all_pages", "start", "wallboard", "console", "requests", "compare", "history", "panel", "docs")
"""Files of words that each further language has; `all_pages` is for texts that several pages have."""

LANGUAGE_COOKIE = "sandbox_language"
"""Cookie with the language that was chosen."""


def language_of(request: Request) -> str:
    """Return the language of a request: that of `?lang=`, else the chosen one, else one that the browser prefers."""
    for chosen in (request.args.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if chosen in LANGUAGES:
            return str(chosen)
    return request.accept_languages.best_match(LANGUAGES, LANGUAGES[0])


def template_values() -> dict[str, Any]:
    """
    Return what every template has of the language of the present request.

    `t` translates; texts are HTML, the values in them are escaped. `other_language` is what the switch leads to.
    """
    language = language_of(request)
    other = LANGUAGES[language == LANGUAGES[0]]
    return {"t": partial(_translated, words(language)), "language": language, "other_language": other}


@lru_cache(maxsize=len(LANGUAGES))
def words(language: str) -> Mapping[str, str]:
    """Return the texts of a language by the English ones; none for English."""
    if language == LANGUAGES[0]:
        return MappingProxyType({})
    texts = [packaged_text(f"words/{language}/{name}.json") or "{}" for name in FILES]
    return MappingProxyType({key: word for text in texts for key, word in orjson.loads(text).items()})


def words_script(name: str) -> Response:
    """Return the script that hands a language's texts to the page's other scripts; 404 for a language without."""
    language = name.removesuffix(".js")
    if language not in LANGUAGES[1:] or language == name:
        abort(404)
    body = b"globalThis.words = " + orjson.dumps(dict(words(language))) + b";\n"
    headers = {**HEADERS, "ETag": etag(body), "Cache-Control": "no-cache"}
    if unchanged(request.environ, headers["ETag"]):
        return Response(status=304, headers=headers)
    return Response(body, content_type="text/javascript; charset=utf-8", headers=headers)


def _translated(texts: Mapping[str, str], text: str, **values: Any) -> Markup:
    forms = texts.get(text, text).split("|")
    form = forms[0] if values.get("count") == 1 else forms[-1]
    return Markup(form).format(**values) if values else Markup(form)
