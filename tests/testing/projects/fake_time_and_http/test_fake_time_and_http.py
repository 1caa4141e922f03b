"""Tests that move the process's time, or replace HTTP libraries, see the sandbox as it is."""

from datetime import UTC, datetime
from pathlib import Path

import freezegun
import httpx
import pytest
import requests
import responses
import respx
import time_machine
import vcr  # type: ignore[import-untyped]

from kpn_sandbox.testing import Account

PAST, FUTURE = datetime(2019, 3, 1, 9, tzinfo=UTC), datetime(2031, 3, 3, 9, tzinfo=UTC)
ELSEWHERE = "https://kpn.example/agents"


@pytest.mark.parametrize("moment", [PAST, FUTURE])
def test_a_clock_that_runs_shows_the_time_of_freezegun(kpn_account: Account, moment: datetime) -> None:
    with freezegun.freeze_time(moment):
        assert kpn_account.now() == moment
        assert kpn_account.get("/agents").status == 200


def test_a_clock_that_runs_shows_the_time_of_time_machine(kpn_account: Account) -> None:
    with time_machine.travel(FUTURE, tick=False):
        assert kpn_account.now() == FUTURE
        assert kpn_account.get("/agents").status == 200


@pytest.mark.kpn_sandbox(at=PAST)
def test_a_frozen_clock_does_not_care(kpn_account: Account) -> None:
    with freezegun.freeze_time(FUTURE):
        assert kpn_account.now() == PAST


@responses.activate
def test_responses_passes_requests_to_the_sandbox(kpn_account: Account) -> None:
    responses.add(responses.GET, ELSEWHERE, json={"agents": []})
    responses.add_passthru(kpn_account.url)
    bearer = {"Authorization": f"Bearer {kpn_account.token()}"}

    assert requests.get(ELSEWHERE, timeout=10).json() == {"agents": []}
    assert requests.get(f"{kpn_account.url}/agents", headers=bearer, timeout=10).status_code == 200


def test_respx_passes_requests_to_the_sandbox(kpn_account: Account) -> None:
    with respx.mock:
        respx.get(ELSEWHERE).mock(return_value=httpx.Response(200, json={"agents": []}))
        respx.route(host="127.0.0.1").pass_through()
        bearer = {"Authorization": f"Bearer {kpn_account.token()}"}

        assert httpx.get(ELSEWHERE).json() == {"agents": []}
        assert httpx.get(f"{kpn_account.url}/agents", headers=bearer).status_code == 200


def test_vcrpy_does_not_record_the_sandbox(kpn_account: Account, tmp_path: Path) -> None:
    cassette = tmp_path / "cassette.yaml"
    bearer = {"Authorization": f"Bearer {kpn_account.token()}"}

    for status in (200, 503):
        with vcr.VCR(ignore_localhost=True).use_cassette(str(cassette)):
            assert requests.get(f"{kpn_account.url}/agents", headers=bearer, timeout=10).status_code == status
        kpn_account.fail("agents", 503)
    assert not cassette.exists()
