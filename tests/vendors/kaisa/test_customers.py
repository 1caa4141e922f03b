"""Kaisa's customers: those of the center, and those that an account adds."""

import jsonschema_rs
import pytest

from kpn_sandbox.vendors.kaisa.openapi import document
from kpn_sandbox.vendors.kaisa.records import FIELDS
from kpn_sandbox.vendors.kaisa.schemas import CustomersSchema


def test_a_page_is_as_documented(ask):
    """Every customer has all fields, as strings, in the order of Kaisa's page."""
    page = ask("/customers?page=0").json
    total = page["total"]

    assert CustomersSchema().validate(page) == {}
    assert [list(customer) for customer in page["customers"]] == [list(FIELDS)] * 1000
    assert (page["page"], page["pagesize"], page["numpages"]) == (0, 1000, -(-total // 1000))
    assert 1000 < total < 3000


def test_pages_follow_one_another(ask):
    """Pages are counted from 0; the last one is not full, and behind it is nothing."""
    first = ask("/customers").json

    pages = [ask(f"/customers?page={page}&pagesize=300").json for page in range(3)]
    last, behind = (ask(f"/customers?page={first['numpages'] - back}").json["customers"] for back in (1, 0))

    assert [customer for page in pages for customer in page["customers"]] == first["customers"][:900]
    assert pages[0]["numpages"] == -(-first["total"] // 300)
    assert (len(last), len(behind)) == (first["total"] % 1000, 0)


def test_added_customers_are_behind_those_of_the_center(ask):
    """Whom an account adds is on the last page, and found by its number beside one whose number was changed."""
    total = ask("/customers").json["total"]
    center = ask("/customers?pagesize=1").json["customers"][0]
    added = ask("/customers", "POST", data={"name": "Added", "custnr": "N-1"}).json["customers"][0]

    changed = ask(f"/customers/{center['customer_id']}", "PUT", data={"custnr": "N-1"}).json["customers"][0]

    assert ask(f"/customers?page={total}&pagesize=1").json["customers"] == [added]
    assert ask("/customers?custnr=N-1").json["customers"] == [changed, added]
    assert ask(f"/customers?custnr={center['custnr']}").json["customers"] == []


def test_filters_find_one(ask):
    """The id, the number and the path lead to the same customer."""
    wanted = ask("/customers").json["customers"][7]

    asked = (f"?customer_id={wanted['customer_id']}", f"?custnr={wanted['custnr']}", f"/{wanted['customer_id']}")

    assert [ask(f"/customers{each}").json["customers"] for each in asked] == [[wanted]] * 3


@pytest.mark.parametrize("query", ["?customer_id=1", "?custnr=nobody", "/123"])
def test_no_match_is_an_empty_list(ask, query):
    """A filter that matches no customer is no error."""
    response = ask(f"/customers{query}")

    assert (response.status_code, response.json["customers"], response.json["total"]) == (200, [], 0)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("?page=-1", "page must be 0 or more"),
        ("?pagesize=0", "pagesize must be 1 to 1000"),
        ("?pagesize=1001", "pagesize must be 1 to 1000"),
        ("?customer_id=x", "customer_id must be a whole number"),
        ("/x", "customer_id must be a whole number"),
    ],
)
def test_wrong_parameters_are_refused(ask, query, text):
    """Each wrong parameter has its sentence in `errors`."""
    response = ask(f"/customers{query}")

    assert (response.status_code, response.json) == (400, {"errors": [text]})


def test_a_customer_can_be_added_and_changed(ask, data):
    """The answer has the customer as sent, and another account's list does not change."""
    form = {"name": "New & old", "custnr": "N-1", "custom_1": "one"}
    added = ask("/customers", "POST", data=form).json["customers"][0]
    number = added["customer_id"]

    changed = ask(f"/customers/{number}", "PUT", data={"name": "Newer"}).json["customers"][0]

    assert (added["name"], added["custom_1"]) == ("New & old", "one")
    assert changed == {**added, "name": "Newer"} == ask(f"/customers?customer_id={number}").json["customers"][0]
    assert ask("/customers?custnr=N-1").json["total"] == 1
    assert data("call_totals", customer_id=number) == "0"


def test_a_customer_of_the_center_can_be_renamed(ask, data):
    """The new name is in the list of top customers as well."""
    first = data("top_customers_by_calls")[0]

    ask("/customers", "PUT", data={"customer_id": first["scId"], "name": "Renamed"})

    # Customers with as many calls are in order of their names.
    assert {**first, "name": "Renamed"} in data("top_customers_by_calls")


@pytest.mark.parametrize(
    ("method", "path", "form", "status", "text"),
    [
        ("POST", "/customers", {"custnr": "1"}, 400, "name must be 1 to 60 characters"),
        ("POST", "/customers", {"name": "x" * 61, "custnr": "1"}, 400, "name must be 1 to 60 characters"),
        ("POST", "/customers", {"name": "x", "custnr": "1" * 46}, 400, "custnr must be 1 to 45 characters"),
        ("POST", "/customers", {"name": "a\x00b", "custnr": "1"}, 400, "name must be 1 to 60 characters"),
        ("PUT", "/customers", {"name": "x"}, 400, "customer_id must be given"),
        ("PUT", "/customers", {"name": "x", "customer_id": "y"}, 400, "customer_id must be a whole number"),
        ("PUT", "/customers/123", {"name": "x"}, 404, "customer 123 not found"),
    ],
)
def test_wrong_customers_are_refused(ask, app, method, path, form, status, text):
    """A customer that is refused is not stored, and the request log calls the request the cause."""
    before = ask("/customers?pagesize=1").json

    response = ask(path, method, data=form)

    assert response.status_code == status
    assert [error.startswith(text) for error in response.json["errors"]] == [True]
    logged = app.extensions["kpn_sandbox"].sandbox.request_log.entries("APP_CONSUMER_KEY", limit=1).entries[-1]
    assert logged.reason == ("invalid request" if status == 400 else "unknown object")
    assert ask("/customers?pagesize=1").json == before


def test_a_reset_forgets_added_customers(ask, app):
    """The reset of the layer `inbox` removes added customers."""
    before = ask("/customers?pagesize=1").json["total"]
    ask("/customers", "POST", data={"name": "New", "custnr": "N-1"})

    app.extensions["kpn_sandbox"].sandbox.reset("APP_CONSUMER_KEY", ["inbox"])

    assert ask("/customers?pagesize=1").json["total"] == before


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/customers", "GET, HEAD, OPTIONS, POST, PUT"),
        ("POST", "/widgets/data", "GET, HEAD, OPTIONS"),
        ("PATCH", "/miscellaneous/ping", "GET, HEAD, OPTIONS"),
    ],
)
def test_other_methods_are_refused(client, method, path, allowed):
    """Other methods are 405 in Kaisa's shape, with the allowed ones in `Allow`."""
    response = client.open(path, method=method)

    assert (response.status_code, response.json) == (405, {"errors": ["Method Not Allowed"]})
    assert response.headers["Allow"] == allowed


@pytest.mark.parametrize("path", ["/widgets", "/widgets/data/", "/widgets/nope", "/customers/1/2", "/miscellaneous/x"])
def test_unknown_paths_are_refused_in_kaisas_shape(client, path):
    """Unknown paths below Kaisa's are 404 in its shape, `/widgets` itself, too."""
    response = client.get(path)

    assert response.status_code == 404 and response.content_type == "application/json"
    assert "errors" in response.json


def test_examples_of_the_document_are_right():
    """A form to change a customer names it where the path does not; the example of each form is right by its schema."""
    paths = document("http://127.0.0.1:8080")["paths"]

    forms = [
        paths[path][method]["requestBody"]["content"]["application/x-www-form-urlencoded"]
        for path, method in (("/customers", "post"), ("/customers", "put"), ("/customers/{customer_id}", "put"))
    ]

    assert [form["schema"].get("required", []) for form in forms] == [["name", "custnr"], ["customer_id"], []]
    assert all(jsonschema_rs.is_valid(form["schema"], form["example"]) for form in forms)
