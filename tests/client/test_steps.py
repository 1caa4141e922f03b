"""Methods are written once for `Account` and `AsyncAccount`, and for both clients."""

import asyncio
import inspect
import sys
from datetime import timedelta

import pytest

from kpn_sandbox.client import Account, AsyncAccount, AsyncClient, Client, ClientError, NotAsExpected, Unreachable
from tests.client.conftest import MONDAY

WITHOUT_REQUESTS = {"account"}
"""Methods that send nothing, so there is nothing to await."""


def public(kind):
    """The public methods of a class, by name."""
    return {name: value for name, value in inspect.getmembers(kind, callable) if not name.startswith("_")}


@pytest.mark.parametrize(("blocking", "awaited"), [(Account, AsyncAccount), (Client, AsyncClient)])
def test_both_have_the_same_methods(blocking, awaited):
    """Each public method of one is there in the other, awaited, with the same parameters and the same docstring."""
    methods, coroutines = public(blocking), public(awaited)

    assert methods.keys() == coroutines.keys()
    for name, method in methods.items():
        returned = {"return_annotation": None}
        same = [inspect.signature(each).replace(**returned) for each in (method, coroutines[name])]
        assert same[0] == same[1]
        assert method.__doc__ == coroutines[name].__doc__
        assert inspect.iscoroutinefunction(coroutines[name]) == (name not in WITHOUT_REQUESTS)
        assert not inspect.iscoroutinefunction(method)


def test_an_account_is_awaited(client):
    """What `Account` does, `AsyncAccount` does over httpx: requests at the same time, broken ones, and waiting."""

    async def use():
        sandbox = AsyncClient(client.url, client.admin_token)
        async with await sandbox.new_account(at=MONDAY, scenario="busy", client_id="awaited") as account:
            assert f"AsyncAccount 'awaited' at {client.url}: clock frozen at {MONDAY}, scenario busy" in repr(account)
            answers = await asyncio.gather(*(account.get("/agents") for _ in range(5)))
            assert {answer.raise_for_status()["DataSet"]["agents"][0]["Logid"] for answer in answers} == {"40001"}
            fault = await account.fail("queues", "empty", "garbage", "truncate", TimeoutError, 302, "reset")
            for _ in range(3):
                with pytest.raises(Unreachable, match="/queues does not answer"):
                    await account.get("/queues")
            with pytest.raises(Unreachable, match="timed out"):
                await account.get("/queues", timeout=timedelta(seconds=0.2))
            assert (await account.get("/queues")).headers["location"]
            await account.heal(fault)
            assert len(await account.wait_for("agents", 5)) == 5
            with pytest.raises(NotAsExpected, match="nearest"):
                await account.verify("trunks", 1)
            assert (await account.advance("15m"))["at"] == MONDAY.replace("10:00", "10:15", 1)
            assert (await account.post("/agents", {"a": 1})).status == 405
            with pytest.raises(ClientError, match="kind must be one of"):
                await account.pin("chairs", 1, Agent="x")
            same = AsyncAccount(client.url, account.client_id, account.client_secret)
            assert await same.clock() == await account.clock()
        with pytest.raises(ClientError, match="401"):
            await account.show()

    asyncio.run(use())


def test_an_object_is_used_in_one_event_loop_after_another(client, account):
    """Nothing of a loop stays behind, so a fixture may make an account that each test awaits in a loop of its own."""
    same = AsyncAccount(account)

    assert [asyncio.run(same.get("/agents")).status for _ in range(2)] == [200, 200]


def test_without_httpx_the_error_names_the_extra(account, monkeypatch):
    """Importing the class needs no httpx; sending does."""
    monkeypatch.setitem(sys.modules, "httpx", None)

    with pytest.raises(ClientError, match=r"pip install 'kpn-sandbox\[async\]'"):
        asyncio.run(AsyncAccount(account).show())
