"""ITX's reverse API: every customer has one panel, by each of its identifiers."""

import json
import re
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kpn_sandbox.itx_check.rules import check_panel
from kpn_sandbox.tenants.faults import FaultPlan, Outcome
from kpn_sandbox.vendors.itx.records import IDENTIFIERS
from kpn_sandbox.vendors.itx.schemas import COLORS, KpiResponseDTO
from tests.application import CREDENTIALS
from tests.vendors.itx.conftest import TOKEN

CLIENT = CREDENTIALS["client_id"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(index=some.integers(0, 999))
def test_every_panel_passes_the_check(ask, customers, index):
    """No panel has anything that ITX would reject or could not show."""
    response = ask(customers.customer(index).identifiers["primary_key"])

    assert response.status_code == 200
    assert KpiResponseDTO().validate(response.json) == {}
    given_, findings = check_panel(response.data)
    assert [finding for finding in findings if "hard to read" not in finding.rule] == []
    titles = [section["title"] for section in given_["sections"]]
    assert [title for title in titles if title != "Credit notes"] == ["Orders", "Invoices", "Contacts"]


@pytest.mark.shared
@pytest.mark.parametrize("kind", IDENTIFIERS)
def test_every_identifier_leads_to_the_same_panel(ask, customers, kind):
    """Primary key, entity id, customer number, phone number and external id identify one customer."""
    customer = customers.customer(3)

    assert ask(customer.identifiers[kind]).data == ask(customer.identifiers["customer_number"]).data


@pytest.mark.shared
def test_a_phone_number_has_many_spellings(ask, customers):
    """Spaces, a national number and an unescaped plus sign give the same number."""
    phone = customers.customer(3).identifiers["phone"]
    spelled = (f"+31 {phone[3:5]} {phone[5:]}", f"0{phone[3:]}", f" {phone[1:]}", f"0031{phone[3:]}")

    assert {ask(each).data for each in spelled} == {ask(phone).data}


@pytest.mark.shared
def test_documents_are_written_as_on_the_page(sections, customers):
    """Dates are in UTC to the second, colors are those of ITX, and at most 20 documents come newest first."""
    found = sections(customers.customer(0).identifiers["customer_number"])

    for documents in found.values():
        dates = [document["documentDate"] for document in documents]
        assert 0 < len(dates) <= 20 and dates == sorted(dates, reverse=True)
        assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", date) for date in dates)
        assert {document["status"].get("colorCode", "NORMAL") for document in documents} <= set(COLORS)
    lines = [line for document in found["Orders"] for line in document["lines"]]
    assert any("expandableFields" in line for line in lines)
    assert all(line["expandableFields"][0]["columns"] for line in lines if "expandableFields" in line)


@pytest.mark.shared
def test_amounts_have_two_decimals_in_json(ask, customers):
    """Amounts keep ".00", which JSON allows."""
    texts = re.findall(r'"amount":([^,]+),', ask(customers.customer(0).identifiers["customer_number"]).text)

    assert texts and all(re.fullmatch(r"[0-9]+\.[0-9]{2}", text) for text in texts)


def test_every_member_of_the_page_occurs(ask, customers):
    """
    Among some customers there is all that the page allows: decimals, currencies, colors written out or left out,
    further sections, messages with and without documents.
    """
    bodies = [ask(customers.customer(index).identifiers["primary_key"]).text for index in range(60)]
    found = [section for body in bodies for section in json.loads(body)["sections"]]
    documents = [document for section in found for document in section["documents"]]
    lines = [line for document in documents for line in document.get("lines", ())]

    assert {section["title"] for section in found} == {"Orders", "Invoices", "Credit notes", "Contacts"}
    assert {("message" in section, bool(section["documents"])) for section in found} >= {(True, True), (False, True)}
    assert {document.get("currency") for document in documents} == {"EUR", "GBP", "NOK", None}
    assert {document["status"].get("colorCode") for document in documents} == {*COLORS, None}
    quantities = {text for body in bodies for text in re.findall(r'"quantity":([^,]+),', body)}
    assert {"1", "2", "3"} <= quantities and any(re.fullmatch(r"[0-9]\.(5|25|75)", text) for text in quantities)
    assert all(line.get("delivered", 0) <= line["quantity"] for line in lines)
    for document in documents:
        total = sum(
            round(100 * line["quantity"] * float(line["fields"][0]["value"])) for line in document.get("lines", ())
        )
        assert not document.get("lines") or abs(round(100 * document["amount"]) - total) <= len(document["lines"])


def test_contacts_are_the_calls_of_the_customer(client, sections, customers):
    """The panel has the calls that the control API lists for the customer, with the agents who answered."""
    at = "2026-11-23T15:00:00+01:00"
    home, auth = f"/_sandbox/accounts/{CLIENT}", tuple(CREDENTIALS.values())
    client.put(f"{home}/clock", json={"mode": "frozen", "at": at}, auth=auth)
    calls = client.get(f"{home}/truth/calls", auth=auth).json["calls"]
    key = Counter(call["customer"] for call in calls).most_common(1)[0][0]
    who = customers.customer(customers.find(str(key), ["primary_key"]))

    contacts = sections(who.identifiers["customer_number"])["Contacts"]

    own = [call for call in calls if str(call["customer"]) == who.identifiers["primary_key"]]
    today = [each for each in contacts if each["documentNumber"].startswith("C20261123")]
    assert len(today) == min(len(own), 20) > 0
    answered = sum(call["outcome"] == "answered" for call in own)
    assert sum(each["status"]["name"] in ("Answered", "In conversation") for each in today) == answered


@pytest.mark.shared
def test_an_unknown_customer_has_an_empty_panel(ask):
    """An unknown customer is no error: the sections say that there is nothing."""
    response = ask("nobody")

    assert response.status_code == 200
    assert response.json["sections"] == [
        {"title": title, "message": "No data available", "documents": []}
        for title in ("Orders", "Invoices", "Contacts")
    ]


@pytest.mark.shared
@pytest.mark.parametrize(
    ("url", "status", "message"),
    [
        ("/rest/kpi", 401, "Missing or unknown token"),
        ("/rest/kpi?customerId=1", 401, "Missing or unknown token"),
        ("/rest/kpi?customerId=1&token=wrong", 401, "Missing or unknown token"),
        ("/rest/kpi?customerId=1&token=", 401, "Missing or unknown token"),
        ("/rest/kpi?customerId=1&token={0}&token={0}", 401, "Missing or unknown token"),
        ("/rest/kpi?token={0}", 400, "customerId must be given once"),
        ("/rest/kpi?token={0}&customerId=", 400, "customerId must be given once"),
        ("/rest/kpi?token={0}&customerId=1&customerId=2", 400, "customerId must be given once"),
        ("/rest/kpi?token={0}&customerId=" + "1" * 129, 400, "customerId must be at most 128 characters"),
        ("/rest/other?token={0}", 404, "Not Found"),
    ],
)
def test_errors_are_panels(client, url, status, message):
    """An error has a panel as its body, for clients that ignore the status."""
    response = client.get(url.format(TOKEN))

    assert response.status_code == status
    assert response.json == {"sections": [{"title": "Error", "message": message, "documents": []}]}


@pytest.mark.shared
def test_only_get_is_supported(ask):
    """Other methods get the allowed ones in `Allow`; HEAD is GET without a body."""
    post, head = ask("1", method="POST"), ask("1", method="HEAD")

    assert (post.status_code, post.headers["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert (head.status_code, head.data) == (200, b"")


@pytest.mark.shared
def test_further_parameters_are_ignored(client, customers):
    """The URL may contain parameters that are fixed in ITX."""
    url = f"/rest/kpi?source=itx&token={TOKEN}&customerId={customers.customer(3).identifiers['entity_id']}"

    assert client.get(url).status_code == 200


@pytest.mark.shared
@pytest.mark.parametrize("customer_id", ["\x00", "é" * 100, "%", "' OR 1=1", "99999", "0" * 128])
def test_strange_identifiers_are_unknown(ask, customer_id):
    """An identifier of any characters is one of an unknown customer."""
    assert ask(customer_id).status_code == 200


def test_account_controls_work(app, ask, sections, customers):
    """The panel follows the clock, fails as planned, and is logged without its token."""
    sandbox = app.extensions["kpn_sandbox"].sandbox
    number = customers.customer(0).identifiers["customer_number"]
    sandbox.clocks.set(CLIENT, "frozen", at=1_770_000_000)
    sandbox.faults.add(CLIENT, FaultPlan(api="itx", operation="kpi", outcomes=(Outcome(status=502),)))

    failed, found = ask(number), sections(number)

    assert failed.status_code == 502
    assert max(each["documentDate"] for documents in found.values() for each in documents) <= "2026-02-02T02:40:00Z"
    entry = sandbox.request_log.entries(CLIENT, api="itx").entries[-1]
    assert (entry.operation, entry.status, entry.query) == ("kpi", 200, f"token=***&customerId={number}")


def test_numbers_of_documents_last(sections, customers):
    """A later panel has the same documents under the same numbers."""
    number = customers.customer(0).identifiers["customer_number"]
    then, later = (sections(number, Prefer=f'at="2026-11-{day}T10:00:00+01:00"') for day in (20, 21))

    for title in ("Orders", "Invoices"):
        known = [document["documentNumber"] for document in then[title]]
        assert len(set(known) - {document["documentNumber"] for document in later[title]}) <= 2


def test_a_fault_may_have_its_own_panel(app, ask):
    """The body of a fault replaces the panel, as when one source of three fails."""
    panel = {"sections": [{"title": "Orders", "message": "Order system does not answer", "documents": []}]}
    outcome = Outcome(status=200, body=panel)
    app.extensions["kpn_sandbox"].sandbox.faults.add(CLIENT, FaultPlan(api="itx", outcomes=(outcome,)))

    assert json.loads(ask("1").data) == panel
