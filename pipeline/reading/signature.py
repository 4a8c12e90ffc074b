"""Whether somebody signed: ink on the patient's or the representative's line, and nowhere else.

A name in the printed-name line, a witness, the office's own lines and a block that revokes are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.reading.engines import Picture
from pipeline.reading.geometry import Rect, around, parts_of
from pipeline.reading.labels import Hit, is_prose
from pipeline.reading.lettering import lettered
from pipeline.reading.page import PageText, Word, under_rule
from pipeline.reading.pale import Pale, pale_strokes
from pipeline.reading.places import on_own_rule, places_of
from pipeline.reading.signing_line import rule_over, signing_line
from pipeline.reading.signing_words import who_signs
from pipeline.reading.text import TextLine
from pipeline.reading.ticks import in_word
from pipeline.reading.words import is_form_text, is_label_text

ENOUGH = 1.1
"""Ink of a signature, in strokes as long as the label is high and a tenth as thick; less is a speck or a stray mark."""
SURELY = 3.0
"""From here on it is one; between the two it may be what the scan left of a rule, and a person has to look."""
IN_DOUBT = 0.6
"""Confidence where a person has to look, though it seems to be signed: less than any office releases on."""
LITTLE = 2.9
"""What pale strokes count at most that are not as long and as wide as a name: a person has to look."""
STRAY = 1.0
"""The same where they are no wider than the cross that some forms print where one shall sign."""
CROSS = 1.2
"""Line heights."""
MARK, MOST_OF_MARK = 1.5, 8.0
"""Heights of most lines, and strokes."""
NAME_LENGTH, NAME_WIDTH = 6.0, 2.0
"""Line heights."""
COLON = 0.5
"""Line heights from a label to the end of its colon."""
A_STROKE = 0.1 * 36 * 36
"""Pixels."""
COVERED_REACH = 8
"""Heights of labels over the signer's name, date or relationship within which the signature is."""
OVER_A_LABEL = 10.0
"""Ink, in strokes, of a signature that covers its label; less may be a few high letters of what is written beside it."""
LARGE, HIGHEST, WIDEST = 1.0, 5.0, 0.6
"""Strokes of a large hand are higher than most lines (with the room around their letters); what is higher than so many lines,
or wider than that share of the page, is a frame."""
MOST_STROKES = 60
"""More large parts than this are a picture or a blackened area."""
PAPER = 250
"""Grey of the paper on a flattened page."""
LETTER_END = 11
"""Lines under the closing of a letter in which its signature is looked for."""
PRINT = 0.8
"""Score of letters that are surely the form's own words, and no signature."""


@dataclass(frozen=True)
class SigningPlace:
    """One line to sign on."""

    rect: Rect
    ink: float
    """Ink found there, in strokes."""
    party: str
    typed: bool = False
    """Whether letters of the file itself stand there ("/s/ Jane Doe"): a person has to say what that is worth."""
    covered: bool = False
    """Whether its label could not be read."""
    disputed: bool = False
    """Whether the ink may be something else, or the page another patient's: then nobody is taken to have signed there."""
    pale: bool = False
    """Whether no ink there is dark."""
    lost: bool = False
    """Whether a date is written beside it on a page that may have lost fine strokes: who dates has mostly signed."""

    guessed: bool = False
    """Whether its label only says who signs for a patient."""

    @property
    def signed(self) -> bool | None:
        """None where only typed letters stand, where ink stands that may be somebody else's, where it is too little, and where
        it may have been lost."""
        if self.typed or (self.disputed and self.ink >= ENOUGH) or ENOUGH <= self.ink < SURELY:
            return None
        return True if self.ink >= SURELY else None if self.lost else False

    @property
    def confidence(self) -> float:
        """From how far the ink is away from the limit."""
        if self.signed is None:
            return 0.0
        if self.covered or self.guessed or (self.pale and self.signed):
            return IN_DOUBT
        return 0.97 if self.ink >= SURELY or self.ink < 0.25 else 0.7


