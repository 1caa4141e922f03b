"""Pins: fields of one object that a tester has fixed."""

import pytest

from kpn_sandbox.simulation.errors import InstantOutOfRange
from kpn_sandbox.tenants.errors import InvalidSetting, UnknownAccount, UnknownPin
from kpn_sandbox.tenants.pins import Pin, Pins
from tests.tenants.concurrency import in_processes, in_threads

AT = 1_795_424_400.0
AUX = {"Status": "AUX", "Reason": "2"}


def shown(sandbox, at=AT, keys=None):
    """Return the pinned fields in one response about agents."""
    return [pin.fields for pin in sandbox.pins.read("anna", sandbox.tenant("anna").pins_of("agents"), keys=keys, at=at)]


def reads(sandbox):
    return len(shown(sandbox))


def test_a_pin_counts_for_all_workers(anna, sandbox, other):
    """Another worker has a pin at its next request, also when it has read the account before."""
    before = shown(other)

    sandbox.pins.put(anna, Pin("agents", "50001", AUX))

    assert (before, shown(other)) == ([], [AUX])


def test_a_new_pin_replaces_the_old_one(anna, sandbox):
    """A pin replaces that of the same object; those of others stay."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX))
    sandbox.pins.put(anna, Pin("agents", "50002", AUX))

    sandbox.pins.put(anna, Pin("agents", "50001", {"Status": "IDLE"}))

    assert shown(sandbox) == [{"Status": "IDLE"}, AUX]
    assert shown(sandbox, keys={"50001"}) == [{"Status": "IDLE"}]


def test_a_pin_expires_by_the_account_s_clock(anna, sandbox):
    """From its instant on a pin is neither in responses nor in the list."""
    pin = sandbox.pins.put(anna, Pin("agents", "50001", AUX, expires_at=AT + 10))

    assert (shown(sandbox, AT + 9), shown(sandbox, AT + 10)) == ([AUX], [])
    assert sandbox.pins.list(anna, AT + 9) == (pin,)
    assert sandbox.pins.list(anna, AT + 10) == ()


def test_reads_are_used_up(anna, sandbox, other):
    """A pin is gone, from the list too, after its number of reads at any workers."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=3))

    answers = [shown(worker) for worker in (sandbox, other, sandbox, other, sandbox)]

    assert answers == [[AUX], [AUX], [AUX], [], []]
    assert other.pins.list(anna, AT) == ()
    assert not sandbox.tenant(anna).counts_reads("agents")


def test_the_list_shows_the_reads_that_are_left(anna, sandbox, other):
    """Listing pins uses up no read."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=3))
    shown(sandbox)

    assert other.pins.show(anna, "agents", "50001", AT).reads_left == 2
    assert other.pins.show(anna, "agents", "50001", AT).reads_left == 2


def test_a_response_on_its_way_does_not_use_a_new_pin(anna, sandbox, other):
    """A response that began with the old pin neither shows it any more nor uses up a read of the new one."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=1))
    early = other.tenant(anna)
    sandbox.pins.put(anna, Pin("agents", "50001", {"Status": "IDLE"}, reads_left=1))

    late = other.pins.read("anna", early.pins_of("agents"), keys=None, at=AT)

    assert (late, shown(other)) == ((), [{"Status": "IDLE"}])


def test_reads_are_exact_over_threads(anna, sandbox, other):
    """No read of many threads is lost, and none counts twice."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=50))

    answers = in_threads(lambda turn: reads((sandbox, other)[turn % 2]), 120)

    assert sum(answers) == 50


@pytest.mark.slow
def test_reads_are_exact_over_processes(anna, sandbox, url):
    """No read is lost and none counts twice, also when processes share only the database."""
    sandbox.pins.put(anna, Pin("agents", "50001", AUX, reads_left=50))

    answers = in_processes(url, reads, 30)

    assert sum(answers) == 50


class CountingDatabase:
    """A database that counts the statements of reads."""

    def __init__(self, database):
        self._database = database
        self.statements = 0

    def fetch_all(self, statement, **values):
        self.statements += 1
        return self._database.fetch_all(statement, **values)


@pytest.mark.parametrize("many", [1, 2, 3, 100])
def test_all_reads_of_a_response_are_one_statement(anna, sandbox, many):
    """However many pins of a response count reads, they are counted in one statement; all are shown and lose one."""
    for number in range(many):
        sandbox.pins.put(anna, Pin("agents", str(50001 + number), AUX, reads_left=3))
    counting = CountingDatabase(sandbox.database)

    read = Pins(counting).read(anna, sandbox.tenant(anna).pins_of("agents"), keys=None, at=AT)

    assert (len(read), counting.statements) == (many, 1)
    assert {pin.reads_left for pin in sandbox.pins.list(anna, AT)} == {2}


def test_reads_are_counted_of_the_objects_in_a_response(anna, sandbox):
    """A pin on another object, and one that was set anew since the account was read, keep their reads."""
    for key in ("50001", "50002", "50003"):
        sandbox.pins.put(anna, Pin("agents", key, AUX, reads_left=2))
    pins = sandbox.tenant(anna).pins_of("agents")
    sandbox.pins.put(anna, Pin("agents", "50003", AUX, reads_left=2))

    read = sandbox.pins.read(anna, pins, keys=("50001", "50003"), at=AT)

    assert [pin.key for pin in read] == ["50001"]
    assert [pin.reads_left for pin in sandbox.pins.list(anna, AT)] == [1, 2, 2]


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
    """All pins, those of a kind, or that of one object are deleted."""
    for kind, key in (("agents", "50001"), ("agents", "50002"), ("queues", "1")):
        sandbox.pins.put(anna, Pin(kind, key, AUX))

    removed = sandbox.pins.remove(anna, *which)

    assert removed == 3 - len(left)
    assert [pin.key for pin in other.pins.list(anna, AT)] == left


def test_another_account_has_its_own_pins(anna, sandbox):
    """The pins of one account are not those of another."""
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
    """The error leaves the account without a pin."""
    wanted = {"client_id": anna, "kind": "agents", "key": "50001", "fields": AUX, **given}
    client_id = wanted.pop("client_id")

    with pytest.raises(refusal):
        sandbox.pins.put(client_id, Pin(**wanted))

    assert sandbox.pins.list(anna, AT) == ()


def test_an_unknown_pin_is_an_error(anna, sandbox):
    """The error names the object, also for a key that no object has."""
    with pytest.raises(UnknownPin, match="no pin on 50001 of agents"):
        sandbox.pins.show(anna, "agents", "50001", AT)

    assert sandbox.pins.remove(anna, "agents", "\x00") == 0
