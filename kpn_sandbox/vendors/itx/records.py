"""A customer's orders, invoices and contacts as documents of the panel."""

from collections.abc import Callable, Iterable
from datetime import datetime, timezone
from functools import partial
from typing import Any

import orjson

from kpn_sandbox.simulation.customers import ContactFact
from kpn_sandbox.simulation.customers import contacts as contacts_of
from kpn_sandbox.simulation.history import History
from kpn_sandbox.simulation.orders import InvoiceFact, InvoiceStatus, OrderFact, OrderLine, OrderStatus
from kpn_sandbox.simulation.orders import invoices as invoices_of
from kpn_sandbox.simulation.orders import orders as orders_of
from kpn_sandbox.tenants.tenant import Tenant

MOST = 20
"""Documents of a section."""

IDENTIFIERS = ("primary_key", "entity_id", "customer_number", "phone", "external_id")
"""The numberings of customers that ITX may ask with, in the order in which they are tried."""

NO_DATA = "No data available"
CURRENCY = "EUR"

_SHOP, _PARCELS = "https://shop.example.com", "https://parcels.example.com"
_COLORS: dict[str, str] = {
    OrderStatus.DELIVERED: "GREEN",
    OrderStatus.PARTLY_DELIVERED: "ORANGE",
    OrderStatus.CANCELLED: "RED",
    InvoiceStatus.PAID: "GREEN",
    InvoiceStatus.OVERDUE: "RED",
    "answered": "GREEN",
    "waiting": "ORANGE",
    "abandoned": "RED",
    "flowed_out": "RED",
}
_FATES = {
    "waiting": "Waiting",
    "talking": "In conversation",
    "answered": "Answered",
    "abandoned": "Hung up",
    "flowed_out": "Sent away",
}


def panel(tenant: Tenant, history: History, customer: int | None, at: float) -> dict[str, Any]:
    """
    What the panel shows of a customer at an instant.

    Args:
        tenant: Whose center it is.
        history: Where the calls of days are kept.
        customer: The customer, from 0; None for somebody whom nobody knows.
        at: The instant; epoch seconds.
    """
    return {
        "sections": [
            section(title, [] if customer is None else documents(customer))
            for title, documents in _sections(tenant, history, at)
        ]
    }


def section(title: str, documents: Iterable[dict[str, Any]], message: str = NO_DATA) -> dict[str, Any]:
    """A section; the message stands in for documents that are not there."""
    told = list(documents)
    return {"title": title, "documents": told} if told else {"title": title, "message": message, "documents": []}


def _sections(
    tenant: Tenant, history: History, at: float
) -> Iterable[tuple[str, Callable[[int], list[dict[str, Any]]]]]:
    seed = tenant.account.seed
    yield "Orders", lambda customer: list(map(order_record, orders_of(seed, customer, at, MOST)))
    yield "Invoices", lambda customer: list(map(invoice_record, invoices_of(seed, customer, at, MOST)))
    calls = partial(contacts_of, history, tenant.center)
    yield "Contacts", lambda customer: list(map(contact_record, calls(customer, at, most=MOST)))


def order_record(fact: OrderFact) -> dict[str, Any]:
    """An order."""
    tracking = {} if fact.parcel is None else {"trackingUrl": f"{_PARCELS}/{fact.parcel}"}
    return {
        "documentNumber": fact.number,
        "documentDate": instant(fact.placed_at),
        "externalUrl": f"{_SHOP}/orders/{fact.number}",
        **tracking,
        "status": _status(fact.status.value, fact.status, fact.status_since),
        "amount": money(fact.amount),
        "currency": CURRENCY,
        "lines": [line_record(line, fact.number) for line in fact.lines],
        "fields": [_field("Products", str(len(fact.lines))), {"value": "Webshop"}],
    }


def line_record(line: OrderLine, order: str) -> dict[str, Any]:
    """A line of an order; every piece has a serial number."""
    pieces = [(str(piece + 1), f"{order}-{line.product[:3].upper()}-{piece + 1:02}") for piece in range(line.quantity)]
    columns = ("Piece", "Serial number")
    return {
        "name": line.product,
        "quantity": line.quantity,
        "delivered": line.delivered,
        "url": f"{_SHOP}/products/{'-'.join(line.product.lower().replace('/', ' ').split())}",
        "fields": [_field("Price", f"{line.price // 100}.{line.price % 100:02}")],
        "expandableFields": [
            {"columns": list(columns), "fields": [_field(*each) for piece in pieces for each in zip(columns, piece)]}
        ],
    }


def invoice_record(fact: InvoiceFact) -> dict[str, Any]:
    """An invoice."""
    return {
        "documentNumber": fact.number,
        "documentDate": instant(fact.issued_at),
        "externalUrl": f"{_SHOP}/invoices/{fact.number}",
        "status": _status(fact.status.value, fact.status, fact.status_since),
        "amount": money(fact.amount),
        "currency": CURRENCY,
        "fields": [_field("Order", fact.order), _field("Due", instant(fact.due_at)[:10])],
    }


def contact_record(fact: ContactFact) -> dict[str, Any]:
    """A call."""
    told = {
        "Queue": fact.queue_name,
        "Agent": fact.agent_name,
        "Waited": f"{fact.wait_seconds} s",
        "Talked": None if fact.talk_seconds is None else f"{fact.talk_seconds} s",
        "Source": fact.attribution,
    }
    return {
        "documentNumber": fact.number,
        "documentDate": instant(fact.arrived_at),
        "status": _status(_FATES[fact.state], fact.state, fact.state_since),
        "fields": [_field(name, value) for name, value in told.items() if value is not None],
    }


def instant(at: float) -> str:
    """An instant in UTC, to the second."""
    return datetime.fromtimestamp(at // 1, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(cents: int) -> orjson.Fragment:
    """A sum as a JSON number that keeps its two decimals."""
    return orjson.Fragment(f"{cents // 100}.{cents % 100:02}")


def _status(name: str, state: str, since: float) -> dict[str, str]:
    color = {"colorCode": _COLORS[state]} if state in _COLORS else {}
    return {"name": name, **color, "updatedDate": instant(since)}


def _field(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}
