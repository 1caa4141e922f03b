"""Clients that openapi-python-client generated, in use; URL, TOKEN and ADMIN_TOKEN are in the environment."""

import os

from opc_kpn import AuthenticatedClient
from opc_kpn.api.agents import agent, agents
from opc_kpn.api.trunks import trunk
from opc_sandbox import AuthenticatedClient as Administrator
from opc_sandbox.api.accounts import create_account, show_account
from opc_sandbox.api.removal import delete_account
from opc_sandbox.models import NewAccountRequest

client = AuthenticatedClient(os.environ["URL"], os.environ["TOKEN"], raise_on_unexpected_status=True)
listed, one = agents.sync(client=client), agent.sync("40001", client=client)
assert one.error is None and one.data_set.agent.logid == listed.data_set.agents[0].logid == "40001"
assert trunk.sync("1001", client=client).data_set.trunk.ports[0].state

administrator = Administrator(os.environ["URL"], os.environ["ADMIN_TOKEN"], raise_on_unexpected_status=True)
made = create_account.sync(client=administrator, body=NewAccountRequest(client_id="generated", seed="generated"))
assert made.client_secret and show_account.sync("generated", client=administrator).clock.mode == "running"
assert delete_account.sync_detailed("generated", client=administrator).status_code == 204
