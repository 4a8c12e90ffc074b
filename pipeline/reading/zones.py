"""Whom a part of the form is about, and what: the headings above a place, its column, the signature on its row.

Two questions are answered apart, because forms lay them out apart: the party (patient, holder, destination, ...) that a
"Name" or "Phone" belongs to, and the topic (scope, purpose, delivery, ...) that a box belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from pipeline.reading.geometry import Rect, around
from pipeline.reading.labels import BLANK, Hit, found_in, is_prose
from pipeline.reading.layout import Layout
from pipeline.reading.text import Letter, TextLine, plain
from pipeline.reading.wording import heading_of, names_an_office, part_meant
from pipeline.reading.words import EXCLUDES

PARTIES = frozenset({"patient", "holder", "destination", "somebody", "office", "revocation", "signature"})
OF_PEOPLE = frozenset({"patient", "holder", "destination"})
TOPICS = frozenset(
    {
        "scope",
        "purpose",
        "delivery",
        "sensitive",
        "excluded",
        "facility",
        "office",
        "revocation",
        "expiry",
        "signature",
        "statement",
        "patient",
        "holder",
        "destination",
    }
)
NAMING = frozenset({"name", "last_first", "last", "first", "address"})
"""Labels that say whose they are ("Recipient's name") begin that party's part, too."""
REACHED_BY = frozenset({"email", "fax"})
BARE = frozenset({"signature", "signed", "firma"})
"""Labels of a signature that do not say whose."""
OTHERS = frozenset({"witness", "interpreter", "notary", "testigo"})
SIGNING = frozenset({"signature", "representative", "witness", "office", "revocation"})


@dataclass(frozen=True)
class Heading:
    """The start of a part of the form."""

    part: str
    line: TextLine
    start: int
    end: int
    rect: Rect

    @property
    def flows_on(self) -> bool:
        """Whether its sentence goes on in the same row: no colon or line end follows."""
        after = self.line.text[self.end :].lstrip(" )")
        return bool(after) and ":" not in after[:24] and not after.startswith((":", BLANK)) and self.end > self.start


