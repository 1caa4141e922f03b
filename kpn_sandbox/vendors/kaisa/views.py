"""Views of the widgets data, the customers and the ping: each returns the JSON object of its response."""

from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from kpn_sandbox.gateway.operations import endpoint
from kpn_sandbox.simulation.calendar import day_of
from kpn_sandbox.simulation.customers import Customers, customers_of
from kpn_sandbox.simulation.history import NOBODY, History
from kpn_sandbox.tenants.tenant import Tenant
from kpn_sandbox.vendors.kaisa.errors import KaisaError
from kpn_sandbox.vendors.kaisa.operations import ADD_CUSTOMER, CHANGE_CUSTOMER, CUSTOMER, CUSTOMERS, PING, WIDGETS
from kpn_sandbox.vendors.kaisa.records import CUSTOMER_ID, CustomerList, DatasetPeriod, blank_record, dataset, last_days
from kpn_sandbox.vendors.kaisa.schemas import ChangedCustomerForm, CustomersQuery, NewCustomerForm, WidgetsQuery
from kpn_sandbox.vendors.kaisa.store import CustomerStore

# Customers on a page unless the query has another number.
_PAGE_SIZE = 1000


class KaisaRequest(NamedTuple):
    """An authorized request, with the stores that views read."""

    tenant: Tenant
    at: float
    query: Mapping[str, str]
    form: Mapping[str, str]
    path_id: str | None
    """Customer id in the path, None when the path has none."""
    history: History
    store: CustomerStore

    @property
    def center_customers(self) -> Customers:
        """Customers of the center at the instant of the response."""
        return customers_of(self.tenant.center, self.at)

    @property
    def customers(self) -> CustomerList:
        """Customers of the center with what the account changed, and those that it added."""
        return CustomerList(self.center_customers, self.store.entries(self.tenant.account.client_id))

    @property
    def with_path(self) -> dict[str, str]:
        """Parameters of the query, with the customer id in the path."""
        return {**self.query, **({} if self.path_id is None else {"customer_id": self.path_id})}


FORM_FIELDS = frozenset({*NewCustomerForm().fields, "customer_id"})
"""Fields that are read of a form."""


def single_values(values: "MultiDict[str, str]", known: Container[str] | None = None) -> dict[str, str]:
    """
    Return the values of parameters, without empty ones.

    Args:
        values, known: The parameters, and the names of those that are read; those of all operations by default.

    Raises:
        KaisaError: A parameter that is read is repeated.
    """
    for name, found in values.lists():
        if len(found) > 1 and name in (_PARAMETERS if known is None else known):
            raise KaisaError(400, f"{name} must be given once")
    return {name: value for name, value in values.items() if value != ""}


@endpoint(WIDGETS)
def widgets(request: KaisaRequest) -> dict[str, Any]:
    """
    Show a dataset of the widgets library.

    Raises:
        KaisaError: The first day is after the last one.
    """
    query: dict[str, Any] = WidgetsQuery().load(request.query)
    customer_id = query.get("customer_id") or None
    today = day_of(request.at).date
    first, last = query.get("from_date"), query.get("to_date")
    if first is None:
        first, last = last_days(last or today)
    last = last or max(today, first)
    if first > last:
        raise KaisaError(400, "from_date must not be after to_date")
    customer = None
    if customer_id is not None:
        found = request.center_customers.find(str(customer_id), (CUSTOMER_ID,))
        customer = NOBODY if found is None else found
    days = request.history.days(request.tenant.center, first, last, request.at, customer=customer)
    return dataset(query["type"], DatasetPeriod(days, request.center_customers, customer_id, _names(request)))


@endpoint(CUSTOMERS)
def customers(request: KaisaRequest) -> dict[str, Any]:
    """Show a page of customers."""
    return _customers(request)


@endpoint(CUSTOMER)
def customer(request: KaisaRequest) -> dict[str, Any]:
    """Show one customer, as a page of one."""
    return _customers(request)


@endpoint(ADD_CUSTOMER)
def add_customer(request: KaisaRequest) -> dict[str, Any]:
    """Add a customer."""
    fields: dict[str, str] = NewCustomerForm().load(request.form)
    customer_id = request.store.add(request.tenant.account.client_id, fields)
    return _page([{**blank_record(customer_id), **fields}], 0, _PAGE_SIZE, total=1)


@endpoint(CHANGE_CUSTOMER)
def change_customer(request: KaisaRequest) -> dict[str, Any]:
    """
    Change fields of a customer.

    Raises:
        KaisaError: The customer id is missing, or no customer has it.
    """
    sent = {**request.form, **request.with_path}
    if "customer_id" not in sent:
        raise KaisaError(400, "customer_id must be given")
    customer_id: int = CustomersQuery(only=["customer_id"]).load(sent)["customer_id"]
    found = request.customers.with_id(customer_id)
    if not found:
        raise KaisaError(404, f"customer {customer_id} not found")
    fields: dict[str, str] = ChangedCustomerForm().load(request.form)
    request.store.change(request.tenant.account.client_id, customer_id, fields)
    return _page([{**found[0], **fields}], 0, _PAGE_SIZE, total=1)


@endpoint(PING)
def ping(request: KaisaRequest) -> dict[str, Any]:
    """Show that the API answers."""
    return {"ping": "ok"}


ENDPOINTS = (widgets, customers, customer, add_customer, change_customer, ping)


_PARAMETERS = frozenset({*WidgetsQuery().fields, *CustomersQuery().fields, *NewCustomerForm().fields})


def _customers(request: KaisaRequest) -> dict[str, Any]:
    query: dict[str, Any] = CustomersQuery().load(request.with_path)
    customer_id, custnr = query.get("customer_id") or None, query.get("custnr")
    page, size = query.get("page", 0), query.get("pagesize", _PAGE_SIZE)
    listed, chosen = request.customers, slice(page * size, (page + 1) * size)
    if customer_id is None and custnr is None:
        return _page(listed.records(chosen), page, size, total=len(listed))
    found = listed.with_number(custnr or "") if customer_id is None else listed.with_id(customer_id)
    found = [record for record in found if custnr in (None, record["custnr"])]
    return _page(found[chosen], page, size, total=len(found))


def _names(request: KaisaRequest) -> dict[int, str]:
    changes = request.store.entries(request.tenant.account.client_id)
    return {customer_id: fields["name"] for customer_id, fields in changes.items() if "name" in fields}


def _page(records: list[dict[str, str]], page: int, size: int, *, total: int) -> dict[str, Any]:
    return {"customers": records, "total": total, "page": page, "pagesize": size, "numpages": -(-total // size)}
