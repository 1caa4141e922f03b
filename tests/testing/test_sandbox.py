"""The sandbox of tests, in their own process."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

import pytest

from kpn_sandbox.client import ClientError
from kpn_sandbox.testing import running

NOON = datetime(2026, 11, 23, 11, tzinfo=UTC)


class Scenario(StrEnum):
    PEAK = "peak"


@pytest.fixture(scope="module")
def sandbox():
    """A sandbox in this process."""
    with running() as sandbox:
        yield sandbox


def test_accounts_are_made_of_values_as_programs_have_them(sandbox):
    """Settings of an account need no spelling: an instant, an enum, numbers."""
    profile = {"talk_seconds": timedelta(minutes=3), "queues": 2.0}
    account = sandbox.new_account(at=NOON, scenario=Scenario.PEAK, agents=Decimal(7), seed=5, profile=profile)

    shown = account.show()
    assert (shown["clock"]["at"], shown["scenario"], shown["seed"]) == ("2026-11-23T12:00:00+01:00", "peak", "5")
    assert [shown["profile"][name] for name in ("agents", "talk_seconds", "queues")] == [7, 180, 2]


@pytest.mark.parametrize(
    "source", [Path("/nowhere.har"), "/nowhere.har", {"DataSet": {"agent": 5}}, {"pins": [5]}, {"log": []}, 5, [], None]
)
def test_a_capture_that_cannot_be_loaded_is_an_error_of_the_client(sandbox, source):
    """Whatever `load` is given, the error is a ClientError."""
    with pytest.raises(ClientError):
        sandbox.new_account(agents=2).load(source)


@pytest.mark.parametrize(
    "settings", [{"at": datetime(2026, 11, 23)}, {"scenario": "party"}, {"agents": "many"}, {"seed": 0.5}, {"clock": 5}]
)
def test_settings_that_cannot_be_are_errors_of_the_client(sandbox, settings):
    """Whatever is wrong with a setting, the error is a ClientError."""
    with pytest.raises(ClientError):
        sandbox.new_account(**settings)
