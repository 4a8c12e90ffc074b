"""What begins a part of the form: headings over it, beside it, or in a sentence that asks to send to whoever follows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.reading.geometry import Rect, around
from pipeline.reading.labels import BLANK, BOXES, Hit, found_in, is_prose
from pipeline.reading.layout import Layout
from pipeline.reading.text import Letter, TextLine, plain
from pipeline.reading.wording import heading_of, names_an_office, part_meant
from pipeline.reading.words import refuses
from pipeline.reading.zones import NAMING, OF_PEOPLE, PARTIES, REVOKES, Heading, Zones


def find_headings(
    lines: Sequence[TextLine],
    hits: Mapping[int, Sequence[Hit]],
    labels: Sequence[Hit],
    layout: Layout,
    stacked: Sequence[Heading] = (),
) -> tuple[Heading, ...]:
    """Headings proper, those `stacked` in a column of their own among them, and the labels that begin a party's part."""
    found = [
        Heading(h.phrase.key, h.line, h.start, h.end, h.rect)
        for line in lines
        for h in hits[line.number]
        if h.phrase.kind == "heading"
        and _is_heading(h)
        and not _in_choice(h)
        and not is_choice_row(h, lines)
        and not (h.phrase.key == "destination" and refuses(_sentence_of(line, lines)))
    ]
    found += [h for line in lines for h in _directions(line) if h.part != "destination" or not refuses(_sentence_of(line, lines))]
    found += stacked
    found += [h for line in lines for h in _over_two_lines(line, lines)]
    found += _from_and_to(lines) + [h for line in lines if (h := _asked_below(line))]
    found = _either_ticked(found, layout)
    asking = {id(h.line) for h in labels if h.phrase.party == "patient"}
    either = [h for line in lines if id(line) not in asking and (h := _either_way(line, lines))]
    found = [h for h in found if not any(h.line is e.line for e in either)] + either
    meant = _by_meaning(lines, found, labels)
    said = {id(h.line) for h in meant}
    found = [h for h in found if id(h.line) not in said] + meant
    open_lines = {id(h.line) for h in either}
    for label in labels:
        if label.phrase.key in NAMING and label.phrase.party in PARTIES and id(label.line) not in open_lines:
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
        and not (part == "destination" and refuses(_sentence_of(line, lines)))
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
_LEAVE = re.compile(
    r"(?i)\b(?:permission|consent|authori[sz]ation|authority|leave)\s+(?:(?:is|are|hereby)\s+)*(?:(?:given|granted)\s+)?to$"
    r"|\bauthori[sz]\w*\s+(?:(?!release|disclos)\w+\s+){0,8}to$"
)
"""Leave is given to whoever has the records."""
_BOTH_WAYS = re.compile(r"(?i)\bto\s*(?:/|or|and|&)\s*(?:\w+\s+)?from$")
"""A form that serves to send and to obtain: here it was sent to the holder, so whoever is named receives, but never surely."""

_BACK = re.compile(
    r"^\W*(?:please\s+)?(?:return|send|submit|mail|fax|deliver)\w*\s+(?:\w+\s+){0,2}?"
    r"(?:completed|signed|form|authorization|this)\b[^:]{0,40}\bto\b",
    re.IGNORECASE,
)
"""Where the form itself is to be sent: the holder's own address follows."""


