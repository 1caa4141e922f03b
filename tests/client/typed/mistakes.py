"""Mistakes, one a line, each of which every type checker must find; nothing of it is ever run."""

from kpn_sandbox.client import Account, AsyncAccount, Client
from kpn_sandbox.testing import AccountFactory, RunningSandbox


def mistakes(account: Account, client: Client, sandbox: RunningSandbox, kpn_account_factory: AccountFactory) -> None:
    """Names and values that the sandbox would refuse."""
    client.new_account(bogus=3)
    sandbox.new_account(bogus=3)
    sandbox.new_account(scenario="peek")
    kpn_account_factory(bogus=3)
    kpn_account_factory(agents="many")
    sandbox.new_account(agents="many")
    client.new_account(clock={"mode": "stopped"})
    account.fail("agnets", 503)
    account.fail("agents", 503, api="kpm")
    account.fail("agents", 503, repeat="yes")
    account.fail("agents", "hangg")
    account.fail("agents", 503, ["reset", "okay"])
    account.fail("agents", object())
    account.fail_sometimes("agents", 0.5, "rest")
    account.profile(agnets=3)
    account.profile(agents="x")
    account.profile(effective="tomorrow")
    account.profile(queues=[{"nmae": "Sales"}])
    account.pin("agent", 1, Foo=1)
    account.pin("agents", 1, Foo=1)
    account.pin("agents", 1, Status=object())
    account.requests(bogus=1)
    account.requests("agnets")
    account.wait_for("agents", timeout="soon")
    account.verify("agents")
    account.advance("x")
    account.freeze(12)
    account.scenario("peek")
    account.reset("pin")
    account.quota(60, unit="minutes")
    account.get("/agents", tokn="x")
    account.calls(quue=1000)
    account.clock()["mod"]
    account.conduct()["findings"][0]["rul"]


async def awaited(account: AsyncAccount) -> None:
    """The same in a coroutine, where what is forgotten to be awaited has no answer yet."""
    await account.fail("agnets", 503)
    await account.profile(agnets=3)
    account.clock()["mode"]
