"""A made-up roster as large as a group practice's, full of people who are easily taken for one another.

Names as often as in the United States: the heads of the lists with the weights of Faker's American names (Census, Social
Security), behind them a long tail of the other languages that Faker speaks. Households share surname, phone, house and
guarantor. Every look-alike that a practice has is planted in a stated share; more of them come about by themselves, because
two hundred thousand people share names and birthdays. The same seed makes the same crowd (with the same version of Faker).
"""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from schemas.release import Patient

TODAY = date(2026, 11, 20)
TAILS = ("es_MX", "es_CO", "de_DE", "it_IT", "fr_FR", "nl_NL", "sv_SE", "sk_SK", "hr_HR", "en_IN", "en_IE", "en_KE", "yo_NG",
         "tw_GH")  # fmt: skip
HEAD_OF_SURNAMES, HEAD_OF_GIVEN_NAMES = 0.40, 0.88
"""The share of people who bear one of the names in Faker's American lists; the thousand commonest surnames of the Census of
2010 are borne by about two people in five."""
PLANTED = {
    "twin": 0.012,
    "twin, names alike": 0.003,
    "father and son": 0.010,
    "namesake, same year": 0.006,
    "namesake, date near": 0.004,
    "two charts": 0.008,
}
"""The look-alikes, each as a share of the households that get one. About 3 births in 100 are twins; the practice has not all."""
ALIKE = (("Ella", "Ellie"), ("John", "Joan"), ("Jon", "John"), ("Marie", "Maria"), ("Brian", "Bryan"), ("Kayla", "Layla"),
         ("Anna", "Hanna"), ("Eric", "Erica"), ("Daniel", "Danielle"), ("Jose", "Josue"),
         ("Aaron", "Erin"), ("Mary", "Maria"), ("Ann", "Anna"), ("Christian", "Christina"), ("Michelle", "Michael"))  # fmt: skip
STREETS = ("Elm", "Oak", "Cedar", "Maple", "Lake", "Hill", "Park", "Main", "Church", "Mill", "River", "Spring", "Ridge", "Walnut",
           "Lincoln", "Jackson", "Sunset", "Highland", "Pecan", "Guadalupe", "San Jacinto", "Barton Springs", "Meadow", "Prairie",
           "Juniper", "Willow", "Rosewood", "Manchaca", "Burnet", "Lamar")  # fmt: skip
SUFFIXES = ("Street", "St", "Avenue", "Ave", "Drive", "Dr", "Lane", "Ln", "Road", "Rd", "Court", "Blvd", "Way", "Cir")
CITIES = ("Austin", "Round Rock", "Pflugerville", "Cedar Park", "Leander", "Kyle", "Buda", "Georgetown")
MAIL = ("mailbox.com", "post.net", "letters.org", "example.com", "fastpost.com")


@dataclass(frozen=True)
class Names:
    """Names and how often each is borne, ready to be drawn."""

    surnames: tuple[Sequence[str], Sequence[float]]
    men: tuple[Sequence[str], Sequence[float]]
    women: tuple[Sequence[str], Sequence[float]]

    @classmethod
    def of_the_country(cls) -> Names:
        """From Faker's lists. Raises ImportError where it is not installed."""
        american = _provider("en_US")
        others = [_provider(place) for place in TAILS]
        tails = [_plain(name for p in others for name in _listed(p, kind)) for kind in
                 ("last_names", "first_names_male", "first_names_female")]  # fmt: skip
        return cls(
            _spread(american.last_names, tails[0], HEAD_OF_SURNAMES),
            _spread(american.first_names_male, tails[1], HEAD_OF_GIVEN_NAMES),
            _spread(american.first_names_female, tails[2], HEAD_OF_GIVEN_NAMES),
        )


def _provider(place: str) -> Any:
    return importlib.import_module(f"faker.providers.person.{place}").Provider


def _listed(provider: Any, kind: str) -> list[str]:
    found = getattr(provider, kind, ())
    return [name for name in found if isinstance(name, str)]


def _plain(names: Iterator[str]) -> list[str]:
    """Each once, in Latin letters, in their order."""
    return [n for n in dict.fromkeys(names) if len(n) > 1 and all(c.isalpha() and ord(c) < 0x250 for c in n)]


