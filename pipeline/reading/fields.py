"""From labels to values: which words belong to which label, and which field a label means where it stands.

Every label on the page looks for its value to the right, below, above or in the rest of its table cell. What it finds is
weighed by where it stands and by whether it has the shape of what the label asks for; the best pairs are taken first, and
no word is used twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.reading.asked import PARSERS, PARTS_OF_NAME
from pipeline.reading.geometry import Rect, around
from pipeline.reading.labels import Hit, is_prose
from pipeline.reading.leftovers import NEAR, near_pairs
from pipeline.reading.page import PageText, Word, rows_of
from pipeline.reading.places import places_of
from pipeline.reading.text import plain
from pipeline.reading.values import Value
from pipeline.reading.wording import WRITES, names_an_office
from pipeline.reading.words import is_label_text
from schemas.reading import FieldName


@dataclass(frozen=True)
class FoundValue:
    """A value with its field, as the page's text gives it, before any second look."""

    name: FieldName
    value: Value
    raw: str
    rect: Rect
    score: float
    """The engine's score of the weakest letters."""
    fit: float
    """How well place and shape agree with the label, 0 to 1."""
    printed: bool
    words: tuple[Word, ...] = ()
    part: str = ""
    """`first`, `middle` or `last` where the form asks for a name in parts."""
    label: str = ""
    """The key of the label that asks for it; empty where a sentence says it."""
    reread: Callable[[str], Value | None] | None = field(default=None, compare=False, repr=False)
    """Reads other words as what the label asks for."""
    most: float = 1.0
    """The most that it is believed, whatever its letters say."""
    of_office: bool = False
    """Whether its label asks for an office by name: "Organization", "Practice name"."""


@dataclass
class _Candidate:
    """Words that may be a label's value."""

    hit: Hit
    key: str
    party: str
    words: list[Word]
    base: float
    """How likely their place is, 0 to 1."""
    most: float = 1.0
    """The most that a value there is believed, for what the form leaves open."""
    parsed: dict[FieldName, Value] = field(default_factory=dict)
    fit: float = 0.0


def find_values(page: PageText, today: date) -> list[FoundValue]:
    """Every value that a label of the page has, best first."""
    return find_and_unread(page, today)[0]


def find_and_unread(page: PageText, today: date) -> tuple[list[FoundValue], list[FoundValue]]:
    """The values that labels have, best first; and words at a label that have not the shape it asks for, with an empty value."""
    candidates = [
        _Candidate(hit, hit.phrase.key, page.zones.party_of(hit), words, base, _left_open(page, hit))
        for hit in page.labels
        for words, base in places_of(page, hit)
    ]
    for candidate in candidates:
        _weigh(candidate, today)
    found: list[FoundValue] = []
    used: set[int] = set()
    served: set[int] = set()
    for candidate in sorted(candidates, key=lambda c: -c.fit):
        if candidate.fit <= 0 or id(candidate.hit) in served:
            continue
        free = [w for w in candidate.words if id(w) not in used]
        if len(free) < len(candidate.words):
            candidate = replace(candidate, words=free, parsed={})  # noqa: PLW2901  # the same one with fewer words
            _weigh(candidate, today)
            if candidate.fit <= 0:
                continue
        served.add(id(candidate.hit))
        used.update(id(w) for w in candidate.words)
        found += _found(candidate, today)
    for hit, words, _distance in near_pairs(page, [h for h in page.labels if id(h) not in served], _free(page, used)):
        if id(hit) in served or any(id(w) in used for w in words):
            continue
        candidate = _Candidate(hit, hit.phrase.key, page.zones.party_of(hit), words, NEAR, _left_open(page, hit))
        _weigh(candidate, today)
        if candidate.fit > 0:
            served.add(id(hit))
            used.update(id(w) for w in words)
            found += _found(candidate, today)
    found += _dates_beside_signatures(page, found, _free(page, used), today)
    found += _date_of_the_form(page, found, today)
    left_over = _free(page, used)
    unread = [u for c in candidates if id(c.hit) not in served for u in _unread(c, used, today)]
    found = _of_one_part(_person_and_office(found), page)
    return names_joined([replace(f, fit=0.6 * f.fit) if _cut_short(f, left_over) else f for f in found]), unread


def _person_and_office(found: list[FoundValue]) -> list[FoundValue]:
    """Where a form asks for a name and for an organization, and has both, the name is the person's there."""
    names = [f for f in found if f.name is FieldName.DESTINATION_NAME and f.label == "name" and f.fit > NEAR]
    if len(names) != 2 or any(f.name is FieldName.DESTINATION_ATTENTION for f in found):
        return found
    person, office = sorted(names, key=lambda f: f.of_office)
    an_office = person.of_office or names_an_office(plain(person.value.text)) or _OFFICES.search(person.value.text)
    near = abs(office.rect.middle[1] - person.rect.middle[1]) < NEAR_OFFICE * person.rect.height
    if an_office or not office.of_office or not near:
        return found
    theirs = replace(person, name=FieldName.DESTINATION_ATTENTION, most=min(person.most, AMID_PRINT))
    return [theirs if f is person else f for f in found]


