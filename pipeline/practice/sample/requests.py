"""The scans in the inbox of the sample practice, in the order in which they were dropped.

Those that are read from their text come first, so that the first sets leave within seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from pipeline.practice.sample import askers, directives, households, no_request, third_parties
from pipeline.practice.sample.desk import Desk, Scan
from pipeline.practice.sample.directives import INCOMPLETE_CHART
from pipeline.practice.sample.summary import Ending, Expected


def scans(today: date, seed: int) -> Iterator[Scan]:
    """All files of the inbox, drawn one at a time; the last is one that came before, byte for byte."""
    desk = Desk(today, seed)
    repeated: Scan | None = None
    for draw in _IN_ORDER:
        scan = draw(desk)
        if draw is directives.two_column_scan:
            repeated = scan
        yield scan
    assert repeated is not None  # noqa: S101 -- it is one of them
    yield Scan("scan_0231 (1).pdf", repeated.data, Expected(Ending.REPEATED, f"the same bytes as {repeated.name}", "1001"))


_IN_ORDER: tuple[Callable[[Desk], Scan], ...] = (
    directives.filled_on_screen,
    askers.specialist,
    askers.own_copy,
    households.family,
    askers.physician,
    directives.two_column_scan,
    directives.skewed_scan,
    directives.fax,
    directives.bilingual_scan,
    directives.upside_down_scan,
    directives.phone_photo,
    directives.faint_letter,
    askers.with_photo_id,
    directives.wrong_birth_date,
    directives.unsigned,
    directives.unknown_office,
    directives.other_fax_number,
    directives.incomplete_chart,
    directives.father_or_son,
    households.mother,
    households.taken_back,
    third_parties.insurer,
    third_parties.attorney,
    third_parties.executor,
    third_parties.subpoena,
    no_request.encrypted,
    no_request.voice_message,
)
SCANS = len(_IN_ORDER) + 1
"""How many files `scans` gives: each of these, and one of them once more under another name."""

__all__ = ["INCOMPLETE_CHART", "SCANS", "scans"]
