"""Atobi's endpoint takes key figures, all of a body or none."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from tests.vendors.atobi.conftest import KPI, SAMPLES, body, element


def test_the_pages_sample_is_accepted_as_printed(send, inbox):
    """The sample is accepted even with the placeholder of its type, and every figure can be read back."""
    response = send(SAMPLES["body"])

    assert (response.status_code, response.json) == (
        200,
        {"status": "success", "received": 6, "created": 6, "updated": 0},
    )
    assert [tuple(map(each.get, ("user_id", "location_id", "id", "value"))) for each in inbox(type="kpi")] == [
        ("123", "321", "1", "100"),
        ("123", "321", "2", "150.00"),
        ("89", None, "3", "100"),
        ("89", None, "4", "250.00"),
        (None, "3", "5", "100"),
        (None, "3", "6", "150.00"),
    ]


def test_the_pages_element_is_no_json(send, inbox):
    """The page prints a trailing comma and asks for valid JSON; it is refused like any trailing comma."""
    elements = SAMPLES["element"].rstrip().removesuffix(",")
    text = json.dumps(body()).replace(json.dumps([element()]), f"[{elements}]")

    response = send(text)

    assert response.status_code == 400 and response.json["status"] == "error"
    assert response.json["message"].startswith("The request body must be valid JSON: ")
    assert inbox() == []


def test_the_same_id_replaces(send, inbox):
    """Type, context and id identify a figure; sent again it replaces the earlier one, as the newest."""
    send(body(element(1, value="1"), element(2)))

    again = send(body(element("1", value="2")))
    other = send(body(element(1, value="3"), context="other"))

    assert (again.json["updated"], other.json["created"]) == (1, 1)
    assert [(each["context"], each["id"], each["value"]) for each in inbox()] == [
        ("sales", "2", "100"),
        ("sales", "1", "2"),
        ("other", "1", "3"),
    ]


@pytest.mark.parametrize("text", ['"150.00"', "150.00", "1e3", "-0.10", '"+7."', "1000000000000000000000", '"007"'])
def test_values_keep_their_text(send, inbox, text):
    """A decimal number is stored as it was sent, as text or as a JSON number."""
    send(json.dumps(body(element(value="VALUE"))).replace('"VALUE"', text))

    assert inbox()[0]["value"] == text.strip('"')


@pytest.mark.parametrize("moment", ["2019-09-10 13:09:23", 1568120963, "1568120963"])
def test_times_are_dates_or_seconds(send, moment):
    """Both kinds of time on the page are accepted."""
    assert send(body(element(timestamp=moment, date_from=moment, date_to=moment))).status_code == 200


def test_the_tables_names_are_accepted(send, inbox):
    """data_from and data_to of the page's table mean date_from and date_to of its samples."""
    send(body(element(data_from="2019-09-10 13:09:23", data_to="2019-09-11 13:09:23")))

    assert (inbox()[0]["date_from"], inbox()[0]["date_to"]) == ("2019-09-10 13:09:23", "2019-09-11 13:09:23")


@pytest.mark.parametrize("empty", ["", " ", None])
def test_an_empty_one_of_two_names_is_left_out(send, inbox, empty):
    """A client that sends all names of the page, some empty, means those that are not."""
    send(body(element(data_from=empty, date_to=empty, date_from="2019-09-10 13:09:23", data_to="2019-09-11 13:09:23")))

    assert (inbox()[0]["date_from"], inbox()[0]["date_to"]) == ("2019-09-10 13:09:23", "2019-09-11 13:09:23")


def test_an_empty_text_counts_as_left_out(send, inbox):
    """Optional fields may be empty texts, as forms send them; a user or a location is enough."""
    elements = [element(units="", date_from=" ", date_to="")]
    for number, owner in enumerate(({"user_id": "1", "location_id": ""}, {"user_id": " ", "location_id": 2})):
        elements[0]["id"] = number
        assert send(body(data=[{**owner, "elements": elements}])).status_code == 200

    one, two = inbox()
    assert ("location_id" in one, "user_id" in two, two["location_id"]) == (False, False, "2")
    assert not {"units", "date_from", "date_to"} & {*one, *two}