_OFFICES = re.compile(r"(?i)\b(?:dental|dentistry|(?:ortho|endo|perio)dontics?|surgery|smiles?|care|health|center|centre)\b")
"""Words in the names of offices: two offices that a form names are both in doubt."""


def _of_one_part(found: list[FoundValue], page: PageText) -> list[FoundValue]:
    """What stands in a part above that of the name of who receives is hardly theirs: a form may print its own office there."""
    name = max((f for f in found if f.name is FieldName.DESTINATION_NAME), key=lambda f: f.fit, default=None)
    begins = page.zones.part_begins(name.rect) if name is not None else None
    if begins is None:
        return found
    theirs = [f.name.value.startswith("destination.") and f.rect.bottom < begins for f in found]
    return [replace(f, most=min(f.most, OTHER_PART)) if above else f for f, above in zip(found, theirs, strict=True)]


OTHER_PART = 0.29
"""The most that a number or an address is believed which stands in another part than the name: no office is matched on less."""
NEAR_OFFICE = 5
"""Heights of the writing from a person's name to that of their office."""
NO_LABEL = 0.55
"""The most that a date is believed that stands beside no label of a signature: less than any rule leans on."""


def _dates_beside_signatures(page: PageText, found: list[FoundValue], free: list[Word], today: date) -> list[FoundValue]:
    """A date that belongs to no label on the row of the patient's signature, where no other date signed was found."""
    if any(f.name is FieldName.SIGNATURE_DATE for f in found):
        return []
    for hit in page.labels:
        party = page.zones.party_of(hit)
        if hit.phrase.key != "signature" or party not in ("signature", "representative") or is_prose(hit.line):
            continue
        for word in free:
            beside = word.rect.left > hit.rect.right and word.rect.same_row(hit.rect, 0.4) and _A_DAY.match(word.text)
            candidate = _Candidate(hit, "date_signed", "signature", [word], NEAR)
            _weigh(candidate, today)
            if beside and candidate.fit > 0:
                return [replace(f, most=NO_LABEL) for f in _found(candidate, today)]
    return []


def _date_of_the_form(page: PageText, found: list[FoundValue], today: date) -> list[FoundValue]:
    """The only date that a signed page asks for, where it stands far from the signature."""
    if any(f.name is FieldName.SIGNATURE_DATE for f in found):
        return []
    asked = [h for h in page.labels if h.phrase.key == "date_signed"]
    signed = any(h.phrase.key == "signature" and page.zones.party_of(h) in ("signature", "representative") for h in page.labels)
    if not signed or len(asked) != 1 or page.zones.party_of(asked[0]):
        return []
    for words, base in sorted(places_of(page, asked[0]), key=lambda place: -place[1]):
        candidate = _Candidate(asked[0], "date_signed", "signature", words, base)
        _weigh(candidate, today)
        if candidate.fit > 0:
            return [replace(f, most=NO_LABEL) for f in _found(candidate, today)]
    return []


_A_DAY = re.compile(r"\d{1,2}([/\-])\d{1,2}\1\d{2}")


def _free(page: PageText, used: set[int]) -> list[Word]:
    """The words that no label has, those of the small print left out."""
    return [w for w in page.words if id(w) not in used and not is_prose(w.line)]


def _cut_short(found: FoundValue, left_over: list[Word]) -> bool:
    """Whether a word that belongs to nothing stands right behind the value: then a part of it may be missing."""
    last = rows_of(list(found.words))[-1][-1].rect
    return any(w.rect.same_row(last, 0.5) and -4 <= w.rect.left - last.right < 0.9 * last.height for w in left_over)


def _found(candidate: _Candidate, today: date) -> list[FoundValue]:
    return [_value(candidate, name, value, today) for name, value in candidate.parsed.items()]


def _unread(candidate: _Candidate, used: set[int], today: date) -> list[FoundValue]:
    """Free words at the likeliest place of a label whose answer has a shape: a misreading may have broken it."""
    words = [w for w in candidate.words if id(w) not in used]
    name = UNREAD.get((candidate.key, candidate.party)) or UNREAD.get((candidate.key, ""))
    if name is None or candidate.base < LIKELY_PLACE or not any(c.isdigit() for w in words for c in w.text):
        return []
    used.update(id(w) for w in words)
    return [_value(replace(candidate, words=words, fit=candidate.base), name, Value("", 0), today)]


