"""The patients of the practice, and who of them a request may mean."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from pipeline.matching.contacts import phone_digits
from pipeline.matching.names import ChartName, SpokenName, is_known_given_name, nicknames_around
from pipeline.matching.spellings import Spellings
from pipeline.matching.tables import Row, TableProblem, WatchedTable, rows_of
from pipeline.matching.words import name_words
from schemas.release import Patient

NEEDED = frozenset({"patient_id", "last_name", "first_name", "date_of_birth"})
_KEPT_AS_TEXT = tuple(name for name in Patient.model_fields if name != "date_of_birth")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
EARLIEST_BIRTH_YEAR = 1880


class RosterProblem(TableProblem):
    """The roster cannot be used as it is: line, column and what would be right, never a patient's name."""


class Roster:
    """All patients, indexed so that a request is compared with a few of them and not with all.

    The indexes only narrow down who is looked at; every decision is made on the whole of the values.
    """

    def __init__(self, patients: Iterable[Patient]) -> None:
        self._by_id: dict[str, Patient] = {}
        self._by_birth_date: dict[date, list[Patient]] = defaultdict(list)
        self._by_surname: dict[str, dict[str, list[Patient]]] = defaultdict(lambda: defaultdict(list))
        self._by_phone: dict[str, list[Patient]] = defaultdict(list)
        self._by_email: dict[str, list[Patient]] = defaultdict(list)
        self._surnames: Counter[str] = Counter()
        self._givens: Counter[str] = Counter()
        for patient in patients:
            self._add(patient)
        self._surname_spellings = Spellings(self._by_surname)
        givens = {given for of_that_name in self._by_surname.values() for given in of_that_name}
        self._given_spellings = Spellings(givens)
        self._givens_by_initial: dict[str, set[str]] = defaultdict(set)
        for given in givens:
            self._givens_by_initial[given[0]].add(given)

    @classmethod
    def load(cls, path: Path) -> Roster:
        """The roster in a CSV file with the columns of `Patient`. Raises RosterProblem."""
        return cls(_patients(path))

    def __len__(self) -> int:
        return len(self._by_id)

    def by_id(self, patient_id: str) -> Patient | None:
        """The patient with this number, or None."""
        return self._by_id.get(patient_id)

    def near(
        self, name: str | None, dob: date | None, *, other_names: str = "", phone: str = "", email: str = ""
    ) -> Iterator[Patient]:
        """Everybody whom this may mean, each once: of a name alike, or born that day, or with that phone or e-mail."""
        seen: set[str] = set()
        for patient in self._blocks(name, dob, other_names, phone, email):
            if patient.patient_id not in seen:
                seen.add(patient.patient_id)
                yield patient

    def born_on(self, day: date) -> int:
        """How many patients have this birth date."""
        return len(self._by_birth_date.get(day, ()))

    def with_surname(self, surname: str) -> int:
        """How many patients have this surname."""
        return self._surnames["".join(name_words(surname))]

    def with_given_name(self, word: str) -> int:
        """How many patients have this first name; `word` is folded."""
        return self._givens[word]

    def with_phone(self, phone: str) -> int:
        """How many patients have this phone number."""
        return len(self._by_phone.get(phone_digits(phone), ()))

    def with_email(self, email: str) -> int:
        """How many patients have this e-mail address."""
        return len(self._by_email.get(email.strip().casefold(), ()))

    def is_given_name(self, word: str) -> bool:
        """Whether somebody in the roster bears it, or the table of nicknames has it."""
        return word in self._givens or is_known_given_name(word)

    def _add(self, patient: Patient) -> None:
        name = ChartName.of(patient)
        self._by_id[patient.patient_id] = patient
        self._by_birth_date[patient.date_of_birth].append(patient)
        for surname in name.surnames():
            for given in name.givens():
                self._by_surname[surname][given].append(patient)
        if number := phone_digits(patient.phone):
            self._by_phone[number].append(patient)
        if address := patient.email.strip().casefold():
            self._by_email[address].append(patient)
        self._surnames["".join(name.last)] += 1
        if name.first:
            self._givens[name.first[0]] += 1

    def _blocks(self, name: str | None, dob: date | None, other_names: str, phone: str, email: str) -> Iterator[Patient]:
        if name:
            yield from self._of_a_name_alike(SpokenName.of(name, other_names))
        if dob:
            yield from self._by_birth_date.get(dob, ())
        yield from self._by_phone.get(phone_digits(phone), ())
        yield from self._by_email.get(email.strip().casefold(), ())

    def _of_a_name_alike(self, spoken: SpokenName) -> Iterator[Patient]:
        """By every division of the name: a surname alike, and among those who bear it a given name alike."""
        divisions = list(spoken.divisions())
        givens = self._givens_alike({*spoken.words, *spoken.also, *("".join(given) for given, _ in divisions)} - {""})
        for surname in self._surnames_alike({*spoken.words, *spoken.also, *("".join(surname) for _, surname in divisions)}):
            of_that_name = self._by_surname[surname]
            for given in of_that_name.keys() & givens:
                yield from of_that_name[given]

    def _surnames_alike(self, said: set[str]) -> set[str]:
        return {kept for word in said if len(word) > 1 for kept in self._surname_spellings.like(word)}

    def _givens_alike(self, said: set[str]) -> set[str]:
        """Also whom an initial may stand for, on either side."""
        alike: set[str] = set()
        for word in said:
            alike.update(self._given_spellings.like(word), nicknames_around(word), word[0])
            if len(word) == 1:
                alike |= self._givens_by_initial[word]
        return alike


class RosterFile(WatchedTable[Roster]):
    """`roster.csv` of a practice: `current()` reads it again when it has changed. Raises RosterProblem."""

    refusal = RosterProblem

    def _load(self) -> Roster:
        return Roster.load(self.path)


def _patients(path: Path) -> Iterator[Patient]:
    lines: dict[str, int] = {}
    for row in rows_of(path, NEEDED, RosterProblem):
        patient = _patient(path.name, row)
        if patient.patient_id in lines:
            what = f"the same patient_id stands in line {lines[patient.patient_id]}; every patient has one row"
            raise RosterProblem(path.name, what, line=row.line, column="patient_id")
        lines[patient.patient_id] = row.line
        yield patient


def _patient(file: str, row: Row) -> Patient:
    if not row.get("patient_id"):
        raise RosterProblem(file, "is empty; every patient has a number", line=row.line, column="patient_id")
    if not name_words(row.get("last_name")):
        raise RosterProblem(file, "has no letters; every patient has a surname", line=row.line, column="last_name")
    texts = {name: row.get(name) for name in _KEPT_AS_TEXT}
    return Patient(**texts, date_of_birth=_birth_date(file, row))


def _birth_date(file: str, row: Row) -> date:
    text = row.get("date_of_birth")
    try:
        day = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year < EARLIEST_BIRTH_YEAR:
        raise RosterProblem(file, "must be a date as YYYY-MM-DD", line=row.line, column="date_of_birth")
    return day
