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
from pipeline.reading.sending import ADDRESS, DOCTOR, LOOSE, OFFICE, PLAIN, SEND, address_of, destination_in, office_name
from pipeline.reading.text import TextLine
from pipeline.reading.values import Value
from schemas.reading import FieldName

NO_PERSON = re.compile(
    r"(?i)\b(?:dental|dentistry|orthodontics|endodontics|office|records?|clinic|department|group|smiles|practice|enclosures?)\b"
)
"""Words of no person's name."""
HORIZON = timedelta(days=366 * 30)
"""How far in the future a letter may end its own validity."""
NAME = r"[A-Z][\w'’\-]+(?:[ ]+(?!(?:DOB|D\.O\.B|Born|Date)\b)(?:[A-Z][\w'’\-]+|[A-Z]\.)){1,3}"
_WRAPPED = NAME.replace("[ ]+", r"\s+")
"""A name that may run on into the next line."""
_TITLE = r"(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.?\s+)?"
_RE = r"^[ ]*(?i:re|subject|regarding)\s*:"
_WHOSE = (
    r"(?i:estate of|(?:records?|x-?rays|chart|file) (?:of|for)|(?:(?:our|your|my|mutual) )?(?:patient|client|member|insured))"
    r"\s*[:,]?(?:\s+(?i:the late))?"
)
_NO_NAME = r"(?i:our|my|your|the|estate|claim|records?|request|patient|client|dental|medical|subpoena)"
"""Words that a subject begins with, and no name."""
KIN = (
    r"(?i:(?:late |minor |adult )?(?:son|daughter|child|husband|wife|spouse|partner|mother|father|brother|sister"
    r"|aunt|uncle|niece|nephew|cousin|friend|grand(?:son|daughter|mother|father)|ward))"
)
_RECORDS = r"\b(?i:records?|x-?rays?|radiographs|films|charts?|statements?|files?|notes|history)"
_OF = (
    r"\b(?i:of|for|pertaining to|relating to|concerning|regarding)\s*:?\s+"
    r"(?:(?i:my|our|his|her|the|your|mutual|late|minor|following|named|patient|client|" + KIN + r")\s*,?:?\s+){0,3}"
)
_THEN = r"\s*[,(;:–-]?\s*(?:(?:who )?(?:was|is) )?"
_THEIRS = r"[^?!]{0,400}?\b(?i:his|her|their)\s+(?:[\w-]+\s+){0,3}?(?i:records?|x-?rays?|charts?|files?)\b"
_HIS = r"\s+(?:[\w-]+\s+){0,3}?(?i:records?|x-?rays?|charts?|files?)\b"
_PHONE = r"[^.?!\d(]{0,40}(?P<value>\(?\d{3}\)?[\s.\-]*\d{3}[\s.\-]*\d{4})"
CLOSING = (
    r"(?:(?:Very )?[Ss]incerely(?: yours)?|(?:Kind |Best |Warm )?[Rr]egards|Thank you(?: very much)?|Thanks"
    r"|Respectfully(?: yours)?|(?:Very t|Yours (?:very )?t|T)ruly(?: yours)?|Yours (?:sincerely|faithfully))"
)
"""How letters take leave."""
_BORN = r"(?:born(?: on)?|[Dd]ate of birth(?: is)?|DOB|birthda(?:y|te)(?: is)?)"
DAY = r"(?:\d{1,2}[/\-.]\d{1,2}[/\-.]\d{2,4}|[A-Z][a-z]+ \d{1,2}, ?\d{4})"
_BREAK = r"[ ]*\n(?:[^\n]*\n){0,4}?"
_VALID = r"(?i:good|valid|effect|letter|request|act)[^.?!\d]{0,40}\b(?i:until|through)"
_PART, _WHY = r"[^.?!,:]{0,60}", r"(?:mov(?:ing|ed)|relocat\w+|insurance|retir\w+|closer|nearer)"
_PATTERNS: tuple[tuple[FieldName, float, re.Pattern[str]], ...] = (
    (FieldName.DESTINATION_NAME, LOOSE, re.compile(rf"{SEND}{DOCTOR},?\s+(?:at|of|with)\s+(?P<value>{OFFICE})")),
    (FieldName.DESTINATION_ATTENTION, LOOSE, re.compile(rf"{SEND}(?P<value>{DOCTOR})")),
    (FieldName.DESTINATION_NAME, PLAIN, re.compile(rf"{SEND}(?P<value>{OFFICE})(?=[ ]*\n[^\n]*\d)")),
    (FieldName.DESTINATION_NAME, LOOSE, re.compile(rf"{SEND}(?P<value>{OFFICE})")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?m){_RE}[^\n]{{0,40}}?\b{_WHOSE}\s+{_TITLE}(?P<value>{NAME})")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?m)(?:{_RE}|^[ ]*[Pp]atient:)\s+{_TITLE}(?!{_NO_NAME}\b)(?P<value>{NAME})")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?i:estate of|the late)\s+{_TITLE}(?P<value>{_WRAPPED})")),
    (
        FieldName.PATIENT_NAME,
        PLAIN,
        re.compile(rf"{_RECORDS}[^.?!]{{0,80}}?{_OF}{_TITLE}(?P<value>{_WRAPPED})(?={_THEN}{_BORN})"),
    ),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?i:my|our)\s+{KIN}\s*,?\s+(?P<value>{_WRAPPED})(?={_THEIRS})")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?i:my|our)\s+{KIN}\s*,?\s+(?P<value>{_WRAPPED}['’]s){_HIS}")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?:[Mm]y name is|I,)\s+(?P<value>{NAME})")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?i:(?:mutual|your|our|my) (?:patient|client))\s*,?\s+(?P<value>{NAME})")),
    (FieldName.PATIENT_NAME, LOOSE, re.compile(rf"{_RECORDS}\s+{_OF}{_TITLE}(?P<value>{_WRAPPED})")),
    (FieldName.PATIENT_NAME, PLAIN, re.compile(rf"(?:^|\n)From:\s+(?P<value>{NAME})\s*<")),
    (FieldName.PATIENT_NAME, LOOSE, re.compile(rf"(?:[Mm]y name is|I,|I am|[Rr][Ee]:|[Pp]atient:?)\s+(?P<value>{NAME})")),
    (FieldName.PATIENT_NAME, LOOSE, re.compile(rf"{CLOSING},?[!.]?\s+(?P<value>{NAME})")),
    (FieldName.PATIENT_DOB, PLAIN, re.compile(rf"{_BORN}[\s:,]*(?P<value>[\w/.\- ,]{{6,22}})")),
    (FieldName.DESTINATION_FAX, LOOSE, re.compile(rf"{SEND}[^?!]{{0,200}}?(?i:fax){_PHONE}")),
    (FieldName.DESTINATION_FAX, LOOSE, re.compile(rf"(?i:fax){_PHONE}")),
    (FieldName.DESTINATION_EMAIL, LOOSE, re.compile(rf"{SEND}[^?!]{{0,120}}?(?P<value>[\w.+\-]+@[\w\-]+\.[\w.]+)")),
    (FieldName.PATIENT_PHONE, PLAIN, re.compile(rf"(?i:call me|reach me|my (?:phone|cell|number)){_PHONE}")),
    (FieldName.PATIENT_EMAIL, PLAIN, re.compile(r"(?:^|\n)From:[^<\n]*<(?P<value>[^>\s]+@[^>\s]+)>")),
    (FieldName.EXPIRY_DATE, PLAIN, re.compile(rf"{_VALID}\s+(?P<value>[\w/.\- ,]{{6,22}})")),
    (
        FieldName.SIGNATURE_DATE,
        PLAIN,
        re.compile(rf"{CLOSING}[,!.]?{_BREAK}[^\n\d]*(?P<value>{DAY})[ ]*(?=\n|$)"),
    ),
    (FieldName.SIGNATURE_DATE, LOOSE, re.compile(rf"(?:^|\n)[ ]*(?i:date:?)?[ ]*(?P<value>{DAY})[ ]*(?=\n)")),
    (FieldName.REASON, LOOSE, re.compile(rf"(?:^|[.?!,:\n])\s*(?P<value>[A-Za-z]\w*\b{_PART}\b{_WHY}\b{_PART})")),
)

