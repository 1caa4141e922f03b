"""The panel of a customer: orders, invoices and contacts as documents in sections."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import orjson

from kpn_sandbox.simulation.customers import ContactFact
from kpn_sandbox.simulation.customers import contacts as contacts_of
from kpn_sandbox.simulation.history import History
from kpn_sandbox.simulation.orders import CreditNoteFact, InvoiceFact, InvoiceStatus, OrderFact, OrderLine, OrderStatus
from kpn_sandbox.simulation.orders import credit_notes as credit_notes_of
from kpn_sandbox.simulation.orders import invoices as invoices_of
from kpn_sandbox.simulation.orders import orders as orders_of
from kpn_sandbox.tenants.tenant import Tenant

IDENTIFIERS = ("primary_key", "entity_id", "customer_number", "phone", "external_id")
"""Identifiers of customers that ITX may send, in the order in which they are tried."""

# Most documents of a section.
_MOST = 20
_SHOP, _PARCELS = "https://shop.example.com", "https://parcels.example.com"
_COLORS: dict[str, str] = {
    # The default color; the page lets a provider leave it out, as "Shipped" does, or write it.
    OrderStatus.PROCESSING: "NORMAL",
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
# Statuses that the message of a section counts.
_REMARKABLE = (OrderStatus.PARTLY_DELIVERED.value, InvoiceStatus.OVERDUE.value)
_CALL_STATES = {
    "waiting": "Waiting",
    "talking": "In conversation",
    "answered": "Answered",
    "abandoned": "Hung up",
    "flowed_out": "Sent away",
}


def panel(tenant: Tenant, history: History, customer: int | None, at: float) -> dict[str, Any]:
    """
    Return the panel of a customer at an instant.

    Args:
        tenant: Account of the center.
        history: Calls of earlier days.
        customer: Index of the customer, from 0; None for an unknown customer.
        at: Instant in epoch seconds.
    """
    seed, center = tenant.account.seed, tenant.center
    documents: dict[str, list[dict[str, Any]]] = {"Orders": [], "Invoices": [], "Contacts": []}
    if customer is not None:
        documents["Orders"] = list(map(_order, orders_of(seed, customer, at, _MOST)))
        documents["Invoices"] = list(map(_invoice, invoices_of(seed, customer, at, _MOST)))
        if credited := list(map(_credit_note, credit_notes_of(seed, customer, at, _MOST))):
            documents["Credit notes"] = credited
        documents["Contacts"] = list(map(_contact, contacts_of(history, center, customer, at, most=_MOST)))
    return {"sections": [_section(title, found) for title, found in documents.items()]}


def _section(title: str, documents: list[dict[str, Any]]) -> dict[str, Any]:
    counted = Counter(each["status"]["name"] for each in documents)
    texts = [f"{name}: {counted[name]}" for name in _REMARKABLE if counted[name]]
    message = {} if documents and not texts else {"message": ", ".join(texts) or "No data available"}
    return {"title": title, **message, "documents": documents}


def _order(fact: OrderFact) -> dict[str, Any]:
    tracking = {} if fact.parcel is None else {"trackingUrl": f"{_PARCELS}/{fact.parcel}"}
    return {
        "documentNumber": fact.number,
        "documentDate": instant(fact.placed_at),
        "externalUrl": f"{_SHOP}/orders/{fact.number}",
        **tracking,
        "status": _status(fact.status.value, fact.status, fact.status_since),
        "amount": money(fact.amount),
        "currency": fact.currency,
        "lines": [_line(line, fact.number) for line in fact.lines],
        "fields": [_field("Products", str(len(fact.lines))), {"value": "Webshop"}],
    }


def _line(line: OrderLine, order: str) -> dict[str, Any]:
    return {
        "name": line.product,
        "quantity": _number(line.quantity),
        "delivered": _number(line.delivered),
        "url": f"{_SHOP}/products/{'-'.join(line.product.lower().replace('/', ' ').split())}",
        "fields": [_field("Price", f"{line.price // 100}.{line.price % 100:02}")],
        **({"expandableFields": [_serial_numbers(line, order)]} if line.is_counted else {}),
    }


def _serial_numbers(line: OrderLine, order: str) -> dict[str, Any]:
    columns, prefix, count = ["Piece", "Serial number"], f"{order}-{line.product[:3].upper()}", line.quantity // 100
    cells = [cell for piece in range(1, count + 1) for cell in (str(piece), f"{prefix}-{piece:02}")]
    return {"columns": columns, "fields": list(map(_field, columns * count, cells))}


def _invoice(fact: InvoiceFact) -> dict[str, Any]:
    return {
        "documentNumber": fact.number,
        "documentDate": instant(fact.issued_at),
        "externalUrl": f"{_SHOP}/invoices/{fact.number}",
        "status": _status(fact.status.value, fact.status, fact.status_since),
        "amount": money(fact.amount),
        "currency": fact.currency,
        "fields": [_field("Order", fact.order), _field("Due", instant(fact.due_at)[:10])],
    }


def _credit_note(fact: CreditNoteFact) -> dict[str, Any]:
    returned = _line(fact.line, fact.order)
    del returned["delivered"]
    return {
        "documentNumber": fact.number,
        "documentDate": instant(fact.issued_at),
        "status": {"name": "Credited", "colorCode": "NORMAL"},
        "amount": money(fact.line.amount),
        "currency": fact.currency,
        "lines": [returned],
        "fields": [_field("Order", fact.order)],
    }


def _contact(fact: ContactFact) -> dict[str, Any]:
    values = {
        "Queue": fact.queue_name,
        "Agent": fact.agent_name,
        "Waited": f"{fact.wait_seconds} s",
        "Talked": None if fact.talk_seconds is None else f"{fact.talk_seconds} s",
        "Source": fact.attribution,
    }
    return {
        "documentNumber": fact.number,
        "documentDate": instant(fact.arrived_at),
        "status": _status(_CALL_STATES[fact.state], fact.state, fact.state_since),
        "fields": [_field(name, value) for name, value in values.items() if value is not None],
    }


def instant(at: float) -> str:
    """Return an instant in UTC, to the second."""
    return datetime.fromtimestamp(at // 1, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(cents: int) -> orjson.Fragment:
    """Return an amount as a JSON number that keeps its two decimals."""
    return orjson.Fragment(f"{cents // 100}.{cents % 100:02}")


def _number(hundredths: int) -> orjson.Fragment:
    """Return a quantity as a JSON number with no more decimals than it needs."""
    return orjson.Fragment(f"{hundredths // 100}.{hundredths % 100:02}".rstrip("0").rstrip("."))


def _status(name: str, state: str, since: float) -> dict[str, str]:
    color = {"colorCode": _COLORS[state]} if state in _COLORS else {}
    return {"name": name, **color, "updatedDate": instant(since)}


def _field(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}
