"""The patients of the practice, and who of them a request may mean."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from pipeline.matching.asked import Asked
from pipeline.matching.birth_dates import near_dates
from pipeline.matching.charts import TEXTS, Chart, Filing, chart_number
from pipeline.matching.contacts import phone_digits
from pipeline.matching.names import SpokenName, nicknames_around
from pipeline.matching.spellings import Spellings
from pipeline.matching.tables import Row, TableProblem, WatchedTable, rows_of
from pipeline.matching.words import name_words
from schemas.release import Patient

NEEDED = frozenset({"patient_id", "last_name", "first_name", "date_of_birth"})
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
EARLIEST_BIRTH_YEAR = 1880


class RosterProblem(TableProblem):
    """The roster cannot be used as it is: line, column and what would be right, never a patient's name."""


class Roster:
    """All patients, indexed so that a request is compared with a few of them and not with all.

    The indexes only narrow down who is looked at; every decision is made on the whole of the values. A roster never changes
    once it is made, so any number of threads may share it.
    """

    def __init__(self, patients: Iterable[Patient] = ()) -> None:
        """From anywhere: a chart system gives `Patient`s as well as a table does."""
        filing = Filing()
        self._take(filing.of(patient) for patient in patients)

    @classmethod
    def load(cls, path: Path) -> Roster:
        """The roster in a CSV file with the columns of `Patient`. Raises RosterProblem."""
        roster = cls.__new__(cls)
        roster._take(_charts(path))
        return roster

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Chart]:
        return iter(self._by_id.values())

    def by_id(self, patient_id: str) -> Patient | None:
        """The patient with this number, or None."""
        found = self.chart(patient_id)
        return found.patient if found else None

    def chart(self, patient_id: str) -> Chart | None:
        """The chart with this number, as it is compared; or None."""
        return self._by_id.get(patient_id)

    def near(self, asked: Asked) -> Iterator[Chart]:
        """Everybody whom this may mean, each once: of a name alike, or born that day, or with that phone, e-mail or number."""
        seen: set[Chart] = set()
        for chart in self._blocks(asked):
            if chart not in seen:
                seen.add(chart)
                yield chart

    def numbered(self, number: str) -> tuple[Chart, ...]:
        """Whose chart number this is, leading zeros, signs and words around it aside."""
        plain = chart_number(number)
        found = (self._by_id.get(plain), *self._by_other_number.get(plain, ()))
        return tuple(chart for chart in found if chart and chart_number(chart.patient_id) == plain)

    def born_on(self, day: date) -> int:
        """How many patients have this birth date."""
        return len(self._by_birth_date.get(day, ()))

    def with_surname(self, surname: str) -> int:
        """How many patients have this surname; folded, in one word."""
        return self._surnames[surname]

    def with_given_name(self, word: str) -> int:
        """How many patients have this first name; folded."""
        return self._givens[word]

    def with_phone(self, digits: str) -> int:
        """How many patients have this phone number."""
        return len(self._by_phone.get(digits, ()))

    def with_email(self, email: str) -> int:
        """How many patients have this e-mail address."""
        return len(self._by_email.get(email.strip().casefold(), ()))

    def _take(self, charts: Iterable[Chart]) -> None:
        self._by_id: dict[str, Chart] = {}
        self._by_other_number: defaultdict[str, list[Chart]] = defaultdict(list)
        self._by_birth_date: defaultdict[date, list[Chart]] = defaultdict(list)
        self._by_surname: defaultdict[str, list[Chart]] = defaultdict(list)
        self._by_phone: defaultdict[str, list[Chart]] = defaultdict(list)
        self._by_email: defaultdict[str, list[Chart]] = defaultdict(list)
        self._surnames: Counter[str] = Counter()
        self._givens: Counter[str] = Counter()
        givens: set[str] = set()
        for chart in charts:
            self._add(chart)
            givens.update(chart.name.givens)
        self._surname_spellings = Spellings(self._by_surname)
        self._given_spellings = Spellings(givens)

    def _add(self, chart: Chart) -> None:
        name = chart.name
        self._by_id[chart.patient_id] = chart
        if (plain := chart_number(chart.patient_id)) != chart.patient_id:
            self._by_other_number[plain].append(chart)
        self._by_birth_date[chart.date_of_birth].append(chart)
        for surname in name.surnames():
            self._by_surname[surname].append(chart)
        if chart.digits:
            self._by_phone[chart.digits].append(chart)
        if address := chart.email.strip().casefold():
            self._by_email[address].append(chart)
        self._surnames["".join(name.last)] += 1
        if name.first:
            self._givens[name.first[0]] += 1

    def _blocks(self, asked: Asked) -> Iterator[Chart]:
        if asked.name:
            yield from self._of_a_name_alike(asked.name, asked.birth_date)
        if asked.birth_date:
            yield from self._by_birth_date.get(asked.birth_date, ())
        if asked.phone:
            yield from self._by_phone.get(phone_digits(asked.phone.value), ())
        if asked.email:
            yield from self._by_email.get(asked.email.value.strip().casefold(), ())
        if asked.chart_number:
            yield from self.numbered(asked.chart_number.value)

    def _of_a_name_alike(self, spoken: SpokenName, born: date | None) -> Iterator[Chart]:
        """By every division of the name: a surname alike, and among those who bear it a given name alike.

        Where only the initial of a given name is alike, on either side, the birth date must be near as well: hundreds of
        people are called J. Smith.
        """
        initials = {word[0] for word in spoken.words}
        days = near_dates(born) if born else frozenset()
        for surname, givens in self._names_alike(spoken).items():
            for chart in self._by_surname[surname]:
                if not givens.isdisjoint(chart.name.givens) or (
                    chart.date_of_birth in days and not initials.isdisjoint(_initials(chart))
                ):
                    yield chart

    def _names_alike(self, spoken: SpokenName) -> dict[str, set[str]]:
        """The surnames that may be meant, each with the given names that may be meant if it is that one."""
        alike: defaultdict[str, set[str]] = defaultdict(set)
        for given, surname in spoken.divisions:
            givens = self._givens_alike({*given, *spoken.also, "".join(given)})
            for word in {*surname, *spoken.also, "".join(surname)}:
                if len(word) > 1:
                    for kept in self._surname_spellings.like(word):
                        alike[kept] |= givens
        return alike

    def _givens_alike(self, said: set[str]) -> set[str]:
        longer = [word for word in said if len(word) > 1]
        return {kept for word in longer for kept in (*self._given_spellings.like(word), *nicknames_around(word))}


