"""
Text from others that is safe to show: without secrets, and without what a terminal would obey.

A secret is found by the name before it, in queries, forms, JSON, headers, cookies and paths, however deep a value
contains further ones; and by its own form where nothing names it: userinfo in a URL, credentials after a scheme, a
JSON Web Token. Names stay, and so do ids, by which people find a request again.

A terminal obeys what it is sent. Shown as it came, text could clear the screen, forge a line of output, turn the
reading direction or answer in the user's name; so its controls are shown as escapes.
"""

import json
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import quote_plus, unquote_plus

REDACTED = "***"

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")

# Parts of words that no harmless word contains, but for those below.
_ALWAYS = re.compile(
    "secret|token|passw|passphrase|passcode|pwd|wachtwoord|passwort|(?:api|app|access|private|auth|secret|session|license|master)_?key|auth_?code"
    "|credential|signature|jwt|hmac|authori[sz]ation|authentication|sess_?id|session_?(?:id|key)|assertion|saml"
)
_HARMLESS = re.compile("secretar|tokeni[sz]|passwordless")

# Words that name a secret by themselves or as the last word, as in X-Auth, but also begin harmless names.
_LAST = frozenset(
    "auth authn authz bearer sid sess session sessions cookie cookies key pass pw psw psk pin pincode otp totp sig "
    "creds cred csrf xsrf dpop cvv cvc mfa sas verifier".split()
)
# Words after them that are about the same secret, as in auth_code.
_FOLLOWERS = frozenset("code data header value hash string plain text".split())

# A key with such a word before it identifies something.
_OPEN_KEYS = frozenset(
    "primary foreign sort order group cache partition entity object row natural unique idempotency public consumer "
    "customer routing".split()
)
# Words before `code` that make it one.
_CODES = frozenset("verification confirmation activation security reset login sms otp".split())
# What is said about a secret without saying it.
_ABOUT = frozenset(
    "type types kind count limit expires expiry expiration expired ttl timeout length size format method scheme "
    "endpoint url uri required enabled in at".split()
)
_COUNTED = frozenset("max min num number total count".split())

_USERINFO = re.compile(r"(?<=//)[^/?#@\s\"'<>]+@")
_SCHEME = re.compile(
    r"\s*((?i:bearer|negotiate|ntlm|apikey|dpop|hawk|aws4-hmac-sha256)(?=\s+\S)|(?i:basic|digest|token)(?=\s+\S*[A-Z0-9=]))\s"
)
_JWT = re.compile(r"\beyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?")
_PAIR = re.compile(r"([^\s=&?#;,\"'{}<>/]+)=([^\s&?#;,\"'<>]*)")
_MEMBER = re.compile(r"""(["'])([^"'\s]{1,100})\1(\s*:\s*)("(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s,}\]]+)""")
_FIELD = re.compile(
    r"([\w.-]{2,60})(\s*:\s*)((?:(?i:bearer|basic|digest|token)\s+)?[^\s,;&\"'<>{}\[\]/*][^\s,;&\"'<>{}\[\]]*)"
)
_ELEMENT = re.compile(r"(<([\w:.-]+)(?:\s[^>]*)?>)[^<]*(?=</)")
# An access token by its look: long, and both cases and digits mixed, as no word and no UUID is.
_RANDOM = re.compile(r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=[^0-9]*[0-9])[\w.~+-]{20,}={0,2}")
_OPAQUE = re.compile(r"(?=[^0-9]*[0-9])[\w.~+-]{8,}={0,2}|[\w.~+-]{20,}={0,2}")
# Deeper encodings than this are no longer a client's, and each costs a pass.
_DEEPEST = 4


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a parameter, member or header of this name holds a secret."""
    words = [word.lower() for word in _WORD.findall(name[:200])]
    if not words or (len(words) > 1 and words[-1] in _ABOUT) or words[0] in _COUNTED:
        return False
    joined = "_".join(words)
    if _ALWAYS.search(_HARMLESS.sub("", joined)):
        return True
    if words[-1] == "code" and not _CODES.isdisjoint(words):
        return True
    if words[-1] in _FOLLOWERS:
        words.pop()
    if not words or words[-1] not in _LAST:
        return False
    return words[-1] != "key" or _OPEN_KEYS.isdisjoint(words)


@lru_cache(maxsize=4096)
def redacted_path(path: str) -> str:
    """Return the path of a URL, as it was sent, without the secrets in it."""
    parts = _redacted_text(path).split("/")
    for place, part in enumerate(parts):
        named = place > 0 and is_secret(unquote_plus(parts[place - 1]))
        if (_OPAQUE if named else _RANDOM).fullmatch(part):
            parts[place] = REDACTED
    return "/".join(parts)


@lru_cache(maxsize=1024)
def redacted_query(query: str) -> str:
    """Return a query string or an encoded form without the values that may be secrets; names stay as they were sent."""
    return "&".join(";".join(map(_redacted_pair, part.split(";"))) for part in query.split("&"))


def redacted_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers by their names, without the secrets in their values."""
    return {name: REDACTED if is_secret(name) else redacted_value(value) for name, value in headers}


