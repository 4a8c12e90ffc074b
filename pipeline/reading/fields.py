"""From labels to values: which words belong to which label, and which field a label means where it stands.

Every label on the page looks for its value to the right, below, above or in the rest of its table cell. What it finds is
weighed by where it stands and by whether it has the shape of what the label asks for; the best pairs are taken first, and
no word is used twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.reading.asked import PARSERS, PARTS_OF_NAME
from pipeline.reading.geometry import Rect, around
from pipeline.reading.labels import BLANK, SMALL_WORDS, Hit, Phrase, found_in, is_prose
from pipeline.reading.layout import Layout
from pipeline.reading.text import TextLine
from pipeline.reading.values import Value
from pipeline.reading.zones import Heading, Zones, find_headings
from schemas.reading import FieldName

SHORTEST_SPECIFIC = 11
"""Letters: a label at least this long is one wherever it stands at the start of a run of words."""


@dataclass(frozen=True, eq=False)
class Word:
    """A run of letters that belongs to no label."""

    text: str
    rect: Rect
    score: float
    line: TextLine
    start: int
    end: int


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


@dataclass(frozen=True)
class PageText:
    """All that was read on one page, with what the form itself printed told apart from what may have been filled in."""

    lines: tuple[TextLine, ...]
    layout: Layout
    labels: tuple[Hit, ...]
    zones: Zones
    words: tuple[Word, ...]

    @classmethod
    def of(cls, lines: Iterable[TextLine], layout: Layout) -> PageText:
        """Finds labels and headings, and cuts the rest into words."""
        lines = tuple(lines)
        hits = {line.number: found_in(line) for line in lines}
        labels = tuple(
            replace(h, place=layout.tight(h.rect))
            for line in lines
            for h in hits[line.number]
            if h.phrase.kind == "label" and _is_label(h, layout)
        )
        labels = _one_each(labels)
        headings = find_headings(lines, hits, labels, layout)
        labels += tuple(
            _named_after(h, layout) for h in headings if h.part in ("destination", "holder") and _asks_for_name(h, labels)
        )
        printed = {
            id(line): [(h.start, h.end) for h in labels if h.line is line]
            + [(h.start, h.end) for h in headings if h.line is line]
            for line in lines
        }
        words = tuple(w for line in lines for w in _words(line, printed[id(line)]))
        return cls(lines, layout, labels, Zones(headings, labels, layout), words)


def _one_each(labels: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """One hit for each place: of several meanings of the same words the one that leaves the party open."""
    best: dict[tuple[int, int], Hit] = {}
    for hit in labels:
        key = (id(hit.line), hit.start)
        if key not in best or (best[key].phrase.party and not hit.phrase.party):
            best[key] = hit
    return tuple(best.values())


def _asks_for_name(heading: Heading, labels: tuple[Hit, ...]) -> bool:
    """Whether a heading such as "Release to: ____" is followed by the name itself."""
    if heading.end <= heading.start or any(h.line is heading.line and h.start == heading.start for h in labels):
        return False
    after = heading.line.text[heading.end :].lstrip(" )")
    return after[:1] in (":", BLANK)


def _named_after(heading: Heading, layout: Layout) -> Hit:
    phrase = Phrase("label", "name", heading.part, letters=heading.part)
    return Hit(phrase, heading.line, heading.start, heading.end, 0.9, layout.tight(heading.rect))


def _is_label(hit: Hit, layout: Layout) -> bool:
    """Whether the words are a label here, and not the same words in a sentence or a value."""
    before = hit.line.text[: hit.start]
    opens = (
        not before.strip(" (*.0123456789)")
        or before.rstrip().endswith((BLANK, ":", ")", "□", "☐", "☑", "☒", "■", "○"))
        or _gap_before(hit)
    )
    size = len(hit.phrase.letters)
    if not hit.colon and (size <= 2 or (hit.phrase.key == "ignore" and size <= SMALL_WORDS)):
        return False
    if hit.line.text[hit.end : hit.end + 1] in ("'", "’"):  # "Physician's orders"
        return False
    if is_prose(hit.line):
        asked = (
            hit.colon
            or BLANK in hit.line.text[hit.end : hit.end + 4]
            or hit.line.text[hit.end : hit.end + 3].strip()[:1].isdigit()
        )
        return asked and (size > SHORTEST_SPECIFIC or hit.phrase.key in ("expiry", "from_date", "to_date"))
    if hit.colon and (opens or size >= 3):
        return True
    after = hit.line.text[hit.end :]
    if hit.phrase.key == "expiry" and size > SHORTEST_SPECIFIC and (not after.strip() or after.strip()[:1].isdigit()):
        return True  # "... this authorization expires", with the date in another hand after it
    closes = not after.strip() or (after.startswith((" ", "(", "#", ":")) and _gap_after(hit))
    written_on = layout.rule_right(hit.rect) is not None
    begins = (after.startswith(" ") and after.lstrip()[:1].isupper()) or after.lstrip()[:1].isdigit()
    return opens and (closes or size >= SHORTEST_SPECIFIC or written_on or (not before.strip() and begins))


def _gap_before(hit: Hit) -> bool:
    letters = hit.line.letters
    at = hit.start - 1
    while at >= 0 and letters[at].char == " ":
        at -= 1
    return at < 0 or letters[hit.start].left - letters[at].right > 0.9 * hit.line.rect.height


def _gap_after(hit: Hit) -> bool:
    letters = hit.line.letters
    at = hit.end
    while at < len(letters) and letters[at].char == " ":
        at += 1
    return at >= len(letters) or letters[at].left - letters[hit.end - 1].right > 0.9 * hit.line.rect.height


def _words(line: TextLine, printed: list[tuple[int, int]]) -> list[Word]:
    """The runs between spaces, blanks and labels."""
    words: list[Word] = []
    start: int | None = None
    covered = [any(a <= i < b for a, b in printed) for i in range(len(line.letters))]
    for i, letter in enumerate([*line.letters, None]):
        cut = letter is None or letter.char in (" ", "#", BLANK) or covered[i]
        if cut and start is not None:
            while start < i and line.letters[start].char in ":;*|":
                start += 1
            if start < i:
                words.append(Word(line.text[start:i], line.part(start, i), line.score(start, i), line, start, i))
            start = None
        elif not cut and start is None:
            start = i
    return words


@dataclass
class _Candidate:
    """Words that may be a label's value."""

    hit: Hit
    key: str
    party: str
    words: list[Word]
    base: float
    where: str
    parsed: dict[FieldName, Value] = field(default_factory=dict)
    fit: float = 0.0


