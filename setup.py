"""Puts the pages of `docs/` into the wheel, where `/manual` finds them; everything else is in setup.cfg."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

PAGES = Path(__file__).parent / "docs"


class BuildWithManual(build_py):
    """Builds the package with its manual."""

    def run(self):
        """Copy the pages behind the modules; an editable install reads them where they are."""
        super().run()
        if not self.editable_mode:
            folder = Path(self.build_lib, "kpn_sandbox", "web", "docs")
            self.mkpath(str(folder))
            for page in sorted(PAGES.glob("*.md")):
                self.copy_file(str(page), str(folder / page.name))


setup(cmdclass={"build_py": BuildWithManual})
