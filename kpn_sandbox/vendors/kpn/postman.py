"""
The Postman collection of KPN's API.

Every request tests its response: status, content type, envelope, names and types. A request for one agent, queue or
trunk then requests the whole list as of the same instant and compares the two, because the center has moved on.

Source:
    developer.kpn.com, "Dashboard Server - KPN" (read 2026-11) for the names of the requests and variables.
"""

import json
from typing import Any

from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.gateway.postman import ANSWER_TESTS, NO_AUTH, Collection, authorization, form, item
from kpn_sandbox.vendors.kpn.operations import OPERATIONS, RESOURCES, TOKEN
from kpn_sandbox.vendors.kpn.schemas import AgentSchema, QueueSchema, TokenSchema, TrunkSchema

_SCHEMAS = {"agent": AgentSchema, "queue": QueueSchema, "trunk": TrunkSchema}
_TOKEN_TESTS = """\
pm.test("Token has KPN's keys", () => pm.expect(body).to.include.all.keys(%(keys)s));
pm.test("Token is 28 letters and digits", () => pm.expect(body.access_token).to.match(/^[A-Za-z0-9]{28}$/));
pm.test("Token is a bearer token for an hour", () => {
    pm.expect(body.token_type).to.eql("Bearer");
    pm.expect(body.expires_in).to.eql("3599");
    pm.expect(body.issued_at).to.match(/^[0-9]{13}$/);
});
pm.environment.set("access_token", body.access_token);
"""

_ENVELOPE_TESTS = """\
pm.test("Envelope holds %(member)s and no error", () => {
    pm.expect(Object.keys(body)).to.eql(["Error", "DataSet"]);
    pm.expect(body.Error).to.be.null;
    pm.expect(Object.keys(body.DataSet)).to.eql(["%(member)s"]);
});
const records = [].concat(body.DataSet.%(member)s);
pm.test("Records have KPN's keys in KPN's order", () =>
    records.forEach((record) => pm.expect(Object.keys(record)).to.eql(%(keys)s)));
pm.test("Every value is a string or null", () =>
    records.forEach((record) => Object.entries(record).forEach(([key, value]) => {
        if (key !== "Ports" && value !== null) {
            pm.expect(value, key).to.be.a("string");
        }
    })));
"""

_PORTS_TESTS = """\
pm.test("Ports are complete", () =>
    records.forEach((trunk) => {
        pm.expect(String(trunk.Ports.length)).to.eql(trunk.TotalPorts);
        trunk.Ports.forEach((port) => pm.expect(port).to.have.all.keys("Number", "State"));
    }));
"""

_AGREEMENT_TESTS = """\
pm.test("It is the one that was asked for", () =>
    pm.expect(records[0].%(key)s).to.eql(pm.variables.get("%(key)s")));
const list = {
    url: pm.variables.get("base_url") + "%(list)s",
    header: {
        Authorization: "Bearer " + pm.variables.get("access_token"),
        Prefer: 'at="' + pm.response.headers.get("X-Sandbox-Time") + '"',
    },
};
pm.test("List and single agree", (done) =>
    pm.sendRequest(list, (error, response) => {
        pm.expect(error).to.be.null;
        const same = response.json().DataSet.%(member)ss.filter((each) => each.%(key)s === records[0].%(key)s);
        pm.expect(same).to.eql(records);
        done();
    }));
"""


def _items() -> list[dict[str, Any]]:
    return [_token_item() if operation is TOKEN else _resource_item(operation) for operation in OPERATIONS]


def _token_item() -> dict[str, Any]:
    # The token response of 2020 has no list of products.
    keys = [key for key in TokenSchema().fields if key != "api_product_list_json"]
    script = ANSWER_TESTS + _TOKEN_TESTS % {"keys": json.dumps(keys)}
    made = item(TOKEN, script, grant_type="client_credentials")
    made["request"]["auth"] = NO_AUTH
    made["request"]["body"] = form("client_id", "client_secret")
    return made


def _resource_item(operation: Operation) -> dict[str, Any]:
    singular = operation.key.removesuffix("s")
    facts = {"member": operation.key, "keys": json.dumps(list(_SCHEMAS[singular]().fields))}
    script = ANSWER_TESTS + _ENVELOPE_TESTS % facts
    if singular == "trunk":
        script += _PORTS_TESTS
    if operation.parameter:
        listing = next(each.path for each in RESOURCES if each.key == f"{singular}s")
        script += _AGREEMENT_TESTS % {**facts, "key": operation.parameter, "list": listing}
    return item(operation, script)


COLLECTION = Collection(
    file="kpn-dashboard-server.postman_collection.json",
    name="KPN Dashboard Server",
    description="Select the environment of the sandbox, send Get Access Token, then any other request.",
    auth=authorization("bearer", token="{{access_token}}"),
    items=_items,
    variables={"Logid": "40001", "Number": "1001", "access_token": ""},
)