LIKELY_PLACE = 0.9
UNREAD = {
    ("dob", "patient"): FieldName.PATIENT_DOB,
    ("date_signed", "signature"): FieldName.SIGNATURE_DATE,
    ("expiry", ""): FieldName.EXPIRY_DATE,
    ("phone", "patient"): FieldName.PATIENT_PHONE,
    ("phone", "destination"): FieldName.DESTINATION_PHONE,
    ("fax", "destination"): FieldName.DESTINATION_FAX,
    ("zip", "patient"): FieldName.PATIENT_ZIP,
    ("zip", "destination"): FieldName.DESTINATION_ZIP,
}
"""Labels (key, party) whose words are looked at again where they have not the shape of the field."""


def _value(candidate: _Candidate, name: FieldName, value: Value, today: date) -> FoundValue:
    def reread(text: str) -> Value | None:
        parse = PARSERS.get(candidate.key)
        return parse(text, candidate.party, today).get(name) if parse else None

    return FoundValue(
        name=name,
        value=value,
        raw=_joined(candidate.words),
        rect=around([w.rect for w in candidate.words]),
        score=min(w.score for w in candidate.words),
        fit=candidate.fit,
        printed=all(w.line.printed for w in candidate.words),
        words=tuple(candidate.words),
        part=candidate.key if candidate.key in PARTS_OF_NAME else "",
        label=candidate.key,
        reread=reread,
        most=_most(candidate),
        of_office=names_an_office(candidate.hit.phrase.letters),
    )


def _most(candidate: _Candidate) -> float:
    """The most that a value is believed for where it stands."""
    if candidate.hit.phrase.letters == WRITES:
        return OF_THE_WRITER
    return min(candidate.most, AMID_PRINT if any(is_prose(w.line) and not w.line.printed for w in candidate.words) else 1.0)


def _left_open(page: PageText, hit: Hit) -> float:
    """The most that a value is believed where its form does not say who sends, or whose number is asked for."""
    if page.zones.is_either_way(hit):
        return EITHER_WAY
    return BY_WAY if page.zones.is_of_way(hit) else 1.0


OF_THE_WRITER = 0.8
"""The most that a name behind "I," is believed to be the patient's: a parent writes so as well."""
BY_WAY = 0.85
"""The most that a number beside a way of sending is believed to be that of who receives: it may be the patient's own."""
EITHER_WAY = 0.29
"""The most that an office is believed to receive where the form may as well ask it to send: no destination is matched on less."""
AMID_PRINT = 0.89
"""The most that a value within a line of small print is believed: a letter of a hand may be lost in it."""


def names_joined(found: list[FoundValue]) -> list[FoundValue]:
    """With first, middle and last name as one value; parts without their counterpart are dropped."""
    parts = {part: next((f for f in found if f.part == part), None) for part in PARTS_OF_NAME}
    whole = [f for f in found if not f.part]
    first, middle, last = (parts[p] for p in PARTS_OF_NAME)
    if first is None or last is None:
        return whole
    given = [p for p in (first, middle, last) if p is not None]
    value = Value(" ".join(p.value.text for p in given), min(p.value.quality for p in given))
    words = tuple(w for p in given for w in p.words)
    joined = FoundValue(
        name=FieldName.PATIENT_NAME,
        value=value,
        raw=" ".join(p.raw for p in given),
        rect=around([p.rect for p in given]),
        score=min(p.score for p in given),
        fit=min(p.fit for p in given),
        printed=all(p.printed for p in given),
        words=words,
    )
    return [joined, *whole]


def _joined(words: list[Word]) -> str:
    """Words in reading order; a comma where a new row begins."""
    rows = rows_of(words)
    return ", ".join(" ".join(w.text for w in row) for row in rows)


def _weigh(candidate: _Candidate, today: date) -> None:
    """Reads the words as what the label asks for; `fit` is 0 where they cannot be that."""
    text = _joined(candidate.words) if candidate.words else ""
    if not text:
        candidate.fit = 0.0
        return
    parse = PARSERS.get(candidate.key)
    parsed = parse(text, candidate.party, today) if parse is not None and not _own_print(candidate.key, text) else {}
    candidate.parsed = parsed
    whole = 0.02 * max(0, len(parsed) - 1)  # street, city and ZIP together are more than a street
    candidate.fit = (candidate.base + whole) * max((v.quality for v in parsed.values()), default=0.0) * candidate.hit.likeness


WHOLE_ANSWERS = frozenset({"legal", "health care", "my health care", "other health care"})
"""Purposes in words that forms print."""
_OF_NAMES = {"name", "other_name", "printed_name", "last_first", "name_address", "attention", "other_names", "city"}
NAMED = frozenset(_OF_NAMES | {"purpose_text", "reason", "expiry_event"})
"""Labels whose answer has words of its own. (A relationship may be answered in a form's: "legal guardian", "self".)"""


def _own_print(key: str, text: str) -> bool:
    """Whether the words are what is left of a label or a heading, and not what somebody filled in."""
    return key in NAMED and is_label_text(text) and text.lower() not in WHOLE_ANSWERS
