"""Whom a part of the form is about, and what: the headings above a place, its column, the signature on its row.

Two questions are answered apart, because forms lay them out apart: the party (patient, holder, destination, ...) that a
"Name" or "Phone" belongs to, and the topic (scope, purpose, delivery, ...) that a box belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from pipeline.reading.geometry import Rect
from pipeline.reading.labels import BLANK, Hit
from pipeline.reading.layout import Layout
from pipeline.reading.text import TextLine

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
RIGHT_UNDER = 3.5
"""Line heights from a heading to the labels right under it."""
OTHERS = frozenset({"witness", "interpreter", "notary", "testigo"})
SIGNING = frozenset({"signature", "representative", "witness", "office", "revocation"})


_OFFICE_LINE = re.compile(r"(?i)\b\d{5}\b.*\bphone\b.*\bfax\b")
REVOKES = re.compile(r"(?i)hereby\s*(?:revoke|cancel|withdraw)|por la presente revoco")
"""Words that take a permission back."""


@dataclass(frozen=True)
class Heading:
    """The start of a part of the form."""

    part: str
    line: TextLine
    start: int
    end: int
    rect: Rect
    cell: Rect | None = None
    """The narrow cell of a table that it has to itself."""
    both_ways: bool = False
    """Whether records may go to whoever is named or come from there: the form does not say which."""

    @property
    def flows_on(self) -> bool:
        """Whether its sentence goes on in the same row: no colon or line end follows."""
        after = re.sub(r"\([^)]*\)|(?i:\bplease\s+(?:print|type)\b.*)", "", self.line.text[self.end :]).lstrip(" )")
        return bool(after) and ":" not in after[:24] and not after.startswith((":", BLANK)) and self.end > self.start


@dataclass(frozen=True)
class Zones:
    """Answers about places on one page."""

    headings: tuple[Heading, ...]
    labels: tuple[Hit, ...]
    layout: Layout
    closings: tuple[Rect, ...] = ()
    """Short lines that end with a colon, such as "Dental:" under a list of sensitive records: another list begins."""
    towns: tuple[Rect, ...] = ()
    """Lines of a town with state and ZIP code that no label asks for."""

    def party_of(self, hit: Hit) -> str:
        """Whose value the label asks for: its own words, else the heading above."""
        heading = self._above(hit.rect, PARTIES)
        if hit.phrase.key == "date_signed":
            return self.signer_of(hit)
        if heading in ("office", "revocation"):
            return heading
        told = self._party_of_key(hit, heading)
        if told is not None:
            return told
        party = self._who_signs(hit) or self._party_of_place(hit.rect, heading)
        return "letterhead" if party == "patient" and not hit.phrase.party and self._beside_fax(hit) else party

    def _party_of_key(self, hit: Hit, heading: str) -> str | None:
        """The party of labels that have rules of their own; None of all others."""
        if hit.phrase.key == "other_name":  # a destination's "Other: ____", but no other list's
            nearest = self._above(hit.rect, PARTIES | TOPICS)
            return nearest if nearest in ("destination", "holder") else "letterhead"
        if hit.phrase.key == "printed_name":
            return "signature" if self.signer_of(hit) in ("signature", "representative") or heading == "signature" else "witness"
        if hit.phrase.key == "attention" and not hit.phrase.party:  # "Contact person", which may be the patient's in an emergency
            return "destination" if heading == "destination" else "somebody"
        if self.is_of_way(hit):
            return "destination"  # how, and so where, the copy is to be sent
        return None

    def is_right_under(self, hit: Hit, topic: str) -> bool:
        """Whether the heading about `topic` is the one above a label, and near."""
        heading = self._heading_above(hit.rect, PARTIES | TOPICS)
        if heading is None or heading.part != topic or heading.line is hit.line:
            return False
        return hit.rect.top - heading.rect.bottom < RIGHT_UNDER * hit.rect.height

    def is_of_way(self, hit: Hit) -> bool:
        """Whether a number or an address is asked for beside the ways of sending, and not whose it is."""
        return hit.phrase.key in REACHED_BY and not hit.phrase.party and self._above(hit.rect, PARTIES | TOPICS) == "delivery"

    def part_begins(self, place: Rect) -> float | None:
        """The top of the heading whose part a place is in; a label that says whose it is only goes on with a part."""
        labels = {(id(h.line), h.start) for h in self.labels if h.phrase.letters not in OF_PEOPLE}
        proper = [h for h in self.headings if (id(h.line), h.start) not in labels]
        heading = replace(self, headings=tuple(proper))._heading_above(place, OF_PEOPLE)
        return None if heading is None else heading.rect.top

    def is_either_way(self, hit: Hit) -> bool:
        """Whether the form leaves open if records go to the party of the label's part, or come from it."""
        heading = self._heading_above(hit.rect, PARTIES)
        return heading is not None and heading.both_ways

    def _beside_fax(self, hit: Hit) -> bool:
        """Whether a fax number is asked for, or stands, right above or below: such a block is an office's, and no patient's.

        So is a line that holds an office's whole address, a letterhead's or a footer's.
        """
        rect = hit.rect
        if _OFFICE_LINE.search(hit.line.text) or self._under_address(hit):
            return True
        return hit.phrase.key in ("phone", "fax", "email") and any(
            h.phrase.key == "fax"
            and (h is hit or abs(h.rect.middle[1] - rect.middle[1]) > 0.5 * rect.height)
            and abs(h.rect.left - rect.left) < rect.height
            and abs(h.rect.middle[1] - rect.middle[1]) < 2.5 * rect.height
            for h in self.labels
        )

    def _under_address(self, hit: Hit) -> bool:
        """Whether a number stands right under a town that the form prints, in line with it: no label asks for that address."""
        height = hit.rect.height
        return hit.phrase.key in REACHED_BY | {"phone", "phone_fax"} and any(
            abs(town.left - hit.rect.left) < height and -0.5 * height < hit.rect.top - town.bottom < height for town in self.towns
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
        return heading is not None and heading.part == "revocation" and bool(REVOKES.search(heading.line.text))

    def signer_of(self, hit: Hit) -> str:
        """Whose signature a date or a printed name stands beside: on its row, else the nearest row above it."""
        signatures = [h for h in self.labels if h.phrase.key == "signature"]
        if self._above(hit.rect, PARTIES) in ("office", "revocation"):
            return "office"
        signatures += [h for h in self.labels if h.phrase.key == "printed_name"] if not signatures else []
        on_row = [h for h in signatures if h.rect.same_row(hit.rect, 0.3)]
        others = [h for h in self.labels if h.phrase.letters in OTHERS and h.rect.same_row(hit.rect, 0.3)]
        before = [h for h in (*on_row, *others) if h.rect.left < hit.rect.left]
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
            return "witness" if hit.phrase.letters in OTHERS else hit.phrase.party
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
        rect, width = self._begun(heading), self.layout.width
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

    def _begun(self, heading: Heading) -> Rect:
        """The place of a heading with the words of its sentence before it: "Records are being | requested from:"."""
        before = heading.line.text[: heading.start]
        starts = [h.start for h in self.headings if h.line is heading.line] + [
            h.start for h in self.labels if h.line is heading.line
        ]
        if BLANK in before or min(starts, default=heading.start) < heading.start:
            return heading.rect
        return heading.rect._replace(left=min(heading.rect.left, heading.line.rect.left))

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
        if heading.cell is not None:  # it rules over its row of the table
            return 1e9
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
