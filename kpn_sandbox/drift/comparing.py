"""Asking the sandbox what was asked of KPN, and comparing the answers."""

from collections.abc import Iterable

from kpn_sandbox.apis.kpn.operations import TOKEN
from kpn_sandbox.client import TOKEN_PATH, basic
from kpn_sandbox.drift.captures import Capture
from kpn_sandbox.drift.comparison import Difference, differences
from kpn_sandbox.testing.account import Account
from kpn_sandbox.testing.reply import Reply, send


def compare(account: Account, captures: Iterable[Capture]) -> list[Difference]:
    """
    What differs, each difference once.

    Args:
        account: Whose center the captured answers are compared with.
        captures: What was captured.
    """
    found = [difference for capture in captures for difference in differences(capture, ask(account, capture))]
    return list({(each.where, each.what): each for each in found}.values())


def ask(account: Account, capture: Capture) -> Reply:
    """The sandbox's answer to the same request; a refusal is wished for."""
    wish = {} if capture.status == 200 else {"Prefer": f"code={capture.status}"}
    if capture.operation is TOKEN:
        credentials = {"Authorization": basic(account.client_id, account.client_secret)}
        return send("POST", account.url + TOKEN_PATH, {**credentials, **wish})
    reply = account.get(capture.path, headers=wish)
    if capture.status == 200 and reply.status == 404 and capture.operation.parameter is not None:
        return account.get(_another(account, capture))
    return reply


def _another(account: Account, capture: Capture) -> str:
    """The path of the first object of the kind, when the center has none of the captured number."""
    kind, parameter = capture.operation.kind, str(capture.operation.parameter)
    first = account.get(f"/{kind}")["DataSet"][kind][0]
    return capture.operation.path.replace(f"{{{parameter}}}", first[parameter])