def _spread(head: dict[str, float], tail: list[str], share: float) -> tuple[Sequence[str], Sequence[float]]:
    """The head with its own weights and `share` of all people, the tail falling as ranks do (Zipf)."""
    behind = [name for name in tail if name not in head]
    Random(1).shuffle(behind)
    falling = [1 / (rank + 20) ** 0.8 for rank in range(len(behind))]
    whole = sum(head.values())
    weights = [w / whole * share for w in head.values()] + [w / sum(falling) * (1 - share) for w in falling]
    return (*head, *behind), list(itertools.accumulate(weights))


@dataclass
class Person:
    """Somebody with a chart."""

    patient: Patient
    person: int
    """The same in two charts of one human being."""
    sex: str
    look_alike: str = ""
    """Which look-alike was planted on this person; empty for nobody in particular."""


@dataclass
class Crowd:
    """The roster, and what is known about it that no matcher is told."""

    people: list[Person] = field(default_factory=list)
    names: Names = field(default_factory=Names.of_the_country)

    @property
    def patients(self) -> list[Patient]:
        """The rows of the roster."""
        return [person.patient for person in self.people]


@dataclass
class Household:
    """What those who live together share."""

    surname: str
    street: str
    city: str
    zip: str
    phone: str
    guarantor: str = ""


