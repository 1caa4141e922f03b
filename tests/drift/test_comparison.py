"""The differences that are found between a capture and the sandbox, and those that are ignored."""

import pytest

from kpn_sandbox.drift.captures import read_captures
from kpn_sandbox.drift.comparison import compare
from tests.drift.conftest import HEADERS, archive, entry

BASE = "https://api-prd.kpn.com/communication/kpn/dashboard-server"


def differences(account, *entries):
    """Compare an archive of entries with the sandbox: the text of each difference by its place."""
    return {each.where: each.text for each in compare(account, read_captures(archive(*entries)))}


@pytest.mark.parametrize("path", ["/agents", "/agent/logid/40002", "/queues", "/queue/number/1001", "/trunks"])
def test_the_sandbox_does_not_differ_from_itself(account, path):
    """An answer of the sandbox itself has no differences, though time has moved on."""
    reply = account.get(path)
    headers = {name: value for name, value in reply.headers.items()}
    account.advance(600)

    assert differences(account, entry("GET", BASE + path, 200, reply.text, headers)) == {}


def test_missing_new_and_mistyped_fields_are_differences(account):
    """Records are compared with the sandbox's schema, and each error is one difference with its number of records."""
    body = account.get("/agents").json()
    for agent in body["DataSet"]["agents"]:
        del agent["VDN"]
        agent.update(Lvl=int(agent["Lvl"]), Team="A", Status="BUSY")
    body["Count"] = "3"

    found = differences(account, entry("GET", BASE + "/agents", 200, body))

    fields = {f"agents: DataSet.agents.{name}" for name in ("VDN", "Lvl", "Team", "Status")}
    assert set(found) == {"agents.Count", *fields, *(f"agents 4000{number}: Lvl" for number in (1, 2, 3))}
    assert found["agents: DataSet.agents.VDN"].endswith("(3 times)")


def test_the_order_of_fields_is_a_difference(account):
    """Fields in another order are a difference, because some clients depend on it."""
    body = account.get("/queue/number/1000").json()
    queue = body["DataSet"]["queue"]
    body["DataSet"]["queue"] = dict(reversed(queue.items()))

    found = differences(account, entry("GET", BASE + "/queue/number/1000", 200, body))

    assert list(found) == ["queue: DataSet.queue"]
    assert found["queue: DataSet.queue"].startswith("the order is ServiceLevel, ")


def test_only_stable_values_are_compared(account):
    """Another name is a difference; another value of a counter, which moves by nature, is none."""
    body = account.get("/queues").json()
    body["DataSet"]["queues"][0].update(Name="Klantenservice", OfferedCalls="99999")

    found = differences(account, entry("GET", BASE + "/queues", 200, body))

    assert found == {"queues 1000: Name": "'Klantenservice', in the sandbox 'Naam skill 1'"}


def test_headers_are_compared_by_name(account):
    """Headers are compared by name, and by value only where the value cannot be a secret."""
    headers = {**HEADERS, "api-version": "1.1", "X-Key": "SECRET", "Set-Cookie": "SECRET"}

    found = differences(account, entry("GET", BASE + "/queues", 200, account.get("/queues").text, headers))

    assert found["queues: header x-key"] == "the sandbox does not send it"
    assert found["queues: header api-version"] == "'1.1', in the sandbox '1.0'"
    assert found["queues: header sunset"] == "only the sandbox sends it"
    assert "SECRET" not in str(found) and "queues: header date" not in found


def test_a_token_is_compared_without_its_values(account):
    """Token responses are compared by fields and types, and no value is printed."""
    url = "https://api-prd.kpn.com/oauth/client_credential/accesstoken?grant_type=client_credentials"
    body = {"access_token": "SECRET", "expires_in": 3599, "level": "SECRET"}

    found = differences(account, entry("POST", url, 200, body))

    assert found["token.expires_in"] == "a number, in the sandbox a text"
    assert found["token.level"] == "the sandbox does not have it"
    assert "SECRET" not in str(found)


def test_an_error_is_compared_with_the_same_error(account):
    """The sandbox is made to answer with the captured status."""
    fault = {"fault": {"faultstring": "Any text", "detail": {"errorcode": "any.code"}}}

    same = differences(account, entry("GET", BASE + "/queues", 503, fault))
    other = differences(account, entry("GET", BASE + "/queues", 503, "<html>"))

    assert same == {}
    assert other == {"queues": "a text, in the sandbox an object"}


def test_an_object_that_the_center_lacks_is_compared_with_another(account):
    """An object whose number the center does not have is compared with the first of its kind."""
    agent = account.get("/agent/logid/40001").json()
    agent["DataSet"]["agent"].update(Logid="51000", Agent="Anna")

    assert differences(account, entry("GET", BASE + "/agent/logid/51000", 200, agent)) == {}
