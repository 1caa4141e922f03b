"""Pins: fields of one object that a tester has fixed."""

import pytest

from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownAccount, UnknownPin
from kpn_sandbox.tenants.pins import Pin
from tests.tenants.concurrency import in_processes, in_threads

AT = 1_795_424_400.0
AUX = {"Status": "AUX", "Reason": "2"}


def shown(sandbox, at=AT, keys=None):
    """The fields that one answer about agents shows fixed."""
    return [pin.fields for pin in sandbox.pins.read("anna", sandbox.tenant("anna").pins_of("agents"), keys=keys, at=at)]


def reads(sandbox):
    return len(shown(sandbox))


def test_what_is_pinned_here_is_seen_there(anna, sandbox, other):
    """At the very next request, also at a worker that has been busy before."""
    before = shown(other)

    sandbox.pins.put(anna, Pin("agents", "50001", AUX))

    assert (before, shown(other)) == ([], [AUX])


def test_a_new_pin_takes_the_place_of_the_old_one(anna, sandbox):
    """Of the same object; those of others stay."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX))
    sandbox.pins.put(anna, Pin("agents", "50002", AUX))

    sandbox.pins.put(anna, Pin("agents", "50001", {"Status": "IDLE"}))

    assert shown(sandbox) == [{"Status": "IDLE"}, AUX]
    assert shown(sandbox, keys={"50001"}) == [{"Status": "IDLE"}]


def test_a_pin_expires_by_the_account_s_time(anna, sandbox):
    """At its instant it no longer holds, neither in answers nor in the list."""
    pin = sandbox.pins.put(anna, Pin("agents", "50001", AUX, expires_at=AT + 10))

    assert (shown(sandbox, AT + 9), shown(sandbox, AT + 10)) == ([AUX], [])
    assert sandbox.pins.list(anna, AT + 9) == (pin,)
    assert sandbox.pins.list(anna, AT + 10) == ()


def test_reads_are_used_up(anna, sandbox, other):
    """Wherever they are made; then the pin is gone from the list, too."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=3))

    answers = [shown(worker) for worker in (sandbox, other, sandbox, other, sandbox)]

    assert answers == [[AUX], [AUX], [AUX], [], []]
    assert other.pins.list(anna, AT) == ()
    assert not sandbox.tenant(anna).counts_reads("agents")


def test_the_list_tells_how_many_reads_are_left(anna, sandbox, other):
    """Without taking one."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=3))
    shown(sandbox)

    assert other.pins.show(anna, "agents", "50001", AT).reads_left == 2
    assert other.pins.show(anna, "agents", "50001", AT).reads_left == 2


def test_an_answer_on_the_way_does_not_take_from_a_new_pin(anna, sandbox, other):
    """Who began before the pin was set anew shows the old one no more and leaves the new one alone."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=1))
    early = other.tenant(anna)
    sandbox.pins.put(anna, Pin("agents", "50001", {"Status": "IDLE"}, reads_left=1))

    late = other.pins.read("anna", early.pins_of("agents"), keys=None, at=AT)

    assert (late, shown(other)) == ((), [{"Status": "IDLE"}])


def test_reads_are_exact_over_threads(anna, sandbox, other):
    """No read is lost and none is given twice."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=50))

    answers = in_threads(lambda turn: reads((sandbox, other)[turn % 2]), 120)

    assert sum(answers) == 50


@pytest.mark.slow
def test_reads_are_exact_over_processes(anna, sandbox, url):
    """Also when nothing is shared but the database."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=50))

    answers = in_processes(url, reads, 30)

    assert sum(answers) == 50


@pytest.mark.parametrize(
    ("which", "left"),
    [
        ((), []),
        (("agents",), ["1"]),
        (("agents", "50001"), ["50002", "1"]),
        (("agents", "50009"), ["50001", "50002", "1"]),
    ],
)
def test_pins_are_removed(anna, sandbox, other, which, left):
    """All, those of a kind, or that of one object."""
    for kind, key in (("agents", "50001"), ("agents", "50002"), ("queues", "1")):
        sandbox.pins.put(anna, Pin(kind, key, AUX))

    removed = sandbox.pins.remove(anna, *which)

    assert removed == 3 - len(left)
    assert [pin.key for pin in other.pins.list(anna, AT)] == left


def test_another_account_has_its_own_pins(anna, sandbox):
    """And cannot be seen."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX))
    sandbox.accounts.authenticate_or_create("berta", "secret")

    assert sandbox.pins.list("berta", AT) == ()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ({"kind": "calls"}, InvalidSetting),
        ({"reads_left": 0}, InvalidSetting),
        ({"reads_left": True}, InvalidSetting),
        ({"reads_left": 1.5}, InvalidSetting),
        ({"expires_at": 0.0}, InstantOutOfRange),
        ({"client_id": "berta"}, UnknownAccount),
        ({"client_id": "an\x00na"}, UnknownAccount),
    ],
)
def test_a_wrong_pin_is_refused(anna, sandbox, given, refusal):
    """And nothing is pinned."""
    wanted = {"client_id": anna, "kind": "agents", "key": "50001", "fields": AUX, **given}
    client_id = wanted.pop("client_id")

    with pytest.raises(refusal):
        sandbox.pins.put(client_id, Pin(**wanted))

    assert sandbox.pins.list(anna, AT) == ()


def test_nothing_is_pinned_where_nothing_is(anna, sandbox):
    """An error that tells where, also for keys that nothing has."""
    with pytest.raises(UnknownPin, match="no pin on 50001 of agents"):
        sandbox.pins.show(anna, "agents", "50001", AT)

    assert sandbox.pins.remove(anna, "agents", "\x00") == 0
