"""
The Prefer header, by which a client forces a status, a delay, or another instant of the response.

Source:
    RFC 7240 for the form of the header; the preferences are the sandbox's invention. Unknown ones are ignored.
"""

import re
from collections.abc import Collection, Mapping
from typing import Any, NamedTuple

from kpn_sandbox.literals import LONGEST_DELAY_MS
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.validation import parse_instant

_LONGEST_HEADER = 1000

_VALUE = r'"(?:[^"\\]|\\.)*"|[^",;\s]*'
# A preference begins the header or follows a comma: the end of an ill-formed one is none.
_PREFERENCE = re.compile(rf"(?<![^,])\s*([A-Za-z0-9!#$%&'*+.^_`|~-]+)\s*(?:=\s*({_VALUE}))?\s*(?:;[^,]*)?(?:,|$)")


class MalformedPreference(Exception):
    """A preference has a wrong value; the message says which values are right."""


class Preferences(NamedTuple):
    """Preferences of one request, None for each that the client did not send."""

    code: int | None = None
    delay_ms: int | None = None
    at: float | None = None
    applied: str = ""
    """All preferences in the form of a `Preference-Applied` header; empty for no preference."""

    @property
    def note(self) -> str:
        """Text for the request log; empty for no preference."""
        return f"Prefer: {self.applied}" if self.applied else ""

    def applied_to(self, status: int) -> str:
        """Return `Preference-Applied` of a response; a status that an error came before was not applied."""
        if self.code in (None, status):
            return self.applied
        return ", ".join(part for part in self.applied.split(", ") if not part.startswith("code="))


NO_PREFERENCES = Preferences()


def preferences(environ: Mapping[str, Any], statuses: Collection[int]) -> Preferences:
    """
    Return the preferences of a request.

    Args:
        environ: WSGI environment of the request.
        statuses: Statuses that may be forced.

    Raises:
        MalformedPreference: A preference has a wrong value.
    """
    sent = _sent(environ)
    if not sent:
        return NO_PREFERENCES
    found = Preferences(
        code=_code(sent["code"], statuses) if "code" in sent else None,
        delay_ms=_delay(sent["delay-ms"]) if "delay-ms" in sent else None,
        at=_at(sent["at"]) if "at" in sent else None,
    )
    applied = {"code": found.code, "delay-ms": found.delay_ms, "at": f'"{sent["at"]}"' if "at" in sent else None}
    return found._replace(applied=", ".join(f"{name}={value}" for name, value in applied.items() if value is not None))


def _sent(environ: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _PREFERENCE.finditer(environ.get("HTTP_PREFER", "")[:_LONGEST_HEADER]):
        name, value = match[1].lower(), match[2] or ""
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        # The first of several preferences with one name counts (RFC 7240, section 2).
        found.setdefault(name, value)
    for name, alias in (("code", "HTTP_X_MOCK_RESPONSE_CODE"), ("delay-ms", "HTTP_X_MOCK_RESPONSE_DELAY")):
        if alias in environ:
            found.setdefault(name, environ[alias].strip())
    return {name: found[name] for name in ("code", "delay-ms", "at") if name in found}


def _code(text: str, statuses: Collection[int]) -> int:
    if not re.fullmatch(r"[0-9]{3}", text) or int(text) not in statuses:
        raise MalformedPreference(f"Preference code must be one of {', '.join(map(str, statuses))}")
    return int(text)


def _delay(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,12}", text) or int(text) > LONGEST_DELAY_MS:
        raise MalformedPreference(f"Preference delay-ms must be 0 to {LONGEST_DELAY_MS}")
    return int(text)


def _at(text: str) -> float:
    try:
        at = parse_instant(text)
        day_of(at)
    except ValueError as error:
        raise MalformedPreference(f"Preference at must be {error}") from None
    except InstantOutOfRange as error:
        raise MalformedPreference(
            f"Preference at must be from {error.first} to {error.last} in Europe/Amsterdam"
        ) from None
    return at