_GREETING = re.compile(r"(?im)^[ ]*(?:dear|hello|hi|good (?:morning|afternoon)|to whom it may concern)\b")
_LAST_WORDS = re.compile(rf"{CLOSING}[ ]*[,!.]?")
_HOW_TO = re.compile(
    r"(?i)\A(?:[^\n]*\n){0,3}[^\n]*(?:\binstructions\s+(?:for|on|to)\b|\bhow\s+to\s+(?:complete|fill)\b|\binstructions\s*(?=\n))"
)
"""The title of a page of instructions, within its first four lines."""
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
    def instructs(self) -> bool:
        """Whether it is headed as a page that explains how a form is filled in: what it names is nobody's wish."""
        return not self.is_one and bool(_HOW_TO.search(self.text))

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
    found = {
        s.name: placed(s.name, s.value, letter.text[s.start : s.end], letter.owners[s.start : s.end], s.fit)
        for s in destination_in(letter.text)
    }
    for name, fit, pattern in _PATTERNS:
        for match in pattern.finditer(letter.text):
            value = _value(name, " ".join(match["value"].split()), today)
            if value and name not in found:
                owners = letter.owners[match.start("value") : match.end("value")]
                found[name] = placed(name, value, match["value"], owners, fit)
                break
    named = found.get(FieldName.PATIENT_NAME)
    for extra in _under_own_name(letter, named.value.text) if named else ():
        found.setdefault(extra.name, extra)
    return list(found.values())


