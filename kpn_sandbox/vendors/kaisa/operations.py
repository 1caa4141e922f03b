"""Operations of Kaisa's API: method, path, statuses, source, and how well each is known."""

import re

from werkzeug.routing import BaseConverter

from kpn_sandbox.gateway.operations import Operation

WIDGETS_PAGE = 'support.kaisa.io, "Widgets data" (360019527438)'
CUSTOMERS_PAGE = 'support.kaisa.io, "Customers" (201249581)'
LIBRARY = "github.com/freespee/fs-widgets"

WIDGETS = Operation(
    "widgets", "Widgets data", "GET", "/widgets/data", (200, 304, 400, 401, 405, 412), aliases=("/api/widgets/data",)
).described(
    "Figures of the calls of some days.",
    "documented",
    f"{WIDGETS_PAGE}, whose copies have lost the path; {LIBRARY}: its default is the second one",
)
CUSTOMERS = Operation("customers", "List customers", "GET", "/customers", (200, 304, 400, 401, 405, 412)).described(
    "Customers, a page at a time.", "documented", CUSTOMERS_PAGE
)
CUSTOMER = Operation(
    "customer", "Single customer", "GET", "/customers/{customer_id}", (200, 304, 400, 401, 405, 412)
).described(
    "One customer, in a list of one.",
    "documented",
    'support.kaisa.io, "Introduction" (201050852): a sub-resource may be a path or a parameter',
)
ADD_CUSTOMER = Operation("add_customer", "Add customer", "POST", "/customers", (200, 400, 401, 405)).described(
    "Add a customer; url-encoded.", "documented", CUSTOMERS_PAGE
)
CHANGE_CUSTOMER = Operation(
    "change_customer",
    "Change customer",
    "PUT",
    "/customers",
    (200, 400, 401, 404, 405),
    aliases=("/customers/{customer_id}",),
).described("Change fields of a customer; url-encoded.", "documented", CUSTOMERS_PAGE)
PING = Operation("ping", "Ping", "GET", "/miscellaneous/ping", (200, 304, 401, 405, 412)).described(
    "Whether the API answers.",
    "inferred",
    'github.com/freespee/freespee-php-api-client, test/ClientTest.php: expects {"ping": "ok"}',
)

FAMILY = ("/widgets", "/customers", "/miscellaneous", "/statistics", "/sources", "/recordings", "/users", "/segments")
"""
First parts of the vendor's paths, of which the sandbox serves three.

Source:
    support.kaisa.io (360014513858, 201309901, 115005026405); github.com/freespee/freespee-php-api-client.
"""


class VersionConverter(BaseConverter):
    """A version in front of a path, such as 2.4.9."""

    regex = r"v?[0-9]+(?:\.[0-9]+)*"


class CustomerConverter(BaseConverter):
    """An id in a path of customers; `/customers/callbacks` is an operation that is not served."""

    regex = r"(?!callbacks$)[^/]+"


VERSION = re.compile(rf"^/{VersionConverter.regex}(?=/)")
"""A version at the begin of a path."""

NUMBERED = re.compile(r"^/v?[0-9]+(?:\.[0-9]+)+(?=/|$)")
"""A version of several numbers at the begin of a path, which no other vendor has."""

OPERATIONS = (WIDGETS, CUSTOMERS, CUSTOMER, ADD_CUSTOMER, CHANGE_CUSTOMER, PING)
