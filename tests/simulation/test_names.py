"""Names and numbers are unique, repeatable, and independent of how many things there are."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.names import CenterNames, FakerNames, center_names

AGENTS = range(1000)
QUEUES = range(60)
TRUNKS = range(20)


def first_names(names: CenterNames) -> list[object]:
    """All there is to know about the first twenty of each kind."""
    return [
        (
            names.agent_name(index),
            names.level(index),
            names.department(index),
            names.queue_name(index),
            names.vdn_names(index),
            names.trunk_name(index),
        )
        for index in range(20)
    ]


@pytest.mark.parametrize("style", ["faker", "numbered"])
def test_agents_have_names_of_their_own(style: str) -> None:
    """A thousand agents of one account have a thousand names."""
    names = center_names("seed", style=style)

    assert len({names.agent_name(index) for index in AGENTS}) == len(AGENTS)


def test_agents_have_names_of_their_own_where_names_are_few() -> None:
    """Liechtenstein has a hundred names in Faker; a number tells the other agents apart."""
    names = FakerNames("seed", locale="de_LI")

    assert len({names.agent_name(index) for index in AGENTS}) == len(AGENTS)


@pytest.mark.parametrize("style", ["faker", "numbered"])
def test_queues_vdns_and_trunks_have_names_of_their_own(style: str) -> None:
    """No two queues, VDNs or trunks share a name, and each queue has two or three VDNs."""
    names = center_names("seed", style=style)

    vdns = [names.vdn_names(index) for index in QUEUES]
    assert len({names.queue_name(index) for index in QUEUES}) == len(QUEUES)
    assert len({vdn for of_queue in vdns for vdn in of_queue}) == sum(len(of_queue) for of_queue in vdns)
    assert {len(of_queue) for of_queue in vdns} <= {2, 3}
    assert len({names.trunk_name(index) for index in TRUNKS}) == len(TRUNKS)


def test_names_go_on_when_words_run_out() -> None:
    """Two hundred queues are more than there are words, and still each has its own name."""
    names = FakerNames("seed")

    assert len({names.queue_name(index) for index in range(200)}) == 200


def test_the_same_seed_gives_the_same_names() -> None:
    """Two objects of one seed give the same names, whichever is asked first and in whatever order."""
    forwards, backwards = FakerNames("seed"), FakerNames("seed")

    backwards.agent_name(999)
    backwards.trunk_name(19)
    assert first_names(backwards) == first_names(forwards)


def test_another_seed_gives_other_names() -> None:
    """Another seed gives other people and other queues."""
    one, other = FakerNames("one"), FakerNames("other")

    assert first_names(one) != first_names(other)
    assert [one.queue_name(index) for index in range(5)] != [other.queue_name(index) for index in range(5)]


@pytest.mark.parametrize("seed", ["", "a/b", "ij\u0133\U0001f44b", "\ud800", "x" * 10_000])
def test_any_text_is_a_seed(seed: str) -> None:
    """A seed may be any text, the odd ones included."""
    assert FakerNames(seed).agent_name(0)


def test_levels_are_those_of_the_switch() -> None:
    """Skill levels are 1 to 16, and all of them occur among many agents."""
    names = FakerNames("seed")

    assert {names.level(index) for index in AGENTS} == set(range(1, 17))


def test_agents_share_a_few_departments() -> None:
    """All agents of an account work in a handful of departments, each with a name of its own."""
    names = FakerNames("seed")

    numbers = {names.department(index) for index in AGENTS}
    assert len(numbers) == 6
    assert numbers <= set(range(100, 200))
    assert len({names.department_name(number) for number in numbers}) == len(numbers)


def test_numbered_names_are_those_of_the_samples() -> None:
    """Numbered names look like KPN's samples."""
    names = center_names("seed", style="numbered")

    first = (names.agent_name(0), names.queue_name(0), names.vdn_names(0), names.trunk_name(0))
    assert first == ("Agent 1", "Naam skill 1", ("KPN 0", "KPN 1"), "Naam Trunk 1")
    assert (names.department_name(139), names.reason_name(8)) == ("Afdeling 139", "Reden 8")


def test_reasons_have_names() -> None:
    """Every AUX reason from 0 to 8 has a name of its own."""
    names = FakerNames("seed")

    assert len({names.reason_name(code) for code in range(9)}) == 9


def test_locale_names_the_people() -> None:
    """A locale changes the people and leaves the queues."""
    dutch, japanese = FakerNames("seed"), FakerNames("seed", locale="ja_JP")

    assert not japanese.agent_name(0).isascii()
    assert japanese.queue_name(0) == dutch.queue_name(0)


@pytest.mark.parametrize(("locale", "style", "field"), [("xx_XX", "faker", "locale"), ("nl_NL", "both", "names")])
def test_wrong_settings_are_refused(locale: str, style: str, field: str) -> None:
    """An unknown locale or way to name things is refused, and the error says which it was."""
    with pytest.raises(InvalidProfile) as error:
        center_names("seed", locale, style)

    assert error.value.field == field


def test_threads_see_the_same_names() -> None:
    """Threads that share an object get the names that a single one gets."""
    shared = FakerNames("seed")

    with ThreadPoolExecutor(8) as threads:
        lists = list(threads.map(lambda _: first_names(shared), range(16)))

    assert all(found == first_names(FakerNames("seed")) for found in lists)
