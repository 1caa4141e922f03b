"""
The names and numbers of a center: its agents, queues, VDNs, trunks, departments, AUX reasons and customers.

All of it follows from the account's seed alone and never from how many there are: agent 17 keeps name, level and
department when 50 agents become 60. The words of a Dutch center are data, in ``words.json``; every list is longer than
what an ordinary center needs, so that two accounts rarely look alike.

People's names are Faker's for the locale, so they follow the installed release of Faker; nothing that is counted
depends on them. Faker is imported with the first name, because that takes longer than to compute a center.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import cache, cached_property, lru_cache
from hashlib import shake_128
from importlib.metadata import version
from pathlib import Path
from threading import Lock
from typing import Any

from kpn_sandbox.literals import NAME_STYLES
from kpn_sandbox.packaged_files import packaged_bytes
from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.facts import CustomerFact
from kpn_sandbox.simulation.identifiers import CustomerNumbers

DEFAULT_LOCALE = "nl_NL"
DRAWS_BEFORE_A_NUMBER = 8
"""How often another name is drawn for an agent whose name is taken; some locales know few names."""

LEVELS = 16
"""Skill levels run from 1 to 16, as in Avaya CMS."""

DEPARTMENT_NUMBERS = range(100, 200)
DEPARTMENTS_IN_USE = 6


@cache
def words_of(kind: str) -> Any:
    """The words under a key of ``words.json``; shared, so not to be changed."""
    return json.loads(packaged_bytes(Path(__file__).with_name("words.json")))[kind]


@cache
def faker_version() -> str:
    """The installed release of Faker, on which the names of most locales depend."""
    return version("faker")


def load_faker() -> None:
    """Load Faker and its list of locales before a test may hide its files."""
    faker_version()
    from faker import config, factory  # noqa: F401


def check_locale(locale: str) -> None:
    """
    Refuse a locale that Faker does not have.

    Raises:
        InvalidProfile: There is no such locale.
    """
    # The default is known to exist, and asking Faker would cost every start the import.
    if locale == DEFAULT_LOCALE:
        return
    from faker.config import AVAILABLE_LOCALES

    if locale not in AVAILABLE_LOCALES:
        raise InvalidProfile("locale", locale, "a locale of Faker, such as nl_NL or en_GB")


class CenterNames(ABC):
    """The names and numbers of one center, which follow from the account's seed; all indices count from 0."""

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._departments = sorted(DEPARTMENT_NUMBERS, key=lambda number: self._drawn("department", number))

    @abstractmethod
    def agent_name(self, index: int) -> str:
        """Name of an agent; no two agents share one."""

    @abstractmethod
    def queue_name(self, index: int) -> str:
        """Name of a queue; no two queues share one."""

    @abstractmethod
    def vdn_names(self, index: int) -> tuple[str, ...]:
        """Labels of the two or three VDNs that lead to a queue; no two queues share one."""

    @abstractmethod
    def trunk_name(self, index: int) -> str:
        """Name of a trunk; no two trunks share one."""

    @abstractmethod
    def reason_name(self, code: int) -> str:
        """Name of the AUX reason with a code from 0 to 8."""

    @abstractmethod
    def _name_department(self, number: int, index: int) -> str: ...

    @abstractmethod
    def _name_customer(self, index: int) -> str: ...

    def level(self, index: int) -> int:
        """Skill level of an agent: 1 to 16."""
        return 1 + self._drawn("level", index) % LEVELS

    def department(self, index: int) -> int:
        """Department number of an agent: 100 to 199."""
        return self._departments[self._drawn("agent department", index) % DEPARTMENTS_IN_USE]

    def department_name(self, number: int) -> str:
        """Name of the department with a number from 100 to 199; those that have agents differ in name."""
        return self._name_department(number, self._departments.index(number))

    @cached_property
    def customer_numbers(self) -> CustomerNumbers:
        """The identifiers of customers."""
        return CustomerNumbers(self._seed)

    def customer(self, index: int) -> CustomerFact:
        """The customer at an index from 0, with a number in every numbering; customers may share a name."""
        numbers = self.customer_numbers
        return CustomerFact(numbers.identifiers(index), self._name_customer(index), numbers.area(index).name)

    def _drawn(self, kind: str, index: int) -> int:
        """A number from 0 to 2**64 - 1 for one thing of a kind."""
        # The seed stands last because it alone may hold a slash. The first word must stay, or all names would change.
        text = f"casting/{kind}/{index}/{self._seed}"
        return int.from_bytes(shake_128(text.encode("utf-8", "surrogatepass")).digest(8), "little")


