"""Who and what exists: unique, repeatable, and independent of how many there are."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.names import CenterNames

AGENTS = range(1000)
QUEUES = range(60)
TRUNKS = range(20)


def cast_list(casting: CenterNames) -> list[object]:
    """All there is to know about the first twenty of each kind."""
    return [
        (
            casting.agent_name(index),
            casting.level(index),
            casting.department(index),
            casting.queue_name(index),
            casting.vdn_names(index),
            casting.trunk_name(index),
        )
        for index in range(20)
    ]


@pytest.mark.parametrize("names", ["faker", "numbered"])
def test_agents_have_names_of_their_own(names: str) -> None:
    """A thousand agents of one account have a thousand names."""
    casting = CenterNames("seed", names=names)

    assert len({casting.agent_name(index) for index in AGENTS}) == len(AGENTS)


def test_agents_have_names_of_their_own_where_names_are_few() -> None:
    """Liechtenstein has a hundred names in Faker; a number tells the other agents apart."""
    casting = CenterNames("seed", locale="de_LI")

    assert len({casting.agent_name(index) for index in AGENTS}) == len(AGENTS)


@pytest.mark.parametrize("names", ["faker", "numbered"])
def test_queues_vdns_and_trunks_have_names_of_their_own(names: str) -> None:
    """No two queues, VDNs or trunks share a name, and each queue has two or three VDNs."""
    casting = CenterNames("seed", names=names)

    vdns = [casting.vdn_names(index) for index in QUEUES]
    assert len({casting.queue_name(index) for index in QUEUES}) == len(QUEUES)
    assert len({vdn for of_queue in vdns for vdn in of_queue}) == sum(len(of_queue) for of_queue in vdns)
    assert {len(of_queue) for of_queue in vdns} <= {2, 3}
    assert len({casting.trunk_name(index) for index in TRUNKS}) == len(TRUNKS)


def test_names_go_on_when_words_run_out() -> None:
    """Two hundred queues are more than there are words, and still each has its own name."""
    casting = CenterNames("seed")

    assert len({casting.queue_name(index) for index in range(200)}) == 200


def test_same_seed_is_same_cast() -> None:
    """Two castings of one seed are equal, whichever is asked first and in whatever order."""
    forwards, backwards = CenterNames("seed"), CenterNames("seed")

    backwards.agent_name(999)
    backwards.trunk_name(19)
    assert cast_list(backwards) == cast_list(forwards)


def test_other_seed_is_other_cast() -> None:
    """Another seed gives other people and other queues."""
    one, other = CenterNames("one"), CenterNames("other")

    assert cast_list(one) != cast_list(other)
    assert [one.queue_name(index) for index in range(5)] != [other.queue_name(index) for index in range(5)]


@pytest.mark.parametrize("seed", ["", "a/b", "ij\u0133\U0001f44b", "\ud800", "x" * 10_000])
def test_any_text_is_a_seed(seed: str) -> None:
    """A seed may be any text, the odd ones included."""
    assert CenterNames(seed).agent_name(0)


def test_levels_are_those_of_the_switch() -> None:
    """Skill levels are 1 to 16, and all of them occur among many agents."""
    casting = CenterNames("seed")

    assert {casting.level(index) for index in AGENTS} == set(range(1, 17))


def test_agents_share_a_few_departments() -> None:
    """All agents of an account work in a handful of departments, each with a name of its own."""
    casting = CenterNames("seed")

    numbers = {casting.department(index) for index in AGENTS}
    assert len(numbers) == 6
    assert numbers <= set(range(100, 200))
    assert len({casting.department_name(number) for number in numbers}) == len(numbers)


def test_numbered_names_are_those_of_the_samples() -> None:
    """Numbered names look like KPN's samples."""
    casting = CenterNames("seed", names="numbered")

    first = (casting.agent_name(0), casting.queue_name(0), casting.vdn_names(0), casting.trunk_name(0))
    assert first == ("Agent 1", "Naam skill 1", ("KPN 0", "KPN 1"), "Naam Trunk 1")
    assert (casting.department_name(139), casting.reason_name(8)) == ("Afdeling 139", "Reden 8")


def test_reasons_have_names() -> None:
    """Every AUX reason from 0 to 8 has a name of its own."""
    casting = CenterNames("seed")

    assert len({casting.reason_name(code) for code in range(9)}) == 9


def test_locale_names_the_people() -> None:
    """A locale changes the people and leaves the queues."""
    dutch, japanese = CenterNames("seed"), CenterNames("seed", locale="ja_JP")

    assert not japanese.agent_name(0).isascii()
    assert japanese.queue_name(0) == dutch.queue_name(0)


@pytest.mark.parametrize(("locale", "names", "field"), [("xx_XX", "faker", "locale"), ("nl_NL", "both", "names")])
def test_wrong_settings_are_refused(locale: str, names: str, field: str) -> None:
    """An unknown locale or way to name things is refused, and the refusal tells which it was."""
    with pytest.raises(InvalidProfile) as refusal:
        CenterNames("seed", locale=locale, names=names)

    assert refusal.value.field == field


def test_threads_see_one_cast() -> None:
    """Threads that ask one casting at the same time hear what a single one hears."""
    shared = CenterNames("seed")

    with ThreadPoolExecutor(8) as threads:
        lists = list(threads.map(lambda _: cast_list(shared), range(16)))

    assert all(heard == cast_list(CenterNames("seed")) for heard in lists)