def redacted_json(value: Any) -> Any:
    """Return a JSON value without the secrets in it."""
    if isinstance(value, dict):
        return {name: REDACTED if is_secret(name) else redacted_json(item) for name, item in value.items()}
    if isinstance(value, list):
        return [redacted_json(item) for item in value]
    return redacted_value(value) if isinstance(value, str) else value


def redacted_value(text: str, depth: int = 0) -> str:
    """
    Return the value of a header, parameter or member without the secrets in it.

    Args:
        text: The value: plain, or a URL, query, JSON or XML, also if these are percent-encoded.
        depth: Encodings that it was inside of.
    """
    scheme = _SCHEME.match(text)
    if scheme:
        return f"{scheme[1]} {REDACTED}"
    if text.lstrip()[:1] in ("{", "["):
        try:
            parsed = json.loads(text)
        except (ValueError, RecursionError):
            # Half of it may still be legible.
            return _redacted_text(text)
        redacted = redacted_json(parsed)
        return text if redacted == parsed else json.dumps(redacted, ensure_ascii=False)
    redacted = _redacted_text(text)
    if "%" not in redacted or depth >= _DEEPEST:
        return redacted
    decoded = unquote_plus(redacted)
    inner = redacted_value(decoded, depth + 1)
    return redacted if inner == decoded else quote_plus(inner, safe="*/:?@")


def _redacted_pair(pair: str) -> str:
    name, equals, value = pair.partition("=")
    if not equals:
        return REDACTED if _RANDOM.fullmatch(pair) else redacted_value(pair)
    if is_secret(unquote_plus(unquote_plus(name))):
        return f"{name}={REDACTED}"
    decoded = unquote_plus(value)
    redacted = redacted_value(decoded)
    return pair if redacted == decoded else f"{name}={quote_plus(redacted, safe='*/:?@')}"


def _redacted_text(text: str) -> str:
    """Replace what can be told from the text around it, without decoding anything."""
    if "//" in text:
        text = _USERINFO.sub(f"{REDACTED}@", text)
    if "eyJ" in text:
        text = _JWT.sub(REDACTED, text)
    if "=" in text:
        text = _PAIR.sub(lambda found: _unless_open(found, found[1], f"{found[1]}={REDACTED}"), text)
    if ":" in text:
        quoted = f'"{REDACTED}"'
        text = _MEMBER.sub(
            lambda found: _unless_open(found, found[2], f"{found[1]}{found[2]}{found[1]}{found[3]}{quoted}"), text
        )
        text = _FIELD.sub(lambda found: _unless_open(found, found[1], f"{found[1]}{found[2]}{REDACTED}"), text)
    if "</" in text:
        text = _ELEMENT.sub(lambda found: _unless_open(found, found[2], found[1] + REDACTED), text)
    return text


def _unless_open(found: re.Match[str], name: str, redacted: str) -> str:
    return redacted if is_secret(unquote_plus(name)) else found[0]


_ESCAPED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Unicode categories of characters that are shown as text: controls, directions, half characters, line separators."""

_JOINERS = {"\u200c", "\u200d"}
"""Controls of scripts and emoji that names really have; they only join what stands beside them."""


def terminal_text(text: object) -> str:
    """Return a text in one line, in which each character that a terminal would obey is shown as an escape of Python."""
    shown = str(text)
    return shown if shown.isprintable() else "".join(map(_shown, shown))


def terminal_json(text: str) -> str:
    """Return JSON with its line breaks, in which such characters are the escapes of JSON, so that its value stays."""
    if text.replace("\n", "").isprintable():
        return text
    # Outside of strings JSON has no such characters but line breaks, and in strings it has those as escapes already.
    return "".join(char if char == "\n" or not _is_obeyed(char) else _json_escape(char) for char in text)


def _is_obeyed(char: str) -> bool:
    return unicodedata.category(char) in _ESCAPED and char not in _JOINERS


def _shown(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii") if _is_obeyed(char) else char


def _json_escape(char: str) -> str:
    units = char.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))
