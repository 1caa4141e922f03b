"""The type of options and arguments of commands that hold a duration."""

from typing import Any

import click

from kpn_sandbox.instants import seconds_of


class Duration(click.ParamType):  # type: ignore[type-arg]
    """The type of options and arguments that hold a duration; their value is in seconds."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """
        Return the seconds.

        Args:
            value, param, ctx: As click has them.
        """
        try:
            return seconds_of(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(f"must be {error}, not {value!r}", param, ctx)


DURATION = Duration()
