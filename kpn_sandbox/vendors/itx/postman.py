"""
The Postman collection of ITX's API: the requests that ITX sends to a provider.

Its requests also work with another provider: set `itx_url` to its URL.
"""

from typing import Any

from kpn_sandbox.gateway.postman import ANSWER_TESTS, NO_AUTH, Collection, item
from kpn_sandbox.vendors.itx.operations import KPI
from kpn_sandbox.vendors.itx.schemas import COLORS

_FIND = """\
const credentials = btoa(pm.variables.get("client_id") + ":" + pm.variables.get("client_secret"));
pm.sendRequest({
    url: pm.variables.get("base_url") + "/_sandbox/accounts/" + pm.variables.get("client_id") + "/customers",
    header: {Authorization: "Basic " + credentials},
}, (error, response) => {
    if (!error && response.code === 200) {
        pm.environment.set("customerId", String(response.json().customers[0].customer_number));
    }
});
"""
_TESTS = f"""\
const instant = /^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}Z$/;
pm.test("Sections have titles and documents", () =>
    body.sections.forEach((section) => {{
        pm.expect(section.title).to.be.a("string");
        pm.expect(section.documents).to.be.an("array");
    }}));
const documents = body.sections.flatMap((section) => section.documents);
pm.test("Documents have numbers and dates, and colors that ITX knows", () =>
    documents.forEach((document) => {{
        pm.expect(document.documentNumber).to.be.a("string").that.is.not.empty;
        pm.expect(document.documentDate).to.match(instant);
        const color = (document.status || {{}}).colorCode || "NORMAL";
        pm.expect({list(COLORS)}).to.include(color);
    }}));
pm.test("Newest first", () =>
    body.sections.forEach((section) => {{
        const dates = section.documents.map((document) => document.documentDate);
        pm.expect(dates).to.eql([...dates].sort().reverse());
    }}));
"""
_CUSTOMER_TESTS = 'pm.test("There is something to show", () => pm.expect(documents).not.to.be.empty);\n'
_NOBODY_TESTS = 'pm.test("There is nothing to show", () => pm.expect(documents).to.be.empty);\n'


def _items() -> list[dict[str, Any]]:
    customer = _item(KPI.name, "{{customerId}}", _CUSTOMER_TESTS)
    find = {"type": "text/javascript", "exec": _FIND.splitlines()}
    customer["event"].insert(0, {"listen": "prerequest", "script": find})
    return [customer, _item(f"{KPI.name}: unknown customer", "nobody", _NOBODY_TESTS)]


def _item(name: str, customer_id: str, script: str) -> dict[str, Any]:
    url = f"{{{{itx_url}}}}&customerId={customer_id}"
    made = item(KPI, ANSWER_TESTS + _TESTS + script, name=name)
    made["request"]["url"] = {"raw": url, "host": [url]}
    return made


COLLECTION = Collection(
    file="itx-custom-kpi.postman_collection.json",
    name="ITX Custom KPI API",
    description="Select the environment of the sandbox, then send the requests.",
    auth=NO_AUTH,
    items=_items,
    variables={"itx_url": "{{base_url}}/rest/kpi?token={{itx_token}}", "customerId": ""},
)
