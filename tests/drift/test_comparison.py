"""What is found between a capture and the sandbox, and what is not."""

import pytest

from kpn_sandbox.drift.captures import read_captures
from kpn_sandbox.drift.comparison import compare
from tests.drift.conftest import HEADERS, archive, exchange

BASE = "https://api-prd.kpn.com/communication/kpn/dashboard-server"


def found(account, *entries):
    return {each.where: each.text for each in compare(account, read_captures(archive(*entries)))}


@pytest.mark.parametrize("path", ["/agents", "/agent/logid/40002", "/queues", "/queue/number/1001", "/trunks"])
def test_what_the_sandbox_answers_does_not_differ_from_itself(account, path):
    """An answer of the sandbox itself has no differences, though time has moved on."""
    reply = account.get(path)
    headers = {name: value for name, value in reply.headers.items()}
    account.advance(600)

    assert found(account, exchange("GET", BASE + path, 200, reply.text, headers)) == {}


def test_fields_that_lack_or_are_new_or_of_another_type_are_told(account):
    """The shape of the records is that of the sandbox, and each breach is told once, with how often it was met."""
    body = account.get("/agents").json()
    for agent in body["DataSet"]["agents"]:
        del agent["VDN"]
        agent.update(Lvl=int(agent["Lvl"]), Team="A", Status="BUSY")
    body["Count"] = "3"

    told = found(account, exchange("GET", BASE + "/agents", 200, body))

    fields = {f"agents: DataSet.agents.{name}" for name in ("VDN", "Lvl", "Team", "Status")}
    assert set(told) == {"agents.Count", *fields, *(f"agents 4000{number}: Lvl" for number in (1, 2, 3))}
    assert told["agents: DataSet.agents.VDN"].endswith("(3 times)")


def test_the_order_of_fields_is_told(account):
    """Some clients depend on it."""
    body = account.get("/queue/number/1000").json()
    queue = body["DataSet"]["queue"]
    body["DataSet"]["queue"] = dict(reversed(queue.items()))

    told = found(account, exchange("GET", BASE + "/queue/number/1000", 200, body))

    assert list(told) == ["queue: DataSet.queue"]
    assert told["queue: DataSet.queue"].startswith("the order is ServiceLevel, ")


def test_steady_values_are_told_and_others_are_not(account):
    """A name differs; a counter that moves by nature does not."""
    body = account.get("/queues").json()
    body["DataSet"]["queues"][0].update(Name="Klantenservice", OfferedCalls="99999")

    told = found(account, exchange("GET", BASE + "/queues", 200, body))

    assert told == {"queues 1000: Name": "'Klantenservice', in the sandbox 'Naam skill 1'"}


def test_headers_are_told_by_name(account):
    """Values are told of harmless headers only."""
    headers = {**HEADERS, "api-version": "1.1", "X-Key": "SECRET", "Set-Cookie": "SECRET"}

    told = found(account, exchange("GET", BASE + "/queues", 200, account.get("/queues").text, headers))

    assert told["queues: header x-key"] == "the sandbox does not send it"
    assert told["queues: header api-version"] == "'1.1', in the sandbox '1.0'"
    assert told["queues: header sunset"] == "only the sandbox sends it"
    assert "SECRET" not in str(told) and "queues: header date" not in told


def test_a_token_is_compared_without_its_values(account):
    """Which fields and which types; nothing that is a secret."""
    url = "https://api-prd.kpn.com/oauth/client_credential/accesstoken?grant_type=client_credentials"
    body = {"access_token": "SECRET", "expires_in": 3599, "level": "SECRET"}

    told = found(account, exchange("POST", url, 200, body))

    assert told["token.expires_in"] == "a number, in the sandbox a text"
    assert told["token.level"] == "the sandbox does not have it"
    assert "SECRET" not in str(told)


def test_a_refusal_is_compared_with_the_same_refusal(account):
    """The sandbox is made to refuse with the captured status."""
    fault = {"fault": {"faultstring": "Any text", "detail": {"errorcode": "any.code"}}}

    same = found(account, exchange("GET", BASE + "/queues", 503, fault))
    other = found(account, exchange("GET", BASE + "/queues", 503, "<html>"))

    assert same == {}
    assert other == {"queues": "a text, in the sandbox an object"}


def test_an_object_that_the_center_lacks_is_compared_with_another(account):
    """The shape is that of any agent."""
    agent = account.get("/agent/logid/40001").json()
    agent["DataSet"]["agent"].update(Logid="51000", Agent="Anna")

    assert found(account, exchange("GET", BASE + "/agent/logid/51000", 200, agent)) == {}
