"""What a form's words mean where no list has them: labels and headings told by the words that they are made of.

No list holds every wording: one form asks for a "Doctor/Facility", the next for an "Agency, dentist or physician". Such a label
is made of few kinds of words: what is asked for (a name, a phone, an address), whose it is (the patient's, the receiving
office's), and small words between. The words of each kind are data, in `labels.toml`; here is how they are put together.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from pipeline.reading.labels import BLANK, Hit, Phrase, found_in, opens
from pipeline.reading.text import Letter, TextLine, plain
from pipeline.reading.words import refuses

MADE_UP = 0.96
"""Likeness of a label that no list has: a little less than that of one which is spelt as the list has it."""
FORGIVING = 6
"""Letters from which one wrong letter is forgiven in a word."""
LONGEST = 100
"""Letters: what is longer is a sentence."""

_WORD = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]\b|[^\W\d_]+(?:['’\-](?=[^\W\d_])[^\W\d_]+)*")
_BETWEEN = re.compile(r"[\s/,&().\-–'’#*]*")


@dataclass(frozen=True)
class _Kinds:
    """The kinds of each word."""

    of: dict[str, frozenset[str]]

    def find(self, word: str) -> frozenset[str]:
        """Of a word as it was read; one wrong letter is forgiven in a long one."""
        letters = plain(word)
        if letters in self.of or len(letters) < FORGIVING:
            return self.of.get(letters, frozenset())
        near = (k for w, k in self.of.items() if len(w) >= FORGIVING and Levenshtein.distance(w, letters, score_cutoff=1) <= 1)
        return next(near, frozenset())


@cache
def _kinds() -> _Kinds:
    data = tomllib.loads((Path(__file__).parent / "labels.toml").read_text(encoding="utf-8"))["word"]
    words = sorted({plain(w) for several in data.values() for w in several})  # one order, so that one page is read one way
    return _Kinds({w: frozenset(kind for kind, several in data.items() if w in map(plain, several)) for w in words})


def composed(line: TextLine, known: Sequence[Hit]) -> list[Hit]:
    """The hits on a line, `known` among them, with labels that are made of words of known kinds in place of shorter ones."""
    found: list[Hit] = []
    end = 0
    for start in _openings(line):
        if start < end:
            continue
        hit = _label_at(line, start)
        listed = max((k.end for k in known if k.start == start), default=start)
        if hit is not None and hit.end > listed:
            found.append(hit)
            end = hit.end
    if plain(line.text) in ALONE:
        found = [Hit(Phrase("label", "name", letters=plain(line.text)), line, 0, len(line.text.rstrip()), MADE_UP)]
    long = list(_name_of(line))
    found = [f for f in found if not any(h.start <= f.start < h.end for h in long)] + long
    known = [k for k in known if k.phrase.kind != "label" or not any(h.start <= k.start < h.end for h in long)]
    said = [h for h in _in_sentence(line) if not any(k.start <= h.start and h.end <= k.end for k in [*known, *found])]
    known = [k for k in known if not any(s.phrase.key == k.phrase.key and s.start <= k.start and k.end <= s.end for s in said)]
    found += said
    return sorted([*(k for k in known if not any(f.start <= k.start < f.end for f in found)), *found], key=lambda h: h.start)


def over_lines(lines: Sequence[TextLine], hits: Mapping[int, Sequence[Hit]]) -> dict[int, list[Hit]]:
    """The hits of each line, those labels made whole that go on in the next one: "Name and mailing | address of the office:"."""
    whole = {number: list(of_line) for number, of_line in hits.items()}
    for line in lines:
        last = max((h for h in whole[line.number] if h.phrase.kind == "label"), key=lambda h: h.end, default=None)
        if last is None or last.colon or _LINKS.sub("", line.text[last.end :]).strip():
            continue
        joined, under = line, line
        while (lower := _next_under(under, lines)) is not None and len(joined.letters) < LONGEST:
            joined = replace(
                joined, letters=(*joined.letters, Letter(" ", under.rect.right, under.rect.right, 1.0), *lower.letters)
            )
            under = lower
            more = next(
                (h for h in composed(joined, found_in(joined)) if h.start == last.start and h.end > len(line.letters) + 1), None
            )
            if more is not None and _says_more(more.phrase, last.phrase):
                end = len(line.text.rstrip())
                whole[line.number] = [*(h for h in whole[line.number] if h.start < last.start), replace(more, line=line, end=end)]
                whole[lower.number] = []
    return whole


_LINKS = re.compile(r"(?i)^\s*(?:of|or|and|to|the|y|o|de)\b")


_ENDS_OPEN = re.compile(r"(?i)\b(?:of|or|and|to|the|my|y|o|de)\W*$")


def _says_more(longer: Phrase, shorter: Phrase) -> bool:
    """Whether a label asks for more in its second line, or says there whose it is."""
    if longer.kind != "label" or shorter.party not in ("", longer.party):
        return False
    return (longer.key, longer.party) != (shorter.key, shorter.party) and longer.key in ("name_address", "address", shorter.key)


def _next_under(line: TextLine, lines: Sequence[TextLine]) -> TextLine | None:
    """The line that goes on right under one, in small letters."""
    height = line.rect.height
    under = [
        r
        for r in lines
        if -0.4 * height < r.rect.top - line.rect.bottom < 0.4 * height
        and abs(r.rect.left - line.rect.left) < height
        and (r.text[:1].islower() or (line.text.isupper() and (_ENDS_OPEN.search(line.text) or _LINKS.match(r.text))))
    ]
    return min(under, key=lambda r: r.rect.top, default=None)


ENDS = re.compile(
    r"(?:\b(?:void|(?:not\s+|in)valid)\s+after\b|\b(?:authorization|consent|permission|release|request|approval|agreement|it)\b[^.:]{0,60}?"
    r"\b(?:expires?|ends?|ending|(?:good|valid|effective|in effect|in force)\s+(?:until|through|to))\b)"
    r"(?:[^.:_]{0,60}\b(?:on|until|date))?(?:\s*\((?:date|mm[/\s]dd[/\s]y+)\))?(?=[\s:,]*(?:$|_|\d|\())",
    re.IGNORECASE,
)
"""How long the permission lasts: a date is asked for behind these words."""
FOLLOWING = re.compile(
    r"\b(?:(?:this\s+)?(?:authorization|consent|permission|release)\s+(?:\w+\s+){0,2})?(?:expires?|ends?|terminates?)\b[^.:_]{0,40}\bfollowing\s+(?:date|event)[^.:_]{0,80}[.:]?\s*$",
    re.IGNORECASE,
)
"""The same, where the date follows on the next line."""
BEGINS = re.compile(
    r"\b(?:treatment|services?|dates?|periods?|records?|visits?|care|notes|seen)\b[^.:_]{0,24}:?\s*\b(?:from|beginning|starting|between|since|dated)\b"
    r"(?=[\s:.]*(?:\(\w+\)\s*:?\s*)?(?:$|_|\d))",
    re.IGNORECASE,
)
"""The first day of what is asked for."""
WRITER = re.compile(r"(?:(?<![\w.,])I|^\W*[1l|])\s*,(?=\s*(?:_|$|[A-Z][\w.'’\-]+\s+[A-Z]))")
"""Who writes: "I, ______, born ..."; a sentence of the small print goes on in small letters."""
ALONE = frozenset({"office", "practice", "dentaloffice"})
"""Words that ask for an office's name where they stand alone on a line, and there is room to write one."""
AND, WRITES = "and", "i"
"""Labels of one small word, which mean something only where these patterns find them."""
_SENTENCES = (
    ("expiry", "", ENDS),
    ("expiry", "", FOLLOWING),
    ("from_date", "", BEGINS),
    ("to_date", "", re.compile(r"\band\b(?=[\s:_]*(?:\d|$))", re.IGNORECASE)),  # "between ____ and ____"
    ("name", "patient", WRITER),
)


