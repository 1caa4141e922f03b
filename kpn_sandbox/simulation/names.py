"""
Ways to name the things of a center: as a real one does, or by plain numbers.

People's names are Faker's for the locale, so they follow the installed release of Faker; nothing that is counted
depends on them. Faker is imported when the first name is asked for, because it takes longer to import than a center
takes to be computed.

Who and what exists in a center: agents, queues, VDNs, trunks and departments, with their names.

All of it follows from the account's seed alone and never from how many there are: agent 17 keeps name, level and
department when 50 agents become 60.
"""

from functools import cached_property
from hashlib import shake_128
from threading import Lock
from typing import Any, NamedTuple, Protocol

from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.facts import CustomerFact

DEFAULT_LOCALE = "nl_NL"
DRAWS_BEFORE_A_NUMBER = 8


def check_locale(locale: str) -> None:
    """
    Refuses a locale that Faker does not have.

    Raises:
        InvalidProfile: There is no such locale.
    """
    # The default is known to exist, and asking Faker would cost every start the import.
    if locale == DEFAULT_LOCALE:
        return
    from faker.config import AVAILABLE_LOCALES

    if locale not in AVAILABLE_LOCALES:
        raise InvalidProfile("locale", locale, "a locale of Faker, such as nl_NL or en_GB")


def seeded_number(seed: str, kind: str, index: int) -> int:
    """A number from 0 to 2**64 - 1 that this seed gives to the thing of this kind at this index."""
    # The seed stands last because it alone may hold a slash.
    text = f"casting/{kind}/{index}/{seed}"
    return int.from_bytes(shake_128(text.encode("utf-8", "surrogatepass")).digest(8), "little")


def nth(words: list[str], index: int) -> str:
    """The word at this index from 0; once the words are used up they come again with a number."""
    turn, place = divmod(index, len(words))
    return f"{words[place]} {turn + 1}" if turn else words[place]


class NamingStyle(Protocol):
    """A way to name things; Faker's or plain numbers."""

    def agent(self, index: int) -> str:
        """Name of the agent at this index from 0."""

    def queue(self, index: int) -> str:
        """Name of the queue at this index from 0."""

    def vdns(self, index: int) -> tuple[str, ...]:
        """Labels of the VDNs that lead to the queue at this index from 0."""

    def trunk(self, index: int) -> str:
        """Name of the trunk at this index from 0."""

    def department(self, number: int, place: int) -> str:
        """Name of the department with this number, the center's department number ``place`` from 0."""

    def reason(self, code: int) -> str:
        """Name of an AUX reason."""

    def customer(self, index: int) -> str:
        """Name of the customer at this index from 0; customers may share one, as people do."""


class NumberedNames:
    """
    Names that only count.

    Source:
        The samples of KPN's page: "Agent 1", "Naam skill 1", "KPN 0", "Naam Trunk 1". That each queue has two VDNs
        is assumed, and so are the names of departments and reasons, which KPN shows as numbers only.
    """

    def agent(self, index: int) -> str:
        """Name of the agent at this index from 0."""
        return f"Agent {index + 1}"

    def queue(self, index: int) -> str:
        """Name of the queue at this index from 0."""
        return f"Naam skill {index + 1}"

    def vdns(self, index: int) -> tuple[str, ...]:
        """Labels of the VDNs that lead to the queue at this index from 0."""
        return f"KPN {2 * index}", f"KPN {2 * index + 1}"

    def trunk(self, index: int) -> str:
        """Name of the trunk at this index from 0."""
        return f"Naam Trunk {index + 1}"

    def department(self, number: int, place: int) -> str:
        """Name of the department with this number."""
        return f"Afdeling {number}"

    def reason(self, code: int) -> str:
        """Name of an AUX reason."""
        return f"Reden {code}"

    def customer(self, index: int) -> str:
        """Name of the customer at this index from 0."""
        return f"Klant {index + 1}"


class FakerNames:
    """Names as a real center has them, from Faker; safe to share between threads."""

    def __init__(self, seed: str, locale: str) -> None:
        self._seed = seed
        self._locale = locale
        self._lock = Lock()
        self._lists: dict[str, list[str]] = {}
        self._agents: list[str] = []
        self._taken: set[str] = set()

    def agent(self, index: int) -> str:
        """Name of the agent at this index from 0."""
        if index >= len(self._agents):
            self._name_agents_up_to(index)
        return self._agents[index]

    def queue(self, index: int) -> str:
        """Name of the queue at this index from 0."""
        return nth(self._list("skills"), index)

    def vdns(self, index: int) -> tuple[str, ...]:
        """Labels of the VDNs that lead to the queue at this index from 0."""
        # An entrance is one word, so a label tells its queue, and labels of different queues differ.
        return tuple(f"{self.queue(index)} {entrance}" for entrance in self._list("entrances", index))

    def trunk(self, index: int) -> str:
        """Name of the trunk at this index from 0."""
        return nth(self._list("trunk_groups"), index)

    def department(self, number: int, place: int) -> str:
        """Name of the department with this number, the center's department number ``place`` from 0."""
        return nth(self._list("department_names"), place)

    def reason(self, code: int) -> str:
        """Name of an AUX reason."""
        from kpn_sandbox.simulation.faker_provider import REASONS

        return REASONS[code]

    def customer(self, index: int) -> str:
        """Name of the customer at this index from 0."""
        with self._lock:
            return str(self._seeded("customer", index).name())

    def _list(self, method: str, index: int = 0) -> list[str]:
        key = f"{method} {index}"
        with self._lock:
            if key not in self._lists:
                self._lists[key] = getattr(self._seeded(method, index), method)()
            return self._lists[key]

    def _name_agents_up_to(self, index: int) -> None:
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
        faker = self._faker
        faker.seed_instance(seeded_number(self._seed, kind, index))
        return faker

    @cached_property
    def _faker(self) -> Any:
        from faker.factory import Factory

        from kpn_sandbox.simulation.faker_provider import ContactCenterProvider

        faker = Factory.create(self._locale, providers=["faker.providers.person"])
        faker.add_provider(ContactCenterProvider)
        return faker


