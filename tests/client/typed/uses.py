# pyright: strict
"""Natural uses of the client and of the fixtures' accounts, in which no type checker may find anything."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, StrEnum
from http import HTTPStatus
from pathlib import Path
from uuid import uuid4

from kpn_sandbox.client import Account, AsyncAccount, AsyncClient, Client, ClientError, ProfilePatch, Response
from kpn_sandbox.testing import AccountFactory, RunningSandbox, running

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Scenario(StrEnum):
    """Words of a test."""

    PEAK = "peak"


class Fault(Enum):
    """Outcomes of a test."""

    RESET = "reset"


class Login(Enum):
    """Numbers of a test."""

    ANNA = 40001


def control(account: Account) -> None:
    """Control an account."""
    account.freeze(NOON)
    account.freeze("monday 10:00", tokens="wall")
    account.freeze(date(2026, 11, 23))
    account.run(NOON, speed=Decimal(60))
    account.advance(timedelta(minutes=15))
    account.advance(90)
    account.scenario("trunk outage")
    account.scenario(Scenario.PEAK, for_seconds=timedelta(minutes=45))
    account.profile(agents=12, queues=[{"name": "Sales", "talk_seconds": timedelta(minutes=3)}], load=None)
    account.profile(effective="now", trunks=2, opening="08:00-20:00", patience_seconds="unlimited")
    account.profile(outages=[{"trunk": 1000, "start": time(10), "end": "12:00"}])
    patch: ProfilePatch = {"load": 1.5}
    account.profile(**patch)
    account.pin("agents", 40001, Status="AUX", Reason=2, Time=timedelta(minutes=2), expires_at=NOON, reads=3)
    account.pin("queues", "1000", InQueueCalls=9)
    account.unpin(account.pin("agents", Login.ANNA, VDN=None))
    account.load(Path("answer.json"))
    account.restore(account.snapshot())
    account.reset("pins", "faults")
    remaining: int | None = account.fail("agents", 503, HTTPStatus.BAD_GATEWAY, "reset", TimeoutError)["remaining"]
    account.heal(account.fail("any", [503, "ok"], {"status": 503, "delay_ms": 200}, repeat=remaining is None))
    outcome = {"status": 503, "headers": {"Retry-After": 5}}
    account.fail(
        "agents", outcome, Fault.RESET, {"connection": "timeout", "delay": 1}, "timeout", ConnectionResetError()
    )
    account.fail("agents", (503 for _ in range(3)), ("reset", "ok"), [TimeoutError, 500])
    account.fail(None, timedelta(seconds=2), api="kaisa", key=40001)
    account.fail_sometimes("queues", Decimal("0.2"), 500, seed=uuid4())
    account.quota(60, timedelta(minutes=5))


def look(account: Account) -> float:
    """Look at what happened."""
    response: Response = account.get("/agents", params={"a": [1, 2]}, headers={"Prefer": "code=503"}, timeout=2)
    if not response.ok:
        response.raise_for_status()
    account.post("/statsapi/auth", {"username": account.client_id, "password": account.client_secret})
    account.put("/x", data={"a": 1}, token="x")
    account.delete("/statsapi/subscription/active")
    account.verify("agents", 2, method="GET", path="/agents", status="5xx", since=NOON)
    statuses: list[int] = [each["status"] for each in account.wait_for("token", 1, timeout=timedelta(seconds=5))]
    rules = {finding["rule"] for finding in account.conduct()["findings"]}
    waited = [call["answered_at"] for call in account.calls("10:00", NOON, queue=1000, direction="in")]
    at: datetime = account.now()
    assert account.clock()["mode"] == "frozen" and rules and waited and at
    return sum(interval["occupancy"] or 0 for interval in account.intervals(30)) / len(statuses)


def make(sandbox: RunningSandbox, client: Client) -> None:
    """Make accounts."""
    with sandbox.new_account(at=NOON, scenario="peak", agents=12, seed=42) as account:
        control(account)
    client.new_account(clock={"mode": "running", "at": NOON, "speed": 60}, profile={"agents": 3}).drop()
    client.new_account(at="10:00", scenario=Scenario.PEAK, seed=uuid4(), expires_in_seconds=timedelta(hours=1))
    try:
        client.account("somebody", "secret").show()
    except ClientError as error:
        print(error.status, error.problem.get("errors"), error)


async def wait(url: str, admin_token: str) -> None:
    """Do the same in a coroutine."""
    async with await AsyncClient(url, admin_token).new_account(at=NOON) as account:
        await account.fail("agents", 503)
        status: int = (await account.get("/agents")).status
        await AsyncAccount(url, account.client_id, account.client_secret).verify("agents", status)


def test(kpn_account: Account, kpn_sandbox: RunningSandbox, kpn_account_factory: AccountFactory) -> None:
    """Use the fixtures."""
    kpn_account_factory(agents=3, at=NOON, scenario="peak").verify("agents", 0)
    assert look(kpn_account) > 0
    with running({"agents": 5}) as other:
        make(other, Client(kpn_sandbox.url, kpn_sandbox.admin_token))
