"""Profile, scenario and clock of an account are shown and changed; a reset restores them."""

import pytest
from sqlalchemy import insert

from kpn_sandbox.literals import MOST_DATED_CHANGES
from kpn_sandbox.storage.tables import configuration

from .conftest import MONDAY, on_one_database

BY_ACCOUNT = {"tokens": "account", "not_in_force": []}
"""What a clock tells beside mode, instant and speed when nothing is out of the ordinary."""


def test_a_profile_is_changed_by_a_merge_patch(control):
    """In a patch null restores a default, other values replace the profile's, and fields that are not named stay."""
    control("PATCH", "/profile", {"load": 2, "talk_seconds": 100})

    answer = control("PATCH", "/profile", {"load": None, "agents": 30})

    profile = answer.json
    assert (profile["load"], profile["talk_seconds"], profile["agents"]) == (1, 100, 30)
    assert control("GET", "/profile").json == profile


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
def test_a_change_counts_always(client, control, made, mode, at):
    """The lists show the new center at once and at every other instant, whether the clock stands or runs."""
    control("PUT", "/clock", {"mode": mode, "at": MONDAY})

    answer = control("PATCH", "/profile", {"agents": 12, "queues": 2})

    control("PUT", "/clock", {"mode": mode, "at": at})
    kpn = asks(client, made["credentials"]["kpn"])
    assert (answer.json["agents"], answer.headers["X-Sandbox-Effective-From"]) == (12, "")
    assert [len(kpn(f"/{kind}").json["DataSet"][kind]) for kind in ("agents", "queues")] == [12, 2]


def test_a_change_counts_from_now_on(control, kpn):
    """Counters of today do not jump; the staff is there at once."""
    before = counted(kpn("/queues"))

    answer = control("PATCH", "/profile?effective=now", {"agents": 30})

    assert answer.headers["X-Sandbox-Effective-From"] == MONDAY
    assert control("GET", "/profile").headers["X-Sandbox-Effective-From"] == MONDAY
    assert counted(kpn("/queues")) == before
    assert len(kpn("/agents").json["DataSet"]["agents"]) == 30


def test_midnight_means_always(control, kpn):
    """It is the word that earlier versions had for making the day anew."""
    before = counted(kpn("/queues"))

    profile = control("PATCH", "/profile?effective=midnight", {"load": 3})
    scenario = control("PUT", "/scenario?effective=midnight", {"name": "peak", "effective": "always"})

    assert profile.headers["X-Sandbox-Effective-From"] == ""
    assert (scenario.status_code, scenario.json["effective_from"]) == (200, None)
    assert counted(kpn("/queues")) > 2 * before


def test_a_scenario_tells_from_when_on_it_counts(control):
    """At the instant of the account, wherever its clock stands."""
    always = control("PUT", "/scenario", {"name": "busy"}).json
    now = control("PUT", "/scenario?effective=now", {"name": "peak"}).json
    same = control("PUT", "/scenario", {"name": "peak", "effective": "now"}).json
    control("PUT", "/clock", {"mode": "frozen", "at": "2026-11-23T09:00:00+01:00"})
    earlier = control("GET", "/scenario").json

    assert (always["name"], always["effective_from"], always["ends_at"]) == ("busy", None, None)
    assert (now["name"], now["effective_from"], now["ends_at"]) == ("peak", MONDAY, None)
    assert same == now
    assert (earlier["name"], earlier["effective_from"], earlier["ends_at"]) == ("busy", None, MONDAY)


def test_a_clock_tells_what_does_not_count_at_its_instant(control):
    """Each dated change that is later or over is a sentence, in every answer with the clock."""
    control("PUT", "/scenario", {"name": "peak", "for_seconds": 60})
    control("PATCH", "/profile?effective=now", {"agents": 12})
    peak = f'scenario "peak" counts from {MONDAY} to 2026-11-23T10:01:00+01:00'

    here = control("GET", "/clock").json["not_in_force"]
    later = control("POST", "/clock/advance", {"seconds": 60}).json["not_in_force"]
    earlier = control("PUT", "/clock", {"mode": "frozen", "at": "2026-11-23T09:00:00+01:00"}).json["not_in_force"]

    assert (here, later) == ([], [peak])
    assert sorted(earlier) == [f'profile {{"agents": 12}} counts from {MONDAY} on', peak]
    assert control("GET", "/clock").json["not_in_force"] == earlier


