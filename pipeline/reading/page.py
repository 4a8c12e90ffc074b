"""A page's text, with what the form itself printed told apart from what may have been filled in."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.reading.geometry import Rect, around
from pipeline.reading.headings import asks_for_whom, find_headings, find_stacked, is_choice_row, lists_who
from pipeline.reading.labels import BLANK, BOXES, FORMAT, PROSE, SMALL_WORDS, Hit, Phrase, found_in, grown, is_prose, not_yet
from pipeline.reading.layout import Layout
from pipeline.reading.signing_words import with_signing
from pipeline.reading.text import TextLine, plain
from pipeline.reading.wording import ALONE, AND, WRITES, composed, over_lines
from pipeline.reading.zones import Heading, Zones

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
        hits = over_lines(lines, {line.number: with_signing(line, composed(line, found_in(line))) for line in lines})
        labels = tuple(
            replace(h, place=layout.tight(h.rect)) for line in lines for h in _whole(hits[line.number]) if _is_label(h, layout)
        )
        labels = tuple(_or_event(h, labels, layout) for h in labels)
        labels = tuple(h for h in _one_each(labels) if h.phrase.key != "name" or not is_choice_row(h, lines))
        labels += tuple(h for line in lines for h in hits[line.number] if _ends_range(h, labels) or _is_initial(h, labels))
        labels = tuple(h for h in labels if h.phrase.key != "expiry" or not _of_the_form(h, lines))
        labels = tuple(h for h in labels if h.phrase.letters != WRITES or _writes(h, labels))
        stacked = find_stacked(lines, layout)
        labels = tuple(h for h in labels if not lists_who(h, stacked))
        headings = find_headings(lines, hits, labels, layout, stacked)
        labels += tuple(
            _named_after(h, layout) for h in headings if h.part in ("destination", "holder") and _asks_for_name(h, labels, layout)
        )
        labels = tuple(h for h in labels if not _says_the_way(h, headings))
        printed = {
            id(line): [(h.start, h.end) for h in labels if h.line is line] + [_printed_of(h) for h in headings if h.line is line]
            for line in lines
        }
        words = tuple(w for line in lines for w in _words(line, printed[id(line)]))
        closings = tuple(line.rect for line in lines if line.text.rstrip().endswith(":") and len(line.text) < SHORT_LINE)
        towns = tuple(line.rect for line in lines if _TOWN.fullmatch(line.text))
        zones = Zones(headings, labels, layout, closings, towns)
        labels = tuple(replace(h, phrase=replace(h.phrase, key="expiry")) if _ends_permission(h, zones) else h for h in labels)
        return cls(lines, layout, labels, replace(zones, labels=labels), words)


def _ends_permission(hit: Hit, zones: Zones) -> bool:
    """Whether a bare "Date" stands right under a heading about how long the permission lasts, and beside no signature; or the end
    of a period anywhere under it."""
    if hit.phrase.key == "to_date":
        return zones.topic_of(hit.rect) == "expiry"
    if hit.phrase.key != "date_signed":
        return False
    beside = (h for h in zones.labels if h.phrase.key in ("signature", "printed_name", "relationship"))
    return zones.is_right_under(hit, "expiry") and not any(h.rect.same_row(hit.rect, 0.3) for h in beside)


def _or_event(hit: Hit, labels: Sequence[Hit], layout: Layout) -> Hit:
    """A label for the end of the permission with "the following date or event" behind it: both ask for the same place."""
    if hit.phrase.key != "expiry":
        return hit
    behind = (h for h in labels if h.line is hit.line and h.phrase.key == "expiry_event" and h.start > hit.end)
    event = next((h for h in behind if not re.search(r"[\d_:]", hit.line.text[hit.end : h.start])), None)
    return hit if event is None else replace(hit, end=event.end, place=layout.tight(hit.line.part(hit.start, event.end)))


def _says_the_way(hit: Hit, headings: Sequence[Heading]) -> bool:
    """Whether "From" and "To" are no dates here, but tell who sends and who receives."""
    if hit.phrase.key not in ("from_date", "to_date"):
        return False
    ways = [h for h in headings if h.line is hit.line and h.part in ("holder", "destination") and h.start == 0]
    return any(hit.start < h.end <= hit.end for h in ways)


def _printed_with(hit: Hit) -> tuple[int, int]:
    """From where to where a label's line is printed with it: all of it, where it is a remark in brackets."""
    text = hit.line.text.strip()
    remark = text[:1] in ("(", "[") and text[-1:] in (")", "]") and len(re.findall(r"[(\[]", text)) == 1
    return (0, len(hit.line.text)) if remark else (hit.start, hit.end)


