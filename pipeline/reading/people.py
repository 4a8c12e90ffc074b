"""Several patients on one request: a family in a letter, a list of names with birth dates, a form with a row for each child.

One name is no finding here; the fields hold it. Two names that may be one, misread once, are no finding either.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rapidfuzz.distance import Levenshtein

from pipeline.reading import values
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect, around
from pipeline.reading.letters import DAY, NAME, Letter, places_of_letters
from pipeline.reading.sending import LOOSE, PLAIN
from pipeline.reading.text import plain
from pipeline.reading.values import Value
from schemas.reading import FieldName

SAME_PERSON = 0.72
"""Likeness from which two names are one name that was read twice."""
NEARBY = 300
"""Letters above a list in which its heading says that its dates are birth dates."""
YOUNGEST = timedelta(days=90)
"""A date later than so long ago is no birth date of a dental patient, but the day of a signature."""
IN_LETTERS, ON_FORMS = 0.85, 0.8
"""How far such a name or date is believed at most; a person looks at several patients in any case."""

_BORN = r"(?i:born(?:\s+on)?|date\s+of\s+birth|birth\s*-?\s*date|d\.?\s*o\.?\s*b\.?|b\.?d\.?)"
_WITH_DATE = re.compile(rf"(?P<name>{NAME})(?:\s*[,;(\-–:]+\s*|\s+)(?:(?:who\s+)?(?:was|is)\s+)?{_BORN}\s*:?\s*(?P<day>{DAY})")
_ROW = re.compile(rf"(?m)^[\W\d]*(?P<name>{NAME})[\s,:;\-–(]+(?P<day>{DAY})\)?[ ]*$")
_KIN = (
    r"(?:children|kids|sons?|daughters?|family|husband|wife|spouse|partner|mother|father|parents|twins|boys|girls|brother|sister)"
)
_FIRST = r"[A-Z][\w'’\-]+(?:[ ]+[A-Z][\w'’\-]+){0,2}"
_SEVERAL = re.compile(
    rf"(?i:records?|x-?rays?|charts?|files?|copies|copy|patients?)\b[^.?!]{{0,40}}?\b(?i:of|for)\s+(?:(?i:my|our|both|all)\s+)*"
    rf"(?:(?i:{_KIN})\s*[,:]?\s+)?(?P<names>{_FIRST}(?:\s*,\s*(?:(?i:and)\s+)?{_FIRST})*\s*,?\s*(?:(?i:and|y)|&)\s+"
    rf"(?:(?i:my|our)\s+(?i:{_KIN})\s*,?\s+)?{_FIRST})"
)
_AND_I = re.compile(rf"\b(?i:my|our)\s+(?i:{_KIN})\s*,?\s+(?P<name>{_FIRST})\s*,?\s+(?i:and)\s+(?:I\b|(?i:me|myself)\b)")
_I_AND = re.compile(rf"\b(?i:me|myself|I)\s+(?i:and)\s+(?i:my|our)\s+(?i:{_KIN})\s*,?\s+(?P<name>{_FIRST})")
_BETWEEN = re.compile(rf"\s*,\s*(?:(?i:and)\s+)?|\s+(?:(?i:and|y)|&)\s+(?:(?i:my|our)\s+(?i:{_KIN})\s*,?\s+)?")
_NO_PERSON = re.compile(r"(?i)\b(?:dental|dentist|dr|office|records?|clinic|street|avenue|insurance|department|group|smiles)\b")
_PAIR = re.compile(rf"^({NAME}|[A-Z][\w'’\-]+)\s*(?:,|&|\band\b|\by\b)\s*({NAME})$")


@dataclass(frozen=True)
class FoundPatient:
    """One of several patients, with the places of what was read."""

    name: FoundValue
    dob: FoundValue | None = None


def several_patients(letter: Letter, found: Sequence[FoundValue], today: date) -> tuple[FoundPatient, ...]:
    """Everybody whose records the page asks for, where these are two or more; else ()."""
    for people in (_in_sentences(letter, found, today), _in_rows(letter, today), _on_form(found)):
        people = _each_once([p for p in people if not _signs(p, found, today)])  # noqa: PLW2901  # the same people, each once
        if len(people) > 1:
            return tuple(people)
    return ()


def _signs(person: FoundPatient, found: Sequence[FoundValue], today: date) -> bool:
    """Whether the name and the date are those under a signature: nobody has a dental chart within weeks of being born."""
    if person.dob is None:
        return False
    signed = {f.value.text for f in found if f.name == FieldName.SIGNATURE_DATE}
    return person.dob.value.text in signed or date.fromisoformat(person.dob.value.text) > today - YOUNGEST


def _in_sentences(letter: Letter, found: Sequence[FoundValue], today: date) -> list[FoundPatient]:
    """ "Emma Park (DOB 3/4/2015) and Noah Park, born ..."; "records of Emma and Noah Park"; "my husband Tom and I"."""
    people = [p for m in _WITH_DATE.finditer(letter.text) if (p := _person(letter, m, today))]
    if len(people) > 1:
        return people
    for match in _SEVERAL.finditer(letter.text):
        names = list(_listed(letter, match))
        if len(names) > 1:
            return [FoundPatient(n) for n in names]
    own = next((f for f in found if f.name == FieldName.PATIENT_NAME), None)
    for pattern in (_AND_I, _I_AND):
        said = pattern.search(letter.text)
        if said and own is not None and not _NO_PERSON.search(said["name"]):
            other = _named(letter, said["name"], said.start("name"), LOOSE)
            return [FoundPatient(own), FoundPatient(other)] if other else []
    return []


def _in_rows(letter: Letter, today: date) -> list[FoundPatient]:
    """Rows of a name and a date under words that say that the dates are birth dates."""
    rows = [(m, p) for m in _ROW.finditer(letter.text) if (p := _person(letter, m, today))]
    if len(rows) < 2:  # one is no list
        return []
    above = letter.text[max(0, rows[0][0].start() - NEARBY) : rows[0][0].start()]
    return (
        [p for _, p in rows] if re.search(rf"\b{_BORN}", above) and re.search(r"(?i)\bname|patient|child|records", above) else []
    )


def _on_form(found: Sequence[FoundValue]) -> list[FoundPatient]:
    """Places for a patient's name that are filled in with different names, each with a birth date of its own."""
    names = [f for f in found if f.name == FieldName.PATIENT_NAME and f.label == "name" and f.fit > LOOSE]
    days = [f for f in found if f.name == FieldName.PATIENT_DOB]
    for one in names:
        pair = _PAIR.match(one.value.text)
        if pair and not _NO_PERSON.search(one.value.text):
            return [FoundPatient(_part(one, pair[1])), FoundPatient(_part(one, pair[2]))]
    people = [FoundPatient(n, _nearest(n, days)) for n in names]
    people = [p for p in people if p.dob is not None]
    return people if len({p.dob.value.text for p in people if p.dob}) > 1 else []


