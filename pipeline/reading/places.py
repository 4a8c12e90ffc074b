"""Where the value of a label may stand: to its right, on the rule above it, below it, or in the rest of its cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pipeline.reading.geometry import Rect
from pipeline.reading.labels import Hit, is_prose
from pipeline.reading.page import PageText, Word, runs_of
from pipeline.reading.text import plain
from pipeline.reading.words import is_label_text

SHAPED_KEYS = frozenset({"dob", "expiry", "date_signed", "phone", "fax", "zip", "email"})
"""Labels whose values have a shape of their own, so that they may be looked for where no rule shows the way."""

IN_SENTENCES = frozenset({"purpose_text", "reason", "expiry_event"})
"""Labels that are answered in free words; the choices printed around them are no answer."""

OF_WORDS = frozenset(
    {
        *("name", "other_name", "printed_name", "last_first", "last", "first", "middle", "attention", "name_address"),
        *("address", "street", "city", "city_state", "city_state_zip", "state"),
    }
)
"""Labels whose answer holds no phone number, no e-mail address and no date, though such may stand beside it."""
WITH_ZIP = frozenset({"name_address", "address", "street", "city_state", "city_state_zip"})
"""Those whose answer may end in a ZIP code."""
CHOSEN = frozenset({"destination", "holder"})
"""Names asked for by a heading alone, "To: ____"; houses to tick may be printed behind it as well."""
OWN_LINE = 1.01
"""How likely words that the engine read in one line with their label are its value."""
FARTHEST = 40
"""Line heights from a label to words on a rule of its row, where nothing else stands between."""


def places_of(page: PageText, hit: Hit) -> list[tuple[list[Word], float]]:
    """The runs of words that may be the label's value, and how likely each place is, 0 to 1."""
    key = hit.phrase.key
    if key in ("ignore", "signature"):
        return []
    layout, rect = page.layout, hit.rect
    options: list[tuple[list[Word], float]] = []
    rule = layout.rule_above(rect, 0.9 * rect.height)
    beneath = explains(hit) or (rule is not None and not hit.colon and layout.cell(rect) is None)
    right = _right(page, hit)
    if not beneath:
        options.append((right, 1.0))
    if rule is not None and hit.phrase.above:
        options.append((_above(page, hit, rule), 0.98 if beneath else 0.5))
    elif key in SHAPED_KEYS and hit.phrase.above and not hit.colon:
        options.append((_above(page, hit, Rect(rect.left - rect.height, rect.top - 4, rect.right + rect.height, rect.top)), 0.45))
    if explains(hit) and rule is None:
        options.append((_left(page, hit), 0.9))
    if not explains(hit):
        options.append((_below(page, hit), 0.9 if layout.cell(rect) else 0.55))
    if not right and not explains(hit):
        options.append((_next_line(page, hit), 0.88))
    if not any(words for words, _base in options):
        options.append((_next_cell(page, hit), 0.9))
    if key in ("address", "name_address") and right:
        options.append((right + [w for w in _below(page, hit) if w not in right], 0.97))
    own = [w for w in right if w.line is hit.line]
    if key in SHAPED_KEYS and len(own) < len(right):  # rows may be closer than a hand is high
        options.append((own, OWN_LINE))
    kept = [([w for w in words if _may_be_of(page, hit, w)], base) for words, base in options]
    return [(words, base) for words, base in kept if words]


def _may_be_of(page: PageText, hit: Hit, word: Word) -> bool:
    """Whether a word may be a part of what the label asks for: a name holds no phone number, and no choice beside a box."""
    key = hit.phrase.key
    if key in OF_WORDS and (_has_own_shape(word) or (key not in WITH_ZIP and _A_ZIP.fullmatch(word.text))):
        return False
    chosen = hit.phrase.letters in CHOSEN or (key in IN_SENTENCES and word.line is not hit.line)
    return not (chosen and _to_tick(page, word))


def explains(hit: Hit) -> bool:
    """Whether the label stands in brackets: it tells what stands over it, and nothing below it is its value."""
    return hit.line.text[: hit.start].strip() in ("(", "[") and ":" not in hit.line.text[hit.end :]


def _has_own_shape(word: Word) -> bool:
    """Whether the word is a date, or part of a phone number or an e-mail address, which no name or address holds."""
    if "@" in word.text or _A_DATE.fullmatch(word.text):
        return True
    return any(m.start() < word.end and word.start < m.end() for m in _TO_CALL.finditer(word.line.text))