@pytest.mark.parametrize(("text", "version"), [("1", "1.0.0"), ("1.0", "1.0.0"), ("2.5", "2.5.0")])
def test_a_version_may_be_a_number(send, inbox, text, version):
    """A JSON number stands for a version whose further parts are 0; the stored record can be restored."""
    assert send(json.dumps(body(version="V")).replace('"V"', text)).status_code == 200
    assert inbox()[0]["version"] == version


def test_a_body_may_begin_with_a_byte_order_mark(send, inbox):
    """A byte order mark in front of JSON is ignored."""
    assert send("\ufeff" + json.dumps(body())).status_code == 200
    assert len(inbox()) == 1


@pytest.mark.parametrize(
    ("members", "name", "text"),
    [
        ({"data_to": "x"}, "data_to", "The data to does not match the format Y-m-d H:i:s."),
        ({"date_to": "x"}, "date_to", "The date to does not match the format Y-m-d H:i:s."),
        ({"data_from": [], "date_to": 5}, "data_from", "The data from does not match the format Y-m-d H:i:s."),
        (
            {"data_from": "2020-01-02 00:00:00", "data_to": "2020-01-01 00:00:00"},
            "data_to",
            "The data to must be a date after or equal to data from.",
        ),
        (
            {"date_from": "2020-01-02 00:00:00", "data_to": "2020-01-01 00:00:00"},
            "data_to",
            "The data to must be a date after or equal to date from.",
        ),
    ],
)
def test_an_error_has_the_name_that_was_sent(send, members, name, text):
    """Who sends the names of the page's table reads them in the refusal."""
    assert send(body(element(**members))).json["errors"] == {f"{FIRST}.{name}": [text]}


