"""URL to question: the widgets data, the customers and the sign of life."""

from collections.abc import Callable

import orjson
from flask import Blueprint, Response, request

from kpn_sandbox.apis.browsers import OPEN, preflight
from kpn_sandbox.apis.hooks import Hooks
from kpn_sandbox.apis.kaisa.auth import KaisaDoor
from kpn_sandbox.apis.kaisa.errors import JSON, Refusal, forced
from kpn_sandbox.apis.kaisa.manners import KaisaManners
from kpn_sandbox.apis.kaisa.operations import OPERATIONS
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
        self._manners = manners
        self._history = history

    def respond(self, operation: Operation, path_id: str | None = None) -> Response:
        """
        The answer to the current request.

        Args:
            operation: What is asked for.
            path_id: The customer in the path.
        """
        # Imported here because schemas take long to make, and a start does not need them.
        from kpn_sandbox.apis.kaisa.questions import QUESTIONS, Asked, once

        exchange = self._around.begin(self._manners, operation.key, self._forced)
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


def blueprint(desk: Desk) -> Blueprint:
    """
    The routes.

    Args:
        desk: Answers requests.
    """
    kaisa = Blueprint("kaisa", __name__)
    methods: dict[str, list[str]] = {}
    for operation in OPERATIONS:
        for number, rule in enumerate(operation.rules):
            view, name = _view(desk, operation), f"{operation.key}_{number}"
            kaisa.add_url_rule(rule, name, view, methods=[operation.method], provide_automatic_options=False)
            methods.setdefault(rule, []).append(operation.method)
    for number, (rule, known) in enumerate(methods.items()):
        allowed = [*known, "HEAD"] if "GET" in known else known
        kaisa.add_url_rule(rule, f"preflight_{number}", preflight(allowed), methods=["OPTIONS"])
    return kaisa


def _view(desk: Desk, operation: Operation) -> Callable[..., Response]:
    def view(customer_id: str | None = None) -> Response:
        return desk.respond(operation, customer_id)

    return view