def _initials(chart: Chart) -> set[str]:
    return {word[0] for word in chart.name.givens}


class RosterFile(WatchedTable[Roster]):
    """`roster.csv` of a practice: `current()` reads it again when it has changed. Raises RosterProblem."""

    refusal = RosterProblem

    def _load(self) -> Roster:
        return Roster.load(self.path)


def _charts(path: Path) -> Iterator[Chart]:
    lines: dict[str, int] = {}
    filing = Filing()
    for row in rows_of(path, NEEDED, RosterProblem):
        number = row.get("patient_id")
        if not number:
            raise RosterProblem(path.name, "is empty; every patient has a number", line=row.line, column="patient_id")
        if number in lines:
            what = f"the same patient_id stands in line {lines[number]}; every patient has one row"
            raise RosterProblem(path.name, what, line=row.line, column="patient_id")
        if not name_words(row.get("last_name")):
            raise RosterProblem(path.name, "has no letters; every patient has a surname", line=row.line, column="last_name")
        lines[number] = row.line
        yield filing.chart({text: row.get(text) for text in TEXTS}, _birth_date(path.name, row))


def _birth_date(file: str, row: Row) -> date:
    text = row.get("date_of_birth")
    try:
        day = date.fromisoformat(text) if _ISO_DATE.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or day.year < EARLIEST_BIRTH_YEAR:
        raise RosterProblem(file, "must be a date as YYYY-MM-DD", line=row.line, column="date_of_birth")
    return day
