"""What stands around the text of a letter: letterhead, address, facts, title, fold marks, foot."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.letters.envelope import FOLDS, MAY_BE_SEEN, SEEN
from pipeline.letters.model import Letter
from pipeline.letters.press import Press
from pipeline.letters.setting import TITLE, set_lines
from pipeline.stationery.letterhead import draw_letterhead
from pipeline.stationery.paper import ACCENT, BODY, HEAD, INK, LEFT, PAGE, RIGHT, SMALL, SOFT, STRONG, TOP
from pipeline.stationery.typography import Style, draw, draw_right, in_latin, shortened, wrap
from pipeline.stationery.words import listed
from schemas.release import Practice

_ADDRESS = Style(10, colour=INK)
_ADDRESS_LEADING = 12.0
_ADDRESS_LEFT = SEEN.left + 3
_MOST_ADDRESS_LINES = 6
_FACTS_LEFT = 412.0
_TITLE_TOP = PAGE[1] - MAY_BE_SEEN.bottom - 9
_GREY = (0.5, 0.5, 0.5)


def draw_head(press: Press, letter: Letter, practice: Practice) -> float:
    """All that the first page of a letter has over its text; gives the y below."""
    with press.text("P") as canvas:
        draw_letterhead(canvas, practice)
    _draw_address(press, letter.address)
    _draw_facts(press, letter.facts)
    with press.artifact() as canvas:
        canvas.setStrokeColorRGB(*_GREY)
        canvas.setLineWidth(0.4)
        for fold in FOLDS:
            canvas.line(14, PAGE[1] - fold, 26, PAGE[1] - fold)
    return _draw_title(press, letter.title, _TITLE_TOP) - 6


def draw_slip_head(press: Press, letter: Letter, practice: Practice) -> float:
    """The same for a slip, which stays in the house."""
    with press.text("P") as canvas:
        draw(canvas, LEFT, TOP, shortened(practice.name, 300, STRONG), STRONG)
        draw_right(canvas, RIGHT, TOP, listed(value for _, value in letter.facts[:2]), SOFT)
    _draw_bar(press, 1.6)
    return _draw_title(press, letter.title, TOP - 18) - 8


def draw_running_head(press: Press, letter: Letter, practice: Practice) -> None:
    """Over the text of every page but the first."""
    with press.artifact() as canvas:
        draw(canvas, LEFT, TOP, shortened(practice.name, 230, STRONG), STRONG)
        draw_right(canvas, RIGHT, TOP, shortened(letter.title, 250, SOFT), SOFT)
    _draw_bar(press, 0.8)


def draw_foot(press: Press, letter: Letter, y: float, page: str) -> None:
    """Our number, whom to ask, and which page it is."""
    with press.artifact() as canvas:
        canvas.setStrokeColorRGB(*_GREY)
        canvas.setLineWidth(0.5)
        canvas.line(LEFT, y + 14, RIGHT, y + 14)
        draw(canvas, LEFT, y, shortened(in_latin(letter.foot), 410, SMALL), SMALL)
        draw_right(canvas, RIGHT, y, page, SMALL)


def draw_cut(press: Press, y: float) -> None:
    """Where a slip is cut off."""
    with press.artifact() as canvas:
        canvas.setStrokeColorRGB(*_GREY)
        canvas.setDash(3, 3)
        canvas.line(18, y, PAGE[0] - 18, y)
        canvas.setDash()


def _draw_bar(press: Press, weight: float) -> None:
    with press.artifact() as canvas:
        canvas.setFillColorRGB(*ACCENT)
        canvas.rect(LEFT, TOP - 8, RIGHT - LEFT, weight, stroke=0, fill=1)


def _draw_address(press: Press, address: Sequence[str]) -> None:
    """Its last line as low as is seen in every position of the paper; more than four lines grow upwards."""
    lines = _fitting(address)
    if not lines:
        return
    base = PAGE[1] - SEEN.bottom + 3 + (len(lines) - 1) * _ADDRESS_LEADING
    with press.text("P") as canvas:
        for number, line in enumerate(lines):
            draw(canvas, _ADDRESS_LEFT, base - number * _ADDRESS_LEADING, line, _ADDRESS)


def _fitting(address: Sequence[str]) -> list[str]:
    """Six lines at most; the last ones, which the post needs most, are always there."""
    room = SEEN.right - _ADDRESS_LEFT
    lines = [piece for line in address for piece in wrap(in_latin(line), room, _ADDRESS)]
    if len(lines) <= _MOST_ADDRESS_LINES:
        return lines
    return [shortened(in_latin(line), room, _ADDRESS) for line in address][-_MOST_ADDRESS_LINES:]


def _draw_facts(press: Press, facts: Sequence[tuple[str, str]]) -> None:
    """At the right of the window."""
    y = PAGE[1] - MAY_BE_SEEN.top - 8
    for label, value in facts:
        with press.text("P") as canvas:
            draw(canvas, _FACTS_LEFT, y - HEAD.size, label.upper(), HEAD)
            draw(canvas, _FACTS_LEFT, y - HEAD.leading - 11, value, BODY)
        y -= HEAD.leading + BODY.leading + 9


def _draw_title(press: Press, title: str, top: float) -> float:
    lines = set_lines(title, RIGHT - LEFT, TITLE)
    with press.text("H1") as canvas:
        lines.draw(canvas, LEFT, top)
    return top - lines.height