def _directions(line: TextLine) -> list[Heading]:
    """Where a sentence asks to send to, or to obtain from, whoever is named after its colon."""
    back = _BACK.match(line.text)
    if back:
        return [Heading("office", line, 0, back.end(), line.part(0, back.end()))]
    if REVOKES.search(line.text):
        return [Heading("revocation", line, 0, 0, line.rect)]
    if refuses(line.text):  # "Do not send to:"
        return []
    found = []
    for match in _TO.finditer(line.text):
        before = line.text[: match.start()]
        if is_prose(line) and not line.text[match.end() :].lstrip(" )").startswith((":", BLANK)) and len(plain(before)) > 8:
            continue
        receives = match[0].lower().endswith("to") and not _LEAVE.search(line.text[: match.end()])
        either = _BOTH_WAYS.search(match[0]) is not None
        part = "destination" if receives or either else "holder"
        rect = line.part(match.start(), match.end())
        found.append(Heading(part, line, match.start(), match.end(), rect, both_ways=either))
    request = _TO_WHOM.match(line.text)
    if not found and request and line.text[request.end() :].lstrip()[:1].isupper():
        return [Heading("destination", line, 0, request.end(), line.part(0, request.end()))]
    if not found and _TO_FOLLOWING.search(line.text):
        found.append(Heading("destination", line, 0, len(line.text), line.rect))
    return found


def _before(line: TextLine, lines: Sequence[TextLine]) -> TextLine | None:
    """The line right above, which this one may go on with."""
    height = line.rect.height
    above = [
        r
        for r in lines
        if -0.5 * height < line.rect.top - r.rect.bottom < 0.9 * height and abs(r.rect.left - line.rect.left) < 4 * height
    ]
    return max(above, key=lambda r: r.rect.bottom, default=None)


def _sentence_of(line: TextLine, lines: Sequence[TextLine]) -> str:
    """The words of a line, with those of the line before if its sentence has not ended there."""
    before = _before(line, lines)
    return line.text if before is None or before.text.rstrip().endswith((".", ":")) else f"{before.text.rstrip()} {line.text}"


def _over_two_lines(line: TextLine, lines: Sequence[TextLine]) -> list[Heading]:
    """A request whose last words, "... to:", stand on a line of their own, as a sentence was broken."""
    sentence = _sentence_of(line, lines)
    begins = len(sentence) - len(line.text)  # where the line begins in its sentence
    if not begins or not _ENDS_IN_TO.search(line.text) or refuses(sentence) or _directions(line):
        return []
    match = next((m for m in _TO_BROKEN.finditer(sentence) if m.end() > begins), None)
    if match is None:
        return []
    receives = match[0].lower().endswith("to") and not _LEAVE.search(sentence[: match.end()])
    end = match.end() - begins
    return [Heading("destination" if receives else "holder", line, 0, end, line.part(0, end))]


_ENDS_IN_TO = re.compile(r"(?i)\b(?:to|from)\s*:?\s*_*\s*$")
_TO_BROKEN = re.compile(
    r"(?i)\b(?:releas|disclos|send|provid|forward|transfer|giv|furnish|request|obtain)\w*\b[^:_.]{0,140}\b(?:to|from)\b(?=\s*:?\s*_*\s*$)"
)


def _either_way(line: TextLine, lines: Sequence[TextLine]) -> Heading | None:
    """A sentence that leaves open whether records are sent to whoever follows or obtained from there."""
    whole = _sentence_of(line, lines)
    both = _EITHER.search(whole) or (_SENT_TO.search(line.text) and _HAD_FROM.search(line.text))
    asks = ":" in line.text or BLANK in line.text or not is_prose(line)
    if not both or not asks or not _ENDS_OF_WAY.search(line.text) or refuses(whole):
        return None
    end = line.text.rfind(":") if ":" in line.text else len(line.text)
    return Heading("destination", line, 0, end, line.rect, both_ways=True)


