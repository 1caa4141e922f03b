"""
Routes that are quick to register.

Werkzeug compiles two functions for each route that build its URL. There are more than a hundred routes and nobody
builds URLs of them, so each is compiled when it is first asked for; that is a tenth of a start.
"""

from collections.abc import Callable
from typing import Any

from werkzeug.routing import Rule


class LazyRule(Rule):
    """A route that learns to build its URL when somebody wants to know it."""

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_now = super()._compile_builder

        def build(rule: Rule, *args: Any, **values: Any) -> tuple[str, str]:
            return compile_now(append_unknown)(rule, *args, **values)

        return build