NAME_OF = re.compile(
    r"(?:(?:print|full|complete|legal)\s+)*names?(?P<address>\s*(?:and|&|/|,|\band/or\b)\s*(?:\w+\s+)?address(?:es)?)?\s+(?:of|for)\s+"
    r"(?P<whom>[^:_]{8,120})",
    re.IGNORECASE,
)
"""A name, with or without the address, asked for in many words: "Name and address of person or title of person to whom ..."."""
RECEIVES = re.compile(
    r"\bto\s+whom\b|\brecipient|\breceiving\s+(?:party|office|practice|facility|provider|dentist|doctor)\b"
    r"|\breceiv(?:e|es|ing)\b[^.]{0,40}\b(?:records?|information|copy|copies|charts?|files?|x-?rays?|them|it|this(?!\s+request))\b|\b(?:released|sent|disclosed|given|provided|mailed)\s+to\b|\bwill\s+be\s+sent\b",
    re.IGNORECASE,
)
GIVES = re.compile(
    r"\bto\s+(?:release|disclose|provide|send|give)\b|\breleasing\b|\bdisclosing\b|\bfrom\s+wh(?:om|ich)\b", re.IGNORECASE
)


def _name_of(line: TextLine) -> Iterator[Hit]:
    """The name of who receives, or of who has the records, asked for in more words than any list has."""
    start = next(_openings(line), None)
    match = NAME_OF.match(line.text, start) if start is not None else None
    if match is None or refuses(line.text):
        return
    receives, gives = RECEIVES.search(match["whom"]), GIVES.search(match["whom"])
    if (receives is None) == (gives is None):
        return
    end = match.start() + len(match[0].rstrip(" ."))
    key = "name_address" if match["address"] else "name"
    yield Hit(
        Phrase("label", key, "destination" if receives else "holder", letters=plain(match[0])), line, match.start(), end, MADE_UP
    )