_ENDS_OF_WAY = re.compile(r"(?i)\b(?:to|from|with|between)\b[^:]{0,80}(?::|$|_)")
_SENT_TO = re.compile(r"(?i)\b(?:releas|disclos|send|provid)\w*\b[^.:]{0,40}\bto\b")
_HAD_FROM = re.compile(r"(?i)\b(?:receiv|obtain)\w*\b[^.:]{0,40}\bfrom\b")
_GIVES, _TAKES = r"(?:releas|disclos|send|provid|shar)\w*", r"(?:receiv|obtain|request)\w*"
_EITHER = re.compile(
    rf"(?i)\b{_GIVES}[\s_]*(?:/|\band\b|\bor\b|&)+[\s_/]*(?:or[\s_]*)?(?:to\s+)?{_TAKES}|"
    rf"\b{_TAKES}[\s_]*(?:/|\band\b|\bor\b|&)+[\s_/]*(?:or[\s_]*)?(?:to\s+)?{_GIVES}|"
    r"\bto\s*(?:/|\bor\b|\band\b|&)\s*(?:\w+\s+)?from\b|\b(?:mutual(?:ly)?\s+)?exchange\b.*\b(?:with|between)\b"
)


def _asked_below(line: TextLine) -> Heading | None:
    """A sentence that tells what to fill in below it: who receives, or how long the permission lasts."""
    if refuses(line.text):
        return None
    part = next((part for part, pattern in _FILLED_IN if pattern.search(line.text)), None)
    return Heading(part, line, 0, len(line.text), line.rect) if part else None


_FILL_IN = r"^\W*(?:\w{1,2}[.)]\s*)?(?:please\s+)?(?:fill\s+in|print|list|enter|write|provide|specify|give|indicate|check)\b"
_FILLED_IN = (
    (
        "destination",
        re.compile(
            rf"(?i){_FILL_IN}[^.:]{{0,30}}\bnames?\b[^.:]{{0,100}}?\b(?:to\s+whom|who\s+(?:will|may|should|is\s+to)\s+receive)\b"
        ),
    ),
    ("expiry", re.compile(rf"(?i){_FILL_IN}[^.:]{{0,40}}\bhow\s+long\b[^.:]{{0,60}}\b(?:authorization|permission|consent)\b")),
)


def _either_ticked(found: Sequence[Heading], layout: Layout) -> list[Heading]:
    """Boxes to tick before "release to" and "obtain from", one beside or over the other: which it is, only the tick says."""
    ways = [h for h in found if h.part in ("destination", "holder") and _behind_box(h, layout)]
    near = [
        h
        for h in ways
        if any(o.part != h.part and abs(o.rect.middle[1] - h.rect.middle[1]) < BOXES_APART * h.rect.height for o in ways)
    ]
    if not near:
        return list(found)
    rest = [h for h in found if not any(h.line is w.line for w in near)]
    last = max(near, key=lambda h: (round(h.rect.top / h.rect.height), -h.rect.left))
    return [*rest, replace(last, part="destination", start=last.end, both_ways=True)]


BOXES_APART = 2.5
"""Line heights from one of several boxes to the next."""


def _behind_box(heading: Heading, layout: Layout) -> bool:
    """Whether a box to tick is printed right before the words, or before the sentence that they end."""
    rect, begins = heading.rect, (heading.rect.left, heading.line.rect.left)
    glyph = heading.line.text[: heading.start].rstrip().endswith(BOXES) or heading.line.text.lstrip().startswith(BOXES)
    return glyph or any(
        b.same_row(rect, 0.5) and any(-0.5 * b.width < left - b.right < 2 * b.width for left in begins) for b in layout.boxes
    )


def _from_and_to(lines: Sequence[TextLine]) -> list[Heading]:
    """ "From:" and "To:" side by side, each with choices or nothing behind it: who sends and who receives. Never one alone: a
    letter to whoever has the records begins with "To:"."""
    if any(_COVER.search(line.text) for line in lines):
        return []
    ends = [(line, match) for line in lines if (match := _END_OF_WAY.match(line.text))]
    pairs = [
        (a, b)
        for a in ends
        for b in ends
        if a[1][1].lower() == "from" and b[1][1].lower() == "to" and a[0] is not b[0] and a[0].rect.same_row(b[0].rect, 0.5)
    ]
    return [
        Heading(part, line, 0, match.end(1), line.part(0, match.end(1)))
        for pair in pairs
        for (line, match), part in zip(pair, ("holder", "destination"), strict=True)
    ]


