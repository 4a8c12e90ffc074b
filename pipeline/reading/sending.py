"""Where a letter wants the records sent: the words that lead there, and the name and address that follow.

"Please forward them to my new dentist:" with a block of lines under it, or a name with its address in the sentence itself.
What is found here is text with its place in the text; `letters` brings it to the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.reading import values
from pipeline.reading.addresses import address_in
from pipeline.reading.text import plain
from pipeline.reading.values import Value
from pipeline.reading.words import is_form_text
from schemas.reading import FieldName

PLAIN, LOOSE = 0.9, 0.7
"""How far a sentence is believed, against 1 for a label with its value beside it."""
HEAD = 200
"""Letters at the start of a page among which the address of its letterhead begins."""
LONGEST_BLOCK = 8
"""Lines of a name and an address."""

_DOT = r"(?:(?<=\b[A-Z])\.|(?<=\bDr)\.|(?<=\bSt)\.|(?<=\bMt)\.)"
"""A dot that ends no sentence: behind an initial or one of a few short forms that begin a name."""
_WORD = rf"[A-Z][\w'’&\-]*{_DOT}?"
_SUFFIX = (
    r"(?:,\s+(?i:attorneys?\s+at\s+law|l\.?l\.?[pc]\.?|p\.?l\.?l\.?c\.?|p\.?[ac]\.?|inc\.?|d\.?d\.?s\.?|d\.?m\.?d\.?|m\.?d\.?)"
    r"(?![A-Za-z]))?"
)
DOCTOR = r"Drs?\.?\s+[A-Z][\w'’\-]+(?:[ ]+[A-Z][\w'’\-]+)?"


def _office(gap: str) -> str:
    return rf"(?:Drs?\.?\s+)?{_WORD}(?:{gap}(?:(?:of|and|the){gap}){{0,2}}(?:&{gap})?{_WORD}){{0,6}}{_SUFFIX}"


OFFICE = _office(r"[ ]+")
"""A name of words with capitals; it ends with its sentence."""
_WRAPPED = _office(r"\s+")
"""The same where it may run on into the next line: only where an address follows at once."""

RUN = r"(?:[^.?!]|(?<=\bDr)\.|(?<=\bMr)\.|(?<=\bMrs)\.|(?<=\bMs)\.)"
"""A letter within a sentence."""
_WHAT = (
    r"(?:records?|x-?rays?|charts?|files?|films?|images?|imaging|radiographs|copy|copies|history|documents?|notes|everything"
    r"|them|these)"
)
VERB = (
    r"(?<!not )(?<!n't )(?<!never )"
    r"\b(?i:send|forward|transfer|release|mail|fax|e-?mail|provide|deliver|submit|furnish|produce)\b"
)
"""What is to be done with the records, where that is not forbidden."""
_DONE = r"(?i:sent|forwarded|transferred|released|mailed|faxed|e-?mailed|provided|delivered|addressed|directed|go)"
_PLACE = (
    r"(?:dentist|doctor|dental office|office|orthodontist|practice|specialist|surgeon|endodontist|periodontist|prosthodontist"
    r"|provider|physician|cardiologist|clinic|address|firm|company|recipient|person|party)"
)
_WHOM = (
    rf"(?:(?i:my|our|his|her|their|the|this)\s+(?:(?i:new|next|own|following|other|future|family|general|treating|current)\s+)"
    rf"{{0,2}}(?i:{_PLACE})(?:\s+(?i:(?:named|listed|given|shown)?\s*below|named|at))?\s*[,:]?\s+|(?i:the)\s+)?"
)
_TO = r"(?<!referred)(?<!belonging)(?<!according)(?<!due)\s+(?i:to)"
_LEAD = rf"(?:{VERB}{RUN}{{0,80}}?\b(?i:{_WHAT})\b{RUN}{{0,120}}?{_TO}|\b(?i:{_WHAT})\b{RUN}{{0,60}}?\s+{_DONE}\s+(?i:to))"
SEND = rf"{_LEAD}\s*:?\s+{_WHOM}"
"""The words before a destination: what to do with the records, and to whom."""

_TO_WRITER = re.compile(
    rf"{VERB}\s+(?i:us)\b|{_LEAD}\s+(?i:us|me|(?:our|my|this) (?:office|practice|firm|clinic|department)|the undersigned"
    r"|the (?:above )?address)\b"
)
_BEFORE_BLOCK = re.compile(rf"(?m)(?:{_LEAD}|^[ ]*(?i:to))(?:[ ]+(?P<whom>[^\n.?!:]{{0,60}}?))?[ ]*:[ ]*\n")
"""A colon at the end of its line: the lines under it say to whom."""
_OF_LIST = re.compile(rf"(?i)\b{_WHAT}\b")
_BEFORE_NAME = re.compile(
    rf"{SEND}(?:(?P<doctor>{DOCTOR})\s*(?:,(?:\s+(?:at|of|with)\b)?|\b(?:at|of|with)\b)\s+)?(?P<value>{_WRAPPED})"
)
ADDRESS = r"(?P<value>(?:\d|P\.? ?O\.?)[^\n]*?(?:\n[^\n]*?){0,2}\b[A-Z]{2},?\s+\d{5}(?:-\d{4})?)(?!\d)"
_ADDRESS = re.compile(ADDRESS)
_THEN_ADDRESS = re.compile(rf"(?P<gap>(?:\.?,)?\s+(?i:(?:located )?at\s+)?){ADDRESS}")
_NAME_LINE = re.compile(rf"[ ]*(?P<value>{OFFICE})[ ]*,?[ ]*")
_DOCTOR_LINE = re.compile(
    rf"[ ]*(?P<value>(?:{DOCTOR}|{_WORD}(?:[ ]+{_WORD}){{1,3}},?[ ]+(?:D\.?D\.?S|D\.?M\.?D|M\.?D)\b\.?)[^\n\d:]{{0,12}})"
)
_ATTENTION = re.compile(r"(?i)[ ]*(?:attn|attention|att|c/o)\b[.:]?[ ]*(?P<value>[^\n]*\w[^\n]*)")
_NUMBER = re.compile(r"\(?\d{3}\)?[\s.\-]*\d{3}[\s.\-]*\d{4}(?!\d)")
_FAX_BEFORE = re.compile(r"(?i)\b(?:fax|f)\b[^\w(]*(?:\w+\W+)?$")


@dataclass(frozen=True)
class Said:
    """A value that a text says, and where: the index of its first letter, and of the one behind its last."""

    name: FieldName
    value: Value
    start: int
    end: int
    fit: float


def destination_in(text: str) -> list[Said]:
    """The first destination that a text names with an address: in lines under a colon, or in the sentence; else []."""
    leads = sorted([*_BEFORE_BLOCK.finditer(text), *_BEFORE_NAME.finditer(text)], key=lambda m: m.end())
    for lead in leads:
        found = _in_lines(text, lead) if lead.re is _BEFORE_BLOCK else _in_sentence(text, lead)
        if found:
            return found
    return []


def goes_to_the_writer(text: str) -> bool:
    """Whether the records are asked for "to our office", "to us", and not for anybody else."""
    return bool(_TO_WRITER.search(text))


def office_in_head(text: str) -> list[Said]:
    """Whoever the first line of a letterhead names, with the address in the lines after it."""
    first = text.split("\n", maxsplit=1)[0]
    name = _NAME_LINE.fullmatch(first)
    if name is None or (value := office_name(name["value"])) is None:
        return []
    home = _ADDRESS.search(text[: 2 * HEAD])
    said = [Said(FieldName.DESTINATION_NAME, value, *name.span("value"), LOOSE)]
    return said + (address_of(text, *home.span("value"), "destination", ", ") if home and home.start() < HEAD else [])


def address_of(text: str, start: int, end: int, party: str, join: str) -> list[Said]:
    """The parts of the address there. `join` stands for a line break: a comma in a block, nothing in a sentence."""
    parts = address_in(re.sub(r"\s*\n\s*", join, text[start:end]))
    given = {"street": parts.street, "city": parts.city, "state": parts.state, "zip": parts.zip}
    return [Said(FieldName(f"{party}.{part}"), value, start, end, PLAIN) for part, value in given.items() if value is not None]


def office_name(text: str) -> Value | None:
    """The name of an office, or None where the words are a form's or hardly any."""
    tidy = values.tidy(" ".join(text.split()))
    return Value(tidy) if len(plain(tidy)) > 2 and not is_form_text(tidy, allowed=1) else None


