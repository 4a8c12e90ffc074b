"""Whom a part of the form is about, and what: the headings above a place, its column, the signature on its row.

Two questions are answered apart, because forms lay them out apart: the party (patient, holder, destination, ...) that a
"Name" or "Phone" belongs to, and the topic (scope, purpose, delivery, ...) that a box belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.reading.geometry import Rect
from pipeline.reading.labels import BLANK, Hit, is_prose
from pipeline.reading.layout import Layout
from pipeline.reading.text import TextLine

PARTIES = frozenset({"patient", "holder", "destination", "office", "revocation", "signature"})
TOPICS = frozenset({"scope", "purpose", "delivery", "sensitive", "facility", "office", "revocation", "expiry", "signature", "statement", "patient", "holder", "destination"})
NAMING = frozenset({"name", "last_first", "last", "first", "address"})
"""Labels that say whose they are ("Recipient's name") begin that party's part, too."""
SIGNING = frozenset({"signature", "representative", "witness", "office", "revocation"})


@dataclass(frozen=True)
class Heading:
    """The start of a part of the form."""

    part: str
    line: TextLine
    start: int
    end: int
    rect: Rect


@dataclass(frozen=True)
class Zones:
    """Answers about places on one page."""

    headings: tuple[Heading, ...]
    labels: tuple[Hit, ...]
    layout: Layout

    def party_of(self, hit: Hit) -> str:
        """Whose value the label asks for: its own words, else the heading above."""
        if hit.phrase.key == "date_signed":
            return self.signer_of(hit)
        heading = self._above(hit.rect, PARTIES)
        if heading in ("office", "revocation"):
            return heading
        if hit.phrase.key == "printed_name":
            return "signature" if self.signer_of(hit) in ("signature", "representative") or heading == "signature" else "witness"
        if hit.phrase.party:
            return hit.phrase.party
        if heading == "signature":
            return "patient"
        return heading or ("patient" if self._patient_starts() is None or hit.rect.bottom > (self._patient_starts() or 0) else "letterhead")

    def topic_of(self, place: Rect) -> str:
        """What a box at that place is about, or an empty word."""
        return self._above(place, TOPICS)

    def signer_of(self, hit: Hit) -> str:
        """Whose signature a date or a printed name stands beside: on its row, else the nearest row above it."""
        signatures = [h for h in self.labels if h.phrase.key == "signature"]
        if self._above(hit.rect, PARTIES) in ("office", "revocation"):
            return "office"
        on_row = [h for h in signatures if h.rect.same_row(hit.rect, 0.3)]
        before = [h for h in on_row if h.rect.left < hit.rect.left]
        if before:
            return max(before, key=lambda h: h.rect.left).phrase.party
        if on_row:
            return min(on_row, key=lambda h: h.rect.left).phrase.party
        height = hit.rect.height
        near = [h for h in signatures if abs(h.rect.middle[1] - hit.rect.middle[1]) < 4.5 * height]
        return min(near, key=lambda h: abs(h.rect.middle[1] - hit.rect.middle[1])).phrase.party if near else ""

    def _above(self, place: Rect, parts: frozenset[str]) -> str:
        reaching = [h for h in self.headings if h.part in parts and self._reaches(h, place, parts)]
        return max(reaching, key=lambda h: (round(h.rect.top / 12), h.rect.left)).part if reaching else ""

    def _reaches(self, heading: Heading, place: Rect, parts: frozenset[str]) -> bool:
        """Whether the place is below (or after) the heading and in its column."""
        rect = heading.rect
        if rect.top > place.middle[1] or (rect.same_row(place) and rect.left > place.left + 4):
            return False
        width = self.layout.width
        row = [h.rect for h in self.headings if h.part in parts and h is not heading and h.rect.same_row(rect, 0.5)]
        right = min([r.left for r in row if r.left > rect.right], default=float(width))
        others = row + [h.rect for h in self.labels if h.rect.same_row(rect, 0.5)]
        alone = not any(r.right <= rect.left for r in others)
        centred = abs(rect.middle[0] / width - 0.5) < 0.08
        left = 0.0 if (alone and (rect.left < 0.4 * width or centred)) else rect.left - 0.03 * width
        return left <= place.middle[0] < right + 0.01 * width or left <= place.left < right

    def _patient_starts(self) -> float | None:
        """Where the patient's part begins: above it is the letterhead."""
        tops = [h.rect.top - 1.5 * h.rect.height for h in self.labels if h.phrase.key in ("dob", "last_first") or (h.phrase.party == "patient" and h.phrase.key in NAMING)]
        return min(tops, default=None)


def find_headings(
    lines: Sequence[TextLine], hits: Mapping[int, Sequence[Hit]], labels: Sequence[Hit], layout: Layout
) -> tuple[Heading, ...]:
    """Headings proper, and the labels that begin a party's part."""
    found = [
        Heading(h.phrase.key, h.line, h.start, h.end, h.rect)
        for line in lines
        for h in hits[line.number]
        if h.phrase.kind == "heading" and _is_heading(h)
    ]
    for label in labels:
        if label.phrase.key in NAMING and label.phrase.party in PARTIES:
            found.append(Heading(label.phrase.party, label.line, label.start, label.end, label.rect))
        elif label.phrase.key == "signature":
            found.append(Heading("signature", label.line, label.start, label.start, label.rect))
    return tuple(found)


def _is_heading(hit: Hit) -> bool:
    """At the start of its line (after a number or a box) or before a colon; never in the middle of a sentence."""
    before = hit.line.text[: hit.start].strip(" (*.•□☐■❑-–")
    after = hit.line.text[hit.end :].strip()
    numbered = len(before) <= 2 or before.lower().startswith(("part", "section", "step")) and len(before) < 12
    if after.startswith((":", BLANK)):
        return numbered or not is_prose(hit.line) or len(hit.phrase.letters) > 12
    return numbered and (len(after) < 45 or len(hit.phrase.letters) > 9)