_A_ZIP = re.compile(r"\d{5}(?:-\d{4})?")
_A_DATE = re.compile(r"\d{1,2}([/\-.])\d{1,2}\1(?:\d{4}|\d{2})")
_TO_CALL = re.compile(r"\(?\d{3}[).,\s\-]{1,3}\d{3}[\s.\-]{0,2}\d{4}(?!\d)")


def _to_tick(page: PageText, word: Word) -> bool:
    """Whether the word stands behind a box on its line: then it is a choice that the form prints."""
    line = word.line.rect
    return any(
        b.same_row(line, 0.45) and b.left < word.rect.left + 0.6 * b.width and -3.5 * b.width < b.left - line.left < line.width
        for b in page.layout.boxes
    )


def _right(page: PageText, hit: Hit) -> list[Word]:
    """Words on the label's line, up to the next label, wall or end of the rule."""
    rect, layout = hit.rect, page.layout
    height = rect.height
    stops = [
        h.rect.left
        for h in page.labels
        if h is not hit
        and _stops_row(page, h.rect, rect, 0.3)
        and h.rect.left > rect.right - 2
        and (h.line is not hit.line or h.start != hit.start)
    ]
    stops += [
        h.rect.left for h in page.zones.headings if _stops_row(page, h.rect, rect, 0.5) and h.rect.left > rect.right + height
    ]
    walls = [w.left for w in layout.down if w.left > rect.right and w.top <= rect.middle[1] <= w.bottom]
    end = min([*stops, *walls, float(layout.width)])
    rule = layout.rule_right(rect) if layout.cell(rect) is None else None
    rule_ends = rule.right + 1.5 * height if rule is not None else end
    rules = _rules_beside(page, rect)
    found = [
        w
        for w in page.words
        if rect.right - 4 <= w.rect.middle[0] < end
        and w.rect.left >= rect.right - height
        and (_off_line(w.rect, rect) < 0.7 * max(height, 0.7 * w.rect.height) or _stands_on(rules, w.rect))
        and (w.line is hit.line or on_own_rule(page, rect, w.rect) is not False)
        and (w.line is hit.line or (w.line.rect.left > rect.right - 2 * height and not is_prose(w.line)))
    ]
    found = sorted((w for w in found if _nearest_row(page, hit, w)), key=lambda w: w.rect.left)
    kept: list[Word] = []
    for word in found:
        before = kept[-1].rect.right if kept else rect.right
        gap = word.rect.left - before
        far = gap > (12 if kept else 16) * height and rule is None
        if far and (kept or gap > FARTHEST * height or not _stands_on(rules, word.rect)):
            break
        if word.rect.middle[0] > rule_ends and gap > 0.9 * word.rect.height:  # a hand that goes on where the rule ends
            break
        kept.append(word)
    return _continued(page, kept, end)


def _stops_row(page: PageText, other: Rect, label: Rect, share: float) -> bool:
    """Whether another label is on a label's row: one that stands right under a rule explains what is written over it."""
    under = page.layout.rule_above(other, 0.9 * other.height) is not None
    return other.same_row(label, UNDER_RULE if under else share)


UNDER_RULE = 0.7
"""Share of its height by which a label under a rule must be on a row, to be of it."""


def _rules_beside(page: PageText, label: Rect) -> list[Rect]:
    """The rules that a label's row goes on with."""
    return [
        r for r in page.layout.across if abs(r.top - label.bottom) < 0.7 * label.height and r.right > label.right + label.height
    ]


def _continued(page: PageText, kept: list[Word], end: float) -> list[Word]:
    """With the words that follow closely on the same lines: a hand that rises or falls is still one value."""
    for word in page.words:
        last = kept[-1] if kept else None
        follows = last is not None and word.line is last.line and 0 <= word.rect.left - last.rect.right < word.rect.height
        if last is not None and follows and word.start > last.end - 1 and word.rect.middle[0] < end:
            kept.append(word)
    return kept


def on_own_rule(page: PageText, label: Rect, written: Rect) -> bool | None:
    """Whether words stand on the rule that begins behind a label; None where that cannot be told."""
    own = [r.top for r in page.layout.rules_right(label)] if page.layout.cell(label) is None else []
    x, y = written.middle
    low, foot = written.bottom + 0.6 * written.height, written.bottom - 0.1 * written.height
    under = sorted(
        (r.top for r in page.layout.across if r.left < x < r.right and y < r.top < low), key=lambda top: abs(top - foot)
    )
    if not own or not under or (len(under) > 1 and abs(under[1] - foot) - abs(under[0] - foot) < CLEARLY * written.height):
        return None
    close = [top for top in own if abs(under[0] - top) < 0.3 * label.height]
    nearest = min(own, key=lambda top: abs(top - label.bottom))
    return nearest in close or (None if close else False)


