"""Answers requests: admits the caller, asks the question, writes out the answer."""

import orjson
from flask import Response, request

from kpn_sandbox.apis.browsers import OPEN
from kpn_sandbox.apis.hooks import Hooks
from kpn_sandbox.apis.kaisa.auth import KaisaDoor
from kpn_sandbox.apis.kaisa.errors import JSON, Refusal, forced
from kpn_sandbox.apis.kaisa.manners import KaisaManners
from kpn_sandbox.apis.kaisa.questions import QUESTIONS, Asked, once
from kpn_sandbox.apis.operation import RESERVED, Operation
from kpn_sandbox.apis.replies import told, told_if_changed
from kpn_sandbox.control.directory import Directory
from kpn_sandbox.control.faults import Outcome
from kpn_sandbox.control.sandbox import Sandbox
from kpn_sandbox.simulation.history import History


class Desk:
    """
    Answers requests.

    Args:
        sandbox: Whose accounts are asked of.
        door: Tells who calls.
        around: Begins each exchange.
        manners: Kaisa's.
        history: Tells what happened.
    """

    def __init__(
        self, sandbox: Sandbox, door: KaisaDoor, around: Hooks, manners: KaisaManners, history: History
    ) -> None:
        self._directory = Directory(sandbox.database)
        self._door = door
        self._around = around
        self.manners = manners
        self._history = history

    def respond(self, operation: Operation, path_id: str | None = None) -> Response:
        """
        The answer to the current request.

        Args:
            operation: What is asked for.
            path_id: The customer in the path.
        """
        exchange = self._around.begin(self.manners, operation.key, self._forced)
        tenant = self._door.tenant(operation)
        at = self._around.admit(exchange, tenant)
        query = once(request.args)
        reserved = path_id or query.get("customer_id", "")
        if reserved.isdecimal() and int(reserved[:9]) in RESERVED:
            exchange.notes.append("reserved number")
            exchange.happen(Outcome(status=RESERVED[int(reserved[:9])]))
        asked = Asked(tenant, at, query, once(request.form), path_id, self._history, self._directory)
        body = orjson.dumps(QUESTIONS[operation](asked))
        answer = told_if_changed if operation.method == "GET" else told
        return answer(body, tenant, at, [JSON, *OPEN])

    def _forced(self, status: int) -> Refusal:
        return forced(status, request.base_url, self._door.challenge())
