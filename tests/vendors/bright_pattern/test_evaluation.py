"""Evaluation of subscriptions: no failure, and rows filtered and ordered as by a naive computation."""

import re
from itertools import zip_longest

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kpn_sandbox.vendors.bright_pattern.schemas import ApplicationAnswerSchema
from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS, ApplicationPart
from tests.vendors.bright_pattern.conftest import LOGIN, grid, names_in

AT = {"Prefer": 'at="2026-11-23T10:31:07+01:00"'}
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")

checked = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def evaluated(start_in_module):
    """Subscribe and return status and JSON of the data, or of the error."""
    client = start_in_module(agents=25, bright_pattern_refresh=0, journal=False).test_client()
    client.post("/statsapi/auth", json=LOGIN)

    def evaluate(body):
        made = client.post("/statsapi/subscription", json=body)
        if made.status_code != 200:
            return made.status_code, made.json
        answer = client.get("/statsapi/subscription/data", headers=AT)
        return answer.status_code, answer.json

    return evaluate


names = {part: some.sampled_from(names_in(part)) for part in ApplicationPart}
directions = some.sampled_from(["ASC", "DESC"])
operations = some.sampled_from(["EQ", "NE", "LT", "GT", "LE", "GE"])
texts = some.sampled_from(["", "0", "5", "100", "ready", "BUSY", "a", "m", "-1", "1e2", "40013"])


@some.composite
def grids(draw, place):
    """Draw a valid grid."""
    chosen = draw(some.lists(names[place], min_size=1, max_size=5, unique=True))
    made = grid(*chosen)
    if draw(some.booleans()):
        made |= {"filter_by": draw(some.sampled_from(chosen)), "filter_value": draw(texts)}
        made["filter_operation"] = draw(operations)
    if draw(some.booleans()):
        made |= {"order_by": draw(some.sampled_from(chosen)), "order_dir": draw(directions)}
    if draw(some.booleans()):
        made["limit"] = draw(some.integers(0, 30) | some.sampled_from(["3", "1000"]))
    return made


@checked
@given(place=some.sampled_from([ApplicationPart.SERVICES, ApplicationPart.AGENTS]), draw=some.data())
def test_rows_are_filtered_ordered_and_limited(evaluated, place, draw):
    """The rows of a grid are those of a naive computation on the grid without filter, order and limit."""
    drawn = draw.draw(grids(place))
    plain = {"id": "plain", "columns": drawn["columns"]}

    status, data = evaluated({"a": {place.value: [drawn, plain]}})

    assert status == 200
    answered, every = (each["values"] for each in data["a"][place.value])
    assert answered == naive(drawn, every)


def naive(drawn, rows):
    """Return the rows that the documented rules leave."""
    if "filter_by" in drawn:
        value = drawn["filter_value"]
        rows = [row for row in rows if holds(row[drawn["filter_by"]], drawn["filter_operation"], value)]
    if "order_by" in drawn:
        by = drawn["order_by"]
        full = sorted((row for row in rows if row[by]), key=lambda row: rank(row[by]))
        if drawn["order_dir"] == "DESC":
            # Backwards, but rows with the same value stay in their order.
            ranks = sorted({rank(row[by]) for row in full}, reverse=True)
            full = [row for each in ranks for row in full if rank(row[by]) == each]
        rows = full + [row for row in rows if not row[by]]
    return rows[: int(drawn["limit"])] if "limit" in drawn else rows


def holds(one, operation, other):
    both = NUMBER.fullmatch(one) and NUMBER.fullmatch(other)
    one, other = (float(one), float(other)) if both else (one.lower(), other.lower())
    held = {"EQ": one == other, "LT": one < other, "GT": one > other}
    held |= {"NE": one != other, "LE": one <= other, "GE": one >= other}
    return held[operation]


def rank(text):
    return (0, float(text), "") if NUMBER.fullmatch(text) else (1, 0, text.casefold())


anything = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(-1e9, 1e9) | some.text(max_size=5),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
statistics = some.sampled_from([*STATISTICS, "SUM", "nope"])


def either(strategy):
    """Draw mostly from the strategy, sometimes anything."""
    return some.one_of(strategy, strategy, strategy, anything)