_COVER = re.compile(r"(?i)\bfax\s+(?:cover|transmi)|\bcover\s+(?:sheet|page)|\bnumber\s+of\s+pages\b|^\W*(?:re|subject)\s*:")
"""Whose sender and receiver are those of a message, and not of the records."""
_TIME = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|present|current|today|now|birth|first|last|all)"
_END_OF_WAY = re.compile(rf"(?i)^\W*(from|to)\s*:\s*(?!{_TIME})(?=$|[^\W\d_]|[□☐☑☒■○])")


def asks_for_whom(heading: Heading) -> bool:
    """Whether the name of who receives follows on the heading's own line."""
    match = _TO_WHOM.match(heading.line.text)
    return match is not None and match.end() == heading.end


def find_stacked(lines: Sequence[TextLine], layout: Layout) -> list[Heading]:
    """Headings set in a narrow left column, one word or two a line; they rule over the row of the table they stand in."""
    found = []
    for group in _stacks(lines, layout):
        rect = around([line.rect for line in group])
        cell = layout.cell(rect) or (
            _row_of(rect, group[0].rect.height, layout)
            if (len(group) > 1 or part_meant(group[0].text.strip(ENDS)) in OF_PEOPLE) and not any(BLANK in r.text for r in group)
            else None
        )
        if cell is None or cell.right > WIDEST_CELL * layout.width:
            continue
        words = TextLine(
            -1,
            rect,
            tuple(letter for line in group for letter in (*line.letters, Letter(" ", line.rect.right, line.rect.right, 1.0))),
        )
        listed = [h.phrase.key for h in found_in(words, ("heading",)) if _is_heading(h) and h.start == 0]
        meant = [] if listed or (part := part_meant(words.text.strip(ENDS))) == "" else [part]
        place = Rect(cell.left, cell.top, cell.right, cell.top + group[0].rect.height)
        found += [Heading(part, words, 0, 0, place, cell) for part in listed + meant]
    return found


def _stacks(lines: Sequence[TextLine], layout: Layout) -> list[list[TextLine]]:
    """Short lines at the left, those together that go on under each other; a question mark, a colon and a rule end them."""
    narrow = sorted(
        (r for r in lines if r.rect.right < NARROW * layout.width and len(plain(r.text)) < SHORT), key=lambda r: r.rect.top
    )
    groups: list[list[TextLine]] = []
    for line in narrow:
        near = next((g for g in groups if _goes_on_under(g[-1], line, layout)), None)
        if near is not None:
            near.append(line)
        else:
            groups.append([line])
    return groups


def _goes_on_under(line: TextLine, lower: TextLine, layout: Layout) -> bool:
    height = lower.rect.height
    close = -0.3 * height < lower.rect.top - line.rect.bottom < 0.7 * height
    both = around([line.rect, lower.rect])
    return (
        close
        and abs(line.rect.left - lower.rect.left) < 2 * height
        and not line.text.rstrip().endswith(("?", ":"))
        and not any(
            r.left < both.left and r.right > both.right and line.rect.middle[1] < r.top < lower.rect.middle[1]
            for r in layout.across
        )
    )


NARROW, WIDEST_CELL = 0.26, 0.3
"""Shares of the page's width: where such a heading and its cell end at the latest."""
SHORT = 26
"""Letters of one of its lines at most."""
ENDS = " :?."
"""What may follow its last word."""


def lists_who(hit: Hit, stacked: Sequence[Heading]) -> bool:
    """Whether a label without a party stands under a heading in the heading's own cell: "(dentist, doctor or agency)"."""
    return (
        hit.phrase.key == "name"
        and not hit.phrase.party
        and not hit.colon
        and any(h.cell is not None and h.cell.holds(*hit.rect.middle) and hit.rect.top > h.line.rect.bottom for h in stacked)
    )


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