def _printed_of(heading: Heading) -> tuple[int, int]:
    """From where to where a heading's line is printed: what stands before its closing words, and a remark in brackets behind
    them, are no values either."""
    text = heading.line.text
    closes = heading.end > heading.start and not re.sub(r"\([^)]*\)", "", text[heading.end :]).strip(" :._)")
    return (0, len(text)) if closes and heading.part in ("destination", "holder") else (heading.start, heading.end)


_TOWN = re.compile(r"\W*[A-Z][\w.'’ ]+,\s*[A-Z][A-Za-z.]+\s+\d{5}(?:-\d{4})?\W*")
"""A line that is a town, its state and its ZIP code, and nothing else."""


def _writes(hit: Hit, labels: Sequence[Hit]) -> bool:
    """Whether "I," begins what the patient says of themselves; where it was read as "1," it may count a list, and a birth date
    has to follow at once."""
    if hit.line.text[hit.start : hit.end].strip(" ,").endswith("I"):
        return True
    below = (h.rect.top - hit.rect.top for h in labels if h.phrase.key == "dob")
    return any(-hit.rect.height < gap < BORN_NEAR * hit.rect.height for gap in below)


BORN_NEAR = 4
"""Line heights from who writes to their birth date."""
_APPROVED = re.compile(r"(?i)\bOMB\b|\bform\s+approved\b")


def _of_the_form(hit: Hit, lines: Iterable[TextLine]) -> bool:
    """Whether the date is that until which a form of the government may be used: it stands beside the form's number."""
    if any(word in hit.phrase.letters for word in ("authorization", "consent", "permission")):
        return False  # however near the form's number stands
    near = APPROVED_NEAR * hit.rect.height
    return any(
        abs(line.rect.middle[1] - hit.rect.middle[1]) < near
        and line.rect.x_overlap(hit.line.rect) > 0
        and _APPROVED.search(line.text)
        for line in lines
    )


APPROVED_NEAR = 4
"""Line heights from the number of a form to the date until which it may be used."""


def _ends_range(hit: Hit, labels: tuple[Hit, ...]) -> bool:
    """Whether a bare "to" stands behind "from" on its row: then the end of a range of dates is asked for."""
    if hit.phrase.key != "to_date" or any(h.line is hit.line and h.start == hit.start for h in labels):
        return False
    own = any(h.line is hit.line and h.phrase.key == "from_date" and h.end <= hit.start for h in labels)
    alone = (own or not hit.line.text[: hit.start].strip()) and re.match(r"[\s:_]*(?:\d|$)", hit.line.text[hit.end :])
    before = [h.rect for h in labels if h.phrase.key in ("from_date", "date_range") and h.rect.right <= hit.rect.left]
    return bool(alone) and any(rect.same_row(hit.rect, 0.4) for rect in before)


def _is_initial(hit: Hit, labels: tuple[Hit, ...]) -> bool:
    """Whether "MI" stands on the row of the first and the last name: so short, it is a label nowhere else."""
    if hit.phrase.key != "middle" or any(h.line is hit.line and h.start == hit.start for h in labels):
        return False
    return _opens(hit) and any(h.phrase.key in ("first", "last") and h.rect.same_row(hit.rect, 0.5) for h in labels)


def _whole(hits: list[Hit]) -> list[Hit]:
    """The labels among the hits, each with all its printed words, those left out that stand inside another."""
    labels = [h for h in hits if h.phrase.kind == "label"]
    whole = [grown(h, labels) if _opens(h) else h for h in labels]
    return [h for h in whole if not any(w.start < h.start < w.end for w in whole)]


def _opens(hit: Hit) -> bool:
    """Whether the words begin a line, or stand behind a blank, a box or a gap."""
    before = FORMAT.sub("", hit.line.text[: hit.start])
    return (
        not_yet(before)
        or before.rstrip().endswith((BLANK, ":", ")", *BOXES))
        or (before[-1].isdigit() and hit.line.text[hit.start].isupper())  # "MA 01970Telephone"
        or _gap_before(hit)
    )


