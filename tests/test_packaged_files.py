"""Files of the package are found where a test has replaced the file system."""

import pytest
from pyfakefs.fake_filesystem_unittest import Patcher

from kpn_sandbox.packaged_files import packaged_bytes
from tests.source import PACKAGE


@pytest.mark.parametrize("name", ["simulation/quantiles.json", "simulation/words.json", "web/templates/docs.html"])
def test_a_file_of_the_package_is_found(name):
    """The content is that of the real file, also while pyfakefs has replaced the files; another name is an error."""
    content = (PACKAGE / name).read_bytes()

    with Patcher():
        assert packaged_bytes(PACKAGE / name) == content
        with pytest.raises(FileNotFoundError):
            packaged_bytes(PACKAGE / "none.json")
