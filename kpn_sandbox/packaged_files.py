"""Files of the package beside its modules, which are found also where a test has replaced the file system."""

from importlib.machinery import SourceFileLoader
from pathlib import Path


def packaged_bytes(path: Path) -> bytes:
    """
    Return the content of a file of the package.

    Raises:
        OSError: There is none.
    """
    # Not the loader of a module: pytest loads packages of plugins by its own, whose `open` pyfakefs replaces.
    return SourceFileLoader(path.name, str(path)).get_data(str(path))
