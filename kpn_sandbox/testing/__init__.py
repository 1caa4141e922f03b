"""
What tests get in hand: a sandbox, and accounts in it.

The fixtures `kpn_sandbox` and `kpn_account` of the pytest plugin give them out; the names here are for annotations, and
`running` is for other test frameworks:

    with running() as sandbox:
        account = sandbox.new_account(scenario="peak")
        assert account.get("/agents").status == 200
"""

from kpn_sandbox.testing.account import Account
from kpn_sandbox.testing.reply import Reply
from kpn_sandbox.testing.sandbox import Sandbox, running

__all__ = ["Account", "Reply", "Sandbox", "running"]