def find_signing_places(page: PageText) -> list[SigningPlace]:
    """Every line on the page where the patient or a representative may sign."""
    asked = [
        hit
        for hit in page.labels
        if hit.phrase.key == "signature" and len(hit.phrase.letters) >= SHORTEST_LABEL and _asks_to_sign(page, hit)
    ]
    places = [place for hit in asked if (place := _place(page, hit)) is not None]
    if places:
        return places
    return [replace(place, guessed=True) for hit in _who_signs(page) if (place := _place(page, hit)) is not None]


SHORTEST_LABEL = 4
"""Letters."""


def _place(page: PageText, hit: Hit) -> SigningPlace | None:
    """Where a label asks the patient or a representative to sign, and what stands there."""
    where = signing_line(page, hit)
    if where is None or page.zones.party_of(hit) not in ("signature", "representative") or _takes_back(page, hit):
        return None
    strokes, dates = _strokes(page, where, hit), _dates_in(page, where)
    others = [*dates, *_of_the_next_row(page, where, hit), *_print_beside(page, where, hit)]
    others += lettered(page, where, _written_in(page, where))
    disputed = strokes.is_mark or (bool(others) and _strokes(page, where, hit, others).ink < SURELY)
    place = SigningPlace(where, strokes.ink, hit.phrase.party, _typed(page, where), disputed=disputed)
    lost = strokes.ink < ENOUGH and _is_speckled(page) and _is_dated(page, hit)
    return replace(place, pale=strokes.dark < SURELY, lost=lost)


SPECK, MANY_SPECKS = 9, 300
"""Pixels, and how many specks a page has that was faxed."""


def _is_speckled(page: PageText) -> bool:
    """Whether the page is black and white with specks, as a fax machine leaves it: fine strokes may be lost."""
    _labels, parts = parts_of(page.layout.ink)
    return sum(area <= SPECK for *_, area in parts) > MANY_SPECKS


def _who_signs(page: PageText) -> list[Hit]:
    """Words that only say who signs: on the row of a date, or under a rule near what is asked for beside a signature."""
    told = [hit for line in page.lines if (hit := who_signs(line)) is not None and not _WHEN.match(line.text[hit.end :])]
    return [
        hit
        for hit in (replace(h, place=page.layout.tight(h.rect)) for h in told)
        if _before_date(page, hit) or _beside(page, hit)
    ]


def _before_date(page: PageText, hit: Hit) -> bool:
    """Whether there is something to write on behind or over a label, and a date is asked for on its row."""
    dates = [h.rect for h in page.labels if h.phrase.key == "date_signed" or _WHEN.match(h.line.text[h.end :])]
    drawn = hit.colon or page.layout.rule_right(hit.rect) is not None or rule_over(page, hit.rect) is not None
    return drawn and any(d.left > hit.rect.right and d.same_row(hit.rect, 0.5) for d in dates)


def _beside(page: PageText, hit: Hit) -> bool:
    """Whether a label explains the rule over it, near to what is asked for beside a signature."""
    reach = COVERED_REACH * hit.rect.height
    near = any(h.phrase.key in BESIDE and abs(h.rect.middle[1] - hit.rect.middle[1]) < reach for h in page.labels)
    return near and not hit.colon and rule_over(page, hit.rect) is not None


def _written_in(page: PageText, where: Rect) -> list[Word]:
    """The words in a place, the form's own sentences left out."""
    return [
        w
        for w in page.words
        if w.rect.x_overlap(where) > 0.5 * w.rect.width
        and w.rect.y_overlap(where) > 0.5 * min(w.rect.height, where.height)
        and not is_prose(w.line)
    ]


FEWEST_DIGITS = 4
"""Of a date."""


def _dates_in(page: PageText, where: Rect) -> list[Rect]:
    """Dates in a place or at its edges: one that is written before its label may stand on the signature's rule."""
    near = where.grown(where.height, 0.5 * where.height)
    words = [w for w in page.words if w.rect.x_overlap(near) > 0 and w.rect.y_overlap(near) > 0 and _is_date(w.text)]
    return [w.rect.grown(0.3 * w.rect.height, 0.3 * w.rect.height) for w in words]


def _is_date(text: str) -> bool:
    digits = sum(c.isdigit() for c in text)
    return digits >= FEWEST_DIGITS and 2 * digits >= len(text)


