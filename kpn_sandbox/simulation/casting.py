"""
Who and what exists in a center: agents, queues, VDNs, trunks and departments, with their names.

All of it follows from the account's seed alone and never from how many there are: agent 17 keeps name, level and
department when 50 agents become 60.
"""

from typing import NamedTuple

from kpn_sandbox.simulation.errors import InvalidProfile
from kpn_sandbox.simulation.facts import CustomerFact
from kpn_sandbox.simulation.naming import DEFAULT_LOCALE, FakerNames, Names, NumberedNames, check_locale, seeded_number

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
        ("20", "Amsterdam"), ("10", "Rotterdam"), ("70", "Den Haag"), ("30", "Utrecht"), ("40", "Eindhoven"),
        ("50", "Groningen"), ("13", "Tilburg"), ("36", "Almere"), ("76", "Breda"), ("24", "Nijmegen"),
        ("26", "Arnhem"), ("23", "Haarlem"), ("53", "Enschede"), ("38", "Zwolle"), ("43", "Maastricht"),
    )
)


class Casting:
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
        self._names: Names = FakerNames(seed, locale) if names == "faker" else NumberedNames()
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
            phone=f"+31{area.prefix}{subscriber[:9 - len(area.prefix) - 3]}{index:03d}",
            external_id=str(30_000_000_000 + 10**6 * index + (number >> 32) % 10**6),
            kaisa_customer_id=400_000 + 13 * index + number % 13,
            name=self._names.customer(index),
            area=area.name,
        )

    def _department_rank(self, number: int) -> int:
        return seeded_number(self._seed, "department", number)
