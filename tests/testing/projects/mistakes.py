"""Mistakes in calls of an account, one in each line that ends with a remark; type checkers must find all of them."""

from datetime import datetime

from kpn_sandbox.client import AsyncAccount
from kpn_sandbox.testing import Account, RunningSandbox


def mistakes(account: Account, sandbox: RunningSandbox) -> None:
    sandbox.new_account(bogus=3)  # an unknown setting
    sandbox.new_account(scenario="peek")  # an unknown scenario
    sandbox.new_account(profile={"agnets": 3})  # an unknown field of a profile
    account.fail("agnets", 503)  # an unknown operation
    account.profile(agnets=3)  # an unknown field
    account.profile(effective="tomorrow", agents=3)  # an unknown word
    account.pin("agent", 1, Status="AUX")  # an unknown kind
    account.pin("agents", 40001, Foo=1)  # an unknown field
    account.requests(bogus=1)  # an unknown filter
    account.requests("agnets")  # an unknown operation
    account.wait_for("agnets")  # an unknown operation
    account.advance("x")  # no duration
    account.advance([1])  # no duration
    account.freeze(3)  # no instant
    account.scenario("peek")  # an unknown scenario
    account.reset("pin")  # an unknown layer
    account.quota("60")  # no number
    account.clock()["mod"]  # an unknown member of an answer


async def more_mistakes(account: AsyncAccount) -> None:
    await account.fail("agnets", 503)  # an unknown operation
    await account.profile(agnets=3)  # an unknown field
    at: datetime = account.now()  # not awaited
    print(at)