def _is_dated(page: PageText, hit: Hit) -> bool:
    """Whether a date is written on or near the row of a label of a signature, beside the signer's own label for it."""
    reach = DATED_REACH * hit.rect.height
    near = [h for h in page.labels if h.phrase.key == "date_signed" and abs(h.rect.middle[1] - hit.rect.middle[1]) < reach]
    own = [h for h in near if h.rect.same_row(hit.rect, 0.5) or page.zones.party_of(h) in ("signature", "representative")]
    return any(
        w.rect.x_overlap(where) > 0 and w.rect.y_overlap(where) > 0 and _is_date(w.text)
        for where in (signing_line(page, h) for h in own)
        if where is not None
        for w in page.words
    )


DATED_REACH = 4.0
"""Heights of a label of a signature from it to the date of the same signer."""


def _asks_to_sign(page: PageText, hit: Hit) -> bool:
    """Whether the words ask for a signature where they stand: not within a sentence, on a bar that heads a part of the form, or,
    if they only say who signs, anywhere but under the line."""
    layout = page.layout
    if any(bar.holds(*hit.rect.middle) for bar in layout.bands) or _WHEN.match(hit.line.text[hit.end :]):
        return False
    if not _SIGNING.search(hit.line.text + hit.phrase.letters):
        over = rule_over(page, hit.rect)
        return over is not None and not hit.colon and not _NAMING.search(hit.line.text) and not _is_anothers(page, over)
    return not is_prose(hit.line) or hit.colon or under_rule(hit, layout)


def _is_anothers(page: PageText, rule: Rect) -> bool:
    """Whether something else than a signature is asked for before a rule: "Printed name: ____", whatever explains it below."""
    return any(
        h.phrase.key != "signature"
        and abs(h.rect.bottom - rule.top) < 0.7 * h.rect.height
        and -h.rect.width < rule.left - h.rect.right < 2 * h.rect.height
        for h in page.labels
    )


_SIGNING = re.compile(r"(?i)sign|firma|sien")
"""Words of which a label of a signature has one, misread a little or not; others only say who signs."""
_WHEN = re.compile(r"(?i)\s*(?:on|at|this|the|el|en|este)\b")
"""How a label goes on that asks for the day or the town: "Signed on ____"."""
_NAMING = re.compile(r"(?i)print|name|nombre|relation|parentesco")
TAKEN_BACK = 6.0
"""Heights of a label over it within which a sentence says that the permission is taken back."""
_REVOKES = re.compile(
    r"(?:^|[.:–—/-]\s*)(?:I\s+(?:hereby\s+)?(?:revoke|cancel|withdraw|take\s+back)|(?:Por la presente\s+)?[Rr]evoco)\b"
    r"|^\W*(?i:to\s+(?:revoke|cancel|withdraw|stop))\b(?=\W*$|\W*[–—:-])"
)
"""At the start of a sentence: "if I revoke", "I may revoke" only say that one can."""


def _takes_back(page: PageText, hit: Hit) -> bool:
    """Whether whoever signs here takes the permission back."""
    reach = TAKEN_BACK * hit.rect.height
    return any(
        0 < hit.rect.middle[1] - line.rect.middle[1] < reach and line.rect.left < hit.rect.right and _REVOKES.search(line.text)
        for line in page.lines
    )


def _print_beside(page: PageText, where: Rect, hit: Hit) -> list[Rect]:
    """What looks like print on the row of a label that has a rule over it and none beside it: choices, perhaps."""
    if rule_over(page, hit.rect) is None or page.layout.rule_right(hit.rect) is not None:
        return []
    most = AS_PRINT * hit.line.rect.height
    beside = [li for li in page.lines if li is not hit.line and li.rect.same_row(hit.rect) and li.rect.x_overlap(where) > 0]
    return [li.rect for li in beside if li.rect.height < most and li.score() > PRINT]


AS_PRINT = 1.25
"""Words at most so many times as high as their label may be printed."""


def _of_the_next_row(page: PageText, where: Rect, hit: Hit) -> list[Rect]:
    """Writing that reaches up into the place and does not stand on its rule: the name on the next line, in a high hand."""
    return [
        word.rect.grown(0.2 * word.rect.height, 0.1 * word.rect.height)
        for word in page.words
        if word.rect.x_overlap(where) > 0
        and word.rect.y_overlap(where) > 0
        and word.rect.middle[1] > where.bottom
        and not on_own_rule(page, hit.rect, word.rect)
    ]


