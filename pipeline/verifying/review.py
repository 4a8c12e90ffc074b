"""The second look, at pages of the copy that do not show what belongs there: what do they show instead?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.verifying.comparing import is_blank
from pipeline.verifying.findings import Expected, picture_of
from pipeline.verifying.leaves import Leaf, Look
from pipeline.verifying.order import Misplaced, Trouble, misplaced
from pipeline.verifying.persons import names_somebody_else
from pipeline.verifying.viewing import Area, CannotBeShownError, View
from pipeline.verifying.walk import Walk
from schemas.record_set import FaultKind

_MOST_LOOKS = 1500
"""So many comparisons of every page with every other are affordable; beyond that only near ones are made."""
_NEAR = 4


@dataclass
class Review:
    """Tells missing, repeated, moved, spoiled and foreign pages apart, and shows each to a person."""

    walk: Walk
    expected: Sequence[Expected]

    def run(self) -> None:
        """Reports everything that is wrong with the pages of the copy. Does nothing for a copy that is right."""
        shown = self.walk.shown
        if shown == list(range(len(self.expected))):
            return
        strangers = [place for place, known in enumerate(shown) if known is None and place not in self.walk.unread]
        self._identify(strangers)
        for finding in misplaced(len(self.expected), shown):
            if finding.expected not in self.walk.unread:
                self._report(finding)
        for place in strangers:
            self._label(place)

    def _identify(self, strangers: Sequence[int]) -> None:
        """Finds out which original each of these copied pages shows, if any."""
        near_only = len(strangers) * len(self.expected) > _MOST_LOOKS
        for index, expected in enumerate(self.expected):
            open_places = [place for place in strangers if self.walk.shown[place] is None and place != index]
            if near_only:
                open_places = [place for place in open_places if abs(place - index) <= _NEAR]
            if not open_places or index in self.walk.unread:
                continue
            with self.walk.originals.open(expected.item.sha256) as opened, opened.leaf(expected.page) as leaf:
                for place in open_places:
                    if self._shows(leaf, place):
                        self.walk.shown[place] = index

    def _shows(self, leaf: Leaf, place: int) -> bool:
        try:
            with self.walk.copy.page(self._copy_page(place)) as view:
                return leaf.seen_on(view).same
        except CannotBeShownError:
            return False

    def _copy_page(self, place: int) -> int:
        return self.walk.copied.front_pages + place + 1

    def _report(self, finding: Misplaced) -> None:
        if finding.trouble is Trouble.SPOILED and finding.expected is not None and finding.place is not None:
            self._spoiled(self.expected[finding.expected], finding.place)
        elif finding.trouble is Trouble.FOREIGN and finding.place is not None:
            self._foreign(finding.place)
        elif finding.expected is not None:
            self._in_words(finding, self.expected[finding.expected])

    def _in_words(self, finding: Misplaced, about: Expected) -> None:
        copy_page = None if finding.place is None else self._copy_page(finding.place)
        kind, sentence = {
            Trouble.MISSING: (FaultKind.MISSING, f"The copy lacks {about.words}."),
            Trouble.MOVED: (FaultKind.DIFFERS, f"The copy has {about.words} out of order, on page {copy_page}."),
            Trouble.REPEATED: (FaultKind.REPEATED, f"The copy has {about.words} once more on page {copy_page}."),
        }[finding.trouble]
        picture = None if kind is FaultKind.MISSING and copy_page is None else self._picture(about, copy_page)
        if picture is None:
            picture = self._picture(about, None)
        self.walk.findings.fault(kind, sentence, about=about, copy_page=copy_page, picture=picture)

    def _spoiled(self, about: Expected, place: int) -> None:
        copy_page = self._copy_page(place)
        with self.walk.originals.open(about.item.sha256) as opened, opened.leaf(about.page) as leaf:
            try:
                with self.walk.copy.page(copy_page) as view:
                    look = leaf.seen_on(view)
                    self._differs(about, copy_page, look, view, leaf.blank)
            except CannotBeShownError:
                sentence = f"Page {copy_page} of the copy cannot be shown; {about.words} belongs there."
                self.walk.findings.fault(FaultKind.UNREADABLE, sentence, about=about, copy_page=copy_page)

    def _differs(self, about: Expected, copy_page: int, look: Look, view: View, blank: bool) -> None:
        picture = picture_of(look.original, look.copy, look.found)
        if not blank and is_blank(look.copy):
            kind, sentence = FaultKind.BLANK, f"Page {copy_page} of the copy is blank where {about.words} belongs."
        elif self._is_somebody_else(view, look.area):
            kind = FaultKind.OTHER_PATIENT
            sentence = f"Page {copy_page} of the copy names another patient; {about.words} belongs there."
        else:
            kind = FaultKind.DIFFERS
            why = f": {look.remark}" if look.remark else ""
            sentence = f"Page {copy_page} of the copy differs from {about.words}{why}."
        self.walk.findings.fault(kind, sentence, about=about, copy_page=copy_page, picture=picture)

    def _foreign(self, place: int) -> None:
        copy_page = self._copy_page(place)
        kind, sentence = FaultKind.DIFFERS, f"Page {copy_page} of the copy shows nothing that belongs to this set."
        picture = None
        try:
            with self.walk.copy.page(copy_page) as view:
                whole = Area(0, 0, view.width, view.height)
                picture = picture_of(None, view.part(whole, round(view.width), round(view.height)))
                if self._is_somebody_else(view, None):
                    kind, sentence = FaultKind.OTHER_PATIENT, f"Page {copy_page} of the copy names another patient."
        except CannotBeShownError:
            kind, sentence = FaultKind.UNREADABLE, f"Page {copy_page} of the copy cannot be shown and belongs to no original."
        self.walk.findings.fault(kind, sentence, copy_page=copy_page, picture=picture)

    def _is_somebody_else(self, view: View, area: Area | None) -> bool:
        text = view.text_inside(area) if area else view.text()
        return names_somebody_else(text, self.walk.release.patient)

    def _picture(self, about: Expected, copy_page: int | None) -> bytes | None:
        with self.walk.originals.open(about.item.sha256) as opened, opened.leaf(about.page) as leaf:
            if copy_page is None:
                return picture_of(leaf.pixels, None)
            try:
                with self.walk.copy.page(copy_page) as view:
                    whole = Area(0, 0, view.width, view.height)
                    return picture_of(leaf.pixels, view.part(whole, round(view.width * 1.5), round(view.height * 1.5)))
            except CannotBeShownError:
                return None

    def _label(self, place: int) -> None:
        """The label of a page that is not in its place may bear the number of either place."""
        copy_page, known = self._copy_page(place), self.walk.shown[place]
        numbers = {copy_page} if known is None else {copy_page, self._copy_page(known)}
        try:
            with self.walk.copy.page(copy_page) as view:
                self.walk.label(view.text(), True, copy_page, numbers, None)
        except CannotBeShownError:
            return  # reported as unreadable
