"""
The Postman collection and its environment, made from the operations and schemas that the code answers with.

Every request tests its answer: status, content type, envelope, names and types. A request for one agent, queue or trunk
then asks for the whole list as of its own instant and compares the two, because the center has moved on meanwhile.

Source:
    developer.kpn.com, "Dashboard Server - KPN" (read 2026-11) for the names of the requests and variables;
    schema.getpostman.com/json/collection/v2.1.0 for the form.
"""

import json
from collections.abc import Callable
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from .apis.kpn.operations import OPERATIONS, RESOURCES, TOKEN, Operation
from .apis.kpn.schemas import AgentSchema, QueueSchema, TokenSchema, TrunkSchema

NAME = "KPN Dashboard Server"
COLLECTION = "kpn-dashboard-server.postman_collection.json"
ENVIRONMENT = "kpn-sandbox.postman_environment.json"
FILES = (COLLECTION, ENVIRONMENT)

_SCHEMAS = {"agent": AgentSchema, "queue": QueueSchema, "trunk": TrunkSchema}
_EXAMPLES = {"Logid": "40001", "Number": "1001"}

_ANSWER_TESTS = """\
pm.test("Status is 200", () => pm.response.to.have.status(200));
pm.test("Content-Type is application/json", () =>
    pm.expect(pm.response.headers.get("Content-Type")).to.eql("application/json"));
const body = pm.response.json();
"""

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


def text(
    name: str, base_url: str, client_id: str = "APP_CONSUMER_KEY", client_secret: str = "APP_CONSUMER_SECRET"
) -> str:
    """The content of one of `FILES`, for a sandbox at that URL and an account of it."""
    makers: dict[str, Callable[[], dict[str, Any]]] = {
        COLLECTION: collection,
        ENVIRONMENT: lambda: environment(base_url, client_id, client_secret),
    }
    return json.dumps(makers[name](), indent=2, ensure_ascii=False) + "\n"


def collection() -> dict[str, Any]:
    """The collection: a request for each operation, with its tests."""
    return {
        "info": {
            "_postman_id": str(uuid5(NAMESPACE_URL, COLLECTION)),
            "name": NAME,
            "description": "Select the environment of the sandbox, send Get Access Token, then any other request.",
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "auth": {"type": "bearer", "bearer": [_variable("token", "{{access_token}}")]},
        "item": [_token_item() if operation is TOKEN else _resource_item(operation) for operation in OPERATIONS],
    }


def environment(base_url: str, client_id: str, client_secret: str) -> dict[str, Any]:
    """The environment: where the sandbox is, who calls, and which agent, queue and trunk are looked at."""
    values = {
        "base_url": base_url,
        "client_id": client_id,
        "client_secret": client_secret,
        **_EXAMPLES,
        "access_token": "",
    }
    return {
        "id": str(uuid5(NAMESPACE_URL, ENVIRONMENT)),
        "name": "kpn_sandbox",
        "values": [{"key": key, "value": value, "type": _kind(key), "enabled": True} for key, value in values.items()],
        "_postman_variable_scope": "environment",
    }


def _kind(key: str) -> str:
    return "secret" if key in ("client_secret", "access_token") else "default"


def _variable(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value, "type": "string"}


def _token_item() -> dict[str, Any]:
    item = _item(TOKEN, _ANSWER_TESTS + _TOKEN_TESTS % {"keys": json.dumps(_required(TokenSchema))})
    item["request"]["auth"] = {"type": "noauth"}
    item["request"]["url"] = _url(TOKEN.path, {"grant_type": "client_credentials"})
    form = [{"key": key, "value": f"{{{{{key}}}}}", "type": "text"} for key in ("client_id", "client_secret")]
    item["request"]["body"] = {"mode": "urlencoded", "urlencoded": form}
    return item


def _required(schema: type[TokenSchema]) -> list[str]:
    """The keys that both generations of the token answer have."""
    return [key for key in schema().fields if key != "api_product_list_json"]


def _resource_item(operation: Operation) -> dict[str, Any]:
    singular = operation.key.removesuffix("s")
    facts = {"member": operation.key, "keys": json.dumps(list(_SCHEMAS[singular]().fields))}
    script = _ANSWER_TESTS + _ENVELOPE_TESTS % facts
    if singular == "trunk":
        script += _PORTS_TESTS
    if operation.parameter:
        listing = next(each.path for each in RESOURCES if each.key == f"{singular}s")
        script += _AGREEMENT_TESTS % {**facts, "key": operation.parameter, "list": listing}
    return _item(operation, script)


def _item(operation: Operation, script: str) -> dict[str, Any]:
    return {
        "name": operation.name,
        "request": {
            "method": operation.method,
            "header": [],
            "url": _url(operation.path),
            "description": f"{operation.summary}\n\nSource: {operation.source} ({operation.label}).",
        },
        "event": [{"listen": "test", "script": {"type": "text/javascript", "exec": script.splitlines()}}],
        "response": [],
    }


def _url(path: str, query: dict[str, str] | None = None) -> dict[str, Any]:
    path = path.replace("{", "{{").replace("}", "}}")
    asked = "?" + "&".join(f"{key}={value}" for key, value in query.items()) if query else ""
    url: dict[str, Any] = {"raw": f"{{{{base_url}}}}{path}{asked}", "host": ["{{base_url}}"]}
    url["path"] = path.strip("/").split("/")
    if query:
        url["query"] = [{"key": key, "value": value} for key, value in query.items()]
    return url
