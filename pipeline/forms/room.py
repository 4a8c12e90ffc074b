"""The room that a form leaves for a field: from the print before its place to the print behind it.

What one person wrote there is as long as that person's name. So the place alone is not enough, and how far it goes is taken
from the form: printed words, walls of cells, and the places of other fields end it.
"""

from __future__ import annotations

from pipeline.forms.asking import of_one_family
from pipeline.forms.form import MEASURE, Form, Place
from pipeline.forms.recognition import Recognised
from pipeline.reading.geometry import Rect
from pipeline.reading.layout import Layout

BEFORE = 1.5
"""Line heights by which a hand may begin farther to the left than any before."""
LONGER, SLACK = 1.5, 2.0
"""How much longer than the longest that was seen another value may be, in widths of it, the fewer were seen the more; and in
line heights besides."""
HIGHER = 0.35
"""Of the place's height: hands stand higher and lower than the last one did."""
INSIDE = 0.3
"""Of a line's height: print that reaches so far into a place still ends it, for a hand may touch it."""


def room_of(form: Form, place: Place) -> Rect:
    """The room in the form's own measure, without walls, which the page shows."""
    box = place.box
    height = box.height / place.rows
    beside = [w.place for w in form.words if _on_row(w.place, box)]
    beside += [p.box for p in form.places if not of_one_family(p.field, place.field) and p is not place and _on_row(p.box, box)]
    left = max((r.right for r in beside if r.middle[0] < box.left + INSIDE * height), default=0.0)
    right = min((r.left for r in beside if r.middle[0] > box.right - INSIDE * height), default=MEASURE)
    longer = LONGER * box.width / len(place.boxes) + SLACK * height
    return Rect(
        max(min(left, box.left), box.left - BEFORE * height, 0.0),
        box.top - HIGHER * height,
        min(max(right, box.right), box.right + longer, MEASURE),
        box.bottom + HIGHER * height,
    )


def room_on(found: Recognised, place: Place, layout: Layout) -> Rect:
    """The room on a page, in pixels; walls of cells end it as well."""
    box, room = found.on_page(place.box), found.on_page(room_of(found.form, place))
    walls = [wall.middle[0] for wall in layout.down if wall.top <= box.middle[1] <= wall.bottom]
    slack = INSIDE * box.height / place.rows
    left = max((x for x in walls if x < box.left + slack), default=0.0)
    right = min((x for x in walls if x > box.right - slack), default=float(layout.width))
    return Rect(max(left, room.left), room.top, max(min(right, room.right), room.left + 1), room.bottom).within(
        layout.width, layout.height
    )


def _on_row(other: Rect, box: Rect) -> bool:
    """Whether it stands beside the place, and not over or under it."""
    return box.top - 0.2 * other.height < other.middle[1] < box.bottom + 0.2 * other.height
