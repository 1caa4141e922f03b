"""A small project elsewhere, in an environment where the wheel is installed."""

import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.installed import environment, variables

HERE = Path(__file__).parent
DOCS = HERE.parent.parent / "docs"
LONG = 240
UNRELATED = ("anyio", "faker", "hypothesispytest", "pytest_cov", "schemathesis")
"""Plugins of this environment that other projects do not have, and that take half a second each time."""
RECIPES = HERE.parent / "recipes"

collect_ignore = ["project", "projects"]


class Project:
    """A folder with tests, and the environment that they run in."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder = folder
        self.programs = programs

    def write(self, name: str, text: str) -> None:
        """Add a file."""
        (self.folder / name).write_text(text, encoding="utf-8")

    def pytest(self, *arguments: str, **more: str) -> SimpleNamespace:
        """Run pytest; the result has `code`, `text` and `outcomes`, such as `{"passed": 3}`."""
        without = [word for name in ("cacheprovider", *UNRELATED) for word in ("-p", f"no:{name}")]
        ran = self.run("python", "-m", "pytest", *without, "-W", "error", *arguments, **more)
        last = ran.text.strip().splitlines()[-1] if ran.text.strip() else ""
        ran.outcomes = {word: int(count) for count, word in re.findall(r"(\d+) (passed|failed|error|skipped)", last)}
        return ran

    def run(self, *command: str, **more: str) -> SimpleNamespace:
        """Run a command; the result has `code` and `text`."""
        program = self.programs / command[0]
        ran = subprocess.run(
            [str(program) if program.exists() else command[0], *command[1:]],
            cwd=self.folder,
            env=variables(self.programs, **more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONG,
        )
        return SimpleNamespace(code=ran.returncode, text=ran.stdout)


@pytest.fixture(scope="session")
def programs(tmp_path_factory) -> Path:
    """Where the programs of an environment with the wheel are."""
    return environment(tmp_path_factory.mktemp("installed"))


@pytest.fixture
def empty(programs, tmp_path) -> Project:
    """A project without files."""
    return Project(tmp_path, programs)


@pytest.fixture
def project(programs, tmp_path) -> Project:
    """The small project in `project/`."""
    shutil.copytree(HERE / "project", tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))
    return Project(tmp_path / "project", programs)


@pytest.fixture
def recipes(programs, tmp_path) -> Project:
    """The recipes of the manual."""
    shutil.copytree(RECIPES, tmp_path / "recipes")
    return Project(tmp_path / "recipes", programs)


@pytest.fixture
def examples(empty) -> Project:
    """The manual's worked examples as files."""
    for page in (DOCS.parent / "README.md", *sorted(DOCS.glob("*.md"))):
        for name, text in re.findall(r"```python\n# (\S+\.py)\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
            empty.write(name, text)
    return empty