@dataclass(frozen=True)
class Zones:
    """Answers about places on one page."""

    headings: tuple[Heading, ...]
    labels: tuple[Hit, ...]
    layout: Layout
    closings: tuple[Rect, ...] = ()
    """Short lines that end with a colon, such as "Dental:" under a list of sensitive records: another list begins."""

    def party_of(self, hit: Hit) -> str:
        """Whose value the label asks for: its own words, else the heading above."""
        heading = self._above(hit.rect, PARTIES)
        if hit.phrase.key == "date_signed":
            return self.signer_of(hit)
        if heading in ("office", "revocation"):
            return heading
        if hit.phrase.key == "other_name":  # a destination's "Other: ____", but no other list's
            nearest = self._above(hit.rect, PARTIES | TOPICS)
            return nearest if nearest in ("destination", "holder") else "letterhead"
        if hit.phrase.key == "printed_name":
            return "signature" if self.signer_of(hit) in ("signature", "representative") or heading == "signature" else "witness"
        if hit.phrase.key in REACHED_BY and not hit.phrase.party and self._above(hit.rect, PARTIES | TOPICS) == "delivery":
            return "destination"  # how, and so where, the copy is to be sent
        party = self._who_signs(hit) or self._party_of_place(hit.rect, heading)
        return "letterhead" if party == "patient" and not hit.phrase.party and self._beside_fax(hit) else party

    def _beside_fax(self, hit: Hit) -> bool:
        """Whether a fax number is asked for, or stands, right above or below: such a block is an office's, and no patient's.

        So is a line that holds an office's whole address, a letterhead's or a footer's.
        """
        rect = hit.rect
        if _OFFICE_LINE.search(hit.line.text):
            return True
        return hit.phrase.key in ("phone", "fax", "email") and any(
            h.phrase.key == "fax"
            and (h is hit or abs(h.rect.middle[1] - rect.middle[1]) > 0.5 * rect.height)
            and abs(h.rect.left - rect.left) < rect.height
            and abs(h.rect.middle[1] - rect.middle[1]) < 2.5 * rect.height
            for h in self.labels
        )

    def _party_of_place(self, rect: Rect, heading: str) -> str:
        """Without words that say so: the heading's party; under a signature and at the start of a form, the patient."""
        if heading:
            return "patient" if heading == "signature" else heading
        start = self.patient_starts()
        return "patient" if start is not None and rect.bottom > start else "letterhead"

    def topic_of(self, place: Rect) -> str:
        """What a box at that place is about, or an empty word."""
        heading = self._heading_above(place, TOPICS)
        if heading is None or (heading.part == "sensitive" and self._closed(heading.rect, place)):
            return ""
        return heading.part

    def _closed(self, heading: Rect, place: Rect) -> bool:
        return any(
            heading.bottom < c.middle[1] < place.top and abs(c.left - place.left) < 3 * place.height + c.height
            for c in self.closings
        )

    def revokes(self, hit: Hit) -> bool:
        """Whether the label stands under words that take the authorization back, and not only say that one may."""
        heading = self._heading_above(hit.rect, PARTIES - {"signature"})
        return heading is not None and heading.part == "revocation" and bool(_REVOKES.search(heading.line.text))

    def signer_of(self, hit: Hit) -> str:
        """Whose signature a date or a printed name stands beside: on its row, else the nearest row above it."""
        signatures = [h for h in self.labels if h.phrase.key == "signature"]
        if self._above(hit.rect, PARTIES) in ("office", "revocation"):
            return "office"
        signatures += [h for h in self.labels if h.phrase.key == "printed_name"] if not signatures else []
        on_row = [h for h in signatures if h.rect.same_row(hit.rect, 0.3)]
        before = [h for h in on_row if h.rect.left < hit.rect.left]
        if before:
            return self._who_signs(max(before, key=lambda h: h.rect.left))
        if on_row:
            return self._who_signs(min(on_row, key=lambda h: h.rect.left))
        if self._signature_is_covered(hit, [h for h in signatures if h.phrase.key == "signature"]):
            return "representative"
        row = [h for h in self.labels if h.phrase.key in ("printed_name", "relationship") and h.rect.same_row(hit.rect, 0.3)]
        if row:  # the signature's own label may be covered by the signature
            return "signature"
        gaps = [(hit.rect.middle[1] - h.rect.middle[1], self._who_signs(h)) for h in signatures]
        height = hit.rect.height
        near = [(abs(gap), party) for gap, party in gaps if -4.5 * height < gap < 12 * height]
        return min(near)[1] if near else ""

    def _who_signs(self, hit: Hit) -> str:
        """Whose value a label's own words ask for; a bare "Signature" right under or beside "Witness" is the witness's."""
        rect = hit.rect
        if hit.phrase.key != "signature" or hit.phrase.letters not in BARE:
            return hit.phrase.party
        others = [h for h in self.labels if h is not hit and (h.phrase.party == "witness" or h.phrase.letters in OTHERS)]
        theirs = any(
            h.line is hit.line
            or (abs(h.rect.left - rect.left) < rect.height and 0 < rect.middle[1] - h.rect.middle[1] < 1.6 * rect.height)
            for h in others
        )
        return "witness" if theirs else hit.phrase.party

    def _signature_is_covered(self, hit: Hit, signatures: Sequence[Hit]) -> bool:
        """Whether the patient's own signature label was not read on this page, though the lines around it were."""
        if any(self._who_signs(h) in ("signature", "representative") for h in signatures):
            return False
        near = [h for h in self.labels if h.phrase.key in ("printed_name", "relationship") and h is not hit]
        return any(-1 < (h.rect.middle[1] - hit.rect.middle[1]) / hit.rect.height < 9 for h in near)

    def _above(self, place: Rect, parts: frozenset[str]) -> str:
        heading = self._heading_above(place, parts)
        return heading.part if heading else ""

    def _heading_above(self, place: Rect, parts: frozenset[str]) -> Heading | None:
        reaching = [h for h in self.headings if h.part in parts and self._reaches(h, place, parts)]
        if not reaching:
            return None
        lowest = max(reaching, key=lambda h: h.rect.top).rect
        return max((h for h in reaching if h.rect.same_row(lowest)), key=lambda h: h.rect.left)

    def _reaches(self, heading: Heading, place: Rect, parts: frozenset[str]) -> bool:
        """Whether the place is below (or after) the heading and in its column."""
        rect = heading.rect
        if rect.top > place.middle[1] or (rect.same_row(place) and rect.left > place.left + 4):
            return False
        left, right, next_column = self._span(heading, parts)
        if place.left > rect.right and place.left >= next_column - rect.height:
            return False
        return left <= place.middle[0] < right + 0.01 * self.layout.width or left <= place.left < right

    @cached_property
    def _spans(self) -> dict[tuple[int, frozenset[str]], tuple[float, float, float]]:
        """What `_span` has found out."""
        return {}

    def _span(self, heading: Heading, parts: frozenset[str]) -> tuple[float, float, float]:
        """From where to where a heading rules, and where a column to its right begins that a higher one still rules over."""
        key = (id(heading), parts)
        if key not in self._spans:
            self._spans[key] = (*self._column_of(heading, parts), self._next_column(heading))
        return self._spans[key]

    def _column_of(self, heading: Heading, parts: frozenset[str]) -> tuple[float, float]:
        rect, width = heading.rect, self.layout.width
        on_row = [h for h in self.headings if h is not heading and h.rect.same_row(rect, 0.5)]
        row = [h for h in on_row if h.part in parts]
        right = min([h.rect.left for h in row if h.rect.left > rect.right], default=float(width))
        others = [h.rect for h in row if not h.flows_on] + [h.rect for h in self.labels if h.rect.same_row(rect, 0.5)]
        alone = not any(r.right <= rect.left for r in others)
        centred = abs(rect.middle[0] / width - 0.5) < 0.08
        wide = any(h.flows_on for h in on_row if h.rect.right <= rect.left)
        if not alone and not wide:
            return min(rect.left - 0.03 * width, self._first_name_under(heading, row)), right
        return 0.0 if wide or (alone and (rect.left < 0.4 * width or centred)) else rect.left - 0.03 * width, right

    def _first_name_under(self, heading: Heading, row: Sequence[Heading]) -> float:
        """Where the name right under a heading is asked for, if that is left of the heading but nearer to it than to the one
        before: headings may stand in the middle of their columns."""
        rect = heading.rect
        before = max((h.rect.right for h in row if h.rect.right <= rect.left), default=rect.left)
        middle = (before + rect.left) / 2
        under = [
            h.rect.left - 0.01 * self.layout.width
            for h in self.labels
            if h.phrase.key == "name" and middle < h.rect.left < rect.left and 0 < h.rect.top - rect.bottom < 5 * rect.height
        ]
        return min(under, default=rect.left)

    def _next_column(self, heading: Heading) -> float:
        """Where a column to the right begins that a higher heading still rules over: labels of it stand beside this one."""
        rect = heading.rect
        beside = [h.rect.left for h in self.labels if abs(h.rect.middle[1] - rect.middle[1]) < 2.5 * rect.height]
        columns = [
            h.rect.left
            for h in self.headings
            if h.part in OF_PEOPLE and 0 < rect.top - h.rect.bottom < 6 * rect.height and h.rect.left > rect.right
        ]
        return min((c for c in columns if any(abs(left - c) < 1.5 * rect.height for left in beside)), default=1e9)

    def patient_starts(self) -> float | None:
        """Where the patient's part begins: above it is the letterhead."""
        tops = [
            h.rect.top - 1.5 * h.rect.height
            for h in self.labels
            if h.phrase.key in ("dob", "last_first") or (h.phrase.party == "patient" and h.phrase.key in NAMING)
        ]
        return min(tops, default=None)


