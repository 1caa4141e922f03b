"""Values of the statistics: equal to KPN's at the same instant, consistent, and as the vendor defines them."""

import pytest

from kpn_sandbox.vendors.bright_pattern.statistic_catalog import STATISTICS, ApplicationPart, Unit
from kpn_sandbox.vendors.bright_pattern.statistic_values import AGENT_STATISTICS, SERVICE_STATISTICS
from tests.vendors.bright_pattern.conftest import agents, everything, grid, names_in, services

pytestmark = pytest.mark.shared

INSTANTS = [f"2026-11-23T{time}+01:00" for time in ("00:00:00", "04:10:00", "10:31:07", "16:45:59")]
STATES = {
    "AVAIL": "ready",
    "RINGING": "busy",
    "ACD": "busy",
    "ACW": "after_call_work",
    "AUX": "not_ready",
    "UNSTAFF": "",
}


@pytest.fixture(params=INSTANTS)
def at(request):
    """Return the header that requests the data of an instant."""
    return {"Prefer": f'at="{request.param}"'}


@pytest.fixture
def settings():
    return {"agents": 60, "bright_pattern_refresh": 0, "scenario": "peak"}


def number(text):
    return int(text or 0)


def test_services_are_kpns_queues(subscribed, get, at):
    """Waiting, received, answered, abandoned, longest wait and agents per state equal /queues."""
    rows = subscribed(everything(), **at)["data"]["service_grids"][0]["values"]
    queues = get("/queues", **at).json["DataSet"]["queues"]

    assert [row["name"] for row in rows] == [queue["Name"] for queue in queues]
    for row, queue in zip(rows, queues, strict=True):
        kpn = {name: number(value) for name, value in queue.items() if name != "Name"}
        abandoned = kpn["OfferedCalls"] - kpn["AnsweredCalls"] - kpn["Flowout"] - kpn["InQueueCalls"]
        assert number(row["in_calls_received_per_day"]) == kpn["OfferedCalls"] == number(row["in_calls_queued_per_day"])
        assert number(row["in_calls_handled_per_day"]) == kpn["AnsweredCalls"]
        assert number(row["in_calls_waiting"]) == kpn["InQueueCalls"]
        assert number(row["in_max_wait_time"]) == kpn["LongestWaitingCall"]
        assert number(row["in_calls_abandoned_total_per_day"]) == abandoned
        assert number(row["agents_logged"]) == kpn["Staffed"]
        assert number(row["agents_ready"]) == kpn["Available"]
        assert number(row["agents_busy"]) == kpn["Staffed"] - kpn["Available"] - kpn["InAUX"]


def test_agents_are_kpns_agents(subscribed, get, at):
    """States and their durations equal /agents, but that ringing and talking are one state."""
    names = ("login_id", "first_last_name", "acd_state", "reason", "state_duration")
    rows = {row["login_id"]: row for row in subscribed(agents(*names), **at)["data"]["agent_grids"][0]["values"]}

    for agent in get("/agents", **at).json["DataSet"]["agents"]:
        row = rows.pop(agent["Logid"])
        assert row["first_last_name"] == agent["Agent"]
        assert row["acd_state"] == STATES[agent["Status"]]
        assert bool(row["reason"]) == (agent["Reason"] is not None)
        if agent["Status"] == "UNSTAFF":
            assert row["state_duration"] == ""
        elif agent["Status"] == "ACD":
            assert number(row["state_duration"]) >= number(agent["Time"])
        else:
            assert row["state_duration"] == agent["Time"]
    assert not rows


def test_received_calls_are_where_they_went(subscribed, get, at):
    """Received = abandoned + handled + waiting + flowed out, for each service and for all together."""
    part = subscribed(everything(), **at)["data"]
    flowed = {queue["Name"]: number(queue["Flowout"]) for queue in get("/queues", **at).json["DataSet"]["queues"]}
    rows = part["service_grids"][0]["values"]

    for row, left in [*((row, flowed[row["name"]]) for row in rows), (part["stats_totals"], sum(flowed.values()))]:
        parts = ("in_calls_abandoned_total_per_day", "in_calls_handled_per_day", "in_calls_waiting")
        assert number(row["in_calls_received_per_day"]) == sum(number(row[name]) for name in parts) + left
        short, long = (number(row[f"in_calls_{kind}abandoned_in_queue_per_day"]) for kind in ("short_", ""))
        assert number(row["in_calls_abandoned_total_per_day"]) == short + long


def test_agents_add_up_to_their_service(subscribed, at):
    """Calls and dispositions of agents, in and out, add up to those of the services."""
    wanted = ("in_calls_handled_per_day", "out_calls_handled_per_day", "calls_dispositions_per_day")
    dispositions = ["Problem solved", "Product sold", "Wrong number"]
    columns = [{"id": name, "stat_name": name, "dispositions": dispositions} for name in wanted]
    body = {
        "a": {
            "stats_totals": list(wanted),
            "stats_totals_dispositions": dispositions,
            "agent_grids": [{"id": "a", "columns": columns}],
            "service_grids": [{"id": "s", "columns": columns}],
        }
    }

    part = subscribed(body, **at)["a"]

    for name in wanted:
        sums = [sum(number(row[name]) for row in part[kind][0]["values"]) for kind in ("agent_grids", "service_grids")]
        assert sums == [number(part["stats_totals"][name])] * 2


