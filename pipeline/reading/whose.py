"""Whose page it is: the pages of a scan grouped by the patient they name, so that nobody's request is made up of two people's.

A page that names nobody belongs to the page before it. Name and birth date must both be another's for a page to be about
somebody else: on forms of several pages one of the two is misread now and then. Where only one is clearly another's, the page
stays, a person is told, and what the other pages say goes before what it says.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import TYPE_CHECKING

from rapidfuzz.distance import Levenshtein

from pipeline.reading.text import plain
from schemas.reading import FieldName

if TYPE_CHECKING:
    from pipeline.reading.people import FoundPatient
    from pipeline.reading.reader import PageReading

ONE_NAME = 0.7
"""Likeness from which two words are one name that was read twice."""
MISREAD = 2
"""Digits of a birth date that may be misread at most; more of them are another date."""
WHOLE_NAME = 2
"""Words of a name that can be compared."""
NOT_SURE, A_GUESS = 0.89, 0.5
"""Most confidence of a value, and of a tick, on a page that may be another patient's."""


@dataclass(frozen=True)
class OfOnePatient:
    """The pages that make up the request, and what a person has to know about the others."""

    pages: tuple[PageReading, ...]
    doubtful: frozenset[int] = frozenset()
    """Numbers of the pages among them on which the name or the birth date is clearly another's."""
    notices: tuple[str, ...] = ()

    @property
    def certain(self) -> tuple[PageReading, ...]:
        """The pages among them that cast no doubt."""
        return tuple(page for page in self.pages if page.number not in self.doubtful)


def of_first_patient(pages: Sequence[PageReading]) -> OfOnePatient:
    """The pages of the patient who is named first; all of them where one page names several, as a family's letter does."""
    if any(page.patients for page in pages):
        return _of_a_family(pages)
    kept: list[PageReading] = []
    doubtful: set[int] = set()
    own, others, belongs = _Named(), "", True
    for page in pages:
        here = _Named.on(page)
        if here.another(own):
            belongs = False
            others = others or f"Page {page.number} is about another patient than page {own.page}: it may be a second request."
        elif here.contradicts(own):
            doubtful.add(page.number)
        else:
            belongs = belongs or here.agrees(own)
            own = own.with_what(here) if belongs else own
        if belongs:
            kept.append(page)
    doubts = [f"Page {p.number} may be about another patient than page {own.page}." for p in kept if p.number in doubtful]
    return _told(kept, doubtful, [*([others] if others else []), *doubts])


def _of_a_family(pages: Sequence[PageReading]) -> OfOnePatient:
    """All pages; those in doubt that name somebody whom the first list of patients does not have."""
    listing = next(page for page in pages if page.patients)
    family = [_Named.of(patient, listing.number) for patient in listing.patients]
    strangers = {
        page.number
        for page in pages
        if page is not listing and any(all(named.contradicts(one) for one in family) for named in _Named.all_on(page))
    }
    notices = [f"Page {n} names a patient whom page {listing.number} does not: it may be a second request." for n in strangers]
    return _told(pages, strangers, sorted(notices))


def _told(pages: Sequence[PageReading], doubtful: Collection[int], notices: Iterable[str]) -> OfOnePatient:
    kept = tuple(_unsure(page) if page.number in doubtful else page for page in pages)
    return OfOnePatient(kept, frozenset(doubtful), tuple(notices))


@dataclass(frozen=True)
class _Named:
    """Whom a page, or the pages so far, name."""

    name: str = ""
    born: str = ""
    page: int = 0

    @classmethod
    def on(cls, page: PageReading) -> _Named:
        return cls(_surest(page, FieldName.PATIENT_NAME), _surest(page, FieldName.PATIENT_DOB), page.number)

    @classmethod
    def of(cls, patient: FoundPatient, page: int) -> _Named:
        return cls(patient.name.value.text, patient.dob.value.text if patient.dob else "", page)

    @classmethod
    def all_on(cls, page: PageReading) -> list[_Named]:
        """Everybody whom the page names as a patient."""
        return [cls.of(patient, page.number) for patient in page.patients] or [cls.on(page)]

    def another(self, own: _Named) -> bool:
        """Whether name and birth date are both another's, be it by a letter."""
        differs = plain(self.name) != plain(own.name) and self.born != own.born
        return differs and all((self.name, self.born, own.name, own.born))

    def contradicts(self, own: _Named) -> bool:
        """Whether the name or the birth date is clearly another's."""
        return _another_name(self.name, own.name) or _another_day(self.born, own.born)

    def agrees(self, own: _Named) -> bool:
        """Whether the name or the birth date is the same."""
        return bool((self.name and plain(self.name) == plain(own.name)) or (self.born and self.born == own.born))

    def with_what(self, other: _Named) -> _Named:
        """With what another page says where this one is silent."""
        return _Named(self.name or other.name, self.born or other.born, self.page or other.page)


def _another_name(one: str, other: str) -> bool:
    """Whether given name or surname is clearly another's, and not one that was read twice."""
    own, others = ([plain(word) for word in name.split()] for name in (one, other))
    if min(len(own), len(others)) < WHOLE_NAME:
        return False
    return any(
        Levenshtein.normalized_similarity(a, b) < ONE_NAME and not a.startswith(b) and not b.startswith(a)
        for a, b in ((own[0], others[0]), (own[-1], others[-1]))
    )


def _another_day(one: str, other: str) -> bool:
    return bool(one and other) and sum(a != b for a, b in zip_longest(one, other)) > MISREAD


def _unsure(page: PageReading) -> PageReading:
    """The page with nothing on it that is sure."""
    values = tuple(replace(w, confidence=min(w.confidence, NOT_SURE)) for w in page.values)
    ticks = tuple(replace(t, confidence=min(t.confidence, A_GUESS)) for t in page.ticks)
    places = tuple(replace(p, disputed=True) for p in page.places)
    return replace(page, values=values, ticks=ticks, places=places)


def _surest(page: PageReading, name: FieldName) -> str:
    """The surest value of a field on one page; empty where there is none."""
    found = [weighed for weighed in page.values if weighed.found.name is name]
    return max(found, key=lambda each: each.confidence).found.value.text if found else ""
