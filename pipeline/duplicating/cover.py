"""The cover sheet: from whom, about whom, to whom, by what right, what is enclosed, and what to do if it went astray."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.duplicating.contents import Link, Table, draw_table
from pipeline.stationery.letterhead import draw_letterhead
from pipeline.stationery.paper import ACCENT, BODY, BOTTOM, HEAD, LEFT, NAME, RIGHT, SMALL, SOFT, STRONG, TITLE, draw_lines
from pipeline.stationery.typography import Style, draw, shortened, wrap
from pipeline.stationery.words import counted, listed, long_day, named
from schemas.release import Practice, Release

_MIDDLE = 316.0
_COLUMN = 240.0
_MOST_LINES = 6
_GAP = 16.0
NOTICE = (
    "These pages are the health records of the patient named above and are meant for the recipient named above alone. "
    "If they came to you by mistake, please do not read, copy, keep or pass them on: {call} so that we can arrange "
    "for their return or destruction. Nobody may use them for any other purpose than the one they were asked for."
)


@dataclass(frozen=True, slots=True)
class Cover:
    """All that the cover sheet says, beside its tables."""

    release: Release
    practice: Practice
    request_id: str
    made_at: datetime
    pages: int
    """All pages of the copy, this one included."""

    def room(self) -> float:
        """How high the tables may be together, in points."""
        return self._facts(None, self._letterhead(None)) - _GAP - (BOTTOM + self._notice_height() + _GAP)

    def print(self, canvas: Any, tables: Sequence[Table], remark: str) -> list[Link]:
        """Prints everything but the label; gives the links of the tables."""
        y = self._facts(canvas, self._letterhead(canvas)) - _GAP
        links: list[Link] = []
        for table in tables:
            y, found = draw_table(canvas, y, table, 1)
            links += found
            y -= _GAP
        draw_lines(canvas, LEFT, y + _GAP - 5, [remark] if remark else [], SOFT)
        self._notice(canvas)
        return links

    def _letterhead(self, canvas: Any) -> float:
        below = draw_letterhead(canvas, self.practice)
        if canvas:
            draw(canvas, LEFT, below - 42, "Copy of dental records", TITLE)
            pages = f"{counted(self.pages, 'page')} with this cover sheet"
            under = listed([f"Request {self.request_id}", pages, f"Made {long_day(self.made_at.date())}"])
            draw(canvas, LEFT, below - 60, under, SOFT)
        return below - 80

    def _facts(self, canvas: Any, top: float) -> float:
        """Two columns of facts, row by row; gives the y below them."""
        release = self.release
        asked = [f"{long_day(release.requested_on)}, number {self.request_id}", *self._asked_by()]
        blocks = [
            (("PATIENT", [self._patient()]), ("TO", [self._destination()])),
            (("REQUEST", [(asked, BODY)]), ("RELEASED BECAUSE", [([release.basis], BODY)])),
        ]
        y = top
        for left, right in blocks:
            y = min(_block(canvas, LEFT, y, *left), _block(canvas, _MIDDLE, y, *right)) - 11
        return y + 11

    def _patient(self) -> tuple[list[str], Style]:
        patient = self.release.patient
        return [patient.name, f"Born {long_day(patient.date_of_birth)}"], NAME

    def _destination(self) -> tuple[list[str], Style]:
        to = self.release.destination
        place = listed([to.city, listed([to.state, to.zip], " ")], ", ")
        reach = listed([named("Phone", to.phone), named("Fax", to.fax)])
        return [to.name, named("Attention:", to.attention), to.street, place, reach], NAME

    def _asked_by(self) -> list[str]:
        requester = self.release.requester
        who = "the patient" if requester.relationship.casefold() == "self" else f"{requester.name} ({requester.relationship})"
        return [f"Asked for by {who}", f"Asked for: {self.release.scope.sentence}"]

    def _notice_lines(self) -> list[str]:
        phone = self.practice.phone
        call = f"call {phone}" if phone else "tell us at once"
        return wrap(NOTICE.format(call=call), RIGHT - LEFT - 14, SMALL)

    def _contact(self) -> str:
        practice = self.practice
        reach = listed([practice.contact, practice.phone, practice.email])
        return f"Questions about this copy: {reach or practice.name}"

    def _notice_height(self) -> float:
        return (len(self._notice_lines()) + 1) * SMALL.leading + STRONG.leading + 8

    def _notice(self, canvas: Any) -> None:
        height = self._notice_height()
        canvas.setFillColorRGB(*ACCENT)
        canvas.rect(LEFT, BOTTOM + 2, 2.2, height - 2, stroke=0, fill=1)
        y = draw_lines(canvas, LEFT + 14, BOTTOM + height, ["Confidential"], STRONG)
        y = draw_lines(canvas, LEFT + 14, y, self._notice_lines(), SMALL)
        draw_lines(canvas, LEFT + 14, y - 3, [shortened(self._contact(), RIGHT - LEFT - 14, STRONG)], STRONG.at(SMALL.size))


def _block(canvas: Any, x: float, y: float, title: str, groups: Sequence[tuple[Sequence[str], Style]]) -> float:
    """A small heading with lines under it, the first of them in the style of the group and the others in plain type."""
    if canvas:
        draw(canvas, x, y - HEAD.size, title, HEAD)
    y -= HEAD.leading + 3
    for texts, style in groups:
        for number, text in enumerate(text for text in texts if text):
            drawn = style if number == 0 else BODY
            lines = wrap(text, _COLUMN, drawn)
            if len(lines) > _MOST_LINES:
                lines = [*lines[: _MOST_LINES - 1], shortened(" ".join(lines[_MOST_LINES - 1 :]), _COLUMN, drawn)]
            y = draw_lines(canvas, x, y, lines, drawn) if canvas else y - len(lines) * drawn.leading
            y -= 2.5 if drawn is NAME else 0
    return y