def _one_each(labels: tuple[Hit, ...]) -> tuple[Hit, ...]:
    """One hit for each place: of several meanings of the same words the one that leaves the party open."""
    best: dict[tuple[int, int], Hit] = {}
    for hit in labels:
        key = (id(hit.line), hit.start)
        if key not in best or (best[key].phrase.party and not hit.phrase.party):
            best[key] = hit
    return tuple(best.values())


def _asks_for_name(heading: Heading, labels: tuple[Hit, ...], layout: Layout) -> bool:
    """Whether a heading such as "Release to: ____" is followed by the name itself, or by a rule to write it on."""
    if heading.end <= heading.start or any(h.line is heading.line and h.start == heading.start for h in labels):
        return False
    after = heading.line.text[heading.end :].lstrip(" )")
    if asks_for_whom(heading):
        return True
    if not after and heading.line.text.rstrip().endswith((" to", " from")):
        return layout.rule_right(heading.rect) is not None
    return after[:1] in (":", BLANK)


def _named_after(heading: Heading, layout: Layout) -> Hit:
    phrase = Phrase("label", "name", heading.part, letters=heading.part)
    return Hit(phrase, heading.line, heading.start, heading.end, 0.9, layout.tight(heading.rect))


def _is_label(hit: Hit, layout: Layout) -> bool:
    """Whether the words are a label here, and not the same words in a sentence or a value."""
    before = hit.line.text[: hit.start]
    opens = _opens(hit)
    size = len(hit.phrase.letters)
    if hit.phrase.letters in (AND, WRITES):
        return opens and hit.phrase.letters == WRITES  # for "and" see _ends_range
    too_short = not hit.colon and not _answered(hit) and (size <= 2 or (hit.phrase.key == "ignore" and size <= SMALL_WORDS))
    if too_short or hit.line.text[hit.end : hit.end + 1] in ("'", "’") or not _room_to_write(hit, layout):  # "Physician's orders"
        return False
    if is_prose(hit.line):
        asked = (
            hit.colon
            or BLANK in hit.line.text[hit.end : hit.end + 4]
            or hit.line.text[hit.end : hit.end + 3].strip()[:1].isdigit()
        )
        named = size > SHORTEST_SPECIFIC or hit.phrase.key in ("expiry", "from_date", "to_date", "date_range")
        ends = not hit.line.text[hit.end :].strip(" :.")
        whole = opens and ends and (hit.colon or layout.cell(hit.rect) is not None)
        until = ends and size >= SHORTEST_SPECIFIC and hit.phrase.key in ("expiry", "from_date")
        return (asked and named) or whole or until or (opens and under_rule(hit, layout))
    if hit.colon and (opens or size >= 3):
        return True
    after = FORMAT.sub("", hit.line.text[hit.end :]).removeprefix(".").removesuffix("]")  # "Attn.", "[City]"
    after = after.removesuffix(")") if before.strip() == "(" else after
    if (
        hit.phrase.key in ("expiry", "from_date")
        and size >= SHORTEST_SPECIFIC
        and (not after.strip() or after.strip()[:1].isdigit())
    ):
        return True  # "... this authorization expires", with the date in another hand after it
    closes = not after.strip() or after.lstrip().startswith("/") or (after.startswith((" ", "(", "#", ":")) and _gap_after(hit))
    written_on = layout.rule_right(hit.rect) is not None
    begins = (after.startswith(" ") and after.lstrip()[:1].isupper()) or after.lstrip()[:1].isdigit()
    return _answered(hit) or (opens and (closes or size >= SHORTEST_SPECIFIC or written_on or (not before.strip() and begins)))


def under_rule(hit: Hit, layout: Layout) -> bool:
    """Whether the words explain the rule over them, long as they are: whose signature it is, in two languages or with who else
    may sign in brackets, and not the start of a sentence."""
    parts = re.split(r"[/()]", hit.line.text)
    return (
        hit.phrase.key == "signature"
        and len(parts) > 1
        and all(len(plain(part)) <= PROSE for part in parts)
        and layout.rule_above(hit.rect, 0.9 * hit.rect.height) is not None
    )


SHORT_LINE = 28
"""Letters of a line that may head a list."""
SHORTEST_NAME = 2
"""Letters behind a label that are more than what is left of a blank."""
LISTED = ALONE | {"facility", "clinic", "hospital", "organization", "agency"}
"""Words that ask for a name where there is room to write one, and else stand over a list of the holder's own houses."""