def find_values(page: PageText, today: date) -> list[FoundValue]:
    """Every value that a label of the page has, best first."""
    candidates = [c for hit in page.labels for c in _candidates(page, hit)]
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
        found += _found(candidate)
    left_over = [w for w in page.words if id(w) not in used and not is_prose(w.line)]
    return names_joined([replace(f, fit=0.6 * f.fit) if _cut_short(f, left_over) else f for f in found])


def _cut_short(found: FoundValue, left_over: list[Word]) -> bool:
    """Whether a word that belongs to nothing stands right behind the value: then a part of it may be missing."""
    last = rows_of(list(found.words))[-1][-1].rect
    return any(w.rect.same_row(last, 0.5) and -4 <= w.rect.left - last.right < 0.9 * last.height for w in left_over)


def _found(candidate: _Candidate) -> list[FoundValue]:
    rect, raw = around([w.rect for w in candidate.words]), _joined(candidate.words)
    score = min(w.score for w in candidate.words)
    printed = all(w.line.printed for w in candidate.words)
    part = candidate.key if candidate.key in PARTS_OF_NAME else ""
    return [
        FoundValue(name, value, raw, rect, score, candidate.fit, printed, tuple(candidate.words), part)
        for name, value in candidate.parsed.items()
    ]


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


def rows_of(words: list[Word]) -> list[list[Word]]:
    """Words by row from the top, each row from the left."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.rect.middle[1]):
        if rows and word.rect.same_row(around([w.rect for w in rows[-1]]), 0.45):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.rect.left) for row in rows]


def _candidates(page: PageText, hit: Hit) -> list[_Candidate]:
    key = hit.phrase.key
    if key in ("ignore", "signature"):
        return []
    party = page.zones.party_of(hit)
    layout, rect = page.layout, hit.rect
    options: list[tuple[list[Word], float, str]] = []
    rule = layout.rule_above(rect, 0.9 * rect.height)
    explains = hit.line.text[: hit.start].strip() == "(" and ":" not in hit.line.text[hit.end :]
    beneath = explains or (rule is not None and not hit.colon and layout.cell(rect) is None)
    right = _right(page, hit)
    if not beneath:
        options.append((right, 1.0, "right"))
    if rule is not None and hit.phrase.above:
        options.append((_above(page, hit, rule), 0.98 if beneath else 0.5, "above"))
    elif key in SHAPED_KEYS and hit.phrase.above and not hit.colon:
        options.append(
            (_above(page, hit, Rect(rect.left - rect.height, rect.top - 4, rect.right + rect.height, rect.top)), 0.45, "over")
        )
    options.append((_below(page, hit), 0.9 if layout.cell(rect) else 0.55, "below"))
    if key in ("address", "name_address") and right:
        options.append((right + [w for w in _below(page, hit) if w not in right], 0.97, "right and below"))
    return [_Candidate(hit, key, party, words, base, where) for words, base, where in options if words]


def _right(page: PageText, hit: Hit) -> list[Word]:
    """Words on the label's line, up to the next label, wall or end of the rule."""
    rect, layout = hit.rect, page.layout
    height = rect.height
    stops = [
        h.rect.left
        for h in page.labels
        if h is not hit
        and h.rect.same_row(rect, 0.3)
        and h.rect.left > rect.right - 2
        and (h.line is not hit.line or h.start != hit.start)
    ]
    stops += [h.rect.left for h in page.zones.headings if h.rect.same_row(rect, 0.5) and h.rect.left > rect.right + height]
    walls = [w.left for w in layout.down if w.left > rect.right and w.top <= rect.middle[1] <= w.bottom]
    end = min([*stops, *walls, float(layout.width)])
    rule = layout.rule_right(rect)
    if rule is not None and rule.right < end:
        end = rule.right + 1.5 * height
    found = [
        w
        for w in page.words
        if rect.right - 4 <= w.rect.middle[0] < end
        and w.rect.left >= rect.right - height
        and _off_line(w.rect, rect) < 0.7 * max(height, 0.7 * w.rect.height)
        and (w.line is hit.line or (w.line.rect.left > rect.right - 2 * height and not is_prose(w.line)))
    ]
    found = sorted((w for w in found if _nearest_row(page, hit, w)), key=lambda w: w.rect.left)
    kept: list[Word] = []
    for word in found:
        before = kept[-1].rect.right if kept else rect.right
        if word.rect.left - before > (12 if kept else 16) * height and rule is None:
            break
        kept.append(word)
    return kept


