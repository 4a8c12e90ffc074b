"""Letters and e-mails: requests in sentences, without labels.

"Please send my x-rays to Dr. Chen at Harbor Dental, fax (617) 555-0111. I was born on 3/4/1979." What a sentence says
plainly, or stands in a block of its own ("Re: ...", an address in lines), is believed like a labelled value; what only
seems meant is believed less and is looked at by a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.reading import values
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect, around
from pipeline.reading.page import Word
from pipeline.reading.text import TextLine, plain
from pipeline.reading.ticks import FoundTick
from pipeline.reading.values import Value
from pipeline.reading.words import is_form_text
from schemas.reading import Choice, FieldName

PLAIN, LOOSE = 0.9, 0.7
"""How far a sentence is believed, against 1 for a label with its value beside it."""
HORIZON = timedelta(days=366 * 30)
"""How far in the future a letter may end its own validity."""
NAME = r"[A-Z][\w'’\-]+(?:[ ]+(?:[A-Z][\w'’\-]+|[A-Z]\.)){1,3}"
_DOCTOR = r"Drs?\.?\s+[A-Z][\w'’\-]+(?:[ ]+[A-Z][\w'’\-]+)?"
_OFFICE = r"(?:Drs?\.?\s+)?[A-Z][\w'’&\-]+(?:[ ]+(?:[A-Z&][\w'’\-]*\.?|of|and|the)){0,5}"
_WHAT = r"(?:records?|x-?rays?|charts?|files?|images?|radiographs|copy|copies|history)"
_WHOM = r"(?:(?:my|our) (?:new |next )?(?:dentist|doctor|dental office|office|orthodontist|practice)\s*[,:]?\s+)?"
_SEND = (
    rf"(?:(?i:send|forward|transfer|release|mail|fax|e-?mail|provide)[^.?!]{{0,80}}?(?i:{_WHAT})[^.?!]{{0,80}}?\s+(?i:to)"
    rf"|(?i:{_WHAT})[^.?!]{{0,60}}?\s+(?i:sent|forwarded|transferred|released|mailed|faxed|provided)\s+(?i:to))\s+(?i:{_WHOM})"
)
_PHONE = r"[^.?!\d(]{0,40}(?P<value>\(?\d{3}\)?[\s.\-]*\d{3}[\s.\-]*\d{4})"
_CLOSING = (
    r"(?:(?:Very )?[Ss]incerely(?: yours)?|(?:Kind |Best )?[Rr]egards|Thank you|Thanks|Respectfully|Yours (?:truly|sincerely))"
)
_BORN = r"(?:born(?: on)?|[Dd]ate of birth(?: is)?|DOB|birthda(?:y|te)(?: is)?)"
DAY = r"(?:\d{1,2}[/\-.]\d{1,2}[/\-.]\d{2,4}|[A-Z][a-z]+ \d{1,2}, ?\d{4})"
_BREAK = r"[ ]*\n(?:[^\n]*\n){0,4}?"
_VALID = r"(?i:good|valid|effect|letter|request|act)[^.?!\d]{0,40}\b(?i:until|through)"
_PART, _WHY = r"[^.?!,:]{0,60}", r"(?:mov(?:ing|ed)|relocat\w+|insurance|retir\w+|closer|nearer)"
_ADDRESS = r"(?P<value>(?:\d|P\.? ?O)[^\n]*(?:\n[^\n]*)?\b[A-Z]{2},? +\d{5}(?:-\d{4})?)"

_PATTERNS: tuple[tuple[FieldName, float, re.Pattern[str]], ...] = (
    (FieldName.DESTINATION_NAME, LOOSE, re.compile(rf"{_SEND}{_DOCTOR}\s+(?:at|of|with)\s+(?P<value>{_OFFICE})")),
    (FieldName.DESTINATION_ATTENTION, LOOSE, re.compile(rf"{_SEND}(?P<value>{_DOCTOR})")),
    (FieldName.DESTINATION_NAME, PLAIN, re.compile(rf"{_SEND}(?P<value>{_OFFICE})(?=[ ]*\n[^\n]*\d)")),
    (FieldName.DESTINATION_NAME, LOOSE, re.compile(rf"{_SEND}(?P<value>{_OFFICE})")),
    (FieldName.DESTINATION_STREET, PLAIN, re.compile(rf"{_SEND}{_OFFICE}[,\s]\s*{_ADDRESS}")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?:^|\n)[ ]*(?:[Rr][Ee]:|[Pp]atient:)\s+(?P<value>{NAME})")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?:[Mm]y name is|I,)\s+(?P<value>{NAME})")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?i:(?:mutual|your|our|my) (?:patient|client))\s*,?\s+(?P<value>{NAME})")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?:^|\n)From:\s+(?P<value>{NAME})\s*<")),
    (FieldName.PATIENT_NAME, LOOSE, re.compile(rf"(?:[Mm]y name is|I,|I am|[Rr][Ee]:|[Pp]atient:?)\s+(?P<value>{NAME})")),
    (FieldName.PATIENT_NAME, LOOSE, re.compile(rf"{_CLOSING},?[!.]?\s+(?P<value>{NAME})")),
    (FieldName.PATIENT_DOB, PLAIN, re.compile(rf"{_BORN}[\s:,]*(?P<value>[\w/.\- ,]{{6,22}})")),
    (FieldName.DESTINATION_FAX, LOOSE, re.compile(rf"(?i:fax){_PHONE}")),
    (FieldName.DESTINATION_EMAIL, LOOSE, re.compile(rf"{_SEND}[^?!]{{0,120}}?(?P<value>[\w.+\-]+@[\w\-]+\.[\w.]+)")),
    (FieldName.PATIENT_PHONE, PLAIN, re.compile(rf"(?i:call me|reach me|my (?:phone|cell|number)){_PHONE}")),
    (FieldName.PATIENT_EMAIL, PLAIN, re.compile(r"(?:^|\n)From:[^<\n]*<(?P<value>[^>\s]+@[^>\s]+)>")),
    (FieldName.EXPIRY_DATE, PLAIN, re.compile(rf"{_VALID}\s+(?P<value>[\w/.\- ,]{{6,22}})")),
    (
        FieldName.SIGNATURE_DATE,
        PLAIN,
        re.compile(rf"{_CLOSING}[,!.]?{_BREAK}[^\n\d]*(?P<value>{DAY})[ ]*(?=\n|$)"),
    ),
    (FieldName.SIGNATURE_DATE, LOOSE, re.compile(rf"(?:^|\n)[ ]*(?i:date:?)?[ ]*(?P<value>{DAY})[ ]*(?=\n)")),
    (FieldName.REASON, LOOSE, re.compile(rf"(?:^|[.?!,:\n])\s*(?P<value>[A-Za-z]\w*\b{_PART}\b{_WHY}\b{_PART})")),
)

_OTHER = r"(?:son|daughter|child|kid|husband|wife|spouse|partner|mother|father|parent|patient|client|brother|sister)"
_OF_OTHERS = rf"(?!(?:\w+ )?{_OTHER}s?\b)"
"""Whose records they are instead: "my son's records" are not those of the writer."""
_WHOLE = re.compile(
    r"(?i)\b(?:all(?: of)? my|my (?:complete|entire|full|whole)|(?:a|the) (?:complete|entire|full) (?:copy|set) of my)\s+"
    rf"{_OF_OTHERS}(?:\w+\s+){{0,2}}?(?:records?|charts?|files?)\b"
)
_LIMITED = r"[^.?!]*\b(?:from|since|between|after|before|only|last|regarding)\b"
_MINE = re.compile(rf"(?i)\bmy {_OF_OTHERS}(?:\w+ )?(?:records|chart|file)\b(?!{_LIMITED})")
_XRAYS = re.compile(rf"(?i)\bmy {_OF_OTHERS}(?:\w+ ){{0,2}}(?:x-?rays?|radiographs)\b")
_NEW_OFFICE = re.compile(r"(?i)\b(?:my|our) (?:new|next) (?:dentist|dental office|orthodontist|practice)\b|\bchanging dentists\b")
_GREETING = re.compile(r"(?im)^[ ]*(?:dear|hello|hi|good (?:morning|afternoon)|to whom it may concern)\b")
_LAST_WORDS = re.compile(rf"{_CLOSING}[ ]*[,!.]?")
_HEAD_OF_MAIL = re.compile(r"(?im)^[ ]*subject:")


@dataclass(frozen=True)
class Letter:
    """A page as running text. `owners`: for each of its letters the line and the index there, None between lines."""

    text: str
    owners: tuple[tuple[TextLine, int] | None, ...]

    @classmethod
    def of(cls, lines: Sequence[TextLine]) -> Letter:
        """Lines on one height become one row; a row ends with a line break."""
        text: list[str] = []
        owners: list[tuple[TextLine, int] | None] = []
        for row in _rows(lines):
            for place, line in enumerate(row, start=1):
                text += [*line.text, "\n" if place == len(row) else " "]
                owners += [*((line, i) for i in range(len(line.letters))), None]
        return cls("".join(text), tuple(owners))

    @property
    def is_one(self) -> bool:
        """Whether it greets and takes leave, or is a printed e-mail: not a form with a few sentences."""
        return bool((_GREETING.search(self.text) or _HEAD_OF_MAIL.search(self.text)) and self.closing)

    @property
    def is_mail(self) -> bool:
        """Whether it has the head of a printed e-mail, whose From and To are no dates of service."""
        return bool(_HEAD_OF_MAIL.search(self.text))

    @property
    def closing(self) -> Rect | None:
        """Where it takes leave ("Sincerely,"): a row of nothing else, or None."""
        for line in {id(o[0]): o[0] for o in self.owners if o is not None}.values():
            if _LAST_WORDS.fullmatch(line.text.strip()):
                return line.rect
        return None


def _rows(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda li: li.rect.middle[1]):
        if rows and line.rect.same_row(rows[-1][-1].rect):
            rows[-1].append(line)
        else:
            rows.append([line])
    return [sorted(row, key=lambda li: li.rect.left) for row in rows]


def find_in_sentences(letter: Letter, today: date) -> list[FoundValue]:
    """Values that sentences name; at most one for each field, the plainer pattern first."""
    found: dict[FieldName, FoundValue] = {}
    for name, fit, pattern in _PATTERNS:
        for match in pattern.finditer(letter.text):
            meant = {n: v for n, v in _meant(name, match["value"], today).items() if n not in found}
            owners = letter.owners[match.start("value") : match.end("value")]
            found |= {n: placed(n, v, match["value"], owners, fit) for n, v in meant.items()}
            if meant:
                break
    named = found.get(FieldName.PATIENT_NAME)
    for extra in _under_own_name(letter, named.value.text) if named else ():
        found.setdefault(extra.name, extra)
    return list(found.values())


def find_wishes(letter: Letter) -> list[FoundTick]:
    """What a letter asks for, as the choices that a form would offer: everything or the x-rays alone; to change dentists."""
    wanted = (
        (_WHOLE, Choice.SCOPE_ALL, 0.9),
        (_MINE, Choice.SCOPE_ALL, 0.75),
        (_XRAYS, Choice.SCOPE_XRAYS, 0.75),
        (_NEW_OFFICE, Choice.PURPOSE_TRANSFER, 0.85),
    )
    ticks: dict[str, FoundTick] = {}
    for pattern, choice, confidence in wanted:
        match = pattern.search(letter.text)
        if match:
            place = around(places_of_letters(letter.owners[match.start() : match.end()]))
            ticks.setdefault(choice.split(".")[0], FoundTick(choice, place, confidence))
    return list(ticks.values())


def _under_own_name(letter: Letter, name: str) -> Iterator[FoundValue]:
    """Address, phone and e-mail in the lines under the writer's name: the head of a letter, or its end."""
    for match in re.finditer(rf"(?m)^[ ]*{re.escape(name)}[ ]*\n", letter.text):
        block = letter.text[match.end() : match.end() + 200]
        home = re.match(_ADDRESS, block)
        if home is None:
            continue
        end = match.end() + home.end()
        owners = letter.owners[match.end() : end]
        parts = _home(home["value"])
        yield from (placed(n, v, home["value"], owners, PLAIN) for n, v in parts.items())
        lines = re.match(r"[ ]*\n(?P<first>[^\n]*)(?:\n(?P<second>[^\n]*))?", letter.text[end:])
        for group in ("first", "second") if lines else ():
            text = (lines[group] or "") if lines else ""
            value, field = values.email_in(text), FieldName.PATIENT_EMAIL
            if value is None and (numbers := values.phones_in(text)):
                value, field = numbers[0][0], FieldName.PATIENT_PHONE
            if value is not None and lines:
                place = letter.owners[end + lines.start(group) : end + lines.end(group)]
                yield placed(field, value, text, place, PLAIN)


