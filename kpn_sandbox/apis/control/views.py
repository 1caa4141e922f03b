"""Who answers what: a view for the key of each operation."""

from kpn_sandbox.apis.control import about, accounts, evidence, troubles, worlds
from kpn_sandbox.apis.control.calls import View

VIEWS: dict[str, View] = {**about.VIEWS, **accounts.VIEWS, **worlds.VIEWS, **troubles.VIEWS, **evidence.VIEWS}
