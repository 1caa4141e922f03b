"""A client that uses httpx in coroutines, controlled by an account whose methods are awaited."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from kpn_sandbox.client import AsyncAccount
from kpn_sandbox.testing import Account

TOKEN = "/oauth/client_credential/accesstoken?grant_type=client_credentials"


@pytest.fixture
def account(kpn_account: Account) -> AsyncAccount:
    """The test's account, with methods that are awaited."""
    return AsyncAccount(kpn_account.url, kpn_account.client_id, kpn_account.client_secret)


@pytest.fixture
async def client(account: AsyncAccount) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=account.url) as http:
        credentials = {"client_id": account.client_id, "client_secret": account.client_secret}
        answer = await http.post(TOKEN, data=credentials)
        http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield http


async def test_many_requests_at_a_time(client: httpx.AsyncClient, account: AsyncAccount) -> None:
    answers = await asyncio.gather(*(client.get("/agents") for _ in range(20)))

    assert [len(answer.json()["DataSet"]["agents"]) for answer in answers] == [20] * 20
    await account.verify("agents", 20)


async def test_a_broken_connection(client: httpx.AsyncClient, account: AsyncAccount) -> None:
    await account.fail("queues", "reset", 503, "ok")

    with pytest.raises(httpx.TransportError):
        await client.get("/queues")
    assert [(await client.get("/queues")).status_code for _ in range(2)] == [503, 200]
    await account.assert_faults_used()


async def test_the_account_is_asked_while_an_answer_is_slow(client: httpx.AsyncClient, account: AsyncAccount) -> None:
    await account.fail("trunks", {"delay_ms": 500})

    slow = asyncio.create_task(client.get("/trunks"))
    await account.pin("queues", 1000, Name="Sales")
    name = (await client.get("/queue/number/1000")).json()["DataSet"]["queue"]["Name"]

    assert (name, (await slow).status_code) == ("Sales", 200)
    assert len(await account.wait_for("trunks", timeout=5)) == 1


async def test_a_blocking_account_does_for_short_calls(client: httpx.AsyncClient, kpn_account: Account) -> None:
    kpn_account.profile(agents=3)

    assert len((await client.get("/agents")).json()["DataSet"]["agents"]) == 3
