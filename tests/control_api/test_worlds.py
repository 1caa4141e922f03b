"""Profile, scenario, clock, and back to the beginning."""

import pytest
from sqlalchemy import insert

from kpn_sandbox.literals import MOST_DATED_CHANGES
from kpn_sandbox.storage.tables import configuration

from .conftest import MONDAY, on_one_database


def test_a_profile_is_changed_by_a_merge_patch(turn):
    """Null brings back a default, all else is as told, what is not named stays."""
    turn("PATCH", "/profile", {"load": 2, "talk_seconds": 100})

    answer = turn("PATCH", "/profile", {"load": None, "agents": 30})

    profile = answer.json
    assert (profile["load"], profile["talk_seconds"], profile["agents"]) == (1, 100, 30)
    assert turn("GET", "/profile").json == profile


def counted(answer):
    """The calls of today in all queues of an answer."""
    return sum(int(queue["OfferedCalls"]) for queue in answer.json["DataSet"]["queues"])


def asks(client, credentials):
    """Asks the vendor's API as an account, with a token of the account's present instant."""
    form = {name: credentials[name] for name in ("client_id", "client_secret")}
    token = client.post(credentials["token_url"], data=form).json["access_token"]
    return lambda path, **more: client.get(path, headers={"Authorization": f"Bearer {token}", **more})


def test_a_peak_monday_is_one_in_any_order(admin, client):
    """A scenario counts always: before or after the clock was moved, and at instants before the change as well."""
    freeze = ("PUT", "/clock", {"mode": "frozen", "at": MONDAY})
    peak = ("PUT", "/scenario", {"name": "peak"})
    found = {}
    for name, calls in {"normal": [freeze], "first": [peak, freeze], "last": [freeze, peak]}.items():
        made = admin("POST", "/accounts", {"client_id": name, "seed": "same", "profile": {"agents": 15}}).json
        for method, path, body in calls:
            admin(method, f"/accounts/{name}{path}", body)
        kpn = asks(client, made["credentials"]["kpn"])
        a_week_before = kpn("/queues", Prefer='at="2026-11-16T10:00:00+01:00"')
        found[name] = (counted(a_week_before), counted(kpn("/queues")))

    assert found["first"] == found["last"]
    assert all(peak > normal for peak, normal in zip(found["first"], found["normal"], strict=True))


@pytest.mark.parametrize("mode", ["frozen", "running"])
@pytest.mark.parametrize("at", [MONDAY, "2024-02-29T23:59:59+01:00", "2031-06-01T12:00:00+02:00"])
def test_a_change_counts_always(client, turn, made, mode, at):
    """The lists show the new center at once and at every other instant, whether the clock stands or runs."""
    turn("PUT", "/clock", {"mode": mode, "at": MONDAY})

    answer = turn("PATCH", "/profile", {"agents": 12, "queues": 2})

    turn("PUT", "/clock", {"mode": mode, "at": at})
    kpn = asks(client, made["credentials"]["kpn"])
    assert (answer.json["agents"], answer.headers["X-Sandbox-Effective-From"]) == (12, "")
    assert [len(kpn(f"/{kind}").json["DataSet"][kind]) for kind in ("agents", "queues")] == [12, 2]


def test_a_change_counts_from_now_on(turn, kpn):
    """Counters of today do not jump; the staff is there at once."""
    before = counted(kpn("/queues"))

    answer = turn("PATCH", "/profile?effective=now", {"agents": 30})

    assert answer.headers["X-Sandbox-Effective-From"] == MONDAY
    assert turn("GET", "/profile").headers["X-Sandbox-Effective-From"] == MONDAY
    assert counted(kpn("/queues")) == before
    assert len(kpn("/agents").json["DataSet"]["agents"]) == 30


def test_midnight_means_always(turn, kpn):
    """It is the word that earlier versions had for making the day anew."""
    before = counted(kpn("/queues"))

    profile = turn("PATCH", "/profile?effective=midnight", {"load": 3})
    scenario = turn("PUT", "/scenario?effective=midnight", {"name": "peak", "effective": "always"})

    assert profile.headers["X-Sandbox-Effective-From"] == ""
    assert (scenario.status_code, scenario.json["effective_from"]) == (200, None)
    assert counted(kpn("/queues")) > 2 * before


