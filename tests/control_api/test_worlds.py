"""Profile, scenario, clock, and back to the beginning."""

import pytest

from .conftest import MONDAY, on_one_database


def test_a_profile_is_changed_by_a_merge_patch(turn):
    """Null brings back a default, all else is as told, what is not named stays."""
    turn("PATCH", "/profile", {"load": 2, "talk_seconds": 100})

    answer = turn("PATCH", "/profile", {"load": None, "agents": 30})

    profile = answer.json
    assert (profile["load"], profile["talk_seconds"], profile["agents"]) == (1, 100, 30)
    assert turn("GET", "/profile").json == profile


def test_a_change_counts_from_now_on(turn, kpn):
    """Counters of today do not jump; the staff is there at once."""
    before = kpn("/queues").json["DataSet"]["queues"]

    turn("PATCH", "/profile", {"agents": 30})

    after = kpn("/queues").json["DataSet"]["queues"]
    assert [queue["OfferedCalls"] for queue in after] == [queue["OfferedCalls"] for queue in before]
    assert len(kpn("/agents").json["DataSet"]["agents"]) == 30


def test_midnight_rebuilds_today(turn, kpn):
    """As if it had been so all day."""
    before = sum(int(queue["OfferedCalls"]) for queue in kpn("/queues").json["DataSet"]["queues"])

    turn("PATCH", "/profile?effective=midnight", {"load": 3})

    after = sum(int(queue["OfferedCalls"]) for queue in kpn("/queues").json["DataSet"]["queues"])
    assert after > 2 * before


def test_a_merge_patch_may_say_its_own_type(turn):
    """RFC 7396 names one."""
    answer = turn("PATCH", "/profile", {"agents": 9}, content_type="application/merge-patch+json")

    assert answer.json["agents"] == 9


def test_a_scenario_ends_by_itself(turn):
    """After so many seconds of the account's clock."""
    told = turn("PUT", "/scenario", {"name": "peak", "for_seconds": 2700}).json

    assert (told["name"], told["ends_at"]) == ("peak", "2026-11-23T10:45:00+01:00")
    turn("POST", "/clock/advance", {"seconds": 2700})
    assert turn("GET", "/scenario").json == {
        "name": "normal",
        "summary": "A day as planned: about 80 % answered within 20 seconds.",
        "ends_at": None,
    }


def test_the_lab_tells_what_theory_needs(turn):
    """Only where arrivals are constant."""
    theory = turn("PUT", "/scenario", {"name": "lab"}).json["theory"]

    assert [queue["queue"] for queue in theory] == [1000, 1001, 1002, 1003, 1004]
    assert set(theory[0]) == {"queue", "staff", "arrivals_per_hour", "service_seconds", "patience_seconds"}
    assert theory[0]["service_seconds"] == 240


def test_a_clock_stands_runs_and_runs_fast(turn, wall):
    """Three clocks, told with milliseconds."""
    turn("PUT", "/clock", {"mode": "running", "at": MONDAY, "speed": 60})
    wall.at += 1.5
    fast = turn("GET", "/clock").json

    frozen = turn("PUT", "/clock", {"mode": "frozen"}).json
    wall.at += 100

    assert fast == {"mode": "running", "at": "2026-11-23T10:01:30+01:00", "speed": 60.0}
    assert frozen == {"mode": "frozen", "at": "2026-11-23T10:01:30+01:00", "speed": 0.0}
    assert turn("GET", "/clock").json == frozen


def test_a_running_clock_is_that_of_the_wall(turn, wall):
    """Nothing said but running brings back wall time."""
    told = turn("PUT", "/clock", {"mode": "running"}).json

    assert told == {"mode": "running", "at": "2026-11-23T10:00:00.250+01:00", "speed": 1.0}


@pytest.mark.parametrize("clock", [{"mode": "frozen", "at": MONDAY}, {"mode": "running", "at": MONDAY}])
def test_every_clock_can_be_moved_on(turn, clock):
    """Standing or running."""
    turn("PUT", "/clock", clock)

    told = turn("POST", "/clock/advance", {"seconds": 3600}).json

    assert (told["mode"], told["at"]) == (clock["mode"], "2026-11-23T11:00:00+01:00")


def test_time_travels_back_by_setting(turn, kpn):
    """To any date."""
    turn("PUT", "/clock", {"mode": "frozen", "at": "2001-09-09T03:46:40+02:00"})

    assert kpn("/agents").headers["X-Sandbox-Time"].startswith("2001-09-09T03:46:40")


