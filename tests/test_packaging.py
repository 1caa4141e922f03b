"""The distributions, the container and the tools' configuration hold what the project needs."""

import json
import re
import subprocess
import sys
import tarfile
import tomllib
from configparser import ConfigParser
from pathlib import Path

import pytest
import yaml

from kpn_sandbox.control_api.snapshots import load_snapshot
from tests.source import PROJECT
from tests.tools import tool

CONTAINERS = PROJECT / "tests" / "recipes" / "containers"
INSTRUCTIONS = re.findall(r"^([A-Z]+) ((?:.*\\\n)*.*)$", (CONTAINERS / "Dockerfile").read_text(), re.M)
COMPOSE = yaml.safe_load((CONTAINERS / "compose.yaml").read_text())


@pytest.fixture(scope="module")
def setup():
    parser = ConfigParser()
    parser.read(PROJECT / "setup.cfg")
    return parser


def requirements(setup):
    lists = [setup["options"]["install_requires"], *setup["options.extras_require"].values()]
    return [line for each in lists for line in each.splitlines() if line and not line.startswith("#")]


def test_only_a_library_whose_insides_are_extended_has_an_upper_bound(setup):
    """Every library has a lower bound; a yearly major version of another one must not keep users from updating."""
    bounded = {line.partition("[")[0] for line in requirements(setup) if "<" in line}

    assert bounded == {"gunicorn"}
    assert [line for line in requirements(setup) if ">=" not in line] == []


def test_the_versions_of_python_are_those_that_it_may_run_on(setup):
    """Each classifier with a minor version is allowed by python_requires, and the oldest of them is its bound."""
    named = re.findall(r"Python :: 3\.(\d+)", setup["metadata"]["classifiers"])

    assert named == ["11", "12", "13", "14"]
    assert setup["options"]["python_requires"] == f">=3.{named[0]}"


def test_the_image_runs_the_wheel_as_somebody_without_rights():
    """The image installs the wheel of another stage, starts as its own user, and asks the sandbox for its health."""
    names = [name for name, _ in INSTRUCTIONS]
    found = {name: text for name, text in INSTRUCTIONS}

    assert names.count("FROM") == 2 and names.index("USER") > names.index("RUN") > -1
    assert "--from=build" in found["COPY"] and found["USER"] not in ("root", "0")
    assert json.loads(found["HEALTHCHECK"].partition("CMD ")[2]) == ["kpn-sandbox", "health"]
    assert json.loads(found["CMD"]) == ["kpn-sandbox"]
    assert not any(":latest" in text for name, text in INSTRUCTIONS if name == "FROM")


def test_the_builder_of_the_image_gets_all_that_the_wheel_is_built_from():
    """What .dockerignore lets through is there, and is enough to build a wheel."""
    allowed = re.findall(r"^!(.+)$", (PROJECT / ".dockerignore").read_text(), re.M)

    assert [name for name in allowed if not (PROJECT / name).exists()] == []
    assert {"kpn_sandbox", "docs", "setup.cfg", "setup.py", "pyproject.toml", "README.md"} <= set(allowed)


def test_compose_gives_requests_in_flight_their_time():
    """Compose waits longer for the sandbox than that waits for its requests, and starts it after the database."""
    sandbox = COMPOSE["services"]["sandbox"]

    assert int(sandbox["stop_grace_period"].removesuffix("s")) > 33
    assert sandbox["depends_on"]["database"]["condition"] == "service_healthy"
    assert (CONTAINERS / sandbox["build"]["context"] / sandbox["build"]["dockerfile"]).resolve().is_file()


def test_compose_starts_with_the_accounts_of_its_file():
    """The file that Compose hands in is mounted where the setting says, and all of its accounts can be restored."""
    sandbox = COMPOSE["services"]["sandbox"]
    source, target, mode = sandbox["volumes"][0].split(":")
    accounts = json.loads((CONTAINERS / source).read_text())["accounts"]

    assert (target, mode) == (sandbox["environment"]["KPN_SANDBOX_SNAPSHOT"], "ro")
    assert [account["client_id"] for account in accounts] == ["monday"]
    for account in accounts:
        snapshot, notes = load_snapshot({key: value for key, value in account.items() if not key.startswith("client_")})
        assert snapshot.timeline.base.scenario == account["scenario"] and notes == ()


@pytest.mark.slow
def test_hadolint_has_nothing_to_say_of_the_dockerfile():
    """The recipe keeps the rules that people check their own images with."""
    done = subprocess.run([tool("hadolint"), CONTAINERS / "Dockerfile"], capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")


def test_hooks_before_a_commit_are_the_checks_of_ci():
    """The tools that CI runs are those that run before a commit."""
    hooks = yaml.safe_load((PROJECT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    ci = (PROJECT / ".ci" / "run").read_text()

    checked = [command.strip() for command in re.findall(r'^"\$folder/venv/bin/((?:ruff|mypy).*)$', ci, re.M)]
    assert [hook["entry"] for hook in hooks] == ["ruff check --fix", "ruff format", "mypy"]
    assert checked == ['ruff" check .', 'ruff" format --check .', 'mypy"']


@pytest.mark.slow
def test_the_source_distribution_holds_what_the_repository_holds(tmp_path):
    """Tests, documents, collections and recipes are in it, whatever its builder leaves out by itself."""
    tracked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("this is no checkout")
    clean = tmp_path / "clean"
    for name in tracked.stdout.splitlines():
        (clean / name).parent.mkdir(parents=True, exist_ok=True)
        (clean / name).write_bytes((PROJECT / name).read_bytes())
    build = "import setuptools.build_meta as build; build.build_sdist('../dist')"

    subprocess.run([sys.executable, "-c", build], cwd=clean, check=True, capture_output=True)

    (file,) = (tmp_path / "dist").iterdir()
    with tarfile.open(file) as archive:
        held = {str(Path(*Path(name).parts[1:])) for name in archive.getnames()}
    assert set(tracked.stdout.splitlines()) <= held
    assert tomllib.loads((clean / "pyproject.toml").read_text())["build-system"]["requires"]
