"""Tests in random order and in two processes, with coverage and time-outs, see centers of their own."""

import random

import pytest
from client import agents

from kpn_sandbox.testing import Account, RunningSandbox


@pytest.mark.parametrize("count", range(1, 13))
def test_every_test_has_its_own_center(kpn_account: Account, count: int) -> None:
    kpn_account.profile(agents=count)

    assert len(agents(kpn_account)) == count


@pytest.mark.parametrize("time", range(3))
@pytest.mark.kpn_sandbox(at="2026-11-23T10:00:00+01:00", agents=3)
def test_the_answer_is_the_same_in_every_order(kpn_account: Account, kpn_sandbox: RunningSandbox, time: int) -> None:
    same = kpn_sandbox.new_account(at="2026-11-23T10:00:00+01:00", agents=3, seed="pytest")

    assert kpn_account.get("/agents").content == same.get("/agents").content


def test_seeded_numbers_stay_the_same(kpn_account: Account) -> None:
    random.seed(1)
    kpn_account.get("/agents")
    drawn = random.random()

    random.seed(1)
    assert random.random() == drawn
