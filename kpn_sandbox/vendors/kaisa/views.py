"""
URL to question: the widgets data, the customers and the sign of life.

Question to record: what each operation asks of the center and of the account's own customers.

Answers requests: admits the caller, asks the question, writes out the answer.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import orjson
from flask import Blueprint, Response, request
from werkzeug.datastructures import MultiDict

from kpn_sandbox.gateway.api import RESERVED, Operation
from kpn_sandbox.gateway.cors import OPEN, preflight
from kpn_sandbox.gateway.request_context import RequestLifecycle
from kpn_sandbox.gateway.responses import told, told_if_changed
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.customers import Customers, customers_of
from kpn_sandbox.simulation.history import NOBODY, History
from kpn_sandbox.tenants.faults import Outcome
from kpn_sandbox.tenants.sandbox import Sandbox
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kaisa.api import KaisaManners
from kpn_sandbox.vendors.kaisa.auth import KaisaAuth
from kpn_sandbox.vendors.kaisa.errors import JSON, Refusal, forced
from kpn_sandbox.vendors.kaisa.operations import (
    ADD_CUSTOMER,
    CHANGE_CUSTOMER,
    CUSTOMER,
    CUSTOMERS,
    OPERATIONS,
    PING,
    WIDGETS,
)
from kpn_sandbox.vendors.kaisa.records import Period, blank_record, customer_record, dataset, last_days
from kpn_sandbox.vendors.kaisa.schemas import ChangedCustomerForm, CustomersQuery, NewCustomerForm, WidgetsQuery
from kpn_sandbox.vendors.kaisa.store import CustomerStore


def blueprint(desk: "Callable[[], Desk]") -> Blueprint:
    """
    The routes.

    Args:
        desk: Gives who answers requests, when the first one comes.
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


def _view(desk: "Callable[[], Desk]", operation: Operation) -> Callable[..., Response]:
    def view(customer_id: str | None = None) -> Response:
        return desk().respond(operation, customer_id)

    return view


PAGE = 1000


class Asked(NamedTuple):
    """A question: whose, of which instant, with what."""

    tenant: Tenant
    at: float
    query: Mapping[str, str]
    form: Mapping[str, str]
    path_id: str | None
    """The id in the path, None when there is none."""
    history: History
    directory: CustomerStore

    @property
    def everybody(self) -> Customers:
        """The center's customers."""
        return customers_of(self.tenant.center.names(self.at))

    @property
    def with_path(self) -> dict[str, str]:
        """The query, with the id of the path in it."""
        return {**self.query, **({} if self.path_id is None else {"customer_id": self.path_id})}


def once(values: "MultiDict[str, str]") -> dict[str, str]:
    """
    Parameters, each given once; empty ones count as not given.

    Raises:
        Refusal: One stands there twice.
    """
    for name, given in values.lists():
        if len(given) > 1:
            raise Refusal(400, f"{name} must be given once")
    return {name: value for name, value in values.items() if value != ""}


def widgets(asked: Asked) -> dict[str, Any]:
    """A dataset."""
    query: dict[str, Any] = WidgetsQuery().load(asked.query)
    customer_id = query.get("customer_id") or None
    today = day_of(asked.at).date
    first, last = query.get("from_date"), query.get("to_date")
    if first is None:
        first, last = last_days(last or today)
    last = last or max(today, first)
    if first > last:
        raise Refusal(400, "from_date must not be after to_date")
    customer = None
    if customer_id is not None:
        found = asked.everybody.find_kaisa(customer_id)
        customer = NOBODY if found is None else found
    days = asked.history.days(asked.tenant.center, first, last, asked.at, customer)
    return dataset(query["type"], Period(days, asked.everybody, customer_id, _names(asked)))


def customers(asked: Asked) -> dict[str, Any]:
    """A page of customers."""
    query: dict[str, Any] = CustomersQuery().load(asked.with_path)
    customer_id, custnr = query.get("customer_id") or None, query.get("custnr")
    found = [
        record
        for record in _records(asked)
        if custnr in (None, record["custnr"]) and (customer_id is None or record["customer_id"] == str(customer_id))
    ]
    return _page(found, query.get("page", 0), query.get("pagesize", PAGE))


def add_customer(asked: Asked) -> dict[str, Any]:
    """A customer who was added."""
    fields: dict[str, str] = NewCustomerForm().load(asked.form)
    customer_id = asked.directory.add(asked.tenant.account.client_id, fields)
    return _page([{**blank_record(customer_id), **fields}], 0, PAGE)


def change_customer(asked: Asked) -> dict[str, Any]:
    """A customer who was changed."""
    given = {**asked.form, **asked.with_path}
    if "customer_id" not in given:
        raise Refusal(400, "customer_id must be given")
    customer_id = str(CustomersQuery(only=["customer_id"]).load(given)["customer_id"])
    known = next((record for record in _records(asked) if record["customer_id"] == customer_id), None)
    if known is None:
        raise Refusal(404, f"customer {customer_id} not found")
    fields: dict[str, str] = ChangedCustomerForm().load(asked.form)
    asked.directory.change(asked.tenant.account.client_id, int(customer_id), fields)
    return _page([{**known, **fields}], 0, PAGE)


def ping(asked: Asked) -> dict[str, Any]:
    """A sign of life."""
    return {"ping": "ok"}


QUESTIONS: dict[Operation, Callable[[Asked], dict[str, Any]]] = {
    WIDGETS: widgets,
    CUSTOMERS: customers,
    CUSTOMER: customers,
    ADD_CUSTOMER: add_customer,
    CHANGE_CUSTOMER: change_customer,
    PING: ping,
}


def _records(asked: Asked) -> list[dict[str, str]]:
    """All customers, those of the center first, as they were changed."""
    own = asked.directory.entries(asked.tenant.account.client_id)
    records = {fact.kaisa_customer_id: customer_record(fact) for fact in asked.everybody}
    for customer_id, fields in own.items():
        records[customer_id] = {**records.get(customer_id, blank_record(customer_id)), **fields}
    return list(records.values())


def _names(asked: Asked) -> dict[int, str]:
    own = asked.directory.entries(asked.tenant.account.client_id)
    return {customer_id: fields["name"] for customer_id, fields in own.items() if "name" in fields}


def _page(found: list[dict[str, str]], page: int, size: int) -> dict[str, Any]:
    return {
        "customers": found[page * size : (page + 1) * size],
        "total": len(found),
        "page": page,
        "pagesize": size,
        "numpages": -(-len(found) // size),
    }


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
        self, sandbox: Sandbox, door: KaisaAuth, around: RequestLifecycle, manners: KaisaManners, history: History
    ) -> None:
        self._directory = CustomerStore(sandbox.database)
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
