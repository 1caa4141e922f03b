"""The code blocks of README and manual, and the mark of those that no test runs."""

import re
from typing import NamedTuple

from tests.source import PROJECT

PAGES = (PROJECT / "README.md", *sorted((PROJECT / "docs").glob("*.md")))


class CodeBlock(NamedTuple):
    """
    A code block.

    Args:
        page: Path of the page, from the root of the project.
        language: First word behind the fence.
        reason: Why no test runs it; empty when one does.
        package: Package that it is run with, of PyPI or npm; empty for none beside the sandbox's own.
        text: Its lines.
    """

    page: str
    language: str
    reason: str
    package: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}: {self.text.splitlines()[0][:50]}"


def _blocks() -> list[CodeBlock]:
    found = []
    for path in PAGES:
        for info, text in re.findall(
            r"^```([^\n]*)\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        ):
            language, _, rest = info.partition(" ")
            reason, package = (
                rest.removeprefix(mark) if rest.startswith(mark) else "" for mark in ("not run: ", "with ")
            )
            found.append(CodeBlock(path.relative_to(PROJECT).as_posix(), language, reason, package, text))
    return found


BLOCKS = _blocks()
