"""What the sandbox tells of this API: each operation and behavior with its label."""

from kpn_sandbox.apis.face import Face, Known
from kpn_sandbox.apis.itx.operations import OPERATIONS, PAGE
from kpn_sandbox.apis.operation import STATUSES

_OWN = "the sandbox's own"

BEHAVIORS = (
    Known("GET with `customerId`; sections, documents, lines, fields, expandable fields, color codes, dates",
          "documented", PAGE),
    Known("Primary key, entity id, customer number, phone number and external id lead to the same customer",
          "documented", PAGE),
    Known("All kinds of identifiers are tried, in that order; ITX sends the one kind it is configured for",
          "invented", _OWN),
    Known("A fixed `token` in the URL, 401 without", "inferred", PAGE),
    Known("A customer whom nobody knows: 200, empty sections, `No data available`", "inferred", PAGE),
    Known("400 without `customerId`, refusals as a panel with one section", "invented", _OWN),
    Known("Orders, invoices and contacts, newest first, 20 of each at most; `amount` with two decimals on the wire",
          "invented", _OWN),
    Known("`Cache-Control: no-store`, CORS, all `X-Sandbox-` headers, `Prefer`, reserved numbers", "invented", _OWN),
)

FACE = Face(
    key="itx",
    operations={each.key: Known(f"{each.method} {each.path}", each.label, each.source) for each in OPERATIONS},
    behaviors=BEHAVIORS,
    statuses=STATUSES,
)