def _in_sentence(line: TextLine) -> Iterator[Hit]:
    """What a sentence asks for with a blank, or the end of the line, behind it."""
    for key, party, pattern in _SENTENCES:
        for match in pattern.finditer(line.text):
            start, end = match.span()
            letters = WRITES if pattern is WRITER else plain(match[0])
            yield Hit(Phrase("label", key, party, key == "expiry", letters), line, start, end, MADE_UP)


def names_an_office(letters: str) -> bool:
    """Whether a label's letters hold a word for an office, as "nameofoffice" does and "fullname" does not."""
    return any(word in letters for word in _office_words())


@cache
def _office_words() -> frozenset[str]:
    return frozenset(w for w, kinds in _kinds().of.items() if "office" in kinds and len(w) >= FORGIVING - 1 and w not in _PEOPLE)


_PEOPLE = frozenset({"person", "persons", "individual", "party", "persona"})


def _openings(line: TextLine) -> Iterator[int]:
    """Where words begin that may be a label: at the start of the line, behind a blank, a colon or a gap."""
    for match in _WORD.finditer(line.text):
        if opens(line, match.start()):
            yield match.start()


def _label_at(line: TextLine, start: int) -> Hit | None:
    """The longest run of words of known kinds from there, if it asks for something."""
    runs: list[tuple[int, list[frozenset[str]]]] = []
    kinds: list[frozenset[str]] = []
    at = start
    while (word := _WORD.match(line.text, at)) is not None:
        kind = _kinds().find(word[0])
        if not kind or word.end() - start > LONGEST or (not kinds and kind <= {"format"}):
            break
        kinds.append(kind)
        runs.append((word.end(), list(kinds)))
        between = _BETWEEN.match(line.text, word.end())
        at = between.end() if between else word.end()
        if "(" in line.text[word.end() : at] and ")" not in line.text[at:]:
            break
    for end, of_words in reversed(runs):
        meant = _meant(of_words, line.text[start:end]) or _whose(of_words, line.text[end:])
        if meant is not None and not _goes_on(of_words, line.text[end:]):
            key, party = meant
            return Hit(Phrase("label", key, party, letters=plain(line.text[start:end])), line, start, end, MADE_UP)
    return None


