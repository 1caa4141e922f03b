"""
The words of a Dutch contact center, as a Faker provider.

Every list is longer than what an ordinary center needs, so that two accounts rarely look alike. The words stay Dutch
whatever the locale of the people: the vendors whose interfaces show them are Dutch.

Only ``naming`` imports this module, when the first name is asked for: Faker takes long to
import.
"""

from faker.providers import BaseProvider

SKILLS = (
    "Facturatie",
    "Storingen",
    "Internet",
    "Televisie",
    "Mobiel",
    "Vaste telefonie",
    "Glasvezel",
    "Verhuizen",
    "Opzeggen",
    "Verlengen",
    "Nieuwe klanten",
    "Bestellingen",
    "Levering",
    "Retouren",
    "Garantie",
    "Reparatie",
    "Installatie",
    "Monteursafspraken",
    "Klachten",
    "Bezwaar",
    "Incasso",
    "Betalingsregelingen",
    "Tarieven",
    "Abonnementen",
    "Roaming",
    "Simkaarten",
    "Nummerbehoud",
    "Toestellen",
    "Accessoires",
    "Webshop",
    "Winkels",
    "Spaarprogramma",
    "Acties",
    "Zakelijk Midden",
    "Zakelijk Groot",
    "Zelfstandigen",
    "Overheid",
    "Onderwijs",
    "Zorg",
    "Vastgoed",
    "Wifi",
    "Modems",
    "Hosting",
    "Domeinnamen",
    "E-mail",
    "Cloud",
    "Werkplek",
    "Beveiliging",
    "Fraude",
    "Privacy",
    "Wachtwoorden",
    "Technische Dienst",
    "Tweede Lijn",
    "Netwerkbeheer",
    "Planning",
    "Partners",
    "Receptie",
    "Telefooncentrale",
    "Klantenservice",
    "Klantbehoud",
    "Telefonische verkoop",
    "Terugbelverzoeken",
    "English Desk",
    "Relatiebeheer",
    "Schademeldingen",
    "Datacenter",
    "Alarmering",
    "Internet der Dingen",
    "Conferentie",
    "Inkoop",
)

DEPARTMENTS = (
    "Klantenservice Noord",
    "Klantenservice Oost",
    "Klantenservice Zuid",
    "Klantenservice West",
    "Zakelijke Markt",
    "Particuliere Markt",
    "Technische Ondersteuning",
    "Verkoop Binnendienst",
    "Debiteurenbeheer",
    "Retentie",
    "Servicedesk",
    "Projecten",
    "Avondploeg",
    "Thuiswerkers",
    "Opleidingen",
    "Kwaliteit",
)

ENTRANCES = (
    "Hoofdnummer",
    "Keuzemenu",
    "Gratis",
    "Doorkies",
    "Website",
    "App",
    "Doorverbonden",
    "Terugbel",
    "Campagne",
    "Brief",
)

CARRIERS = ("KPN", "BT", "Colt", "Eurofiber", "Odido", "Tele2", "Voiceworks", "Ziggo")

EXCHANGES = (
    "Amsterdam",
    "Rotterdam",
    "Den Haag",
    "Utrecht",
    "Eindhoven",
    "Groningen",
    "Tilburg",
    "Almere",
    "Breda",
    "Nijmegen",
    "Apeldoorn",
    "Arnhem",
    "Haarlem",
    "Enschede",
    "Amersfoort",
    "Zwolle",
    "Leiden",
    "Leeuwarden",
    "Maastricht",
    "Dordrecht",
    "Ede",
    "Assen",
    "Middelburg",
    "Lelystad",
    "Venlo",
    "Deventer",
)

# Code 8 stands apart so that agents who let a call ring can be told from those who chose to pause.
REASONS = (
    "Standaard",
    "Pauze",
    "Lunch",
    "Overleg",
    "Persoonlijk",
    "Administratie",
    "Coaching",
    "Systeemstoring",
    "Niet opgenomen",
)


class ContactCenterProvider(BaseProvider):
    """Draws the words of a contact center; lists come in an order of their own and without repetition."""

    def skills(self) -> list[str]:
        """All skills, in this center's order."""
        return self._shuffled(SKILLS)

    def department_names(self) -> list[str]:
        """All names of departments, in this center's order."""
        return self._shuffled(DEPARTMENTS)

    def entrances(self) -> list[str]:
        """Two or three ways in which calls reach one queue."""
        return self._shuffled(ENTRANCES)[: self.random_element((2, 3))]

    def trunk_groups(self) -> list[str]:
        """A trunk group for each exchange, in this center's order."""
        return [f"{self.random_element(CARRIERS)} {exchange}" for exchange in self._shuffled(EXCHANGES)]

    def _shuffled(self, words: tuple[str, ...]) -> list[str]:
        return list(self.random_sample(words, length=len(words)))