def find_headings(
    lines: Sequence[TextLine], hits: Mapping[int, Sequence[Hit]], labels: Sequence[Hit], layout: Layout
) -> tuple[Heading, ...]:
    """Headings proper, and the labels that begin a party's part."""
    found = [
        Heading(h.phrase.key, h.line, h.start, h.end, h.rect)
        for line in lines
        for h in hits[line.number]
        if h.phrase.kind == "heading" and _is_heading(h) and not _in_choice(h) and not is_choice_row(h, lines)
    ]
    found += [h for line in lines for h in _directions(line)] + _stacked(lines, layout)
    meant = _by_meaning(lines, found, labels)
    said = {id(h.line) for h in meant}
    found = [h for h in found if id(h.line) not in said] + meant
    for label in labels:
        if label.phrase.key in NAMING and label.phrase.party in PARTIES:
            found.append(Heading(label.phrase.party, label.line, label.start, label.end, label.rect))
        elif label.phrase.key == "signature":
            found.append(Heading("signature", label.line, label.start, label.start, label.rect))
    return (*found, *_of_somebody(found, labels, layout))


def _of_somebody(found: Sequence[Heading], labels: Sequence[Hit], layout: Layout) -> list[Heading]:
    """Labels that ask for an office's name, or for one more name, where only the patient's part is known to have begun.

    Whose part begins there, its heading would say, but it was not read. What follows is nobody's, and never the patient's.
    """
    zones = Zones(tuple(found), tuple(labels), layout)
    own = min(
        (h.rect.bottom for h in labels if h.phrase.party == "patient" and h.phrase.key in NAMING - {"address"}), default=1e9
    )
    return [
        Heading("somebody", h.line, h.start, h.end, h.rect)
        for h in labels
        if h.phrase.key == "name"
        and not h.phrase.party
        and zones.party_of(h) == "patient"
        and (names_an_office(h.phrase.letters) or h.rect.top > own)
    ]