def ink_of_revocation(page: PageText) -> float:
    """Ink, in strokes, on the lines to sign and to date in a part of the form that takes the authorization back."""
    asked = [h for h in page.labels if h.phrase.key in ("date_signed", "signature") and not is_prose(h.line)]
    hits = [h for h in asked if page.zones.revokes(h) or _takes_back(page, h)]
    places = [(h, place) for h in hits if (place := signing_line(page, h)) is not None]
    return max((_strokes(page, place, hit).ink for hit, place in places), default=0.0)


def find_under_letter(page: PageText, closing: Rect) -> list[SigningPlace]:
    """The signature of a letter: strokes larger than type, under the line in which it takes leave.

    Where there are none, only a typed name stands there, and a person has to say what that is worth.
    """
    usual = float(np.median([line.rect.height for line in page.lines]))
    end = min(float(page.layout.height), closing.bottom + LETTER_END * usual)
    where = Rect(0.0, closing.bottom - 0.2 * usual, float(page.layout.width), end)
    y0 = int(where.top)
    if where.height < 8:
        return []
    grey = page.layout.grey
    dark = float(np.percentile(_cut(grey, closing), 4)) if _cut(grey, closing).size else 0.0
    ink = (_cut(grey, where) < (PAPER + dark) / 2).astype(np.uint8)  # a faint copy has no ink that is black
    _labels, parts = parts_of(ink)
    large = [(x, y, w, h, area) for x, y, w, h, area in parts if h > 0.9 * usual and w > 0.9 * usual]
    if not large:
        return [SigningPlace(where, 0.0, "signature", typed=True)]
    rect = around([Rect(x, y + y0, x + w, y + y0 + h) for x, y, w, h, _ in large])
    strokes = sum(area for *_, area in large) / A_STROKE
    return [SigningPlace(rect, strokes, "signature", typed=strokes < ENOUGH)]


def _cut(grey: Picture, where: Rect) -> Picture:
    x0, y0, x1, y1 = (int(v) for v in where.within(grey.shape[1], grey.shape[0]))
    return grey[y0:y1, x0:x1]


@dataclass(frozen=True)
class _Strokes:
    """What is drawn in a place."""

    dark: float
    """Ink, in strokes."""
    width: float
    """From the leftmost of the strokes to the rightmost, in line heights."""
    pale: Pale

    @property
    def is_mark(self) -> bool:
        """Whether it is no wider than a cross or an initial: what that is worth a person has to say."""
        return self.width < MARK and SURELY <= self.dark < MOST_OF_MARK

    @property
    def ink(self) -> float:
        """In strokes; what is only pale counts as certain only where it is as long and as wide as a name."""
        as_name = self.pale.length > NAME_LENGTH and self.pale.width > NAME_WIDTH
        little = LITTLE if self.pale.width > CROSS else STRAY
        return max(self.dark, SURELY if as_name else min(self.pale.length, little))


def _strokes(page: PageText, where: Rect, hit: Hit, others: Sequence[Rect] = ()) -> _Strokes:
    """Strokes (not specks) in the place, the form's own words and `others` left out; large dark ones count wherever they run."""
    boxes = _boxes(page)
    printed = [_with_colon(label) for label in (*page.labels, hit)] + [b.grown(0.3 * b.width, 0.3 * b.width) for b in boxes]
    printed += [w.rect for w in page.words if _around(w.line.rect, hit) and (is_label_text(w.text) or w.text in ("X", "x", "×"))]
    # the label's own line goes on with the signature
    printed += [line.rect for line in page.lines if not _around(line.rect, hit) and _is_print(line, boxes)]
    height = min(hit.rect.height, _usual_height(page))
    rules = [rule.grown(1, 3) for rule in page.layout.across] + [wall.grown(4, 1) for wall in page.layout.down]
    pale = pale_strokes(page.layout.grey, where, height, [*printed, *others, *rules])
    dark, width = _dark(page, where, hit, printed, others)
    return _Strokes(dark, max(width, pale.width * height) / _usual_height(page), pale)