def _home(text: str) -> dict[FieldName, Value]:
    parts = values.address_in(text.replace("\n", ", "))
    given = {
        FieldName.PATIENT_STREET: parts.street,
        FieldName.PATIENT_CITY: parts.city,
        FieldName.PATIENT_STATE: parts.state,
        FieldName.PATIENT_ZIP: parts.zip,
    }
    return {name: value for name, value in given.items() if value is not None}


def _meant(name: FieldName, text: str, today: date) -> dict[FieldName, Value]:
    """What a pattern's words say: one field, for an address all of its parts."""
    if name == FieldName.DESTINATION_STREET:
        return {FieldName(n.value.replace("patient.", "destination.")): v for n, v in _home(text).items()}
    value = _value(name, " ".join(text.split()), today)
    return {name: value} if value else {}


def _value(name: FieldName, text: str, today: date) -> Value | None:
    if name in (FieldName.PATIENT_DOB, FieldName.SIGNATURE_DATE, FieldName.EXPIRY_DATE):
        return values.first_date(text, today + (HORIZON if name == FieldName.EXPIRY_DATE else timedelta(days=1)))
    if name in (FieldName.DESTINATION_FAX, FieldName.PATIENT_PHONE):
        numbers = values.phones_in(text)
        return numbers[0][0] if numbers else None
    if name in (FieldName.DESTINATION_EMAIL, FieldName.PATIENT_EMAIL):
        return values.email_in(text)
    if name == FieldName.PATIENT_NAME:
        return values.person_name(text)
    tidy = values.tidy(text)
    good = len(tidy.split()) > 1 if name == FieldName.REASON else len(plain(tidy)) > 2 and not is_form_text(tidy, allowed=1)
    return Value(tidy) if good else None


def _by_line(owners: Sequence[tuple[TextLine, int] | None]) -> Iterator[tuple[TextLine, int, int]]:
    """The lines that letters stand on, each with the first index and the one behind the last."""
    for line in {id(o[0]): o[0] for o in owners if o is not None}.values():
        places = [o[1] for o in owners if o is not None and o[0] is line]
        yield line, min(places), max(places) + 1


def places_of_letters(owners: Sequence[tuple[TextLine, int] | None]) -> list[Rect]:
    """Where letters of a letter's text stand, a place for each line."""
    return [line.part(start, end) for line, start, end in _by_line(owners)]


def placed(name: FieldName, value: Value, raw: str, owners: Sequence[tuple[TextLine, int] | None], fit: float) -> FoundValue:
    """The value with the place of its letters: one word of each line that it stands on."""
    words = tuple(
        Word(line.text[start:end], line.part(start, end), line.score(start, end), line, start, end)
        for line, start, end in _by_line(owners)
    )
    rect = around([w.rect for w in words])
    printed = all(w.line.printed for w in words)
    raw = ", ".join(raw.split("\n"))
    return FoundValue(name, value, raw, rect, min(w.score for w in words), fit, printed, words)