def _goes_on(words: Sequence[frozenset[str]], after: str) -> bool:
    """Whether a run of words is the beginning of a longer one: "Name of | ...", "The person or office | named above"."""
    rest = after.lstrip(" ),/")
    return rest[:1].islower() or (len(words) > 1 and words[-1] <= {"link"} and bool(rest))


def _whose(words: Sequence[frozenset[str]], after: str) -> tuple[str, str] | None:
    """A name, where only who is asked for stands before a colon: "Patient: ____", "Office: ____"."""
    said = frozenset[str]().union(*words) - {"link"}
    if not after.lstrip(" )").startswith((":", BLANK)):
        return None
    if said == {"patient"}:
        return "name", "patient"
    return ("name", "") if said == {"office"} else None


def _meant(words: Sequence[frozenset[str]], text: str) -> tuple[str, str] | None:
    """The key and the party of a label of such words; None where they ask for nothing."""
    said = frozenset[str]().union(*words)
    whose = said if "office" in said else said - OF_OFFICES  # "Current address" is the patient's own
    party = next((party for party, kind in _PARTIES if kind in whose), "")
    key = next((key for key, needed in _KEYS if needed <= said), "")
    if key == "last_first" and _at(words, "first") < _at(words, "last"):
        key = "name"  # "Name (First, Middle, Last)"
    if "other" in said:
        return ("ignore", "") if key else None
    return (key, _OWN_PARTY.get(key, party)) if key else _named(words, said, party, text)


def _at(words: Sequence[frozenset[str]], kind: str) -> int:
    """The place of the first word of that kind, and of no other."""
    return next(i for i, kinds in enumerate(words) if kind in kinds)


def _named(words: Sequence[frozenset[str]], said: frozenset[str], party: str, text: str) -> tuple[str, str] | None:
    """The same for labels that ask for the name of a person or of an office."""
    offices = sum("office" in w for w in words)
    if "name" not in said:  # "Doctor/Facility", "Agency, dentist or physician"
        several = offices > 1 and re.search(r"/|,|&|\b(?:or|and|o|u|y)\b", text)
        return ("name", party if party != "patient" else "") if several else None
    if "signs" in said or "print" in words[0]:
        return "printed_name", "signature"
    if "earlier" in said and not offices:
        return "other_names", "patient"
    return "name", party if party != "patient" or not offices else ""


_PARTIES = (
    ("destination", "receives"),
    ("destination", "next"),
    ("holder", "gives"),
    ("holder", "earlier"),
    ("holder", "now"),
    ("patient", "patient"),
)
OF_OFFICES = frozenset({"earlier", "now", "next"})
"""Kinds of words that tell whose a thing is only beside a word for an office: "New dentist"."""
_KEYS: tuple[tuple[str, frozenset[str]], ...] = tuple(
    (key, frozenset(needed.split()))
    for key, needed in (
        ("attention", "attention"),
        ("last_first", "last first"),
        ("dob", "birth"),
        ("phone_fax", "phone fax"),
        ("fax", "fax"),
        ("phone", "phone"),
        ("email", "email"),
        ("name_address", "name address"),
        ("address", "address zip"),
        ("address", "street zip"),
        ("city_state_zip", "city zip"),
        ("state_zip", "state zip"),
        ("zip", "zip"),
        ("city_state", "city state"),
        ("address", "address"),
        ("address", "office located"),
        ("street", "street"),
        ("city", "city"),
    )
)
"""What is asked for, by the kinds of words that say so; the first that has all."""
_OWN_PARTY = {"attention": "destination", "last_first": "patient", "dob": "patient"}


