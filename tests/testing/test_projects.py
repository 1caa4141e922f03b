"""Nine kinds of projects, each with the built wheel in a virtual environment of its own."""

import re
import shutil
from pathlib import Path

import pytest

from tests.installed import new_environment, wheel_once
from tests.testing.conftest import HERE, RECIPES, Project
from tests.tools import missing, tool

pytestmark = pytest.mark.slow

PROJECTS = HERE / "projects"
PYTEST = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error")
KINDS = {
    "requests_client": (PYTEST, "4 passed"),
    "asyncio_httpx": (PYTEST, "4 passed"),
    "flask_app": (PYTEST, "2 passed"),
    "django_app": (PYTEST, "2 passed"),
    "unittest_client": (("python", "-W", "error", "-m", "unittest"), "Ran 3 tests"),
    "in_parallel": (PYTEST, "16 passed"),
    "fake_time_and_http": (PYTEST, "7 passed"),
    "no_sockets": (PYTEST, "2 passed"),
}
"""The command of each project, and what its output has when all is well."""
STUBS = ("django-stubs", "mypy", "types-requests")
REMARK = re.compile(r"  # (an unknown|no|not) ")


@pytest.fixture(scope="session")
def wheel(tmp_path_factory) -> Path:
    """The built wheel, which all processes of a run share."""
    return wheel_once(tmp_path_factory)


@pytest.fixture
def made(wheel, tmp_path):
    """Make a project from a folder, in an environment with the wheel and what it requires."""

    def make(folder: Path, *requirements: str) -> Project:
        shutil.copytree(folder, tmp_path / folder.name, ignore=shutil.ignore_patterns("__pycache__"))
        programs = new_environment(tmp_path, [str(wheel), *requirements])
        return Project(tmp_path / folder.name, programs or missing("access to PyPI"))

    return make


def requirements_of(kind: str) -> list[str]:
    """Return what a project requires beside the wheel."""
    return (PROJECTS / kind / "requirements.txt").read_text(encoding="utf-8").split()


@pytest.mark.parametrize("kind", KINDS)
def test_a_project_is_green(made, kind):
    """A project of each kind runs with the wheel and what it requires, and nothing else; warnings are errors."""
    command, expected = KINDS[kind]
    project = made(PROJECTS / kind, *requirements_of(kind))

    ran = project.run(*command)

    assert ran.code == 0 and expected in ran.text, ran.text


def test_a_project_in_node_is_green(made):
    """Tests in Node talk to the sandbox that `exec` starts from an environment with nothing but the wheel."""
    tool("npm")
    project = made(RECIPES / "javascript")

    ran = project.run("kpn-sandbox", "exec", "--require-faults-used", "--", "npm", "test")

    assert ran.code == 0 and "pass 3" in ran.text, ran.text


def test_without_sockets_the_fixture_says_so(made):
    """Where pytest-socket allows no host, the fixture fails for that reason, and no test hangs."""
    project = made(PROJECTS / "no_sockets", *requirements_of("no_sockets"))

    ran = project.run(*PYTEST, "-o", "addopts=--disable-socket")

    assert ran.code == 1 and "SocketBlockedError" in ran.text, ran.text


def test_type_checkers_find_mistakes_and_nothing_else(made):
    """mypy and pyright are content with the projects, and find an error in each line with a mistake."""
    pyright = tool("pyright")
    project = made(PROJECTS, *{each for kind in KINDS for each in requirements_of(kind)}, *STUBS)
    kinds, mistakes = sorted(KINDS), (project.folder / "mistakes.py").read_text(encoding="utf-8")
    python = str(project.programs / "python")

    checked = [
        project.run("python", "-m", "mypy", "--strict", *(str(file) for file in project.folder.rglob("*.py"))),
        project.run(pyright, "--pythonpath", python, *kinds, "mistakes.py"),
    ]

    lines = {number for number, line in enumerate(mistakes.splitlines(), 1) if REMARK.search(line)}
    for ran in checked:
        found = re.findall(r"(\w+\.py):(\d+)[:\d]* (?:- )?error:", ran.text)
        assert len(lines) == 21 and set(found) == {("mistakes.py", str(number)) for number in lines}, ran.text
