"""What a test wishes its account to be like: the marker goes before the fixture, and both before the ini options."""

from collections.abc import Mapping
from typing import Any

import pytest

KNOWN = ("scenario", "at", "agents", "seed", "profile", "clock", "client_id", "client_secret")


class WrongWish(ValueError):
    """Something is wished that there is not; the message says in one line what there is."""


def wishes(item: pytest.Item, chosen: Mapping[str, Any]) -> dict[str, Any]:
    """
    What `Sandbox.new_account` is to be told.

    Args:
        item: The test.
        chosen: What the fixture `kpn_account_settings` gives.

    Raises:
        WrongWish: A name is none of `KNOWN`.
    """
    wished = {**_options(item.config), **chosen}
    # The nearest marker comes first.
    for marker in reversed(list(item.iter_markers("kpn_sandbox"))):
        if marker.args:
            raise WrongWish(f"the marker kpn_sandbox takes names with values ({', '.join(KNOWN)})")
        wished.update(marker.kwargs)
    for name in wished:
        if name not in KNOWN:
            raise WrongWish(f"it can be told {', '.join(KNOWN)}, not {name!r}")
    # Who gives a clock means it instead of a standing one from further away.
    return {name: value for name, value in wished.items() if not (name == "at" and "clock" in wished)}


def _options(config: pytest.Config) -> dict[str, Any]:
    told = {name: config.getini(f"kpn_sandbox_{name}") for name in ("scenario", "at", "agents", "seed")}
    wished = {name: value for name, value in told.items() if value}
    return {**wished, **({"agents": int(wished["agents"])} if "agents" in wished else {})}