def _with_colon(label: Hit) -> Rect:
    rect = label.rect.grown(3, 0)
    return rect._replace(right=rect.right + COLON * rect.height) if label.colon else rect


def _usual_height(page: PageText) -> float:
    return float(np.median([line.rect.height for line in page.lines])) if page.lines else 40.0


def _dark(page: PageText, where: Rect, hit: Hit, printed: Sequence[Rect], others: Sequence[Rect]) -> tuple[float, float]:
    """Ink of dark strokes, in strokes, and the width of all in pixels."""
    x0, y0, x1, y1 = (int(v) for v in where.within(page.layout.width, page.layout.height))
    if x1 - x0 < 8 or y1 - y0 < 8:
        return 0.0, 0.0
    ink = page.layout.ink[y0:y1, x0:x1].copy()
    for place in [*printed, *others]:
        a, b, c, d = (int(v) for v in place)
        ink[max(0, b - y0) : max(0, d - y0), max(0, a - x0) : max(0, c - x0)] = False
    _labels, parts = parts_of(ink & ~_straight(ink, hit.rect.height))
    size = max(12.0, min(60.0, 0.35 * where.height))
    drawn = [(x, w, area) for x, y, w, h, area in parts if max(w, h) > 0.45 * size and not _is_rule(ink, (x, y, w, h), area)]
    width = max((x + w for x, w, _ in drawn), default=0) - min((x for x, _, _ in drawn), default=0)
    strokes = float(sum(area for *_, area in drawn))
    large = _large_strokes(page, around([where, hit.rect]), others, begin=where)
    return max(strokes, large) / A_STROKE, float(width)


LONGEST_STRAIGHT = 2.5
"""Line heights: what runs straight across for so long is no stroke of a name, but a rule or a frame that lies askew."""
ASKEW = 5
"""Pixels by which it may rise or fall on that way, besides its own thickness."""


def _straight(ink: NDArray[np.bool_], height: float) -> NDArray[np.bool_]:
    """What runs straight across."""
    thick = cv2.dilate(ink.astype(np.uint8), np.ones((ASKEW, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, max(3, round(LONGEST_STRAIGHT * height))), np.uint8))
    return np.asarray((runs > 0) & ink, dtype=np.bool_)


def _boxes(page: PageText) -> list[Rect]:
    """The printed boxes; the inside of a letter such as B or P looks like one, and is none."""
    return [box for box in page.layout.boxes if not in_word(page, box)]


FLAT = 5.0
"""A part so many times as wide as it is high has no letter's shape."""
EDGE = 0.15
"""Share of a place's height at which the rules of its cell may still be seen."""
ONE_STROKE, AT_EDGE = 1.2, 1.6
"""What is left of a rule holds at most so many times the ink of one straight stroke as wide and as high; at an edge more."""


def _is_rule(ink: Picture | NDArray[np.bool_], part: tuple[int, int, int, int], area: int) -> bool:
    """Whether a part (x, y, width, height) of the ink is what a slanting rule or a wall left: slender, and hardly more than one
    bare line."""
    x, y, width, height = part
    if height > FLAT * width:  # the wall of a cell
        beside = x < width or x + width > ink.shape[1] - width
        return beside or (y <= 1 and y + height >= ink.shape[0] - 1)
    if width < FLAT * height:
        return False
    at_edge = y < EDGE * ink.shape[0] or y + height > (1 - EDGE) * ink.shape[0]
    inside = np.pad(ink[y : y + height, x : x + width].astype(np.uint8), 1)
    thick = 2 * float(np.percentile(cv2.distanceTransform(inside, cv2.DIST_L2, 3)[inside > 0], 90))
    return bool(area < (AT_EDGE if at_edge else ONE_STROKE) * thick * (width + height))


def _is_print(line: TextLine, boxes: Sequence[Rect]) -> bool:
    """Whether a line is the form's own: small print, its words, or a choice behind a box."""
    boxed = any(b.same_row(line.rect, 0.45) and abs(b.left - line.rect.left) < b.width for b in boxes)
    return is_prose(line) or boxed or (is_form_text(line.text, allowed=1) and line.score() > PRINT)