def test_a_scenario_tells_from_when_on_it_counts(turn):
    """At the instant of the account, wherever its clock stands."""
    always = turn("PUT", "/scenario", {"name": "busy"}).json
    now = turn("PUT", "/scenario?effective=now", {"name": "peak"}).json
    same = turn("PUT", "/scenario", {"name": "peak", "effective": "now"}).json
    turn("PUT", "/clock", {"mode": "frozen", "at": "2026-11-23T09:00:00+01:00"})
    earlier = turn("GET", "/scenario").json

    assert (always["name"], always["effective_from"], always["ends_at"]) == ("busy", None, None)
    assert (now["name"], now["effective_from"], now["ends_at"]) == ("peak", MONDAY, None)
    assert same == now
    assert (earlier["name"], earlier["effective_from"], earlier["ends_at"]) == ("busy", None, MONDAY)


def test_a_clock_tells_what_does_not_count_at_its_instant(turn):
    """Each dated change that is later or over is a sentence, in every answer with the clock."""
    turn("PUT", "/scenario", {"name": "peak", "for_seconds": 60})
    turn("PATCH", "/profile?effective=now", {"agents": 12})
    peak = f'scenario "peak" counts from {MONDAY} to 2026-11-23T10:01:00+01:00'

    here = turn("GET", "/clock").json["not_in_force"]
    later = turn("POST", "/clock/advance", {"seconds": 60}).json["not_in_force"]
    earlier = turn("PUT", "/clock", {"mode": "frozen", "at": "2026-11-23T09:00:00+01:00"}).json["not_in_force"]

    assert (here, later) == ([], [peak])
    assert sorted(earlier) == [f'profile {{"agents": 12}} counts from {MONDAY} on', peak]
    assert turn("GET", "/clock").json["not_in_force"] == earlier


def test_a_dated_change_too_many_is_refused(turn, app):
    """The refusal says that one that counts always needs no room, and that a reset makes some."""
    with app.extensions["kpn_sandbox"].sandbox.database.write() as connection:
        rows = [
            {"client_id": "berta", "effective_at": second, "scenario": "busy", "ends": 0}
            for second in range(MOST_DATED_CHANGES)
        ]
        connection.execute(insert(configuration), rows)

    for refused in (
        turn("PATCH", "/profile?effective=now", {"agents": 9}),
        turn("PUT", "/scenario", {"name": "peak", "for_seconds": 60}),
    ):
        assert (refused.status_code, refused.headers["Content-Type"]) == (409, "application/problem+json")
        assert "1,000" in refused.json["detail"]
        assert "effective=always" in refused.json["detail"] and "reset" in refused.json["detail"]
    assert turn("PATCH", "/profile", {"agents": 9}).status_code == 200
    turn("POST", "/reset", {"layers": ["scenario"]})
    assert turn("PUT", "/scenario?effective=now", {"name": "peak"}).status_code == 200


def test_a_merge_patch_may_say_its_own_type(turn):
    """RFC 7396 names one."""
    answer = turn("PATCH", "/profile", {"agents": 9}, content_type="application/merge-patch+json")

    assert answer.json["agents"] == 9


def test_a_scenario_ends_by_itself(turn):
    """After so many seconds of the account's clock."""
    told = turn("PUT", "/scenario", {"name": "peak", "for_seconds": 2700}).json

    assert (told["name"], told["effective_from"], told["ends_at"]) == ("peak", MONDAY, "2026-11-23T10:45:00+01:00")
    turn("POST", "/clock/advance", {"seconds": 2700})
    assert turn("GET", "/scenario").json == {
        "name": "normal",
        "summary": "A day as planned: about 80 % answered within 20 seconds.",
        "effective_from": "2026-11-23T10:45:00+01:00",
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

    assert fast == {"mode": "running", "at": "2026-11-23T10:01:30+01:00", "speed": 60.0, "not_in_force": []}
    assert frozen == {"mode": "frozen", "at": "2026-11-23T10:01:30+01:00", "speed": 0.0, "not_in_force": []}
    assert turn("GET", "/clock").json == frozen


def test_a_running_clock_is_that_of_the_wall(turn, wall):
    """Nothing said but running brings back wall time."""
    told = turn("PUT", "/clock", {"mode": "running"}).json

    assert told == {"mode": "running", "at": "2026-11-23T10:00:00.250+01:00", "speed": 1.0, "not_in_force": []}


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
    for effective in ("always", "now"):
        turn("PATCH", f"/profile?effective={effective}", {"agents": 30})
        turn("PUT", f"/scenario?effective={effective}", {"name": "peak"})
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
        ("PUT", "/scenario", {"name": "peak", "for_seconds": 60, "effective": "always"}, "effective"),
        ("PUT", "/scenario?effective=midnight", {"name": "peak", "for_seconds": 60}, "effective"),
        ("PUT", "/scenario?effective=now", {"name": "peak", "effective": "always"}, "effective"),
        ("PUT", "/scenario", {"name": "peak", "effective": "noon"}, "effective"),
        ("PUT", "/scenario?effective=noon", {"name": "peak"}, "effective"),
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
