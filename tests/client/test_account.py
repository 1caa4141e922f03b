"""An account as a whole: values, descriptions, arguments."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum
from http import HTTPStatus

import pytest

from kpn_sandbox.client import Account, ClientError
from tests.client.conftest import MONDAY


def test_every_method_takes_values_as_programs_have_them(account):
    """Instants, lengths of time, numbers, words and statuses need no spelling."""

    class Word(Enum):
        PEAK, AGENTS, MINUTE, PINS = "peak", "agents", "minute", "pins"

    noon = datetime(2026, 11, 23, 12, tzinfo=timezone(timedelta(hours=1)))
    assert account.freeze(noon)["at"] == "2026-11-23T12:00:00+01:00"
    assert account.advance(timedelta(minutes=1))["at"] == "2026-11-23T12:01:00+01:00"
    assert account.run(noon, speed=Decimal("2.0"))["speed"] == 2
    account.freeze(noon)
    assert account.scenario(Word.PEAK, for_seconds=timedelta(hours=1))["ends_at"] == "2026-11-23T13:00:00+01:00"
    assert account.profile(agents=Decimal(7), talk_seconds=timedelta(minutes=3))["talk_seconds"] == 180
    pinned = account.pin(Word.AGENTS, 40001, Time=timedelta(seconds=90), Reason=None, expires_at=noon + timedelta(1))
    assert (pinned["fields"]["Time"], pinned["expires_at"]) == ("90", "2026-11-24T12:00:00+01:00")
    account.unpin(Word.AGENTS, 40001)
    account.fail("agents", HTTPStatus.BAD_GATEWAY, {"delay_ms": timedelta(milliseconds=1)})
    assert [account.get("/agents").status for _ in range(2)] == [502, 200]
    assert account.quota(Decimal(60), unit=Word.MINUTE)["limit"] == 60
    assert account.requests(status=HTTPStatus.BAD_GATEWAY, since=noon)[0]["operation"] == "agents"
    assert account.calls(noon - timedelta(minutes=5), noon, queue=1000) is not None
    assert account.schedule(noon.date())["date"] == "2026-11-23"
    assert account.reset(Word.PINS) == ["pins"]


def test_an_account_is_described_and_dropped(client):
    """`repr` has id, clock and scenario, also of one that was not asked yet; a `with` block drops the account."""
    with client.new_account(at=MONDAY, scenario="busy", client_id="dropped") as account:
        account.scenario("trunk outage")
        for each in (account, client.account("dropped")):
            assert f"Account 'dropped' at {client.url}: clock frozen at {MONDAY}, scenario trunk outage" in repr(each)

    with pytest.raises(ClientError, match="401"):
        account.show()
    account.drop()
    assert "clock not known" in repr(client.account("dropped"))
    assert account.settings["scenario"] == "busy"
    same = Account(account)
    assert (same.client_id, same.client_secret, same.url) == ("dropped", account.client_secret, client.url)


def test_a_wrong_name_of_an_argument_says_what_is_right(client, account):
    """What a method does not take is an error of the client, like everything else."""
    with pytest.raises(ClientError, match=r"freeze\(\) too many positional arguments; it takes at, tokens"):
        account.freeze(MONDAY, "wall", 3)
    with pytest.raises(ClientError, match=r"'tokns'; it takes at, tokens"):
        account.freeze(MONDAY, tokns="wall")
    with pytest.raises(ClientError, match="it takes client_id, client_secret"):
        client.account(id="x")
    with pytest.raises(ClientError, match="an option of a request must be one of params, token, headers, timeout"):
        account.get("/agents", tokn="x")
    with pytest.raises(ClientError, match="bogus"):
        account.requests(bogus=1)