def test_a_reset_brings_all_back(turn):
    """Every layer, and again without any harm."""
    before = turn("GET").json
    turn("PATCH", "/profile", {"agents": 30})
    turn("PUT", "/scenario", {"name": "peak"})
    turn("POST", "/clock/advance", {"seconds": 60})
    turn("PUT", "/quota", {"limit": 1, "interval": 1, "unit": "day"})

    first, second = turn("POST", "/reset"), turn("POST", "/reset", {})

    assert first.json == second.json
    assert turn("GET").json == before
    assert turn("GET", "/quota").status_code == 404


def test_a_reset_leaves_the_other_layers(turn):
    """Only what is named is as in the beginning."""
    turn("PATCH", "/profile", {"agents": 30})
    turn("PUT", "/scenario", {"name": "peak"})

    assert turn("POST", "/reset", {"layers": ["scenario"]}).json == {"layers": ["scenario"]}
    assert turn("GET", "/scenario").json["name"] == "normal"
    assert turn("GET", "/profile").json["agents"] == 30


@on_one_database
@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "/profile", {"agents": 1001}, "agents"),
        ("PATCH", "/profile", {"agents": 30, "load": "high"}, "load"),
        ("PATCH", "/profile", {"chairs": 1}, "chairs"),
        ("PATCH", "/profile", [1], "profile"),
        ("PATCH", "/profile?effective=yesterday", {"agents": 30}, "effective"),
        ("PATCH", "/profile?effective=now&effective=midnight", {"agents": 30}, "effective"),
        ("PATCH", "/profile", {"trunks": [{"ports": 0}]}, "trunks[0].ports"),
        ("PUT", "/scenario", {"name": "party"}, "name"),
        ("PUT", "/scenario", {"name": ["peak"]}, "name"),
        ("PUT", "/scenario", {}, "name"),
        ("PUT", "/scenario", {"name": "peak", "for_seconds": 0}, "for_seconds"),
        ("PUT", "/scenario", {"name": "peak", "for_seconds": "60"}, "for_seconds"),
        ("PUT", "/clock", {"mode": "backwards"}, "mode"),
        ("PUT", "/clock", {"mode": "frozen", "at": "2026-11-23T10:00:00"}, "at"),
        ("PUT", "/clock", {"mode": "frozen", "at": "1999-12-31T22:00:00Z"}, "at"),
        ("PUT", "/clock", {"mode": "frozen", "at": "2101-01-01T00:00:00Z"}, "at"),
        ("PUT", "/clock", {"mode": "frozen", "at": 1_795_424_400}, "at"),
        ("PUT", "/clock", {"mode": "frozen", "speed": 2}, "speed"),
        ("PUT", "/clock", {"mode": "running", "speed": 3601}, "speed"),
        ("PUT", "/clock", {"mode": "running", "speed": 0}, "speed"),
        ("PUT", "/clock", {"mode": "running", "speed": True}, "speed"),
        ("PUT", "/clock", None, "body"),
        ("POST", "/clock/advance", {"seconds": -1}, "seconds"),
        ("POST", "/clock/advance", {"seconds": 3_000_000_000}, "instant"),
        ("POST", "/clock/advance", {}, "seconds"),
        ("POST", "/reset", {"layers": ["memories"]}, "layers[0]"),
        ("POST", "/reset", {"layers": "clock"}, "layers"),
        ("POST", "/reset", {"layer": ["clock"]}, "layer"),
    ],
)
def test_what_is_wrong_changes_nothing(turn, method, path, body, field):
    """The field is named, its value and what would be right."""
    before = turn("GET").json

    answer = turn(method, path, body) if body is not None else turn(method, path, data="null")

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert turn("GET").json == before


@on_one_database
@pytest.mark.parametrize(
    "data", [b"", b"{", b"{'a': 1}", b"\xff", b'{"mode": NaN}', b'{"mode": "\\ud800"}', b"[" * 5000]
)
def test_what_is_no_json_is_told_so(turn, data):
    """With the place where it goes wrong."""
    answer = turn("PUT", "/clock", data=data)

    assert answer.status_code == 400
    assert answer.json["detail"].startswith("The body must be JSON")


def test_a_whole_number_may_be_written_with_a_point(turn):
    """There are programs that know no others."""
    assert turn("PUT", "/quota", data='{"limit": 60.0, "interval": 1.0, "unit": "minute"}').json["limit"] == 60


def test_a_huge_body_is_not_read(turn):
    """Ten megabytes are refused, and nothing is changed."""
    answer = turn("PATCH", "/profile", data=b'{"agents": 9, "names": "' + b"x" * 10_000_000 + b'"}')

    assert (answer.status_code, answer.json["detail"]) == (413, "A body may have 1 MB at most.")
    assert turn("GET", "/profile").json["agents"] == 15
