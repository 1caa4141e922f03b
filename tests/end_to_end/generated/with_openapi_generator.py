"""The client that openapi-generator generated for Python, in use; URL and TOKEN are in the environment."""

import os

from og_kpn import AgentsApi, ApiClient, Configuration, TrunksApi

client = ApiClient(Configuration(host=os.environ["URL"], access_token=os.environ["TOKEN"]))
listed, one = AgentsApi(client).agents(), AgentsApi(client).agent("40001")
assert one.error is None and one.data_set.agent.logid == listed.data_set.agents[0].logid == "40001"
assert TrunksApi(client).trunk("1001").data_set.trunk.ports[0].state
