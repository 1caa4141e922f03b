"""The wheel contains everything that the package holds, and nothing else."""

from zipfile import ZipFile

import pytest

from tests.installed import PROJECT, wheel

pytestmark = pytest.mark.slow


def test_the_wheel_holds_every_file_of_the_package(tmp_path):
    """Templates, scripts, styles, tables and the manual are there as well as the code."""
    folder = PROJECT / "kpn_sandbox"
    files = {path.relative_to(PROJECT).as_posix() for path in folder.rglob("*") if path.is_file()}
    manual = {f"kpn_sandbox/web/docs/{path.name}" for path in (PROJECT / "docs").glob("*.md")}

    with ZipFile(wheel(tmp_path)) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}

    assert held == {name for name in files if "__pycache__" not in name} | manual