CLEARLY = 0.25
"""Of the height of a hand: by so much the rule that it stands on is nearer to its foot than any other."""


def _stands_on(rules: Sequence[Rect], written: Rect) -> bool:
    """Whether the words stand on one of the rules that a label's row goes on with, though their hand is high."""
    x, y = written.middle
    low = written.bottom + 0.6 * written.height
    return any(r.left < x < r.right and y < r.top < low for r in rules)


def _off_line(written: Rect, label: Rect) -> float:
    """How far a value's line of writing is from its label's: a large hand stands on the line, and far above it."""
    standing = abs((written.bottom - 0.18 * written.height) - (label.bottom - 0.18 * label.height))
    return min(abs(written.middle[1] - label.middle[1]), standing + 0.1 * label.height)


def _nearest_row(page: PageText, hit: Hit, word: Word) -> bool:
    """Whether no label to the left of the word stands clearly nearer to its height: rows may be closer than a hand is high."""
    if on_own_rule(page, hit.rect, word.rect):
        return True
    mine = _off_line(word.rect, hit.rect)
    cell = page.layout.cell(hit.rect)
    rivals = [
        _off_line(word.rect, h.rect)
        for h in page.labels
        if h is not hit
        and h.line is not word.line
        and h.rect.right <= word.rect.left + 8
        and h.rect.x_overlap(hit.rect.grown(hit.rect.width + 200, 0)) > 0
        and h.rect.right > hit.rect.left  # the label between another column's and the word is nearer than that one
        and (cell is None or cell.holds(*h.rect.middle))
    ]
    return hit.line is word.line or mine <= min(rivals, default=1e9) + 0.2 * hit.rect.height


def _above(page: PageText, hit: Hit, rule: Rect) -> list[Word]:
    """Words on the rule over the label; where several labels stand under the rule, those that begin over this one."""
    rect = hit.rect
    row = [h.rect for h in page.labels if h.rect.same_row(rect, 0.5) and h.rect.right > rule.left and h.rect.left < rule.right]
    row = row if rect in row else [*row, rect]
    low, high = rule.top - 2.1 * rect.height, rule.top + 0.35 * rect.height
    over = [
        w
        for w in page.words
        if low <= w.rect.middle[1] <= high
        and rule.left - rect.height <= w.rect.middle[0] <= rule.right + rect.height
        and not is_prose(w.line)
    ]
    piece = _piece_over(rect, row, page.layout.pieces(rule))
    if piece is not None:
        return [w for w in over if piece.left <= w.rect.middle[0] <= piece.right]
    return [w for run in runs_of(over) for part in _parted(run, row) if _owner(part[0].rect, row) == rect for w in part]


def _piece_over(label: Rect, labels: Sequence[Rect], pieces: Sequence[Rect]) -> Rect | None:
    """The piece of a rule that a label stands under, if each label has one of its own: it may stand under the middle of it."""
    if len(pieces) < 2 or len(pieces) != len(labels):
        return None
    own = dict(zip(sorted(labels, key=lambda r: r.left), pieces, strict=True))
    return own[label] if all(piece.left <= r.middle[0] <= piece.right for r, piece in own.items()) else None


def _left(page: PageText, hit: Hit) -> list[Word]:
    """Words on the rule that ends before a remark on its row: "on ______ (date supplied by patient)"."""
    rect = hit.line.rect
    rules = [r for r in page.layout.across if abs(r.top - rect.bottom) < 0.7 * rect.height and r.right <= rect.left + rect.height]
    rule = max(rules, key=lambda r: r.right, default=None)
    if rule is None or rect.left - rule.right > 3 * rect.height:
        return []
    row = [w for w in page.words if rule.left <= w.rect.middle[0] <= rule.right and _stands_on([rule], w.rect)]
    return [w for w in row if not is_prose(w.line)]


def _parted(run: list[Word], labels: Sequence[Rect]) -> list[list[Word]]:
    """A run of words, cut where a number begins over another label: a date may stand close behind a large signature."""
    for at, (before, word) in enumerate(pairwise(run), start=1):
        number = word.text[0].isdigit() and before.text[-1].isalpha()
        if number and _owner(word.rect, labels) != _owner(run[0].rect, labels):
            return [run[:at], run[at:]]
    return [run]


def _owner(written: Rect, labels: Sequence[Rect]) -> Rect:
    """Of labels side by side the last one that begins before the words, or about where they do."""
    before = [r for r in labels if r.left <= written.left + 1.5 * r.height]
    return max(before, key=lambda r: r.left) if before else min(labels, key=lambda r: r.left)