def _in_sentence(text: str, lead: re.Match[str]) -> list[Said]:
    """ "... to Dr. Chen at Oak Dental, 9 Mill Lane, Beverly, MA 01915": only where the address follows at once."""
    place = _THEN_ADDRESS.match(text, lead.end("value"))
    name = office_name(lead["value"])
    if place is None or name is None:
        return []
    if "\n" in lead["value"] and "\n" in place["gap"] and "," not in place["gap"]:
        return []  # two lines of a block, and no name that runs on
    join = " " if "," in place["gap"] or "\n" not in place["gap"] else ", "
    said = [Said(FieldName.DESTINATION_NAME, name, lead.start("value"), lead.end("value"), PLAIN)]
    if lead["doctor"]:
        doctor = Value(" ".join(lead["doctor"].split()))
        said.append(Said(FieldName.DESTINATION_ATTENTION, doctor, lead.start("doctor"), lead.end("doctor"), PLAIN))
    return said + address_of(text, place.start("value"), place.end("value"), "destination", join)


def _in_lines(text: str, lead: re.Match[str]) -> list[Said]:
    """A name with an address or numbers under it. A list of names alone, or a sentence, is no address."""
    if not _asks_before(text, lead):
        return []
    lines = list(_lines(text, lead.end()))
    said: list[Said] = []
    home: tuple[int, int] | None = None
    for at, line in lines:
        known = {s.name for s in said}
        if numbers := list(_numbers(at, line)):
            said += [n for n in numbers if n.name not in known]
        elif (mail := values.email_in(line)) is not None and "@" in line:
            said.append(Said(FieldName.DESTINATION_EMAIL, mail, at, at + len(line), PLAIN))
        elif who := _whose_attention(line, lines, known):
            value = Value(values.tidy(who["value"]))
            said.append(Said(FieldName.DESTINATION_ATTENTION, value, at + who.start("value"), at + who.end("value"), PLAIN))
        elif home is None and FieldName.DESTINATION_NAME not in known and (name := _named(line)):
            said.append(Said(FieldName.DESTINATION_NAME, name, at, at + len(line), PLAIN))
        elif known and home is None and (whole := _ADDRESS.match(text, at + _indent(line))):
            home = whole.span("value")
            said += address_of(text, *home, "destination", ", ")
        elif home is None or at >= home[1]:
            break
    named = any(s.name is FieldName.DESTINATION_NAME for s in said)
    return said if named and len(said) > 1 else []