class NumberedNames(CenterNames):
    """
    Names that only count, for tests that compare them.

    Source:
        The published samples of a vendor's dashboard. That each queue has two VDNs is assumed, and so are the names of
        departments, reasons and customers, which the samples do not show.
    """

    def agent_name(self, index: int) -> str:
        """Name of an agent."""
        return self._numbered("agent", index + 1)

    def queue_name(self, index: int) -> str:
        """Name of a queue."""
        return self._numbered("queue", index + 1)

    def vdn_names(self, index: int) -> tuple[str, ...]:
        """Labels of the VDNs that lead to a queue."""
        return self._numbered("vdn", 2 * index), self._numbered("vdn", 2 * index + 1)

    def trunk_name(self, index: int) -> str:
        """Name of a trunk."""
        return self._numbered("trunk", index + 1)

    def reason_name(self, code: int) -> str:
        """Name of an AUX reason."""
        return self._numbered("reason", code)

    def _name_department(self, number: int, index: int) -> str:
        return self._numbered("department", number)

    def _name_customer(self, index: int) -> str:
        return self._numbered("customer", index + 1)

    def _numbered(self, kind: str, number: int) -> str:
        return str(words_of("numbered")[kind].format(number))


class FakerNames(CenterNames):
    """
    Names as a real center has them, from Faker.

    It may be shared between threads: one lock guards the one Faker generator, which is seeded anew for each name.
    Names of agents are read without the lock, because a list that only grows can be read while it does.
    """

    def __init__(self, seed: str, locale: str = DEFAULT_LOCALE) -> None:
        super().__init__(seed)
        self._locale = locale
        self._lock = Lock()
        self._lists: dict[str, list[str]] = {}
        self._agents: list[str] = []
        self._taken: set[str] = set()

    def agent_name(self, index: int) -> str:
        """Name of an agent."""
        if index >= len(self._agents):
            self._name_agents_up_to(index)
        return self._agents[index]

    def queue_name(self, index: int) -> str:
        """Name of a queue."""
        return _nth(self._list("skills"), index)

    def vdn_names(self, index: int) -> tuple[str, ...]:
        """Labels of the VDNs that lead to a queue."""
        # An entrance is one word, so a label contains its queue, and labels of different queues differ.
        return tuple(f"{self.queue_name(index)} {entrance}" for entrance in self._list("entrances", index))

    def trunk_name(self, index: int) -> str:
        """Name of a trunk."""
        return _nth(self._list("trunk_groups"), index)

    def reason_name(self, code: int) -> str:
        """Name of an AUX reason; the codes stand in `roster`."""
        return str(words_of("reasons")[code])

    def _name_department(self, number: int, index: int) -> str:
        return _nth(self._list("department_names"), index)

    def _name_customer(self, index: int) -> str:
        with self._lock:
            return str(self._seeded("customer", index).name())

    def _list(self, kind: str, index: int = 0) -> list[str]:
        key = f"{kind} {index}"
        with self._lock:
            if key not in self._lists:
                self._lists[key] = _LISTS[kind](self._seeded(kind, index))
            return self._lists[key]

    def _name_agents_up_to(self, index: int) -> None:
        # Always in order from the first: whether a name is taken must not depend on who is named first.
        with self._lock:
            while len(self._agents) <= index:
                name = self._new_name(len(self._agents))
                self._taken.add(name)
                self._agents.append(name)

    def _new_name(self, index: int) -> str:
        faker = self._seeded("agent", index)
        for _ in range(DRAWS_BEFORE_A_NUMBER):
            name = str(faker.name())
            if name not in self._taken:
                return name
        return f"{name} {index + 1}"

    def _seeded(self, kind: str, index: int) -> Any:
        self._faker.seed_instance(self._drawn(kind, index))
        return self._faker

    @cached_property
    def _faker(self) -> Any:
        from faker.factory import Factory

        return Factory.create(self._locale, providers=["faker.providers.person"])


@lru_cache(maxsize=256)
def center_names(seed: str, locale: str = DEFAULT_LOCALE, style: str = "faker") -> CenterNames:
    """
    The names of a center, cached: naming a thousand agents takes longer than computing what they do.

    Args:
        seed, locale: The account's seed, and the locale of its people.
        style: "faker", or "numbered" for names that only count.

    Raises:
        InvalidProfile: There is no such locale, or no such style.
    """
    if style not in NAME_STYLES:
        raise InvalidProfile("names", style, " or ".join(NAME_STYLES))
    check_locale(locale)
    return FakerNames(seed, locale) if style == "faker" else NumberedNames(seed)


def _nth(words: list[str], index: int) -> str:
    """The word at an index; once the words are used up they come again with a number."""
    turn, place = divmod(index, len(words))
    return f"{words[place]} {turn + 1}" if turn else words[place]


def _shuffled(faker: Any, kind: str) -> list[str]:
    words = tuple(words_of(kind))
    return list(faker.random_sample(words, length=len(words)))


def _entrances(faker: Any) -> list[str]:
    return _shuffled(faker, "entrances")[: faker.random_element((2, 3))]


def _trunk_groups(faker: Any) -> list[str]:
    carriers = tuple(words_of("carriers"))
    return [f"{faker.random_element(carriers)} {exchange}" for exchange in _shuffled(faker, "exchanges")]


_LISTS: dict[str, Callable[[Any], list[str]]] = {
    "skills": lambda faker: _shuffled(faker, "skills"),
    "entrances": _entrances,
    "trunk_groups": _trunk_groups,
    "department_names": lambda faker: _shuffled(faker, "departments"),
}
"""A skill for each queue, two or three ways to reach one queue, a trunk group for each exchange, the departments."""