def _below(page: PageText, hit: Hit) -> list[Word]:
    """Words under the label: in the rest of its cell, else on the next line only."""
    rect, layout = hit.rect, page.layout
    cell = layout.cell(rect)
    row = [h.rect.left for h in page.labels if h.rect.same_row(rect, 0.5) and h.rect.left > rect.right]
    right = min([*row, cell.right if cell else float(layout.width)])
    bottom = cell.bottom if cell else rect.bottom + 1.9 * rect.height
    left = cell.left if cell else rect.left - 0.5 * rect.height
    own_lines = _own_lines(page, hit)
    if cell and any(h.rect.same_row(rect, 0.5) and cell.left <= h.rect.left < rect.left for h in page.labels):
        left = rect.left - rect.height
    lower = [h.rect for h in page.labels if h.rect.top > rect.bottom - 4 and h.rect.top < bottom]
    return [
        w
        for w in page.words
        if rect.middle[1] + 0.4 * rect.height < w.rect.middle[1] < bottom
        and left <= w.rect.middle[0] < right
        and w.rect.left < right
        and not is_prose(w.line)
        and w.line.number not in own_lines
        and not any(_nearer(other, rect, w.rect) for other in lower)
        and (cell is not None or not _behind_wall(page, rect, w.rect))
    ]


def _next_cell(page: PageText, hit: Hit) -> list[Word]:
    """Words in the cell or the box right of a label's own, if that holds no label and no box to tick."""
    rect, layout = hit.rect, page.layout
    walls = [w for w in layout.down if w.left > rect.right - 4 and w.top <= rect.middle[1] <= w.bottom]
    wall = min(walls, key=lambda w: w.left, default=None)
    if wall is None or any(
        h.rect.left > rect.right and h.rect.right < wall.left and h.rect.same_row(rect, 0.5) for h in page.labels
    ):
        return []
    cell = layout.cell(Rect(wall.right + 8, rect.top, wall.right + 10, rect.bottom))
    if cell is None or any(cell.holds(*place.middle) for place in (*(h.rect for h in page.labels), *layout.boxes)):
        return []
    return [w for w in page.words if cell.holds(*w.rect.middle) and not is_prose(w.line)]


def _own_lines(page: PageText, hit: Hit) -> set[int]:
    """The numbers of the lines that a label goes on with right under it: "Name of the person to receive my | medical records"."""
    own: set[int] = set()
    last = hit.line
    if hit.colon:
        return own
    for line in sorted(page.lines, key=lambda r: r.rect.top):
        height = min(line.rect.height, last.rect.height)
        under = -0.4 * height < line.rect.top - last.rect.bottom < 0.5 * height and abs(line.rect.left - last.rect.left) < height
        if under and len(plain(line.text)) > 2 and is_label_text(line.text):
            own.add(line.number)
            last = line
    return own


def _next_line(page: PageText, hit: Hit) -> list[Word]:
    """Words at the start of the next line, where a sentence asks for them with its last words: "... or, if earlier, on:"."""
    line = hit.line.rect
    if (
        hit.line.text[hit.end :].strip(" :_,")
        or line.width < WHOLE_LINE * page.layout.width
        or page.layout.cell(hit.rect) is not None
    ):
        return []
    height = hit.rect.height
    row = [
        w
        for w in page.words
        if line.bottom - 0.3 * height < w.rect.middle[1] < line.bottom + NEXT * height and not is_prose(w.line)
    ]
    stops = [h.rect.left for h in page.labels if h is not hit and any(h.rect.same_row(w.rect, 0.5) for w in row)]
    runs = runs_of([w for w in row if w.rect.middle[0] < min(stops, default=1e9)])
    first = min(runs, key=lambda run: run[0].rect.left, default=[])
    return first if first and abs(first[0].rect.left - line.left) < 3 * height else []


WHOLE_LINE = 0.4
"""Share of the page's width from which a line fills its column."""
NEXT = 1.6
"""Line heights in which the next line's writing has its middle."""


def _nearer(other: Rect, label: Rect, word: Rect) -> bool:
    """Whether another label under the first one stands over the word, or before it on its row."""
    over = other.top <= word.middle[1] and other.x_overlap(word.grown(label.height, 0)) > 0 and not other.same_row(word, 0.5)
    before = other.same_row(word, 0.4) and other.right <= word.left + 8 and other.left >= label.left - 2 * label.height
    return over or before


def _behind_wall(page: PageText, label: Rect, word: Rect) -> bool:
    return any(label.right < wall.left < word.left and wall.top <= word.middle[1] <= wall.bottom for wall in page.layout.down)
