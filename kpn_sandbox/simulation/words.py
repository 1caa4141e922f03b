"""
The words of a Dutch contact center: names of skills, departments, trunks, AUX reasons and of what led callers to it.

They are data: every list is longer than what an ordinary center needs, so that two accounts rarely look alike. They
stay Dutch whatever the locale of the people, as the systems do that show them.
"""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def words_of(kind: str) -> Any:
    """
    The words of a kind.

    Args:
        kind: A key of ``words.json``.

    Returns:
        A list, or an object for kinds whose words have a name or a weight; shared, so not to be changed.
    """
    return _all()[kind]


@cache
def _all() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(files(__package__).joinpath("words.json").read_text("utf-8"))
    return found
