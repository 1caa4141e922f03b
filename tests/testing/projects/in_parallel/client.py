"""The code whose coverage is measured."""

from kpn_sandbox.testing import Account


def agents(account: Account) -> list[dict[str, str]]:
    """Return the agents of a center."""
    found: list[dict[str, str]] = account.get("/agents").json()["DataSet"]["agents"]
    return found