def _nearest(name: FoundValue, days: Sequence[FoundValue]) -> FoundValue | None:
    """The birth date on the name's row, or right under it."""
    height = name.rect.height
    near = [d for d in days if -0.7 * height < d.rect.middle[1] - name.rect.middle[1] < 3.5 * height]
    return min(near, key=lambda d: abs(d.rect.middle[1] - name.rect.middle[1]), default=None)


def _part(whole: FoundValue, name: str) -> FoundValue:
    return FoundValue(
        FieldName.PATIENT_NAME, Value(name, 0.8), whole.raw, whole.rect, whole.score, whole.fit, whole.printed, whole.words
    )


def _each_once(people: Sequence[FoundPatient]) -> list[FoundPatient]:
    """Without names that are another's, read once more; people of one name and two birth dates are two."""
    kept: list[FoundPatient] = []
    for person in people:
        if not any(_same(person, k) for k in kept):
            kept.append(person)
    return kept


def _same(one: FoundPatient, other: FoundPatient) -> bool:
    a, b = plain(one.name.value.text), plain(other.name.value.text)
    if Levenshtein.normalized_similarity(a, b) < SAME_PERSON:
        return False
    both = one.dob is not None and other.dob is not None
    return not (both and one.dob and other.dob and one.dob.value.text != other.dob.value.text and a != b)


def _listed(letter: Letter, match: re.Match[str]) -> Iterator[FoundValue]:
    """The names of "Emma, Noah and Mia Park", each with the surname that the last one gives to all."""
    start, names = match.start("names"), match["names"]
    at = 0
    for cut in [*_BETWEEN.finditer(names), None]:
        end = cut.start() if cut else len(names)
        name = names[at:end].strip()
        if name and not _NO_PERSON.search(name):
            found = _named(letter, name, start + at, LOOSE)
            if found:
                yield found
        at = cut.end() if cut else end


def _person(letter: Letter, match: re.Match[str], today: date) -> FoundPatient | None:
    day = values.first_date(match["day"], today)
    name = _named(letter, match["name"], match.start("name"), PLAIN)
    if day is None or name is None or _NO_PERSON.search(match["name"]):
        return None
    rect, score, printed = _place(letter, match.start("day"), match.end("day"))
    return FoundPatient(name, FoundValue(FieldName.PATIENT_DOB, day, match["day"], rect, score, PLAIN, printed))


def _named(letter: Letter, name: str, start: int, fit: float) -> FoundValue | None:
    words = " ".join(name.split())
    if len(plain(words)) < 3:  # "Al" is hardly told from a slip
        return None
    rect, score, printed = _place(letter, start, start + len(name))
    return FoundValue(FieldName.PATIENT_NAME, Value(words), name, rect, score, fit, printed)


def _place(letter: Letter, start: int, end: int) -> tuple[Rect, float, bool]:
    owners = letter.owners[start:end]
    letters = [o[0].letters[o[1]] for o in owners if o is not None]
    printed = all(o[0].printed for o in owners if o is not None)
    scores = sorted(c.score for c in letters if c.char != " ")
    return around(places_of_letters(owners)), scores[min(1, len(scores) - 1)] if scores else 0.0, printed


def believed(found: FoundValue) -> float:
    """How far a name or a date among several is believed: never surely, there was no second look at it."""
    return round(min(IN_LETTERS, 0.99 * found.fit if found.printed else found.score * found.fit) * found.value.quality, 3)
