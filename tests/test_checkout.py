"""The tests are of the checkout, whatever is installed."""

import re
import subprocess
from configparser import ConfigParser

import pytest

from tests.installed import environment, variables
from tests.source import PROJECT

SAMPLES = ("tests/test_app.py", "tests/end_to_end/test_exec.py::test_the_exit_code_is_the_commands")


@pytest.mark.slow
def test_an_installed_version_is_not_tested(tmp_path):
    """Where a wheel is installed that cannot even be imported, the tests of the checkout pass, with its processes."""
    programs = environment(tmp_path)
    [package] = tmp_path.glob("venv/lib/*/site-packages/kpn_sandbox/__init__.py")
    package.write_text("raise ImportError('this is the installed version')")

    # The working directory is left out of the path, as the program `pytest` does.
    command = [str(programs / "python"), "-P", "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", "-m", "", *SAMPLES]
    ran = subprocess.run(command, cwd=PROJECT, env=variables(programs), capture_output=True, text=True)

    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_oldest_versions_are_the_lower_bounds():
    """The list of oldest versions, with which the tests are run now and then, has exactly the lower bounds."""
    config = ConfigParser()
    config.read(PROJECT / "setup.cfg")
    bounds = dict(re.findall(r"^([a-z-]+)(?:\[\w+\])?>=([\d.]+)", config["options"]["install_requires"], re.MULTILINE))
    pins = dict(re.findall(r"^([a-z-]+)==([\d.]+)$", (PROJECT / "tests" / "oldest.txt").read_text(), re.MULTILINE))

    assert pins.keys() == bounds.keys()
    assert all(pins[name] in (bound, f"{bound}.0", f"{bound}.0.0") for name, bound in bounds.items())