FIRST = "data.0.elements.0"
WRONG = {
    "no type": (body(type=None), ["type"]),
    "another type": (body(type="other"), ["type"]),
    "a number as type": (body(type=5), ["type"]),
    "an empty context": (body(context=" "), ["context"]),
    "a version of two numbers": (body(version="1.0"), ["version"]),
    "a version below 0": (body(version=-1), ["version"]),
    "a version that is true": (body(version=True), ["version"]),
    "nobody but empty texts": (
        body(data=[{"user_id": "", "location_id": " ", "elements": [element()]}]),
        ["data.0.user_id", "data.0.location_id"],
    ),
    "data that is an object": (body(data={}), ["data"]),
    "no data": (body(data=[]), ["data"]),
    "an item that is a text": (body(data=["x"]), ["data.0"]),
    "nobody": (body(data=[{"elements": [element()]}]), ["data.0.user_id", "data.0.location_id"]),
    "no elements": (body(data=[{"user_id": "1", "elements": []}]), ["data.0.elements"]),
    "an element that is null": (body(data=[{"user_id": "1", "elements": [None]}]), [FIRST]),
    "a user that is an object": (
        body(data=[{"user_id": {}, "location_id": 3, "elements": [element()]}]),
        ["data.0.user_id"],
    ),
    "no id": (body(element(None)), [f"{FIRST}.id"]),
    "a fraction as id": (body(element(1.5)), [f"{FIRST}.id"]),
    "true as id": (body(element(True)), [f"{FIRST}.id"]),
    "no kpi": (body(element(kpi=None)), [f"{FIRST}.kpi"]),
    "another object type": (body(element(object_type="text")), [f"{FIRST}.object_type"]),
    "a word as value": (body(element(value="many")), [f"{FIRST}.value"]),
    "an empty value": (body(element(value="")), [f"{FIRST}.value"]),
    "a comma in a value": (body(element(value="1,5")), [f"{FIRST}.value"]),
    "a list as value": (body(element(value=[1])), [f"{FIRST}.value"]),
    "a text that PostgreSQL cannot keep": (body(element(kpi="a\x00b")), [f"{FIRST}.kpi"]),
    "half a character": (body(element(kpi="\ud800")), [f"{FIRST}.kpi"]),
    "a day that does not exist": (body(element(timestamp="2019-02-30 10:00:00")), [f"{FIRST}.timestamp"]),
    "a date without a time": (body(element(timestamp="2019-02-28")), [f"{FIRST}.timestamp"]),
    "an end before the begin": (
        body(element(date_from="2020-01-02 00:00:00", date_to="2020-01-01 00:00:00")),
        [f"{FIRST}.date_to"],
    ),
    "both names of a field": (
        body(element(date_from="2020-01-02 00:00:00", data_from="2020-01-02 00:00:00")),
        [f"{FIRST}.data_from"],
    ),
    "an id twice": (body(element(1), element(2), element("1")), ["data.0.elements.2.id"]),
    "everything at once": (
        body(element(kpi=None, value="x"), element(timestamp="y"), version="z"),
        ["version", f"{FIRST}.kpi", f"{FIRST}.value", "data.0.elements.1.timestamp"],
    ),
    "a list": ([], ["body"]),
    "a number": (3, ["body"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_every_wrong_field_is_named_by_its_path(send, inbox, name):
    """422 names each wrong field by its path, and nothing of the body is stored."""
    sent, paths = WRONG[name]
    if isinstance(sent, dict) and sent.get("type", "") is None:
        del sent["type"]

    response = send(sent)

    assert response.status_code == 422, response.text
    assert (response.json["status"], response.json["message"]) == ("error", "The given data was invalid.")
    assert set(response.json["errors"]) == set(paths)
    assert inbox() == []


@pytest.mark.parametrize(
    "text",
    ["", "{", "nothing", '{"a": 1,}', "{'a': 1}", b"\xff\xfe", "[" * 50_000, '{"a": NaN}', '{"a": Infinity}', "{} {}"],
)
def test_malformed_json_is_refused(send, text):
    """400 says what is wrong with the JSON."""
    response = send(text)

    assert response.status_code == 400
    assert response.json["message"].startswith("The request body must be valid JSON: ")


def test_a_huge_number_is_refused(send):
    """A number of very many digits is refused as too long for an id."""
    assert send(json.dumps(body(element("ID"))).replace('"ID"', "9" * 100_000)).status_code == 422


def test_a_body_beyond_the_limit_is_refused(send, inbox):
    """A body over 1 MB, such as one of 100,000 elements, is not read."""
    many = body(*(element(number) for number in range(100_000)))

    response = send(many)

    assert (response.status_code, response.json["message"]) == (413, "Body must be at most 1 MB.")
    assert inbox() == []


def test_thousands_of_elements_are_stored_at_once(send, inbox):
    """A body of up to 1 MB is stored in one piece."""
    many = body(*(element(number) for number in range(5000)))

    first, second = send(many).json, send(many).json

    assert (first["created"], second["updated"], len(inbox())) == (5000, 5000, 5000)


@pytest.mark.parametrize(
    ("path", "headers", "status", "message"),
    [
        ("/api/external/v2/kpi", {}, 404, "Unknown API version: it must be v1."),
        (KPI, {"Content_Type": "text/plain"}, 415, "Content-Type must be application/json."),
        (KPI, {"Authorization": "Bearer nobody's"}, 401, "Unauthenticated."),
        (KPI, {"Authorization": "Basic QTpC"}, 401, "Unauthenticated."),
        ("/api/external/v1", {}, 404, "Not Found"),
        ("/api/external/v1/kpi/", {}, 404, "Not Found"),
    ],
)
def test_other_requests_are_refused_in_atobis_shape(send, path, headers, status, message):
    """Errors have the status in the body, as successes do."""
    response = send(body(), path=path, **headers)

    assert (response.status_code, response.json) == (status, {"status": "error", "message": message})


ANYTHING = some.recursive(
    some.none()
    | some.booleans()
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.integers()
    | some.text(max_size=20),
    lambda inner: (
        some.lists(inner, max_size=4)
        | some.dictionaries(
            some.sampled_from(["id", "kpi", "value", "elements", "data", "user_id", "type", "x"]), inner
        )
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=ANYTHING, place=some.sampled_from(["body", "data", "item", "element", "value"]))
def test_no_body_breaks_it(send, app, value, place):
    """Any JSON in any place is refused or stored, and never causes an error of the sandbox."""
    app.extensions["kpn_sandbox"].sandbox.reset("APP_CONSUMER_KEY", ["quota"])
    bodies = {
        "body": json.dumps(value),
        "data": body(data=value),
        "item": body(data=[value]),
        "element": body(value),
        "value": body({**element(), "value": value}),
    }

    response = send(bodies[place])

    assert response.status_code in (200, 422), response.text
    assert response.json["status"] in ("success", "error")
