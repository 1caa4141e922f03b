"""Kaisa's widgets data: in the form of its page, and about the same calls as the other APIs."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kpn_sandbox.vendors.kaisa.records import DATASETS
from kpn_sandbox.vendors.kaisa.schemas import dataset_schema
from tests.vendors.kaisa.conftest import credentials

SAMPLES = json.loads((Path(__file__).parent / "samples.json").read_text(encoding="utf-8"))["samples"]
WEEK = {"from_date": "2026-11-16", "to_date": "2026-11-22"}


def frame(name, data):
    return {"dataset": name, "datasources": [{"datasource": 0, "data": data}]}


def whole_hours(rows):
    """Return rows for 24 hours; the page shows three of them."""
    by_name = {row["name"]: row for row in rows}
    return [by_name.get(f"{hour:02}:00", {"name": f"{hour:02}:00", "Answered": 0, "Missed": 0}) for hour in range(24)]


@pytest.mark.parametrize("name", DATASETS)
def test_the_pages_samples_pass_the_schemas(name):
    """The samples of Kaisa's page are valid by the schema of their type."""
    data = whole_hours(SAMPLES[name]) if name == "daily_call_distribution" else SAMPLES[name]

    assert dataset_schema(name)().validate(frame(name, data)) == {}


@pytest.mark.shared
@pytest.mark.parametrize("query", [{}, WEEK, {"customer_id": 1}, {"from_date": "2026-12-01", "to_date": "2026-12-02"}])
@pytest.mark.parametrize("name", DATASETS)
def test_every_answer_passes_its_schema(data, name, query):
    """The data of every type are valid by its schema, for busy periods and for empty ones."""
    found = data(name, **query)

    one_customer = "customer_id" in query
    assert dataset_schema(name, one_customer=one_customer)().validate(frame(name, found)) == {}


@pytest.mark.shared
@pytest.mark.parametrize("name", ["call_durations", "call_length_distribution", "calls_per_day"])
def test_values_have_the_types_of_the_page(data, name):
    """Strings stay strings, numbers stay numbers, and keys have the order of the page."""
    found, sample = data(name, **WEEK), SAMPLES[name]

    assert type(found) is type(sample)
    if isinstance(found, list):
        assert list(found[0]) == list(sample[0])
        assert {key: type(value) for key, value in found[0].items()} == {
            key: type(value) for key, value in sample[0].items()
        }


@pytest.mark.shared
def test_both_paths_answer_the_same(ask):
    """The path that Kaisa's library uses answers like the documented one."""
    asked = "type=call_totals&from_date=2026-11-16&to_date=2026-11-22"

    assert ask(f"/api/widgets/data?{asked}").data == ask(f"/widgets/data?{asked}").data


def added(rows):
    return sum(row["Answered"] + row["Missed"] for row in rows)


@pytest.mark.shared
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(back=some.integers(1, 120), length=some.integers(0, 13))
def test_widgets_agree_with_each_other(data, back, length):
    """Over finished days all types are computed from the same calls."""
    last = date.fromordinal(date(2026, 11, 22).toordinal() - back)
    period = {"from_date": date.fromordinal(last.toordinal() - length), "to_date": last}

    total, missed = int(data("call_totals", **period)), int(data("missed_calls", **period))
    lengths, days = data("call_length_distribution", **period), data("calls_per_day", **period)
    hours, callers = data("daily_call_distribution", **period), data("unique_callers", **period)

    assert sum(int(row["val"]) for row in lengths) == added(days) == added(hours) == total
    assert sum(row["Missed"] for row in days) == sum(row["Missed"] for row in hours) == missed
    assert lengths[0] == {"name": "missed", "val": str(missed), "isWarningValue": True}
    assert len(days) == length + 1
    assert abs(float(data("average_calls_per_user", **period)) - total / callers) <= 0.05 + 1e-9


@pytest.mark.shared
@pytest.mark.parametrize("at", ["2026-11-23T00:00:00+01:00", "2026-11-23T11:31:07+01:00", "2026-11-23T23:59:59+01:00"])
def test_today_agrees_with_kpns_counters(ask, get, at):
    """At one instant Kaisa and KPN count the same calls."""
    asked = "/widgets/data?type={0}&from_date=2026-11-23&to_date=2026-11-23"
    found = {
        name: ask(asked.format(name), Prefer=f'at="{at}"').json["datasources"][0]["data"]
        for name in ("call_totals", "missed_calls", "calls_per_day")
    }

    queues = get("/queues", Prefer=f'at="{at}"').json["DataSet"]["queues"]

    def counted(field):
        return sum(int(queue[field]) for queue in queues)

    assert int(found["call_totals"]) == counted("OfferedCalls")
    assert found["calls_per_day"] == [
        {"name": "2026-11-23", "Answered": counted("AnsweredCalls"), "Missed": int(found["missed_calls"])}
    ]
    assert int(found["missed_calls"]) == (counted("OfferedCalls") - counted("AnsweredCalls") - counted("InQueueCalls"))


@pytest.mark.shared
def test_history_is_what_was_shown_live(ask, data):
    """A day looked at in its last second has the data that history has of it later."""
    asked = "/widgets/data?type=calls_per_day&from_date=2026-11-20&to_date=2026-11-20"

    then = ask(asked, Prefer='at="2026-11-20T23:59:59+01:00"').json

    assert then["datasources"][0]["data"] == data("calls_per_day", from_date="2026-11-20", to_date="2026-11-20")


