"""What each field of a profile may be, in the words with which a wrong one is refused."""

from typing import Any

from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.profile import Profile

_NOTHING = object()
"""No field takes this, so every field says what it takes."""


def allowed() -> dict[str, str]:
    """By the name of the field, as "a whole number from 1 to 1000"."""
    return {name: _allowed(name) for name in Profile().to_dict()}


def _allowed(name: str) -> str:
    given: dict[str, Any] = {name: _NOTHING}
    try:
        Profile.from_dict(given)
    except InvalidProfile as error:
        return error.allowed
    raise AssertionError(f"{name} takes anything")