NAMES = ("faker", "numbered")
LEVELS = 16
DEPARTMENT_NUMBERS = range(100, 200)
DEPARTMENTS_IN_USE = 6


class Area(NamedTuple):
    """A part of the numbering plan: what follows +31, and what it is called."""

    prefix: str
    name: str


MOBILE = Area("6", "Mobile")
AREAS = tuple(
    Area(prefix, name)
    for prefix, name in (
        ("20", "Amsterdam"),
        ("10", "Rotterdam"),
        ("70", "Den Haag"),
        ("30", "Utrecht"),
        ("40", "Eindhoven"),
        ("50", "Groningen"),
        ("13", "Tilburg"),
        ("36", "Almere"),
        ("76", "Breda"),
        ("24", "Nijmegen"),
        ("26", "Arnhem"),
        ("23", "Haarlem"),
        ("53", "Enschede"),
        ("38", "Zwolle"),
        ("43", "Maastricht"),
    )
)


class CenterNames:
    """
    The cast of one center.

    Args:
        seed: The account's seed; another seed is another cast.
        locale: Where the people come from; any locale of Faker.
        names: "faker", or "numbered" for names like those in KPN's samples.

    Raises:
        InvalidProfile: There is no such locale, or no such way to name things.
    """

    def __init__(self, seed: str, locale: str = DEFAULT_LOCALE, names: str = "faker") -> None:
        if names not in NAMES:
            raise InvalidProfile("names", names, " or ".join(NAMES))
        check_locale(locale)
        self._seed = seed
        self._names: NamingStyle = FakerNames(seed, locale) if names == "faker" else NumberedNames()
        self._departments = sorted(DEPARTMENT_NUMBERS, key=self._department_rank)

    def agent_name(self, index: int) -> str:
        """Name of the agent at this index from 0; no two agents share one."""
        return self._names.agent(index)

    def level(self, index: int) -> int:
        """Skill level of the agent at this index from 0: 1 to 16."""
        return 1 + seeded_number(self._seed, "level", index) % LEVELS

    def department(self, index: int) -> int:
        """Department number of the agent at this index from 0: 100 to 199."""
        return self._departments[seeded_number(self._seed, "agent department", index) % DEPARTMENTS_IN_USE]

    def department_name(self, number: int) -> str:
        """Name of the department with this number, 100 to 199; those that have agents differ in name."""
        return self._names.department(number, self._departments.index(number))

    def queue_name(self, index: int) -> str:
        """Name of the queue at this index from 0; no two queues share one."""
        return self._names.queue(index)

    def vdn_names(self, index: int) -> tuple[str, ...]:
        """Labels of the two or three VDNs that lead to the queue at this index from 0; no two queues share one."""
        return self._names.vdns(index)

    def trunk_name(self, index: int) -> str:
        """Name of the trunk at this index from 0; no two trunks share one."""
        return self._names.trunk(index)

    def reason_name(self, code: int) -> str:
        """Name of the AUX reason with this code, 0 to 8."""
        return self._names.reason(code)

    def customer(self, index: int) -> CustomerFact:
        """The customer at this index from 0, with every identifier that somebody may know him by."""
        number = seeded_number(self._seed, "customer", index)
        area = AREAS[number % len(AREAS)] if number >> 8 & 1 else MOBILE
        subscriber = str(seeded_number(self._seed, "phone", index) % 10**5).zfill(5)
        return CustomerFact(
            primary_key=6_000_000 + 937 * index + number % 937,
            entity_id=str((number >> 16) % 10**6).zfill(6) + str(index).zfill(3),
            customer_number=10_000 + 7 * index + number % 7,
            # The index in the middle keeps the numbers of different customers apart.
            phone=f"+31{area.prefix}{subscriber[: 9 - len(area.prefix) - 3]}{index:03d}",
            external_id=str(30_000_000_000 + 10**6 * index + (number >> 32) % 10**6),
            kaisa_customer_id=400_000 + 13 * index + number % 13,
            name=self._names.customer(index),
            area=area.name,
        )

    def _department_rank(self, number: int) -> int:
        return seeded_number(self._seed, "department", number)