def test_the_default_period_is_thirty_days(data, wall):
    """Without dates the period ends today; one date alone begins or ends it."""
    wall.at = 1_795_424_400

    default, since, until = (
        data("calls_per_day"),
        data("calls_per_day", from_date="2026-11-20"),
        data("calls_per_day", to_date="2026-03-01"),
    )

    assert [default[0]["name"], default[-1]["name"], len(default)] == ["2026-10-25", "2026-11-23", 30]
    assert [row["name"] for row in since] == ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
    assert [until[0]["name"], until[-1]["name"], len(until)] == ["2026-01-31", "2026-03-01", 30]


@pytest.mark.shared
def test_customer_zero_and_empty_mean_all(data):
    """The library always sends a customer; 0 and an empty text select all."""
    assert data("call_totals", customer_id=0) == data("call_totals", customer_id="") == data("call_totals")


@pytest.mark.shared
def test_parameters_of_the_library_are_accepted(ask):
    """Further parameters of the library and dates without a value are ignored."""
    response = ask("/widgets/data?type=call_totals&customer_id=0&datasources=0&from_date=&to_date=")

    assert response.status_code == 200


@pytest.mark.shared
def test_a_top_customer_has_its_own_widgets(data):
    """The total of a top customer, queried alone, is the one of the list."""
    first = data("top_customers_by_calls", **WEEK)[0]

    own = {name: data(name, customer_id=first["scId"], **WEEK) for name in ("call_totals", "top_customers_by_calls")}

    assert own == {"call_totals": first["val"], "top_customers_by_calls": first["val"]}
    assert data("unique_callers", customer_id=first["scId"], **WEEK) == 1
    assert len(data("geographic_origin", customer_id=first["scId"], **WEEK)) == 1


@pytest.mark.shared
def test_lists_are_ranked_and_short(data):
    """Five attributions, ten areas and ten customers are listed, those with most calls first."""
    lists = {
        name: data(name, **WEEK) for name in ("calls_top_attributions", "geographic_origin", "top_customers_by_calls")
    }

    assert [len(rows) for rows in lists.values()] == [5, 10, 10]
    for rows in lists.values():
        counts = [int(row["val"]) for row in rows]
        assert counts == sorted(counts, reverse=True)


@pytest.mark.shared
def test_an_unknown_customer_has_no_calls(data):
    """An unknown customer has zeros, and charts whose rows are zero."""
    found = {name: data(name, customer_id=77, **WEEK) for name in DATASETS}

    assert found["call_totals"] == found["missed_calls"] == found["top_customers_by_calls"] == "0"
    assert (found["unique_callers"], found["call_durations"], found["average_calls_per_user"]) == (0, 0, "0.0")
    assert found["geographic_origin"] == found["calls_top_attributions"] == []
    assert found["call_length_distribution"] == [{"name": "missed", "val": "0", "isWarningValue": True}]
    assert (added(found["calls_per_day"]), len(found["calls_per_day"])) == (0, 7)


WRONG: dict[str, list[str]] = {
    "": ["type must be one of"],
    "type=": ["type must be one of"],
    "type=calls": ["type must be one of"],
    "type=call_totals&customer_id=abc": ["customer_id must be a whole number"],
    "type=call_totals&from_date=2026-02-30": ["from_date must be a date like 2026-11-23"],
    "type=call_totals&from_date=20260201&to_date=yesterday": ["from_date must be", "to_date must be"],
    "type=call_totals&from_date=٢٠٢٦-01-01": ["from_date must be"],
    "type=call_totals&from_date=2026-02-02&to_date=2026-02-01": ["from_date must not be after to_date"],
    "type=call_totals&from_date=2020-01-01&to_date=2026-01-01": ["period must be at most 366 days, not 2193"],
    "type=call_totals&to_date=1999-01-01": ["dates must be from 2000-01-01 to 2100-12-31"],
    "type=call_totals&from_date=2101-01-01": ["dates must be from 2000-01-01 to 2100-12-31"],
    "type=call_totals&type=missed_calls": ["type must be given once"],
}


@pytest.mark.shared
@pytest.mark.parametrize("query", WRONG)
def test_wrong_parameters_are_all_refused(client, challenge, query):
    """`errors` has a sentence for each wrong parameter."""
    sent = client.get("/widgets/data", query_string=query).request.environ["QUERY_STRING"]
    header = credentials(challenge(), "GET", f"/widgets/data?{sent}" if sent else "/widgets/data")

    response = client.get("/widgets/data", query_string=query, headers={"Authorization": header})

    assert response.status_code == 400, response.text
    assert len(response.json["errors"]) == len(WRONG[query])
    assert all(text.startswith(begin) for text, begin in zip(response.json["errors"], WRONG[query], strict=True))


@pytest.mark.shared
@pytest.mark.parametrize("name", DATASETS)
def test_a_period_is_a_year_at_most(ask, name):
    """A period of 366 days is answered, a longer one is refused."""
    asked = f"/widgets/data?type={name}&from_date=2026-12-0{{0}}&to_date=2027-12-02"

    assert [ask(asked.format(day)).status_code for day in (1, 2)] == [400, 200]


@pytest.mark.shared
def test_answers_are_conditional(ask):
    """A client that sends the current ETag gets 304."""
    asked = "/widgets/data?type=call_totals&from_date=2026-11-16&to_date=2026-11-22"
    first = ask(asked)

    again, other = ask(asked, If_None_Match=first.headers["ETag"]), ask(asked, If_Match='"another"')

    assert (again.status_code, again.data, other.status_code) == (304, b"", 412)
    assert first.headers["X-Sandbox-Time"] and "engine=" in first.headers["X-Sandbox-Replay"]