def _by_meaning(lines: Sequence[TextLine], found: Sequence[Heading], labels: Sequence[Hit]) -> list[Heading]:
    """Headings that no list has; not among the titles over the patient's part. "Facility releasing the information" is more than
    a list of houses."""
    first = min((h.rect.top for h in labels), default=0.0) - 4 * (labels[0].rect.height if labels else 0.0)
    headed = {id(h.line): h.part for h in found}
    meant = ((line, heading_of(line)) for line in lines)
    return [
        Heading(part, line, 0, len(line.text), line.rect)
        for line, part in meant
        if (part == "patient" or (part and line.rect.bottom > first))
        and (
            id(line) not in headed
            or part == "excluded"
            or headed[id(line)] == "facility"
            or (part in OF_PEOPLE and headed[id(line)] in FOR_PLACES)
        )
    ]


FOR_PLACES = frozenset({"delivery", "scope"})
"""Parts whose usual headings differ by a word from those that ask for a place: "Records to be sent by", "... to"."""


_TO = re.compile(
    r"\b(?:releas|disclos|send|provid|forward|mail|deliver|transfer|giv|furnish|request)\w*\b"
    r"[^:_.]{0,60}\b(?:to|from)\b(?=[^\w:_]*(?:\([^)]*\)\s*)?(?:[:_]|$))",
    re.IGNORECASE,
)
"""A request to send to, or to obtain from, whoever follows: a blank, or the end of the line."""

_TO_FOLLOWING = re.compile(
    r"\b(?:releas|disclos|send|provid|forward|deliver|transfer|giv|furnish)\w*\b.*\bto\s+(?:the\s+)?"
    r"(?:following|person|party|office|dentist|doctor|provider|facility|entity|recipient)\b[^.]{0,60}:\s*$",
    re.IGNORECASE,
)
"""The same, with words for whoever follows: "... to the following person or entity (Recipient):"."""
_TO_WHOM = re.compile(
    r"^\W*(?:to\s+)?(?:release|send|disclose|forward|transfer|provide|give|mail)\b[^:_.]{0,40}"
    r"\b(?:records?|charts?|x-?rays?|radiographs|information|copies|files?)\b[^:_.]{0,30}\bto\b(?=\s+[A-Z][\w.'’]*\s)",
    re.IGNORECASE,
)
"""A line that begins with the request, and on which the name follows: "to release copies of my records to Elm Street Dental"."""
_LEAVE = re.compile(r"(?i)\b(?:permission|consent|authori[sz]ation|authority|leave)\s+to$")
"""Leave is given to whoever has the records."""
_BOTH_WAYS = re.compile(r"(?i)\bto\s*(?:/|or|and|&)\s*(?:\w+\s+)?from$")
"""A form that serves to send and to obtain: here it was sent to the holder, so whoever is named receives."""

_BACK = re.compile(
    r"^\W*(?:please\s+)?(?:return|send|submit|mail|fax|deliver)\w*\s+(?:\w+\s+){0,2}?"
    r"(?:completed|signed|form|authorization|this)\b[^:]{0,40}\bto\b",
    re.IGNORECASE,
)
"""Where the form itself is to be sent: the holder's own address follows."""


_OFFICE_LINE = re.compile(r"(?i)\b\d{5}\b.*\bphone\b.*\bfax\b")
_REVOKES = re.compile(r"(?i)hereby\s*(?:revoke|cancel|withdraw)|por la presente revoco")


def _directions(line: TextLine) -> list[Heading]:
    """Where a sentence asks to send to, or to obtain from, whoever is named after its colon."""
    back = _BACK.match(line.text)
    if back:
        return [Heading("office", line, 0, back.end(), line.part(0, back.end()))]
    if _REVOKES.search(line.text):
        return [Heading("revocation", line, 0, 0, line.rect)]
    if EXCLUDES.search(line.text):  # "Do not send to:"
        return []
    found = []
    for match in _TO.finditer(line.text):
        before = line.text[: match.start()]
        if is_prose(line) and not line.text[match.end() :].lstrip(" )").startswith((":", BLANK)) and len(plain(before)) > 8:
            continue
        receives = match[0].lower().endswith("to") and not _LEAVE.search(match[0])
        part = "destination" if receives or _BOTH_WAYS.search(match[0]) else "holder"
        found.append(Heading(part, line, match.start(), match.end(), line.part(match.start(), match.end())))
    request = _TO_WHOM.match(line.text)
    if not found and request and line.text[request.end() :].lstrip()[:1].isupper():
        return [Heading("destination", line, 0, request.end(), line.part(0, request.end()))]
    if not found and _TO_FOLLOWING.search(line.text):
        found.append(Heading("destination", line, 0, len(line.text), line.rect))
    return found