def _asks_before(text: str, lead: re.Match[str]) -> bool:
    """Whether a request to send records leads to the colon: in its sentence, or before a list that "to ...:" follows."""
    if re.match(rf"{_LEAD}", lead[0]):
        return True
    before = text[max(0, lead.start() - 400) : lead.start()]
    return bool(re.search(rf"{VERB}", before) and _OF_LIST.search(before))


def _lines(text: str, at: int) -> Iterator[tuple[int, str]]:
    for line in text[at:].split("\n")[:LONGEST_BLOCK]:
        if line.strip():
            yield at, line
        at += len(line) + 1


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _named(line: str) -> Value | None:
    match = _NAME_LINE.fullmatch(line)
    return office_name(match["value"]) if match else None


def _whose_attention(line: str, lines: list[tuple[int, str]], known: set[FieldName]) -> re.Match[str] | None:
    """Whom a line names within an office: marked so, or a dentist right above or right under the office."""
    marked = _ATTENTION.fullmatch(line)
    above = not known and len(lines) > 1 and _named(lines[1][1]) is not None
    return marked or (_DOCTOR_LINE.fullmatch(line) if above or known == {FieldName.DESTINATION_NAME} else None)


def _numbers(at: int, line: str) -> Iterator[Said]:
    """Phone and fax numbers of a line, each told by the word before it; without one it is a phone."""
    for match in _NUMBER.finditer(line):
        numbers = values.phones_in(match[0])
        fax = _FAX_BEFORE.search(line[: match.start()])
        if numbers:
            name = FieldName.DESTINATION_FAX if fax else FieldName.DESTINATION_PHONE
            yield Said(name, numbers[0][0], at + match.start(), at + match.end(), PLAIN)