columns = some.fixed_dictionaries(
    {"id": either(some.integers(0, 3) | some.sampled_from("abc"))},
    optional={
        "stat_name": either(statistics),
        "statName": either(statistics),
        "sum_stat_names": either(some.lists(statistics, max_size=3)),
        "dispositions": either(some.lists(some.sampled_from(["Problem solved", "nope"]), max_size=2)),
        "other": anything,
    },
)
orders = some.fixed_dictionaries({"by": either(some.integers(0, 3)), "dir": either(directions)})
wild_grids = some.fixed_dictionaries(
    {"id": either(some.integers(0, 2)), "columns": either(some.lists(columns, max_size=3))},
    optional={
        "order_by": either(some.sampled_from("abc")),
        "order_dir": either(directions),
        "order": either(some.lists(orders)),
        "limit": either(some.integers(-1, 5)),
        "filter_by": either(some.integers(0, 3)),
        "filter_value": either(texts),
        "filter_operation": either(operations),
        "team_ids": either(some.lists(some.text(max_size=3), max_size=2)),
        "service_ids": either(some.just([])),
        "logged_in_agents_only": either(some.sampled_from(["true", "false", True])),
        "my_subteam_only": either(some.booleans()),
    },
)
chats = some.fixed_dictionaries({}, optional={"filter": either(texts), "limit": either(texts)})
applications = some.fixed_dictionaries(
    {},
    optional={
        "stats_totals": either(some.lists(statistics, max_size=4)),
        "stats_totals_service_ids": either(some.lists(some.text(max_size=3), max_size=2)),
        "stats_totals_dispositions": either(some.just(["Silence"])),
        "service_grids": either(some.lists(wild_grids, max_size=2)),
        "agent_grids": either(some.lists(wild_grids, max_size=2)),
        "chat_messages": either(chats),
    },
)


@settings(parent=checked, max_examples=150)
@given(body=either(some.dictionaries(some.text(max_size=5), either(applications), max_size=3)))
def test_no_subscription_causes_a_failure(evaluated, body):
    """Any subscription is answered with data of the right shape, or refused with a code of the table."""
    status, data = evaluated(body)

    if status == 200:
        for name, part in data.items():
            assert not ApplicationAnswerSchema().validate(part), name
    else:
        assert status == 400
        assert 1001 <= data["error_code"] <= 1012
        assert data["error_message"]


def test_agents_come_by_last_name_and_services_by_number(evaluated):
    """Without an order agents come by last and first name, services by their number."""
    drawn = {"agent_grids": [grid("lastname", "firstname")], "service_grids": [grid("name")]}

    _, data = evaluated({"a": drawn})

    rows = [(row["lastname"].casefold(), row["firstname"].casefold()) for row in data["a"]["agent_grids"][0]["values"]]
    assert rows == sorted(rows)


def test_several_orders_apply_one_after_the_other(evaluated):
    """The first order decides, the second among equal rows."""
    columns = grid("acd_state", "login_id")["columns"]
    orders = [{"by": "acd_state", "dir": "ASC"}, {"by": "login_id", "dir": "DESC"}]

    _, data = evaluated({"a": {"agent_grids": [{"id": 1, "columns": columns, "order": orders}]}})

    rows = data["a"]["agent_grids"][0]["values"]
    ranks = [(row["acd_state"] == "", row["acd_state"], -int(row["login_id"])) for row in rows]
    assert ranks == sorted(ranks)


def test_messages_are_filtered_and_limited(evaluated):
    """Chat messages come newest first; the filter is a part of the content in any case."""
    _, data = evaluated({"all": {"chat_messages": {}}, "some": {"chat_messages": {"filter": "KLANT", "limit": "2"}}})

    every, some_of_them = data["all"]["chat_messages"], data["some"]["chat_messages"]
    times = [int(each["send_time"]) for each in every]
    assert times == sorted(times, reverse=True)
    assert some_of_them == [each for each in every if "klant" in each["content"].lower()][:2]
    assert all(one["id"] != other["id"] for one, other in zip_longest(every, every[1:], fillvalue={"id": ""}))


def test_unknown_teams_and_services_have_no_rows(evaluated):
    """The id of an unknown team or service is no error and gives no rows."""
    unknown = ["00000000-0000-0000-0000-000000000000"]
    drawn = {
        "stats_totals": ["in_calls_received_per_day", "service_level"],
        "stats_totals_service_ids": unknown,
        "service_grids": [grid("name", service_ids=unknown)],
        "agent_grids": [grid("login_id", team_ids=unknown)],
    }

    _, data = evaluated({"a": drawn})

    assert data["a"]["stats_totals"] == {"in_calls_received_per_day": "0", "service_level": ""}
    assert data["a"]["service_grids"][0]["values"] == data["a"]["agent_grids"][0]["values"] == []
