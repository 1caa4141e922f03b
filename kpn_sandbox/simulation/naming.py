"""
Ways to name the things of a center: as a real one does, or by plain numbers.

People's names are Faker's for the locale, so they follow the installed release of Faker; nothing that is counted
depends on them. Faker is imported when the first name is asked for, because it takes longer to import than a center
takes to be computed.
"""

from functools import cached_property
from hashlib import shake_128
from threading import Lock
from typing import Any, Protocol

from kpn_sandbox.simulation.errors import InvalidProfile

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


class Names(Protocol):
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
        from kpn_sandbox.simulation.vocabulary import REASONS
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
        from kpn_sandbox.simulation.vocabulary import ContactCenterProvider
        faker = Factory.create(self._locale, providers=["faker.providers.person"])
        faker.add_provider(ContactCenterProvider)
        return faker
