"""
The vendors' APIs: one package per vendor, the same modules in each.

    __init__        product, version, sources, gaps, and the reason of each further module
    api             the API as the sandbox knows it: labels, authentication, responses
    operations      method, path, statuses, source of each request
    views           the functions that answer the operations
    records         facts of the center under the vendor's names
    schemas         names, types and formats of requests and responses
    auth            tokens, sessions, credentials
    errors          error responses, and the exceptions that become them
    openapi         the OpenAPI document
    postman         the Postman collection

`APIS` is the only list of vendors; command line, documents, pages and schemas read it.
"""

from kpn_sandbox.gateway.api import VendorApi
from kpn_sandbox.tenants.snapshot import StateParts
from kpn_sandbox.vendors.atobi import api as atobi
from kpn_sandbox.vendors.bright_pattern import api as bright_pattern
from kpn_sandbox.vendors.itx import api as itx
from kpn_sandbox.vendors.kaisa import api as kaisa
from kpn_sandbox.vendors.kpn import api as kpn

APIS: tuple[type[VendorApi], ...] = (kpn.API, bright_pattern.API, kaisa.API, atobi.API, itx.API)

STATE_PARTS: StateParts = {api.key: api.state_parts for api in APIS if api.state_parts}
"""What the vendors' APIs store of an account, for snapshots."""
