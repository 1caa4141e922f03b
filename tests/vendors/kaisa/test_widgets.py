"""Kaisa's widgets data: spelled as on its page, and telling the same calls as everything else."""

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
    """The page shows three hours of the 24."""
    by_name = {row["name"]: row for row in rows}
    return [by_name.get(f"{hour:02}:00", {"name": f"{hour:02}:00", "Answered": 0, "Missed": 0}) for hour in range(24)]


@pytest.mark.parametrize("name", DATASETS)
def test_the_pages_samples_pass_the_schemas(name):
    """What Kaisa prints is what the schema of each type allows."""
    data = whole_hours(SAMPLES[name]) if name == "daily_call_distribution" else SAMPLES[name]

    assert dataset_schema(name)().validate(frame(name, data)) == {}


@pytest.mark.parametrize("query", [{}, WEEK, {"customer_id": 1}, {"from_date": "2026-12-01", "to_date": "2026-12-02"}])
@pytest.mark.parametrize("name", DATASETS)
def test_every_answer_passes_its_schema(data, name, query):
    """All types are spelled as on the page, for busy periods and for empty ones."""
    told = data(name, **query)

    one_customer = "customer_id" in query
    assert dataset_schema(name, one_customer=one_customer)().validate(frame(name, told)) == {}


@pytest.mark.parametrize("name", ["call_durations", "call_length_distribution", "calls_per_day"])
def test_values_have_the_types_of_the_page(data, name):
    """Strings stay strings and numbers stay numbers, and keys stand in the page's order."""
    told, sample = data(name, **WEEK), SAMPLES[name]

    assert type(told) is type(sample)
    if isinstance(told, list):
        assert list(told[0]) == list(sample[0])
        assert {key: type(value) for key, value in told[0].items()} == {
            key: type(value) for key, value in sample[0].items()
        }


def test_both_paths_answer_the_same(ask):
    """The library's path is another name of the same."""
    asked = "type=call_totals&from_date=2026-11-16&to_date=2026-11-22"

    assert ask(f"/api/widgets/data?{asked}").data == ask(f"/widgets/data?{asked}").data


def added(rows):
    return sum(row["Answered"] + row["Missed"] for row in rows)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(back=some.integers(1, 120), length=some.integers(0, 13))
def test_widgets_agree_with_each_other(data, back, length):
    """Over finished days all types are cuts of the same calls."""
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


@pytest.mark.parametrize("at", ["2026-11-23T00:00:00+01:00", "2026-11-23T11:31:07+01:00", "2026-11-23T23:59:59+01:00"])
def test_today_agrees_with_kpns_counters(ask, get, at):
    """At one instant Kaisa and KPN tell the same calls."""
    asked = "/widgets/data?type={0}&from_date=2026-11-23&to_date=2026-11-23"
    told = {
        name: ask(asked.format(name), Prefer=f'at="{at}"').json["datasources"][0]["data"]
        for name in ("call_totals", "missed_calls", "calls_per_day")
    }

    queues = get("/queues", Prefer=f'at="{at}"').json["DataSet"]["queues"]

    def counted(field):
        return sum(int(queue[field]) for queue in queues)

    assert int(told["call_totals"]) == counted("OfferedCalls")
    assert told["calls_per_day"] == [
        {"name": "2026-11-23", "Answered": counted("AnsweredCalls"), "Missed": int(told["missed_calls"])}
    ]
    assert int(told["missed_calls"]) == (counted("OfferedCalls") - counted("AnsweredCalls") - counted("InQueueCalls"))


def test_yesterday_is_what_it_was(ask, data):
    """A clock turned back to the last second of a day tells what history tells of it later."""
    asked = "/widgets/data?type=calls_per_day&from_date=2026-11-20&to_date=2026-11-20"

    then = ask(asked, Prefer='at="2026-11-20T23:59:59+01:00"').json

    assert then["datasources"][0]["data"] == data("calls_per_day", from_date="2026-11-20", to_date="2026-11-20")