class Maker:
    """Makes people until the roster is full."""

    def __init__(self, size: int, seed: int) -> None:
        self.size = size
        self.rng = Random(seed)
        self.crowd = Crowd()
        self.numbers = self.rng.sample(range(10_000, 10_000 + 5 * size), size + 40)
        self.humans = 0

    def make(self) -> Crowd:
        """The crowd."""
        while len(self.crowd.people) < self.size:
            self._household()
        del self.crowd.people[self.size :]
        return self.crowd

    def name(self, sex: str) -> str:
        """A given name."""
        names, weights = self.crowd.names.men if sex == "m" else self.crowd.names.women
        return self.rng.choices(names, cum_weights=weights)[0]

    def surname(self) -> str:
        """A surname; a few are double."""
        names, weights = self.crowd.names.surnames
        drawn = self.rng.choices(names, cum_weights=weights, k=2)
        if drawn[0] == drawn[1] or self.rng.random() > 0.03:
            return drawn[0]
        return self.rng.choice(("-", " ")).join(drawn)

    def house(self, surname: str) -> Household:
        """Somewhere to live, and a phone."""
        rng = self.rng
        unit = f", Apt {rng.randrange(1, 40)}" if rng.random() < 0.25 else ""
        return Household(
            surname,
            f"{rng.randrange(1, 9900)} {rng.choice(STREETS)} {rng.choice(SUFFIXES)}{unit}",
            rng.choice(CITIES),
            f"787{rng.randrange(1, 60):02d}",
            self.phone(),
        )

    def phone(self) -> str:
        """A number."""
        return f"({self.rng.choice((512, 512, 512, 737, 830))}) {self.rng.randrange(200, 999)}-{self.rng.randrange(0, 9999):04d}"

    def born(self, least: int, most: int) -> date:
        """A birthday of somebody so many years old."""
        return TODAY - timedelta(days=self.rng.randrange(least * 365, most * 365))

    def _household(self) -> None:
        rng = self.rng
        home = self.house(self.surname())
        head = self._person(home, rng.choice("mf"), self.born(20, 88))
        if rng.random() < 0.45:
            self._partner(home, head)
        if rng.random() < 0.45 and head.patient.date_of_birth.year < 2003:
            for _ in range(rng.choice((1, 1, 2, 2, 3))):
                youngest = max(1, TODAY.year - head.patient.date_of_birth.year - 42)
                self._person(home, rng.choice("mf"), self.born(youngest, youngest + 20))
        kinds = list(PLANTED)
        planted = rng.choices([*kinds, ""], [PLANTED[kind] for kind in kinds] + [1 - sum(PLANTED.values())])[0]
        if planted:
            self._plant(planted, home, head)

    def _partner(self, home: Household, head: Person) -> None:
        sex = "f" if head.sex == "m" else "m"
        maiden = self.surname()
        kind = self.rng.random()
        surname, other = home.surname, ""
        if sex == "f" and kind < 0.35:
            other = maiden
        elif kind < 0.45:
            surname, other = (f"{maiden}-{home.surname}" if "-" not in maiden + home.surname else home.surname), maiden
        elif kind < 0.60:
            surname = maiden
        years = timedelta(days=self.rng.randrange(-2500, 2500))
        self._person(
            home, sex, min(head.patient.date_of_birth + years, TODAY - timedelta(days=365)), surname=surname, other=other
        )

    def _plant(self, kind: str, home: Household, head: Person) -> None:
        rng, one = self.rng, head.patient
        born, first, middle = one.date_of_birth, one.first_name, one.middle_name
        away = self.house(home.surname)
        if kind == "twin":
            other = self._person(home if rng.random() < 0.6 else away, rng.choice("mf"), born)
        elif kind == "twin, names alike":
            pair = rng.choice(ALIKE)
            head.patient = one.model_copy(update={"first_name": pair[0]})
            other = self._person(home if rng.random() < 0.6 else away, head.sex, born, first=pair[1])
        elif kind == "father and son":
            day = TODAY - timedelta(days=rng.randrange(365, 20 * 365)) if born.year < 1995 else born - timedelta(days=9000)
            marks = ("", "") if rng.random() < 0.4 else (" Sr", " Jr") if day > born else (" Jr", " Sr")
            head.patient = one.model_copy(update={"last_name": one.last_name + marks[0]})
            other = self._person(home, head.sex, day, surname=one.last_name + marks[1], first=first, middle=middle)
        elif kind == "namesake, same year":
            other = self._person(away, head.sex, _other_day(born, rng), surname=one.last_name, first=first)
        elif kind == "namesake, date near":
            other = self._person(away, head.sex, near_date(born, rng), surname=one.last_name, first=first)
        else:
            other = self._second_chart(head, away)
        head.look_alike = other.look_alike = kind

    def _second_chart(self, head: Person, away: Household) -> Person:
        """Another chart of the same human being, made when somebody did not find the first."""
        rng, one = self.rng, head.patient
        other = self._person(away, head.sex, one.date_of_birth, surname=one.last_name, first=one.first_name, middle="")
        other.person = head.person
        if rng.random() < 0.5:
            other.patient = other.patient.model_copy(update={"phone": one.phone, "street": one.street})
        return other

    def _person(
        self,
        home: Household,
        sex: str,
        born: date,
        *,
        surname: str = "",
        first: str = "",
        middle: str | None = None,
        other: str = "",
    ) -> Person:
        rng = self.rng
        first = first or (f"{self.name(sex)}-{self.name(sex)}" if rng.random() < 0.01 else self.name(sex))
        if middle is None:
            middle = "" if rng.random() < 0.45 else self.name(sex) if rng.random() < 0.5 else rng.choice("ABCDEFGHJKLMNPRSTW")
        number = f"{self.numbers[len(self.crowd.people)]:06d}"
        home.guarantor = home.guarantor or number
        surname = surname or home.surname
        own_phone = rng.random() < 0.45
        mail = (
            f"{first}.{surname}{rng.randrange(1, 99)}@{rng.choice(MAIL)}".lower().replace(" ", "") if rng.random() < 0.6 else ""
        )
        patient = Patient(
            patient_id=number,
            last_name=surname,
            first_name=first,
            middle_name=middle,
            other_names=other,
            date_of_birth=born,
            phone=(self.phone() if own_phone else home.phone) if rng.random() < 0.93 else "",
            email=mail,
            street=home.street,
            city=home.city,
            state="TX",
            zip=home.zip,
            guarantor_id=home.guarantor,
            status="active",
        )
        self.humans += 1
        person = Person(patient, self.humans, sex)
        self.crowd.people.append(person)
        return person


def near_date(day: date, rng: Random) -> date:
    """Another date that is one digit, one exchange of neighbours, or an exchange of day and month away."""
    written = f"{day:%m%d%Y}"
    while True:
        kind, at = rng.random(), rng.randrange(8)
        digits = list(written)
        if kind < 0.15:
            digits = list(written[2:4] + written[:2] + written[4:])
        elif kind < 0.35 and at < 7:
            digits[at], digits[at + 1] = digits[at + 1], digits[at]
        else:
            digits[at] = rng.choice("0123456789")
        found = as_date("".join(digits))
        if found and found != day and date(1925, 1, 1) <= found <= TODAY:
            return found


def as_date(digits: str) -> date | None:
    """The date that MMDDYYYY stands for, if it is one."""
    try:
        return date(int(digits[4:]), int(digits[:2]), int(digits[2:4]))
    except ValueError:
        return None


def _other_day(day: date, rng: Random) -> date:
    return date(day.year, 1 + (day.month + rng.randrange(1, 11)) % 12, rng.randrange(1, 29))
