"""Letters and e-mails: requests in sentences, without labels.

"Please send my x-rays to Dr. Chen at Harbor Dental, fax (617) 555-0111. I was born on 3/4/1979." What is found so is
plausible rather than certain, so it is believed less than a labelled value and is always looked at by a person.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pipeline.reading import values
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import around
from pipeline.reading.page import Word
from pipeline.reading.text import TextLine
from pipeline.reading.values import Value
from pipeline.reading.words import is_form_text
from schemas.reading import FieldName

FIT = 0.7
"""How far a sentence is believed, against 1 for a label with its value beside it."""
_NAME = r"[A-Z][\w'’\-]+(?:[ ]+(?:[A-Z][\w'’\-]+|[A-Z]\.)){1,3}"
_DOCTOR = r"Drs?\.?\s+[A-Z][\w'’\-]+(?:[ ]+[A-Z][\w'’\-]+)?"
_OFFICE = r"(?:Drs?\.?\s+)?[A-Z][\w'’&\-]+(?:[ ]+(?:[A-Z&][\w'’\-]*\.?|of|and|the)){0,5}"
_WHAT = r"(?:records?|x-?rays?|charts?|files?|images?|radiographs|copy|copies|history)"
_SEND = (
    r"(?i:send|forward|transfer|release|mail|fax|e-?mail|provide)[^.?!]{0,80}?"
    rf"(?i:{_WHAT})[^.?!]{{0,60}}?\s+(?i:to)\s+(?i:my new dentist,?\s+)?"
)
_PHONE = r"[^.?!\d(]{0,40}(?P<value>\(?\d{3}\)?[\s.\-]*\d{3}[\s.\-]*\d{4})"
_CLOSING = r"(?:Sincerely|Regards|Thank you|Thanks|Respectfully|Yours truly)"
_BORN = r"(?:born(?: on)?|[Dd]ate of birth(?: is)?|DOB|birthda(?:y|te)(?: is)?)"

_PATTERNS: tuple[tuple[FieldName, re.Pattern[str]], ...] = (
    (FieldName.DESTINATION_NAME, re.compile(rf"{_SEND}{_DOCTOR}\s+(?:at|of|with)\s+(?P<value>{_OFFICE})")),
    (FieldName.DESTINATION_ATTENTION, re.compile(rf"{_SEND}(?P<value>{_DOCTOR})")),
    (FieldName.DESTINATION_NAME, re.compile(rf"{_SEND}(?P<value>{_OFFICE})")),
    (FieldName.PATIENT_NAME, re.compile(rf"(?:[Mm]y name is|I,|I am|[Rr][Ee]:|[Pp]atient:?)\s+(?P<value>{_NAME})")),
    (FieldName.PATIENT_NAME, re.compile(rf"{_CLOSING},?[!.]?\s+(?P<value>{_NAME})")),
    (FieldName.PATIENT_DOB, re.compile(rf"{_BORN}[\s:,]*(?P<value>[\w/.\- ,]{{6,22}})")),
    (FieldName.DESTINATION_FAX, re.compile(rf"(?i:fax){_PHONE}")),
    (FieldName.DESTINATION_EMAIL, re.compile(rf"{_SEND}[^?!]{{0,120}}?(?P<value>[\w.+\-]+@[\w\-]+\.[\w.]+)")),
    (FieldName.PATIENT_PHONE, re.compile(rf"(?i:call me|reach me|my (?:phone|cell|number)){_PHONE}")),
)


def find_in_sentences(lines: Sequence[TextLine], today: date) -> list[FoundValue]:
    """Values that sentences name; at most one for each field, the plainer pattern first."""
    ordered = sorted(lines, key=lambda line: (round(line.rect.top / max(1.0, line.rect.height)), line.rect.left))
    text, owners = _joined(ordered)
    found: dict[FieldName, FoundValue] = {}
    for name, pattern in _PATTERNS:
        match = pattern.search(text)
        if match and name not in found and (value := _value(name, match["value"], today)):
            found[name] = _placed(name, value, match["value"], owners[match.start("value") : match.end("value")])
    return list(found.values())


def _joined(lines: Sequence[TextLine]) -> tuple[str, list[tuple[TextLine, int] | None]]:
    """All lines as one text, and for each of its letters the line and the index there."""
    text: list[str] = []
    owners: list[tuple[TextLine, int] | None] = []
    for line in lines:
        text += [*line.text, " "]
        owners += [*((line, i) for i in range(len(line.letters))), None]
    return "".join(text), owners


def _value(name: FieldName, text: str, today: date) -> Value | None:
    if name == FieldName.PATIENT_DOB:
        return values.first_date(text, today)
    if name in (FieldName.DESTINATION_FAX, FieldName.PATIENT_PHONE):
        numbers = values.phones_in(text)
        return numbers[0][0] if numbers else None
    if name == FieldName.DESTINATION_EMAIL:
        return values.email_in(text)
    if name == FieldName.PATIENT_NAME:
        return values.person_name(text)
    tidy = values.tidy(text)
    return Value(tidy) if sum(c.isalpha() for c in tidy) > 2 and not is_form_text(tidy, allowed=1) else None


def _placed(name: FieldName, value: Value, raw: str, owners: Sequence[tuple[TextLine, int] | None]) -> FoundValue:
    """The value with the place of its letters: one word of each line that it stands on."""
    by_line: dict[int, list[int]] = {}
    lines: dict[int, TextLine] = {}
    for owner in owners:
        if owner is not None:
            lines[id(owner[0])] = owner[0]
            by_line.setdefault(id(owner[0]), []).append(owner[1])
    words = []
    for key, places in by_line.items():
        line, start, end = lines[key], min(places), max(places) + 1
        words.append(Word(line.text[start:end], line.part(start, end), line.score(start, end), line, start, end))
    rect = around([w.rect for w in words])
    printed = all(w.line.printed for w in words)
    return FoundValue(name, value, raw, rect, min(w.score for w in words), FIT, printed, tuple(words))
