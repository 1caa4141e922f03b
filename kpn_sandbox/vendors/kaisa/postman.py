"""The Postman collection of Kaisa's API: all datasets for the same days, compared with each other; then customers."""

import json
from typing import Any

from kpn_sandbox.gateway.postman import ANSWER_TESTS, Collection, authorization, form, item
from kpn_sandbox.vendors.kaisa import operations
from kpn_sandbox.vendors.kaisa.records import DATASETS, FIELDS

_PERIOD = {"from_date": "2026-01-05", "to_date": "2026-01-11"}
"""A week before the instant of every account, unless its clock was turned back."""

_FRAME_TESTS = """\
pm.test("It is the dataset that was asked for", () => {
    pm.expect(body.dataset).to.eql("%(name)s");
    pm.expect(body.datasources.length).to.eql(1);
    pm.expect(body.datasources[0].datasource).to.eql(0);
});
// Postman has a "data" of its own.
const values = body.datasources[0].data;
"""

_DATA_TESTS = {
    "missed_calls": "pm.expect(values).to.match(/^[0-9]+$/); pm.environment.set('missed_calls', values);",
    "call_durations": "pm.expect(Number.isInteger(values)).to.be.true;",
    "average_calls_per_user": "pm.expect(values).to.match(/^[0-9]+[.][0-9]$/);",
    "call_totals": "pm.expect(values).to.match(/^[0-9]+$/); pm.environment.set('call_totals', values);",
    "calls_top_attributions": "pm.expect(values.length).to.be.within(1, 5); "
    "values.forEach((row) => pm.expect(row.val).to.be.a('string'));",
    "unique_callers": "pm.expect(Number.isInteger(values)).to.be.true;",
    "call_length_distribution": "pm.expect(values[0].name).to.eql('missed'); "
    "pm.expect(values[0].isWarningValue).to.eql(true); "
    "pm.expect(values[0].val).to.eql(pm.variables.get('missed_calls')); "
    "pm.expect(String(values.reduce((sum, row) => sum + Number(row.val), 0)))"
    ".to.eql(pm.variables.get('call_totals'));",
    "geographic_origin": "values.forEach((row) => pm.expect(Number.isInteger(row.val)).to.be.true);",
    "daily_call_distribution": "pm.expect(values.length).to.eql(24); "
    "pm.expect(String(values.reduce((sum, row) => sum + row.Answered + row.Missed, 0)))"
    ".to.eql(pm.variables.get('call_totals'));",
    "top_customers_by_calls": "pm.expect(values.length).to.be.within(1, 10); "
    "pm.expect(values[0].url).to.eql('/mypages/dashboard/scid:' + values[0].scId);",
    "calls_per_day": "pm.expect(values.map((row) => row.name)[0]).to.eql('2026-01-05'); "
    "pm.expect(values.length).to.eql(7); "
    "pm.expect(String(values.reduce((sum, row) => sum + row.Missed, 0))).to.eql(pm.variables.get('missed_calls'));",
}

_CUSTOMER_TESTS = """\
pm.test("Customers have all fields, as strings", () =>
    body.customers.forEach((customer) => {
        pm.expect(Object.keys(customer)).to.include.members(%(fields)s);
        Object.values(customer).forEach((value) => pm.expect(value).to.be.a("string"));
    }));
pm.environment.set("customer_id", body.customers[0].customer_id);
"""
_PING_TESTS = 'pm.test("It answers", () => pm.expect(body).to.eql({ping: "ok"}));\n'


# The other datasets are compared with these.
_FIRST = ("missed_calls", "call_totals")


def _items() -> list[dict[str, Any]]:
    widgets = [*_FIRST, *(name for name in DATASETS if name not in _FIRST)]
    tests = ANSWER_TESTS + _CUSTOMER_TESTS % {"fields": json.dumps(FIELDS)}
    added = item(operations.ADD_CUSTOMER, tests)
    added["request"]["body"] = form(name="Postman company", custnr="P-1")
    changed = item(operations.CHANGE_CUSTOMER, tests, path="/customers/{customer_id}")
    changed["request"]["body"] = form(name="Postman company, renamed")
    return [
        *map(_widget, widgets),
        item(operations.CUSTOMERS, tests),
        added,
        changed,
        item(operations.CUSTOMER, tests),
        item(operations.PING, ANSWER_TESTS + _PING_TESTS),
    ]


def _widget(name: str) -> dict[str, Any]:
    script = ANSWER_TESTS + _FRAME_TESTS % {"name": name}
    script += f'pm.test("Data are as on the page", () => {{ {_DATA_TESTS[name]} }});\n'
    return item(operations.WIDGETS, script, name=f"{operations.WIDGETS.name}: {name}", type=name, **_PERIOD)


COLLECTION = Collection(
    file="kaisa-developer-api.postman_collection.json",
    name="Kaisa Developer API",
    auth=authorization("digest", username="{{client_id}}", password="{{client_secret}}", algorithm="MD5"),
    items=_items,
    variables={"customer_id": ""},
)
