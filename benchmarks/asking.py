"""Requests for records as a reader reads them: what people write, and what becomes of it on the way from paper to text.

First the paper: nicknames, maiden names, half of a double name, another order, initials, an address that the chart does not
have yet, a slip of the pen. Then the reader: letters taken for others, dropped, doubled; digits taken for others; day and
month exchanged; fields not found. A misread value mostly has a low confidence and sometimes a high one, as readers have it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

from nicknames import NickNamer

from benchmarks.crowd import ALIKE, Crowd, Maker, Person, as_date, near_date
from schemas.base import Box
from schemas.reading import FieldName, ReadField, Reading
from schemas.release import Patient

PLACE = Box(left=0.1, top=0.2, right=0.5, bottom=0.25)
OUTSIDERS = 0.10
"""Of the requests: people who have no chart here."""
TWIN = "twin without a chart"
OUTSIDE = {
    "stranger": (50, 0),
    "namesake": (30, 30),
    "namesake, date near": (10, 30),
    TWIN: (5, 20),
    "parent or child of the same name": (5, 20),
}
"""Kinds of them, of a hundred: as they come, and among the hard requests."""
NO_NUMBER = "000000"
LETTERS = {"o": "0ac", "l": "1it", "i": "1lj", "s": "5", "m": ("rn", "n"), "rn": "m", "d": ("cl", "a"), "e": "co", "a": "ou",
           "u": "vn", "v": "u", "n": "hrm", "h": "nb", "t": "fl", "g": "qy", "c": "eo", "b": "6h", "y": "vg", "r": "nv", "k": "h",
           "f": "t", "w": "vv", "z": "2s", "j": "i", "p": "n", "q": "g", "x": "k"}  # fmt: skip
DIGITS = {"0": "68", "1": "74", "2": "7z", "3": "85", "4": "91", "5": "63", "6": "058", "7": "12", "8": "306", "9": "47"}
MISREAD = {"name": 0.09, "other_names": 0.09, "dob": 0.04, "phone": 0.06, "email": 0.10, "street": 0.10, "zip": 0.03,
           "chart_number": 0.04}  # fmt: skip
"""How many of a hundred values are read wrong, and below, how many are not found at all."""
MISSING = {"name": 0.02, "other_names": 0.90, "dob": 0.03, "phone": 0.30, "email": 0.55, "street": 0.35, "zip": 0.10,
           "chart_number": 0.92}  # fmt: skip


@dataclass
class Asking:
    """One request, and whose records it truly asks for."""

    reading: Reading
    person: Person | None
    """None: somebody who has no chart here."""
    outsider: str = ""
    """What kind of outsider."""
    troubles: set[str] = field(default_factory=set)
    name_read: bool = False
    """Whether the name was read as it stands on the paper."""
    dob_read: bool = False

    @property
    def had_both(self) -> bool:
        """Whether the reader had name and birth date: both found, and both read as they stand on the paper."""
        return self.name_read and self.dob_read

    @property
    def found_both(self) -> bool:
        """Whether there is something in both fields, right or wrong."""
        return {FieldName.PATIENT_NAME, FieldName.PATIENT_DOB} <= self.reading.fields.keys()


class Reader:
    """Makes requests, reads them badly."""

    def __init__(self, crowd: Crowd, maker: Maker, seed: int) -> None:
        self.crowd, self.maker = crowd, maker
        self.rng = Random(seed)
        maker.rng = Random(seed + 1)
        self.names = NickNamer()
        self.alike = [p for p in crowd.people if p.look_alike]
        self._misreadings = {
            "name": self._misread_name,
            "other_names": self._misread_name,
            "dob": self._misread_date,
            "phone": self._misread_digits,
            "email": self._misread_text,
            "street": self._misread_text,
            "zip": self._misread_digits,
            "chart_number": self._misread_digits,
        }

    def as_they_come(self, count: int) -> list[Asking]:
        """Patients drawn evenly from the roster, and outsiders among them."""
        return [self._outsider() if self.rng.random() < OUTSIDERS else self._one_of(self.crowd.people) for _ in range(count)]

    def hard_ones(self, count: int) -> list[Asking]:
        """Only planted look-alikes, and outsiders who are look-alikes of a patient."""
        return [self._outsider(hard=True) if self.rng.random() < 0.5 else self._one_of(self.alike) for _ in range(count)]

    # ---- who asks ----

    def _one_of(self, people: list[Person]) -> Asking:
        person = self.rng.choice(people)
        asking = Asking(Reading(scan="0" * 64, pages=1), person)
        if person.look_alike:
            asking.troubles.add(f"look-alike: {person.look_alike}")
        return self._read(asking, person.patient, person.sex)

    def _outsider(self, *, hard: bool = False) -> Asking:
        like = self.rng.choice(self.crowd.people)
        kind = self.rng.choices(list(OUTSIDE), [shares[hard] for shares in OUTSIDE.values()])[0]
        who = like.patient.model_copy(update={"email": "", "patient_id": NO_NUMBER, **self._what_differs(kind, like)})
        return self._read(Asking(Reading(scan="0" * 64, pages=1), None, outsider=kind), who, like.sex)

    def _what_differs(self, kind: str, like: Person) -> dict[str, object]:
        """What an outsider does not share with the patient whom they are made from."""
        maker, born = self.maker, like.patient.date_of_birth
        middle = {"middle_name": "" if self.rng.random() < 0.4 else maker.name(like.sex)}
        if kind == TWIN:
            return {**middle, "first_name": self._twin(like.patient.first_name)}
        if kind == "parent or child of the same name":
            year = max(born.year - 27, 1925) if born.year > 1975 else born.year + 27
            return {"date_of_birth": date(year, born.month, min(born.day, 28))}
        home = maker.house(maker.surname())
        elsewhere = {**middle, "street": home.street, "city": home.city, "zip": home.zip, "phone": home.phone}
        if kind == "namesake, date near":
            return {**elsewhere, "date_of_birth": near_date(born, self.rng)}
        if kind == "namesake":
            return {**elsewhere, "date_of_birth": self._not(born, lambda: maker.born(1, 88))}
        names = {"first_name": maker.name(like.sex), "last_name": maker.surname()}
        return {**elsewhere, **names, "date_of_birth": maker.born(1, 88)}

    def _twin(self, first: str) -> str:
        """What parents call the other one: often something alike, never the short form of the same name."""
        alike = {**dict(ALIKE), **{b: a for a, b in ALIKE}}
        if first in alike:
            return alike[first]
        short = {*self.names.nicknames_of(first), *self.names.canonicals_of(first), first.lower()}
        while (drawn := self.maker.name(self.rng.choice("mf"))).lower() in short:
            pass
        return drawn

    def _not(self, this: object, draw: Callable[[], Any]) -> Any:
        while (drawn := draw()) == this:
            pass
        return drawn

    # ---- what they write ----

    def _read(self, asking: Asking, who: Patient, sex: str) -> Asking:
        written = self._written(asking, who, sex)
        fields = {}
        for key, misread in self._misreadings.items():
            if written.get(key) and self.rng.random() >= MISSING[key]:
                fields[key] = self._field(written[key], misread, MISREAD[key])
        if "street" not in fields:
            fields.pop("zip", None)
        asking.name_read = "name" in fields and fields["name"].value == written["name"]
        asking.dob_read = "dob" in fields and fields["dob"].value == written["dob"]
        self._tell(asking, fields)
        read = {FieldName(f"patient.{key}"): value for key, value in fields.items()}
        asking.reading = asking.reading.model_copy(update={"fields": read})
        return asking

    def _written(self, asking: Asking, who: Patient, sex: str) -> dict[str, str]:
        """What stands on the paper."""
        rng, born = self.rng, who.date_of_birth
        written = {"name": self._name(asking, who, sex), "other_names": who.other_names, "email": who.email}
        if rng.random() < 0.003:
            asking.troubles.add("birth date miswritten")
            born = near_date(born, rng)
        written |= {"dob": born.isoformat(), "phone": who.phone, "street": who.street, "zip": who.zip}
        if who.patient_id != NO_NUMBER:
            number = who.patient_id.lstrip("0") if rng.random() < 0.3 else who.patient_id
            written["chart_number"] = rng.choice(("", "", "#", "No. ")) + number
        return written | (self._elsewhere(asking, who) if asking.person else {})

    def _elsewhere(self, asking: Asking, who: Patient) -> dict[str, str]:
        """Where the patient is now, and the chart does not know it yet; the new house may be another patient's old one."""
        rng = self.rng
        if rng.random() < 0.25:
            asking.troubles.add("moved")
            home, before = self.maker.house(who.last_name), rng.choice(self.crowd.people).patient
            house = before if rng.random() < 0.3 else home
            return {"street": house.street, "zip": house.zip, **({"phone": home.phone} if rng.random() < 0.4 else {})}
        if rng.random() < 0.15:
            asking.troubles.add("another phone")
            return {"phone": self.maker.phone()}
        return {}

    @staticmethod
    def _tell(asking: Asking, fields: dict[str, ReadField]) -> None:
        told = asking.troubles.add
        if "name" not in fields or "dob" not in fields:
            told("name or birth date not found")
        if "name" in fields and not asking.name_read:
            told("name misread")
        if "dob" in fields and not asking.dob_read:
            told("birth date misread")
        if not {"phone", "email", "street"} & fields.keys():
            told("nothing but name and birth date")

    def _name(self, asking: Asking, who: Patient, sex: str) -> str:
        rng, told = self.rng, asking.troubles.add
        first, middle, last = who.first_name, who.middle_name, who.last_name
        drawn = rng.random()
        if drawn < 0.07 and asking.outsider != TWIN:
            # Nobody calls one twin by a short form of the other's name.
            first = self._nickname(first, told)
        elif drawn < 0.075:
            told("only an initial")
            first = first[0] + "."
        if who.other_names and rng.random() < 0.12:
            told("maiden name")
            last = who.other_names
        elif sex == "f" and asking.person and rng.random() < 0.01:
            told("name that the chart does not know")
            last = self.maker.surname()
        halves = last.replace("-", " ").split()
        if len(halves) == 2 and halves[1] not in ("Jr", "Sr") and rng.random() < 0.3:
            told("half of a double name")
            last = rng.choice(halves)
        drawn = rng.random()
        middle = "" if drawn < 0.55 else middle[:1] + ("." if middle else "") if drawn < 0.8 else middle
        order = rng.random()
        name = " ".join(filter(None, (first, middle, last)))
        if order < 0.10:
            told("order turned")
            name = f"{last}, {first} {middle}".strip()
        elif order < 0.12:
            told("order turned")
            name = " ".join(filter(None, (last, first, middle)))
        return self._case(name)

    def _case(self, name: str) -> str:
        drawn = self.rng.random()
        return name.upper() if drawn < 0.15 else name.lower() if drawn < 0.19 else name

    def _nickname(self, first: str, told: Callable[[str], None]) -> str:
        known = sorted(self.names.nicknames_of(first) or ())
        common = self.rng.random() < 0.85
        if known and common:
            told("nickname")
            return self.rng.choice(known).title()
        if len(first) > 5 and not common:
            told("short name of one's own")
            return first[: self.rng.choice((3, 4))]
        return first

    # ---- what becomes of it ----

    def _field(self, written: str, misread: Callable[[str], str], share: float) -> ReadField:
        value = misread(written) if self.rng.random() < share else written
        return ReadField(value=value, confidence=self._confidence(right=value == written), page=1, box=PLACE)

    def _confidence(self, *, right: bool) -> float:
        """Right values mostly high; wrong ones mostly low, but one in five as high as if it were right."""
        sure = right or self.rng.random() < 0.2
        return min(0.99, max(0.02, self.rng.betavariate(9, 1.3) if sure else self.rng.betavariate(2.2, 2.2)))

    def _misread_name(self, text: str) -> str:
        for _ in range(self.rng.choices((1, 2, 3), (72, 20, 8))[0]):
            text = self._slip(text)
        return text

    def _misread_text(self, text: str) -> str:
        return self._misread_name(text) if self.rng.random() < 0.7 else self._misread_digits(text)

    def _slip(self, text: str) -> str:
        rng = self.rng
        at = rng.randrange(len(text))
        kind = rng.random()
        low = text[at].lower()
        if kind < 0.6 and low in LETTERS:
            return text[:at] + rng.choice(LETTERS[low]) + text[at + 1 :]
        if kind < 0.75 and len(text) > 4:
            return text[:at] + text[at + 1 :]
        if kind < 0.85:
            return text[:at] + text[at] + text[at:]
        if kind < 0.92:
            return text[:at] + text[at + 1 : at + 2] + text[at] + text[at + 2 :]
        if kind < 0.96:
            return text[:at] + " " + text[at:]
        return text + rng.choice((" -", " .", " l", " DOB", "_", " I"))

    def _misread_digits(self, text: str) -> str:
        places = [i for i, c in enumerate(text) if c.isdigit()]
        if not places:
            return self._slip(text)
        at = self.rng.choice(places)
        if self.rng.random() < 0.15:
            return text[:at] + text[at + 1 :]
        return text[:at] + self.rng.choice(DIGITS[text[at]]) + text[at + 1 :]

    def _misread_date(self, text: str) -> str:
        rng = self.rng
        day = date.fromisoformat(text)
        kind = rng.random()
        if kind < 0.10:
            return f"{day:%m/%d}"
        if kind < 0.22 and (swapped := as_date(f"{day:%d%m%Y}")) and swapped != day:
            return swapped.isoformat()
        for _ in range(40):
            digits = f"{day:%m%d%Y}"
            for _ in range(rng.choices((1, 2, 3), (78, 17, 5))[0]):
                digits = self._misread_digits(digits) if rng.random() < 0.92 else digits[::-1]
            found = as_date(digits) if len(digits) == 8 and digits.isdigit() else None
            if found and found != day:
                return found.isoformat()
        return f"{day:%m/%d}"
