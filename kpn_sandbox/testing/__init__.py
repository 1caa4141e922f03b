"""
Sandboxes and accounts for tests.

The fixtures `kpn_sandbox` and `kpn_account` of the pytest plugin return them; the names here are for annotations, and
`running` is for other test frameworks:

    with running() as sandbox:
        account = sandbox.new_account(scenario="peak")
        assert account.get("/agents").status == 200

In a REPL `start().new_account()` does, until it ends.
"""

from kpn_sandbox.client import Account, Response
from kpn_sandbox.testing.sandbox import AccountFactory, RunningSandbox, running, start

# Earlier names.
Sandbox, Reply = RunningSandbox, Response

__all__ = ["Account", "AccountFactory", "Reply", "Response", "RunningSandbox", "Sandbox", "running", "start"]
