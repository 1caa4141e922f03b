"""
The Postman collection of Bright Pattern's API.

Its requests are in the order in which a client sends them: an access token, a subscription, its data, and so on. A
subscription has its first data after a second, so the request for data waits that long.
"""

from typing import Any

from kpn_sandbox.gateway.operations import Operation
from kpn_sandbox.gateway.postman import ANSWER_TESTS, NO_AUTH, Collection, authorization, form, item, json_body
from kpn_sandbox.vendors.bright_pattern import operations
from kpn_sandbox.vendors.bright_pattern.operations import OPERATIONS

_SUBSCRIPTION = {
    "data": {
        "stats_totals": ["in_calls_received_per_day", "in_calls_waiting", "agents_logged", "service_level"],
        "service_grids": [
            {
                "id": "services",
                "columns": [
                    {"id": "name", "stat_name": "name"},
                    {"id": "received", "stat_name": "in_calls_received_per_day"},
                    {"id": "waiting", "stat_name": "in_calls_waiting"},
                    {"id": "logged", "stat_name": "agents_logged"},
                ],
            }
        ],
        "agent_grids": [
            {
                "id": "agents",
                "columns": [
                    {"id": "login", "stat_name": "login_id"},
                    {"id": "name", "stat_name": "first_last_name"},
                    {"id": "state", "stat_name": "acd_state"},
                    {"id": "reason", "stat_name": "reason"},
                    {"id": "since", "stat_name": "state_duration"},
                    {"id": "handled", "stat_name": "in_calls_handled_per_day"},
                ],
                "order_by": "handled",
                "order_dir": "DESC",
                "limit": "20",
            }
        ],
        "chat_messages": {"filter": "", "limit": "5"},
    }
}

_STATUS_TESTS = """\
pm.test("Status is %(status)s", () => pm.response.to.have.status(%(status)s));
"""

_LOGIN_TESTS = """\
pm.test("Token is a UUID and also a cookie", () => {
    pm.expect(body.token).to.match(/^[0-9a-f-]{36}$/);
    pm.expect(body.privileges).to.be.an("array");
});
"""

_TOKEN_TESTS = """\
pm.test("Token is 64 hexadecimal digits in capitals", () => pm.expect(body.access_token).to.match(/^[0-9A-F]{64}$/));
pm.test("expires_in is a string", () => pm.expect(body.expires_in).to.match(/^[0-9]+$/));
pm.environment.set("bright_pattern_token", body.access_token);
"""

_DATA_TESTS = """\
// Postman has a "data" of its own.
const parts = body.data;
pm.test("Every value is a string", () => {
    const rows = [parts.stats_totals].concat(parts.service_grids[0].values, parts.agent_grids[0].values);
    rows.forEach((row) => Object.values(row).forEach((value) => pm.expect(value).to.be.a("string")));
});
pm.test("Services add up to the totals", () => {
    const sum = (name) => parts.service_grids[0].values.reduce((total, row) => total + Number(row[name]), 0);
    pm.expect(String(sum("received"))).to.eql(parts.stats_totals.in_calls_received_per_day);
    pm.expect(String(sum("waiting"))).to.eql(parts.stats_totals.in_calls_waiting);
    pm.expect(String(sum("logged"))).to.eql(parts.stats_totals.agents_logged);
});
pm.test("Rows are in order and not too many", () => {
    const handled = parts.agent_grids[0].values.map((row) => Number(row.handled));
    pm.expect(handled).to.eql([...handled].sort((one, other) => other - one));
    pm.expect(handled.length).to.be.at.most(20);
});
"""

_NAMED_TESTS = """\
pm.test("Each has an id and a name", () =>
    body.forEach((each) => {
        pm.expect(each.id).to.match(/^[0-9A-F-]{36}$/);
        pm.expect(each.name).to.be.a("string");
    }));
"""

_TESTS = {
    "login": ANSWER_TESTS + _LOGIN_TESTS,
    "token": ANSWER_TESTS + _TOKEN_TESTS,
    "data": ANSWER_TESTS + _DATA_TESTS,
    "dispositions": ANSWER_TESTS + 'pm.test("There are some", () => pm.expect(body.dispositions).not.to.be.empty);\n',
    "teams": ANSWER_TESTS + _NAMED_TESTS,
    "agents": ANSWER_TESTS + _NAMED_TESTS,
    "services": ANSWER_TESTS + _NAMED_TESTS + 'pm.environment.set("service", body[0].name);\n',
    "available_agents": ANSWER_TESTS
    + 'pm.test("It is true or false", () => pm.expect(body.availability).to.be.a("boolean"));\n',
    "wallboards": ANSWER_TESTS + 'pm.test("There is one", () => pm.expect(body.wallboards).not.to.be.empty);\n',
    "add_wallboard": _STATUS_TESTS % {"status": 201} + 'pm.environment.set("wallboard_id", pm.response.json().id);\n',
    "show_wallboard": ANSWER_TESTS
    + 'pm.test("It is the one", () => pm.expect(body.id).to.eql(pm.variables.get("wallboard_id")));\n',
}
_OTHER_TESTS = _STATUS_TESTS % {"status": 200}

_LOGIN = {"tenant_url": "localhost", "username": "{{client_id}}", "password": "{{client_secret}}"}
_BODIES: dict[str, Any] = {
    "login": _LOGIN,
    "subscribe": _SUBSCRIPTION,
    "add_wallboard": {"name": "Entrance hall", "is_global": False, "config": {"widgets": []}},
    "change_wallboard": {"config": {"widgets": []}},
}
_QUERY = {"tenantUrl": "{{client_id}}", "service": "{{service}}"}
_WAIT = "setTimeout(() => {}, 1500);"
_PATHS = {"{id}": "{wallboard_id}", "{property}": "config"}


def _items() -> list[dict[str, Any]]:
    items = list(map(_item, OPERATIONS))
    # With the others' authorization the last request would end their access token; it ends the log-in instead.
    items[-1]["request"]["auth"] = NO_AUTH
    return items


def _item(operation: Operation) -> dict[str, Any]:
    path = operation.path
    for name, value in _PATHS.items():
        path = path.replace(name, value)
    query = _QUERY if operation is operations.AVAILABLE_AGENTS else {}
    made = item(operation, _TESTS.get(operation.key, _OTHER_TESTS), path=path, **query)
    if operation.key in _BODIES:
        made["request"]["header"] = [{"key": "Content-Type", "value": "application/json"}]
        made["request"]["body"] = json_body(_BODIES[operation.key])
    if operation is operations.TOKEN:
        made["request"]["body"] = form("client_id", "client_secret", grant_type="client_credentials")
    if operation is operations.DATA:
        script_of_wait = {"type": "text/javascript", "exec": [_WAIT]}
        made["event"].insert(0, {"listen": "prerequest", "script": script_of_wait})
    if operation in operations.OPEN:
        made["request"]["auth"] = NO_AUTH
    return made


COLLECTION = Collection(
    file="bright-pattern-statistics.postman_collection.json",
    name="Bright Pattern Real-Time Statistics",
    auth=authorization("bearer", token="{{bright_pattern_token}}"),
    items=_items,
    variables={"bright_pattern_token": "", "wallboard_id": "", "service": ""},
)