def _under_own_name(letter: Letter, name: str) -> Iterator[FoundValue]:
    """Address, phone and e-mail in the lines under the writer's name: the head of a letter, or its end."""
    for match in re.finditer(rf"(?m)^[ ]*{re.escape(name)}[ ]*\n", letter.text):
        block = letter.text[match.end() : match.end() + 200]
        home = re.match(ADDRESS, block)
        if home is None:
            continue
        end = match.end() + home.end()
        for said in address_of(letter.text, match.end(), end, "patient", ", "):
            yield placed(said.name, said.value, home["value"], letter.owners[said.start : said.end], PLAIN)
        lines = re.match(r"[ ]*\n(?P<first>[^\n]*)(?:\n(?P<second>[^\n]*))?", letter.text[end:])
        for group in ("first", "second") if lines else ():
            text = (lines[group] or "") if lines else ""
            value, field = values.email_in(text), FieldName.PATIENT_EMAIL
            if value is None and (numbers := values.phones_in(text)):
                value, field = numbers[0][0], FieldName.PATIENT_PHONE
            if value is not None and lines:
                place = letter.owners[end + lines.start(group) : end + lines.end(group)]
                yield placed(field, value, text, place, PLAIN)


def _value(name: FieldName, text: str, today: date) -> Value | None:
    if name in (FieldName.PATIENT_DOB, FieldName.SIGNATURE_DATE, FieldName.EXPIRY_DATE):
        return values.first_date(text, today + (HORIZON if name == FieldName.EXPIRY_DATE else timedelta(days=1)))
    if name in (FieldName.DESTINATION_FAX, FieldName.PATIENT_PHONE):
        numbers = values.phones_in(text)
        return numbers[0][0] if numbers else None
    if name in (FieldName.DESTINATION_EMAIL, FieldName.PATIENT_EMAIL):
        return values.email_in(text)
    if name == FieldName.PATIENT_NAME:
        return None if NO_PERSON.search(text) else values.person_name(re.sub(r"['’]s$", "", text))
    if name == FieldName.REASON:
        tidy = values.tidy(text)
        return Value(tidy) if len(tidy.split()) > 1 else None
    return office_name(text)


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