_OFFICE = r"(?:dentist|doctor|practice|office|provider)"
HEADINGS = tuple(
    (part, re.compile("|".join(patterns), re.IGNORECASE))
    for part, patterns in (
        ("somebody", (r"\bemergency\b",)),
        (
            "office",
            (
                r"\b(?:office|staff|clinic|internal|department|official|hospital|him|practice)\b.{0,12}\b(?:use|only)\b",
                r"write\s+below",
            ),
        ),
        ("revocation", (r"^(?:cancellation|revocation|revocaci)",)),
        (
            "destination",
            (
                r"\breceiv(?:e|es|er|ing)\b(?!\s+(?:\w+\s+){0,2}(?:treatment|care|services?)\b)(?!.*\bfrom$)",
                r"\brecipients?\b",
                r"\bwhere\b.*\b(?:send|sent|go)\b(?!\s+for\b)(?!.*\bfrom$)",
                r"\bto\s+whom\b",
                r"\bwho\b.*\b(?:gets?|see|sees|needs|wants|(?:should|may|can|will)\s+have)\b",
                r"\b(?:sent|released|mailed|given|disclosed|delivered|transferred)\s+to$",
                rf"\b(?:new|next)\s+(?:\w+\s+)?{_OFFICE}\b",
            ),
        ),
        (
            "holder",
            (
                r"\b(?:has|(?<!should )(?<!may )(?<!can )(?<!will )have|holds|held|kept|keeps)\b.*"
                r"\b(?:records?|information|chart)\b",
                r"\b(?:records?|information)\b.*\b(?:held|kept)\b",
                r"\b(?:disclosed|released|provided|sent)\s+by$",
                r"\bauthori[sz]\w+\b.*\bto\s+(?:disclose|release|give|send|share|provide|furnish)\b(?!.*\bto$)",
                r"\b(?:releasing|disclosing)\b|\bwho\s+(?:releases|discloses)\b",
                r"^(?:(?:i|we|patient)\s+)?(?:hereby\s+)?authori[sz]es?$",
                rf"\b(?:previous|former|current|present|prior)\s+(?:\w+\s+)?{_OFFICE}\b",
            ),
        ),
        (
            "patient",
            (
                r"^(?:(?:who\s+is|about|our)\s+)?(?:the\s+)?(?:patient|client|child|member|student|individual|you|your|minor)(?:['’]?s)?"
                r"(?:\s+(?:information|details|data|section|identification))?$",
            ),
        ),
        ("purpose", (r"\b(?:purpose|reason|why)\b", r"\bwhat\b.*\bfor$")),
        (
            "scope",
            (
                r"\b(?:records?|information|items|documents)\b.*\b(?:releas|disclos|request|need|want|includ|cop|send)\w*",
                r"\b(?:please\s+)?(?:include|send|release|furnish)\b.{0,12}$",
                r"^what\b.*\b(?:shared|released|disclosed|copy|copied|send|sent)$",
            ),
        ),
        ("delivery", (r"^(?:the\s+)?(?:delivery|method|format|send\s+by|how\b.*\b(?:send|receive|deliver\w*|sent))\b",)),
        ("expiry", (r"^(?:expir\w+|duration|how\s+long)\b",)),
    )
)
"""What a heading that no list has is about, by its words; the first that fits."""
LONGEST_HEADING, LONGEST_NUMBERED = 46, 72
"""Letters, without and with a number before them."""


def heading_of(line: TextLine) -> str:
    """The part of the form that a line heads, told by its words; an empty word where it is none.

    A line is asked only if it looks like a heading: short, of words, and standing out: numbered, in capitals, or ending in a
    colon or a question mark.
    """
    text = re.sub(r"\([^)]*\)", " ", line.text)
    words = re.sub(
        r"^\W*(?:\d{1,2}|[IVX]{1,4}|[A-H])[.)]\s*|^(?:part|section|step)\s+\w{1,3}\W+",
        "",
        text.strip(" *•□☐■"),
        flags=re.IGNORECASE,
    )
    numbered = words != text.strip(" *•□☐■")
    said = words.strip(" :?.-–")
    most = LONGEST_NUMBERED if numbered else LONGEST_HEADING
    if not said or len(plain(said)) > most or any(c.isdigit() for c in said) or "_" in said:
        return ""
    stands_out = numbered or said.isupper() or words.rstrip().endswith((":", "?"))
    if not stands_out:
        return ""
    return "excluded" if refuses(line.text) else part_meant(said)


def part_meant(words: str) -> str:
    """The part of a form that such words head, or an empty word."""
    return next((part for part, pattern in HEADINGS if pattern.search(words)), "")
