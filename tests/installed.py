"""The built wheel, installed beside the libraries of this environment, as a user has it."""

import fcntl
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

from tests.source import PROJECT

_SOURCES = ("kpn_sandbox", "docs", "setup.py", "setup.cfg", "pyproject.toml", "README.md")
_PIP = (sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check")
_UV = (sys.executable, "-m", "uv")
_OURS = ("KPN_SANDBOX_", "PYTHON", "PYTEST_")


def wheel(folder: Path) -> Path:
    """Build it from a copy, so that the checkout stays as it is."""
    source = folder / "source"
    source.mkdir()
    for name in _SOURCES:
        origin = PROJECT / name
        if origin.is_dir():
            shutil.copytree(origin, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(origin, source / name)
    _run(*_PIP, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source))
    return next(folder.glob("kpn_sandbox-*.whl"))


def environment(folder: Path) -> Path:
    """
    A virtual environment with the wheel; its libraries are those of this one.

    Returns:
        The folder with its programs.
    """
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder / "venv"))
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    python = programs / "python"
    _run(*_PIP, "--python", str(python), "install", "--no-deps", "--no-index", str(wheel(folder)))
    packages = Path(_run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # A path that is added like this brings its packages, but not this project, which is there by an import hook.
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return programs


def wheel_once(tmp_path_factory: Any) -> Path:
    """Build the wheel for all processes of a run, which wait for the one that is first; return it."""
    folder: Path = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    with open(folder / "wheel.lock", "w", encoding="utf-8") as lock:
        # The lock ends with its file, however the process does.
        fcntl.flock(lock, fcntl.LOCK_EX)
        made = folder / "wheel"
        if not list(made.glob("*.whl")):
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            wheel(made)
        return next(made.glob("*.whl"))


def new_environment(folder: Path, packages: list[str]) -> Path | None:
    """
    Return the programs of a virtual environment with some packages and what they require, and nothing else.

    Args:
        folder: Where to make it.
        packages: Names, or paths of wheels.

    Returns:
        The folder with its programs; None if a package cannot be fetched.
    """
    programs = folder / "venv" / "bin"
    _run(*_UV, "venv", "--quiet", "--python", sys.executable, str(folder / "venv"))
    command = [*_UV, "pip", "install", "--quiet", "--python", str(programs / "python"), *packages]
    ran = subprocess.run(command, env=_without_ours(), capture_output=True, text=True)
    return programs if ran.returncode == 0 else None


def variables(programs: Path, **more: str) -> dict[str, str]:
    """The environment variables of a user who has set none of ours."""
    own = _without_ours()
    return {**own, "PATH": f"{programs}{os.pathsep}{own.get('PATH', '')}", **more}


def _run(*command: str) -> str:
    # With the checkout on its path pip would find the package there, and install nothing.
    ran = subprocess.run(command, env=_without_ours(), capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


def _without_ours() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