def _large_strokes(page: PageText, where: Rect, written: Sequence[Rect] = (), begin: Rect | None = None) -> float:
    """Pixels of strokes that are clearly higher than the print of the page, in or near a place; not those of `written` values,
    nor those that stand below or above where one signs (`begin`): what is written on the next line may cover the label.
    """
    usual = _usual_height(page)
    reach = Rect(where.left, where.top - 1.6 * usual, where.right, where.bottom + usual)
    x0, y0, x1, y1 = (int(v) for v in reach.within(page.layout.width, page.layout.height))
    ink = page.layout.ink[y0:y1, x0:x1].astype(np.uint8)
    ticked = [box.grown(box.width, box.width) for box in _boxes(page)]  # with the ends of a tick
    for place in [*(v.grown(0.3 * v.height, 0.2 * v.height) for v in written), *ticked]:
        a, b, c, d = (int(v) for v in place)
        ink[max(0, b - y0) : max(0, d - y0), max(0, a - x0) : max(0, c - x0)] = 0
    _labels, parts = parts_of(ink & ~_straight(ink > 0, usual))
    large = [
        (w, h, area)
        for x, y, w, h, area in parts
        if LARGE * usual < h < HIGHEST * usual
        and 0.5 * usual < w < WIDEST * page.layout.width
        and area < 0.5 * w * h
        and not _is_rule(ink, (x, y, w, h), area)
        and (begin is None or _within(y0 + y, h, begin) > BEGUN)
    ]
    return float(sum(area for *_, area in large)) if len(large) < MOST_STROKES else 0.0


BEGUN = 0.25
"""Share of a large stroke's height that stands where one signs, from which it is the signature's."""


def _within(top: int, height: int, place: Rect) -> float:
    """The share of a stroke's height within the height of a place."""
    return max(0.0, min(top + height, place.bottom) - max(top, place.top)) / height


def find_covered(page: PageText, written: Sequence[Rect]) -> list[SigningPlace]:
    """A signature so large that its label cannot be read: large strokes around the date or the name printed beside it, and
    none of the `written` values, nor what else is the answer to a label."""
    near = [h for h in page.labels if h.phrase.key in BESIDE and _of_signer(page, h) and not _takes_back(page, h)]
    own = [
        w.rect
        for hit in page.labels
        if near and not is_prose(hit.line)
        for words, _ in places_of(page, hit)
        for w in words
        if _begins_at(w.rect, hit.rect)
    ]
    found = []
    for block in _blocks([h.rect for h in near]):
        height = float(np.median([h.rect.height for h in near]))
        where = Rect(0.0, block.top - COVERED_REACH * height, float(page.layout.width), block.bottom + height)
        strokes = _large_strokes(page, where.within(page.layout.width, page.layout.height), [*written, *own]) / A_STROKE
        if strokes >= SURELY:
            found.append(SigningPlace(where, strokes, "signature", covered=True, disputed=strokes < OVER_A_LABEL))
    return found


BESIDE = frozenset({"date_signed", "printed_name", "relationship"})
"""Labels that stand with a signature."""


def _blocks(labels: Sequence[Rect]) -> list[Rect]:
    """The labels around each signature: a date at the head of the form is not of the same block as one at its foot."""
    blocks: list[Rect] = []
    for rect in sorted(labels, key=lambda r: r.top):
        if blocks and rect.top - blocks[-1].bottom < COVERED_REACH * rect.height:
            blocks[-1] = around([blocks[-1], rect])
        else:
            blocks.append(rect)
    return blocks


def _begins_at(written: Rect, label: Rect) -> bool:
    """Whether words begin where a label does, or behind that: else they are the answer to one that stands before it."""
    return written.left > label.left - 1.5 * label.height


def _of_signer(page: PageText, hit: Hit) -> bool:
    return page.zones.party_of(hit) in ("signature", "representative", "") and not is_prose(hit.line)


def _around(line: Rect, hit: Hit) -> bool:
    return line.same_row(hit.rect, 0.5) and line.x_overlap(hit.rect) > 0.5 * hit.rect.width


def _typed(page: PageText, where: Rect) -> bool:
    return any(w.line.printed and where.holds(*w.rect.middle) for w in page.words)