def test_a_dated_change_too_many_is_refused(control, app):
    """The refusal says that one that counts always needs no room, and that a reset makes some."""
    with app.extensions["kpn_sandbox"].sandbox.database.write() as connection:
        rows = [
            {"client_id": "berta", "effective_at": second, "scenario": "busy", "ends": 0}
            for second in range(MOST_DATED_CHANGES)
        ]
        connection.execute(insert(configuration), rows)

    for refused in (
        control("PATCH", "/profile?effective=now", {"agents": 9}),
        control("PUT", "/scenario", {"name": "peak", "for_seconds": 60}),
    ):
        assert (refused.status_code, refused.headers["Content-Type"]) == (409, "application/problem+json")
        assert "1,000" in refused.json["detail"]
        assert "effective=always" in refused.json["detail"] and "reset" in refused.json["detail"]
    assert control("PATCH", "/profile", {"agents": 9}).status_code == 200
    control("POST", "/reset", {"layers": ["scenario"]})
    assert control("PUT", "/scenario?effective=now", {"name": "peak"}).status_code == 200


def test_a_merge_patch_may_have_its_own_content_type(control):
    """A patch is accepted with the content type of RFC 7396, too."""
    answer = control("PATCH", "/profile", {"agents": 9}, content_type="application/merge-patch+json")

    assert answer.json["agents"] == 9


def test_a_scenario_ends_by_itself(control):
    """A scenario for some seconds of the account's clock ends by itself; then the one before is in force again."""
    scenario = control("PUT", "/scenario", {"name": "peak", "for_seconds": 2700}).json

    assert (scenario["effective_from"], scenario["ends_at"]) == (MONDAY, "2026-11-23T10:45:00+01:00")
    control("POST", "/clock/advance", {"seconds": 2700})
    assert control("GET", "/scenario").json == {
        "name": "normal",
        "summary": "A day as planned: about 80 % answered within 20 seconds.",
        "effective_from": "2026-11-23T10:45:00+01:00",
        "ends_at": None,
    }


def test_the_lab_scenario_has_parameters_for_theory(control):
    """A scenario with constant arrivals is shown with the parameters that queueing theory needs of each queue."""
    theory = control("PUT", "/scenario", {"name": "lab"}).json["theory"]

    assert [queue["queue"] for queue in theory] == [1000, 1001, 1002]
    assert set(theory[0]) == {"queue", "staff", "arrivals_per_hour", "service_seconds", "patience_seconds"}
    assert theory[0]["service_seconds"] == 240


def test_tokens_follow_the_account_s_time_or_wall_time(control, admin):
    """The time of tokens is chosen with the clock, kept by what does not name it, and reset with the clock."""
    chosen = control("PUT", "/clock", {"mode": "frozen", "tokens": "wall"}).json
    kept = [
        control("PUT", "/clock", {"mode": "running", "speed": 3600}).json,
        control("POST", "/clock/advance", {"seconds": 60}).json,
        control("GET", "/clock").json,
        control("GET").json["clock"],
    ]
    made = admin("POST", "/accounts", {"clock": {"mode": "running", "tokens": "wall"}}).json

    assert [each["tokens"] for each in (chosen, *kept, made["clock"])] == ["wall"] * 6
    control("POST", "/reset", {"layers": ["clock"]})
    assert control("GET", "/clock").json["tokens"] == "account"


def test_a_clock_is_frozen_or_runs_at_a_speed(control, wall):
    """A running clock moves at its speed, a frozen one does not, and both are shown with milliseconds."""
    control("PUT", "/clock", {"mode": "running", "at": MONDAY, "speed": 60})
    wall.at += 1.5
    fast = control("GET", "/clock").json

    frozen = control("PUT", "/clock", {"mode": "frozen"}).json
    wall.at += 100

    assert fast == {"mode": "running", "at": "2026-11-23T10:01:30+01:00", "speed": 60.0, **BY_ACCOUNT}
    assert frozen == {"mode": "frozen", "at": "2026-11-23T10:01:30+01:00", "speed": 0.0, **BY_ACCOUNT}
    assert control("GET", "/clock").json == frozen


def test_a_running_clock_shows_wall_time(control, wall):
    """A clock that is set to running without instant and speed shows wall time."""
    clock = control("PUT", "/clock", {"mode": "running"}).json

    assert clock == {"mode": "running", "at": "2026-11-23T10:00:00.250+01:00", "speed": 1.0, **BY_ACCOUNT}


@pytest.mark.parametrize("clock", [{"mode": "frozen", "at": MONDAY}, {"mode": "running", "at": MONDAY}])
def test_every_clock_can_be_advanced(control, clock):
    """A clock is advanced by some seconds whether it is frozen or runs."""
    control("PUT", "/clock", clock)

    advanced = control("POST", "/clock/advance", {"seconds": 3600}).json

    assert (advanced["mode"], advanced["at"]) == (clock["mode"], "2026-11-23T11:00:00+01:00")