def asks_for_whom(heading: Heading) -> bool:
    """Whether the name of who receives follows on the heading's own line."""
    match = _TO_WHOM.match(heading.line.text)
    return match is not None and match.end() == heading.end


def _stacked(lines: Sequence[TextLine], layout: Layout) -> list[Heading]:
    """Headings set in a narrow left column, one word or two a line; they rule over the row of the table they stand in."""
    narrow = sorted(
        (r for r in lines if r.rect.right < 0.26 * layout.width and len(plain(r.text)) < 26), key=lambda r: r.rect.top
    )
    groups: list[list[TextLine]] = []
    for line in narrow:
        near = next(
            (
                g
                for g in groups
                if -0.3 * line.rect.height < line.rect.top - g[-1].rect.bottom < 0.7 * line.rect.height
                and abs(g[-1].rect.left - line.rect.left) < 2 * line.rect.height
            ),
            None,
        )
        if near is not None:
            near.append(line)
        else:
            groups.append([line])
    found = []
    for group in groups:
        rect = around([line.rect for line in group])
        cell = layout.cell(rect) or (
            _row_of(rect, group[0].rect.height, layout)
            if (len(group) > 1 or part_meant(group[0].text) in OF_PEOPLE) and not any(BLANK in r.text for r in group)
            else None
        )
        if cell is None or cell.right > 0.3 * layout.width:
            continue
        words = TextLine(
            -1,
            rect,
            tuple(letter for line in group for letter in (*line.letters, Letter(" ", line.rect.right, line.rect.right, 1.0))),
        )
        listed = [h.phrase.key for h in found_in(words, ("heading",)) if _is_heading(h) and h.start == 0]
        meant = [] if listed or (part := part_meant(words.text.strip(" :"))) == "" else [part]
        place = Rect(cell.left, cell.top, cell.right, cell.top + group[0].rect.height)
        found += [Heading(part, words, 0, 0, place) for part in listed + meant]
    return found


def _row_of(place: Rect, line_height: float, layout: Layout) -> Rect | None:
    """The row of a table around `place`, between two long rules, where the walls of its cell are not drawn or not seen."""
    long = [r for r in layout.across if r.width > 0.5 * layout.width]
    top = max((r.bottom for r in long if r.bottom <= place.top + 4), default=None)
    bottom = min((r.top for r in long if r.top >= place.bottom - 4), default=None)
    if top is None or bottom is None or place.top - top > HIGHEST_ROW * line_height:
        return None
    return Rect(place.left, top, place.right, bottom)


HIGHEST_ROW = 8
"""Lines from the upper rule of its row to a heading at most."""


def _in_choice(heading: Hit) -> bool:
    """Whether the words are a part of a choice about something else: "Request of Patient" is a purpose, and no requestor."""
    return any(
        h.start <= heading.start and heading.end < h.end and h.phrase.party != heading.phrase.key
        for h in found_in(heading.line, ("choice",))
    )


def is_choice_row(hit: Hit, lines: Sequence[TextLine]) -> bool:
    """Whether the words are one of the choices that stand side by side on their row: "New dentist", "Second opinion"."""
    if hit.colon or not _is_choice(hit.line):
        return False
    return any(line is not hit.line and line.rect.same_row(hit.rect, 0.5) and _is_choice(line) for line in lines)


def _is_choice(line: TextLine) -> bool:
    letters, _index = line.key
    return any(len(h.phrase.letters) >= len(letters) - 2 for h in found_in(line, ("choice",)))


def _is_heading(hit: Hit) -> bool:
    """At the start of its line (after a number or a box) or before a colon; never in the middle of a sentence."""
    before = hit.line.text[: hit.start].strip(" (*.•□☐■❑-–")
    after = hit.line.text[hit.end :].strip()
    if hit.phrase.letters.endswith("to") and after[:1].islower():  # "Records to send", "Transfer to a new dentist"
        return False
    numbered = len(before) <= 2 or (before.lower().startswith(("part", "section", "step")) and len(before) < 12)
    if after.startswith((":", BLANK)):
        return numbered or not is_prose(hit.line) or len(hit.phrase.letters) > 12
    return numbered and (len(after) < 45 or len(hit.phrase.letters) > 9)
