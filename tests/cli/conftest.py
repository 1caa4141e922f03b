"""Command lines that run in the tests' process."""

import pytest

from kpn_sandbox.cli import main


@pytest.fixture
def run(capsys):
    """Run a command line: its exit code, output and errors."""

    def run(*words):
        with pytest.raises(SystemExit) as ended:
            main(words, before_serving=lambda: None)
        printed = capsys.readouterr()
        return ended.value.code or 0, printed.out, printed.err

    return run