def test_a_clock_can_be_set_back(control, kpn):
    """A clock can be set to any instant, so also to an earlier one."""
    control("PUT", "/clock", {"mode": "frozen", "at": "2001-09-09T03:46:40+02:00"})

    assert kpn("/agents").headers["X-Sandbox-Time"].startswith("2001-09-09T03:46:40")


def test_a_reset_restores_everything(control):
    """A reset restores every layer, and a second one changes nothing more."""
    before = control("GET").json
    for effective in ("always", "now"):
        control("PATCH", f"/profile?effective={effective}", {"agents": 30})
        control("PUT", f"/scenario?effective={effective}", {"name": "peak"})
    control("POST", "/clock/advance", {"seconds": 60})
    control("PUT", "/quota", {"limit": 1, "interval": 1, "unit": "day"})

    first, second = control("POST", "/reset"), control("POST", "/reset", {})

    assert first.json == second.json
    assert control("GET").json == before
    assert control("GET", "/quota").status_code == 404


def test_a_reset_leaves_the_other_layers(control):
    """A reset with layers restores these and leaves the others."""
    control("PATCH", "/profile", {"agents": 30})
    control("PUT", "/scenario", {"name": "peak"})

    assert control("POST", "/reset", {"layers": ["scenario"]}).json == {"layers": ["scenario"]}
    assert control("GET", "/scenario").json["name"] == "normal"
    assert control("GET", "/profile").json["agents"] == 30


@on_one_database
@pytest.mark.parametrize(
    ("method", "path", "body", "field"),
    [
        ("PATCH", "/profile", {"agents": 5001}, "agents"),
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
        ("PUT", "/scenario", {"name": "peak", "for_seconds": 0.0004}, "for_seconds"),
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
        ("PUT", "/clock", {"mode": "running", "tokens": "mine"}, "tokens"),
        ("PUT", "/clock", None, "body"),
        ("POST", "/clock/advance", {"seconds": -1}, "seconds"),
        ("POST", "/clock/advance", {"seconds": 3_000_000_000}, "seconds"),
        ("POST", "/clock/advance", {}, "seconds"),
        ("POST", "/reset", {"layers": ["memories"]}, "layers[0]"),
        ("POST", "/reset", {"layers": "clock"}, "layers"),
        ("POST", "/reset", {"layer": ["clock"]}, "layer"),
    ],
)
def test_a_wrong_value_changes_nothing(control, method, path, body, field):
    """A wrong value is answered with its field and what would be right, and nothing is changed."""
    before = control("GET").json

    answer = control(method, path, body) if body is not None else control(method, path, data="null")

    assert (answer.status_code, answer.headers["Content-Type"]) == (400, "application/problem+json")
    assert [error["field"] for error in answer.json["errors"]] == [field]
    assert control("GET").json == before


@on_one_database
@pytest.mark.parametrize(
    ("body", "shown"),
    [({"trunks": [{"ports": None}]}, None), ({"load": "9"}, "9"), ({"locale": "x" * 5000}, '"' + "x" * 199 + "...")],
)
def test_a_refused_value_is_shown(control, body, shown):
    """The error of a field of the profile shows the value that was sent: null, too, and of a long one the begin."""
    assert [error["value"] for error in control("PATCH", "/profile", body).json["errors"]] == [shown]


@on_one_database
@pytest.mark.parametrize(
    "data", [b"", b"{", b"{'a': 1}", b"\xff", b'{"mode": NaN}', b'{"mode": "\\ud800"}', b"[" * 5000]
)
def test_a_body_that_is_no_json_is_refused(control, data):
    """A body that is no JSON is refused with the position where parsing failed."""
    answer = control("PUT", "/clock", data=data)

    assert answer.status_code == 400
    assert answer.json["detail"].startswith("The body must be JSON")


def test_a_whole_number_may_be_written_with_a_point(control):
    """A whole number may be written with a decimal point, because some programs know no other numbers."""
    assert control("PUT", "/quota", data='{"limit": 60.0, "interval": 1.0, "unit": "minute"}').json["limit"] == 60


def test_a_huge_body_is_refused(control):
    """A body of ten megabytes is refused with 413, and nothing is changed."""
    answer = control("PATCH", "/profile", data=b'{"agents": 9, "names": "' + b"x" * 10_000_000 + b'"}')

    assert (answer.status_code, answer.json["detail"]) == (413, "Body must be at most 1 MB.")
    assert control("GET", "/profile").json["agents"] == 15
