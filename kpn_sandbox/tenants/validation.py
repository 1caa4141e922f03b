"""Checks of numbers that came from outside."""

import sys
from typing import Any

from kpn_sandbox.tenants.errors import InvalidSetting

_LARGEST = sys.float_info.max


def number(field: str, value: Any, allowed: str) -> float:
    """
    A finite number.

    Raises:
        InvalidSetting: Something else, truth values included.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or not -_LARGEST <= value <= _LARGEST:
        raise InvalidSetting(field, value, allowed)
    return value


def between(field: str, value: Any, lowest: int, highest: int) -> int:
    """
    A whole number between the two bounds, both included.

    Raises:
        InvalidSetting: Something else, truth values included.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
        raise InvalidSetting(field, value, f"a whole number from {lowest:,} to {highest:,}")
    return value