def test_agents_of_a_service_are_those_it_counts(subscribed, session, get, at):
    """A grid of the agents of one service has as many in each state as the service counts."""
    service = session.get("/statsapi/cfg/services").json[1]
    states = agents("acd_state", service_ids=[service["id"].lower()], logged_in_agents_only=True)
    rows = subscribed(states, **at)["data"]["agent_grids"][0]["values"]
    names = ("name", "agents_logged", "agents_ready", "agents_busy")
    (row_of_service,) = subscribed(services(*names, service_ids=[service["id"]]), **at)["data"]["service_grids"][0][
        "values"
    ]

    assert row_of_service["name"] == service["name"]
    assert number(row_of_service["agents_logged"]) == len(rows)
    assert number(row_of_service["agents_ready"]) == sum(row["acd_state"] == "ready" for row in rows)
    busy = sum(row["acd_state"] in ("busy", "after_call_work") for row in rows)
    assert number(row_of_service["agents_busy"]) == busy


def test_shares_are_computed_from_calls(subscribed, get, at):
    """Service level follows this vendor's formula; averages and maxima are over all calls, not over averages."""
    part = subscribed(everything(), **at)["data"]
    queues = get("/queues", **at).json["DataSet"]["queues"]
    rows = part["service_grids"][0]["values"]
    total = part["stats_totals"]

    for row, chosen in [*((row, [queue]) for row, queue in zip(rows, queues, strict=True)), (total, queues)]:
        answered, in_time, seconds, received = (
            sum(number(queue[name]) for queue in chosen)
            for name in ("AnsweredCalls", "InServiceLevelCalls", "Answertime", "OfferedCalls")
        )
        long = number(row["in_calls_abandoned_in_queue_per_day"])
        check(row["service_level"], 100 * in_time, answered + long, 0.005)
        check(row["in_average_speed_of_answer"], seconds, answered, 0.5)
        check(row["in_calls_abandoned_in_queue_ratio_per_day"], long, received, 0.00005)
        every = number(row["in_calls_abandoned_total_per_day"])
        check(row["in_calls_abandoned_percent_per_day"], 100 * every, received)
        assert (row["service_level_target"], row["service_level_threshold_time"]) == ("80", "20")
        longest = max(number(queue["LongestWaitingCall"]) for queue in chosen)
        assert number(row["in_max_wait_time"]) == longest


def check(text, part, whole, off=0.005):
    """Assert that a text is a rounded share; empty where the whole is 0."""
    if not whole:
        assert text == ""
    else:
        assert abs(float(text) - part / whole) <= off + 1e-9


def test_day_times_fill_the_time_logged_in(subscribed, at):
    """Ready, busy, after-call work and break fit into the day; a logged-out agent has no log-in time."""
    names = ("acd_state", "login_time", *(f"agent_total_{kind}_time" for kind in ("ready", "busy", "ACW", "break")))

    for row in subscribed(agents(*names), **at)["data"]["agent_grids"][0]["values"]:
        assert (row["login_time"] == "") == (row["acd_state"] == "")
        assert sum(number(row[name]) for name in names[2:]) <= 86_400


def test_a_call_at_hand_has_talk_and_medium(subscribed, at):
    """Agents with a call have talk, hold and medium; busy agents have a next state."""
    names = ("acd_state", "active_item_talk_duration", "active_item_hold_duration", "active_item_media_type")

    for row in subscribed(agents(*names, "acd_next_state", "state_duration"), **at)["data"]["agent_grids"][0]["values"]:
        at_work = row["acd_state"] in ("busy", "after_call_work")
        assert (row["active_item_talk_duration"] == "") == (row["active_item_media_type"] == "")
        assert at_work <= (row["active_item_media_type"] == "voice")
        assert (row["acd_next_state"] in ("ready", "not_ready")) == at_work
        if row["acd_state"] == "busy":
            lasted = number(row["active_item_talk_duration"]) + number(row["active_item_hold_duration"])
            assert lasted <= number(row["state_duration"]) + 1


def test_a_sum_adds_what_it_names(subscribed, at):
    """A SUM column is the sum of its statistics, empty ones as 0."""
    names = ["in_calls_handled_per_day", "out_calls_handled_per_day", "login_time"]
    columns = [*grid(*names)["columns"], {"id": "sum", "stat_name": "SUM", "sum_stat_names": names}]

    for row in subscribed(agents(columns=columns), **at)["data"]["agent_grids"][0]["values"]:
        assert int(row["sum"]) == sum(number(row[name]) for name in names)


def test_every_statistic_has_a_value():
    """Every statistic has a value in the places where it may stand, and in no other."""
    for name, statistic in STATISTICS.items():
        assert (ApplicationPart.AGENTS in statistic.parts) == (name in AGENT_STATISTICS)
        assert bool(statistic.parts & {ApplicationPart.TOTALS, ApplicationPart.SERVICES}) == (
            name in SERVICE_STATISTICS
        )
    assert "name" not in names_in(ApplicationPart.TOTALS)


def test_values_are_what_their_unit_says(subscribed, at):
    """Counts and seconds are whole numbers, ratios run to 1, percents to 100; all but counts may be empty."""
    part = subscribed(everything(), **at)["data"]
    rows = [part["stats_totals"], *part["service_grids"][0]["values"], *part["agent_grids"][0]["values"]]

    for name, text in ((name, text) for row in rows for name, text in row.items()):
        unit = STATISTICS[name].unit
        if unit is Unit.COUNT:
            assert text.isdigit()
        elif unit is Unit.SECONDS:
            assert text == "" or text.isdigit()
        elif unit in (Unit.RATIO, Unit.PERCENT):
            assert text == "" or 0 <= float(text) <= (1 if unit is Unit.RATIO else 100)