def _room_to_write(hit: Hit, layout: Layout) -> bool:
    if hit.phrase.letters not in LISTED:
        return True
    rest = hit.line.text[hit.end :]
    if rest.lstrip()[:1].islower():  # "Office visit notes"
        return False
    drawn = layout.rule_right(hit.rect) is not None or layout.cell(hit.rect) is not None
    return drawn or BLANK in rest or len(rest.strip(" :")) > SHORTEST_NAME


_ANSWERS = {
    "zip": r"\s*\d{4}",
    "state": r"\s+[A-Z]{2}\b",
    "phone": r"\s*[(\[]?\s*\d{3}",
    "fax": r"\s*[(\[]?\s*\d{3}",
    "dob": r"(?:\s+(?:is|was|on))?\s*\d{1,2}[/\-.]",
    "date_signed": r"\s*\d{1,2}[/\-.]\d",
}
"""What shows that a label in the middle of a line is one: an answer of its shape follows at once."""


def _answered(hit: Hit) -> bool:
    pattern, first = _ANSWERS.get(hit.phrase.key), hit.line.text[hit.start]
    return (
        pattern is not None
        and hit.likeness == 1
        and (
            first.isupper() or hit.phrase.key == "dob" or any(c.isdigit() for c in hit.phrase.letters)
        )  # "z1p" is a misread "ZIP", and no word
        and re.match(pattern, hit.line.text[hit.end :]) is not None
    )


def _gap_before(hit: Hit) -> bool:
    """Whether the words stand apart from those before them, and not in the middle of a name such as "Elm Street Dental"."""
    gap = _before(hit)
    return gap > 0.9 * hit.line.rect.height and (hit.colon or gap > WIDER * _after(hit) or _after(hit) == math.inf)


def _gap_after(hit: Hit) -> bool:
    return _after(hit) > 0.9 * hit.line.rect.height


WIDER = 1.5
"""A gap before a label is so many times as wide as the one behind it."""


def _before(hit: Hit) -> float:
    """Pixels between the words and what stands before them on their line; infinite where nothing does."""
    letters = hit.line.letters
    at = hit.start - 1
    while at >= 0 and letters[at].char == " ":
        at -= 1
    return letters[hit.start].left - letters[at].right if at >= 0 else math.inf


def _after(hit: Hit) -> float:
    """The same behind them."""
    letters = hit.line.letters
    at = hit.end
    while at < len(letters) and letters[at].char == " ":
        at += 1
    return letters[at].left - letters[hit.end - 1].right if at < len(letters) else math.inf


_SEAM = re.compile(r"(?<=[A-Za-z:;$])(?=\d{1,2}([/\-])\d{1,2}\1\d{2})|(?<=[a-z]{3})(?=\d[\d/]{5,9}(?!\w))")
"""Where a date follows a name at once: a large signature runs into the date beside it."""


def _words(line: TextLine, printed: list[tuple[int, int]]) -> list[Word]:
    """The runs between spaces, blanks and labels; a date is a word of its own."""
    words: list[Word] = []
    start: int | None = None
    covered = [any(a <= i < b for a, b in printed) for i in range(len(line.letters))]
    seams = {m.start() for m in _SEAM.finditer(line.text)}
    for i, letter in enumerate([*line.letters, None]):
        cut = letter is None or letter.char in (" ", "#", BLANK) or covered[i] or i in seams
        if cut and start is not None:
            while start < i and line.letters[start].char in ":;*|":
                start += 1
            if start < i:
                words.append(Word(line.text[start:i], line.part(start, i), line.score(start, i), line, start, i))
            start = i if i in seams else None
        elif start is None and (not cut or i in seams):
            start = i
    return words


def rows_of(words: list[Word]) -> list[list[Word]]:
    """Words by row from the top, each row from the left."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: w.rect.middle[1]):
        if rows and word.rect.same_row(around([w.rect for w in rows[-1]]), 0.45):
            rows[-1].append(word)
        else:
            rows.append([word])
    return [sorted(row, key=lambda w: w.rect.left) for row in rows]


def runs_of(words: Sequence[Word]) -> list[list[Word]]:
    """Words of one line with no wide gap between, left to right."""
    runs: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.line.number, w.rect.left)):
        last = runs[-1][-1] if runs else None
        if last is not None and last.line is word.line and word.rect.left - last.rect.right < 1.5 * word.rect.height:
            runs[-1].append(word)
        else:
            runs.append([word])
    return runs
