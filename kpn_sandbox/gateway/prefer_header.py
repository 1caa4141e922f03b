"""
What a caller wishes of an answer: a status, a delay, another instant.

Source:
    RFC 7240 for the header's form; the preferences themselves are the sandbox's invention. Unknown ones are ignored.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from kpn_sandbox.literals import LONGEST_DELAY_MS
from kpn_sandbox.validation import parse_instant

_LONGEST_HEADER = 1000

_VALUE = r'"(?:[^"\\]|\\.)*"|[^",;\s]*'
_PREFERENCE = re.compile(rf"\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*(?:=\s*({_VALUE}))?\s*(?:;[^,]*)?(?:,|$)")


class MalformedPreference(Exception):
    """A preference is not what it may be; the message says what would be right."""


class Preferences(NamedTuple):
    """The wishes of one request; None where there is none."""

    code: int | None = None
    delay_ms: int | None = None
    at: float | None = None
    applied: str = ""
    """As the answer's `Preference-Applied` header tells them."""

    @property
    def note(self) -> str:
        """As the journal tells them."""
        return f"Prefer: {self.applied}" if self.applied else ""


NONE = Preferences()


def preferences(environ: Mapping[str, Any], statuses: Collection[int]) -> Preferences:
    """
    The wishes of a request.

    Args:
        environ: Its WSGI environment.
        statuses: Those that may be wished for.

    Raises:
        MalformedPreference: A known preference has a value that it may not have.
    """
    wishes = _wishes(environ)
    if not wishes:
        return NONE
    found = Preferences(
        code=_code(wishes["code"], statuses) if "code" in wishes else None,
        delay_ms=_delay(wishes["delay-ms"]) if "delay-ms" in wishes else None,
        at=_at(wishes["at"]) if "at" in wishes else None,
    )
    told = {"code": found.code, "delay-ms": found.delay_ms, "at": f'"{wishes["at"]}"' if "at" in wishes else None}
    return found._replace(applied=", ".join(f"{name}={value}" for name, value in told.items() if value is not None))


def _wishes(environ: Mapping[str, Any]) -> dict[str, str]:
    wishes: dict[str, str] = {}
    for match in _PREFERENCE.finditer(environ.get("HTTP_PREFER", "")[:_LONGEST_HEADER]):
        name, value = match[1].lower(), match[2] or ""
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        # The first of several with one name counts (RFC 7240, section 2).
        wishes.setdefault(name, value)
    for name, alias in (("code", "HTTP_X_MOCK_RESPONSE_CODE"), ("delay-ms", "HTTP_X_MOCK_RESPONSE_DELAY")):
        if alias in environ:
            wishes.setdefault(name, environ[alias].strip())
    return {name: wishes[name] for name in ("code", "delay-ms", "at") if name in wishes}


def _code(text: str, statuses: Collection[int]) -> int:
    if not re.fullmatch(r"[0-9]{3}", text) or int(text) not in statuses:
        raise MalformedPreference(f"Preference code must be one of {', '.join(map(str, statuses))}")
    return int(text)


def _delay(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", text) or int(text) > LONGEST_DELAY_MS:
        raise MalformedPreference(f"Preference delay-ms must be 0 to {LONGEST_DELAY_MS}")
    return int(text)


def _at(text: str) -> float:
    try:
        return parse_instant(text)
    except ValueError as error:
        raise MalformedPreference(f"Preference at must be {error}") from None
