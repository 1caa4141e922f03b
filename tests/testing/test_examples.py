"""The worked examples of the manual, each a test that runs."""

import pytest

pytestmark = pytest.mark.slow


def test_the_examples_are_green(examples):
    """The manual's examples are green, and again when their snapshots are there."""
    for _ in range(2):
        ran = examples.pytest()

        assert (ran.code, ran.outcomes) == (0, {"passed": 37}), ran.text


def test_the_examples_are_green_side_by_side(examples):
    """Nothing is shared, so any number of workers may run them in any order."""
    ran = examples.pytest("-n", "2")

    assert (ran.code, ran.outcomes) == (0, {"passed": 37}), ran.text


def test_the_package_is_the_installed_one(examples):
    """The examples do not see the checkout."""
    ran = examples.run("python", "-c", "import kpn_sandbox.testing as t; print(t.__file__)")

    assert str(examples.programs.parent) in ran.text


def test_the_example_without_pytest_is_green(examples):
    """A program that is no test has a sandbox, too."""
    ran = examples.run("python", "-W", "error", "without_pytest.py")

    assert (ran.code, ran.text) == (0, "")