def _off_line(written: Rect, label: Rect) -> float:
    """How far a value's line of writing is from its label's: a large hand stands on the line, and far above it."""
    standing = abs((written.bottom - 0.18 * written.height) - (label.bottom - 0.18 * label.height))
    return min(abs(written.middle[1] - label.middle[1]), standing + 0.1 * label.height)


def _nearest_row(page: PageText, hit: Hit, word: Word) -> bool:
    """Whether no label to the left of the word stands clearly nearer to its height: rows may be closer than a hand is high."""
    mine = _off_line(word.rect, hit.rect)
    rivals = [
        _off_line(word.rect, h.rect)
        for h in page.labels
        if h is not hit
        and h.line is not word.line
        and h.rect.right <= word.rect.left + 8
        and h.rect.x_overlap(hit.rect.grown(hit.rect.width + 200, 0)) > 0
    ]
    return hit.line is word.line or mine <= min(rivals, default=1e9) + 0.2 * hit.rect.height


def _above(page: PageText, hit: Hit, rule: Rect) -> list[Word]:
    """Words on the rule over the label, as far as the next label under the same rule."""
    rect = hit.rect
    row = [h.rect for h in page.labels if h.rect.same_row(rect, 0.5) and h.rect.right > rule.left and h.rect.left < rule.right]
    left = max([r.right for r in row if r.right <= rect.left], default=rule.left - rect.height)
    right = min([r.left for r in row if r.left >= rect.right], default=rule.right + rect.height)
    low, high = rule.top - 2.1 * rect.height, rule.top + 0.35 * rect.height
    return [
        w for w in page.words if low <= w.rect.middle[1] <= high and left <= w.rect.middle[0] <= right and not is_prose(w.line)
    ]


def _below(page: PageText, hit: Hit) -> list[Word]:
    """Words under the label: in the rest of its cell, else on the next line only."""
    rect, layout = hit.rect, page.layout
    cell = layout.cell(rect)
    row = [h.rect.left for h in page.labels if h.rect.same_row(rect, 0.5) and h.rect.left > rect.right]
    right = min([*row, cell.right if cell else float(layout.width)])
    under = [
        h.rect.top
        for h in page.labels
        if h.rect.top > rect.bottom - 4 and h.rect.left < right and h.rect.right > rect.left - rect.height
    ]
    bottom = min([*under, cell.bottom if cell else rect.bottom + 1.9 * rect.height])
    left = cell.left if cell else rect.left - 0.5 * rect.height
    if cell and any(h.rect.same_row(rect, 0.5) and cell.left <= h.rect.left < rect.left for h in page.labels):
        left = rect.left - rect.height
    return [
        w
        for w in page.words
        if rect.middle[1] + 0.45 * rect.height < w.rect.middle[1] < bottom
        and left <= w.rect.middle[0] < right
        and w.rect.left < right
        and not is_prose(w.line)
    ]


SHAPED_KEYS = frozenset({"dob", "expiry", "date_signed", "phone", "fax", "zip", "email"})
"""Labels whose values have a shape of their own, so that they may be looked for where no rule shows the way."""


def _weigh(candidate: _Candidate, today: date) -> None:
    """Reads the words as what the label asks for; `fit` is 0 where they cannot be that."""
    text = _joined(candidate.words) if candidate.words else ""
    if not text:
        candidate.fit = 0.0
        return
    parsed = PARSERS[candidate.key](text, candidate.party, today) if candidate.key in PARSERS else {}
    candidate.parsed = parsed
    whole = 0.02 * max(0, len(parsed) - 1)  # street, city and ZIP together are more than a street
    candidate.fit = (candidate.base + whole) * max((v.quality for v in parsed.values()), default=0.0) * candidate.hit.likeness