def test_without_dates_thirty_days_are_told(data, wall):
    """The default period ends today; one date alone begins or ends it."""
    wall.at = 1_795_424_400

    default, since, until = (
        data("calls_per_day"),
        data("calls_per_day", from_date="2026-11-20"),
        data("calls_per_day", to_date="2026-03-01"),
    )

    assert [default[0]["name"], default[-1]["name"], len(default)] == ["2026-10-25", "2026-11-23", 30]
    assert [row["name"] for row in since] == ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23"]
    assert [until[0]["name"], until[-1]["name"], len(until)] == ["2026-01-31", "2026-03-01", 30]


def test_customer_zero_and_empty_mean_all(data):
    """The library always sends a customer; 0 and nothing are no customer."""
    assert data("call_totals", customer_id=0) == data("call_totals", customer_id="") == data("call_totals")


def test_parameters_of_the_library_are_taken(ask):
    """What the library sends beside the documented parameters does no harm, nor do dates that are not set."""
    response = ask("/widgets/data?type=call_totals&customer_id=0&datasources=0&from_date=&to_date=")

    assert response.status_code == 200


def test_a_top_customer_has_his_own_widgets(data):
    """The top list leads to customers whose own total is the one in the list."""
    first = data("top_customers_by_calls", **WEEK)[0]

    own = {name: data(name, customer_id=first["scId"], **WEEK) for name in ("call_totals", "top_customers_by_calls")}

    assert own == {"call_totals": first["val"], "top_customers_by_calls": first["val"]}
    assert data("unique_callers", customer_id=first["scId"], **WEEK) == 1
    assert len(data("geographic_origin", customer_id=first["scId"], **WEEK)) == 1


def test_lists_are_ranked_and_short(data):
    """Five attributions, ten areas and ten customers, those with most calls first."""
    lists = {
        name: data(name, **WEEK) for name in ("calls_top_attributions", "geographic_origin", "top_customers_by_calls")
    }

    assert [len(rows) for rows in lists.values()] == [5, 10, 10]
    for rows in lists.values():
        counts = [int(row["val"]) for row in rows]
        assert counts == sorted(counts, reverse=True)


def test_an_unknown_customer_has_no_calls(data):
    """Somebody whom nobody knows has called nobody: zeros, and charts with zero rows."""
    told = {name: data(name, customer_id=77, **WEEK) for name in DATASETS}

    assert told["call_totals"] == told["missed_calls"] == told["top_customers_by_calls"] == "0"
    assert (told["unique_callers"], told["call_durations"], told["average_calls_per_user"]) == (0, 0, "0.0")
    assert told["geographic_origin"] == told["calls_top_attributions"] == []
    assert told["call_length_distribution"] == [{"name": "missed", "val": "0", "isWarningValue": True}]
    assert (added(told["calls_per_day"]), len(told["calls_per_day"])) == (0, 7)


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


@pytest.mark.parametrize("query", WRONG)
def test_wrong_parameters_are_all_told(client, challenge, query):
    """What is wrong with a request stands in `errors`, a sentence for each parameter."""
    sent = client.get("/widgets/data", query_string=query).request.environ["QUERY_STRING"]
    header = credentials(challenge(), "GET", f"/widgets/data?{sent}" if sent else "/widgets/data")

    response = client.get("/widgets/data", query_string=query, headers={"Authorization": header})

    assert response.status_code == 400, response.text
    assert len(response.json["errors"]) == len(WRONG[query])
    assert all(told.startswith(begin) for told, begin in zip(response.json["errors"], WRONG[query], strict=True))


@pytest.mark.parametrize("name", DATASETS)
def test_a_year_is_told_and_not_a_day_more(ask, name):
    """366 days are the most that is told at a time."""
    asked = f"/widgets/data?type={name}&from_date=2026-12-0{{0}}&to_date=2027-12-02"

    assert [ask(asked.format(day)).status_code for day in (1, 2)] == [400, 200]


def test_answers_are_conditional(ask):
    """Who has the answer already is told so."""
    asked = "/widgets/data?type=call_totals&from_date=2026-11-16&to_date=2026-11-22"
    first = ask(asked)

    again, other = ask(asked, If_None_Match=first.headers["ETag"]), ask(asked, If_Match='"another"')

    assert (again.status_code, again.data, other.status_code) == (304, b"", 412)
    assert first.headers["X-Sandbox-Time"] and "engine=" in first.headers["X-Sandbox-Replay"]
