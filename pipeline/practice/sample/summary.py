"""What the sample holds, and how each of its scans ought to end."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from schemas.release import HoldReason, PathwayName


class Ending(StrEnum):
    """How a file of the inbox ends."""

    DELIVERED = "delivered"
    HELD = "held"
    RETURNED = "returned"
    REPEATED = "repeated"
    """The same bytes came before under another name: answered with the earlier request."""
    SPLIT = "split"
    """Several patients: each of them has a request of their own, which ends by itself."""


class Expected(NamedTuple):
    """How a scan ought to end, and what was drawn to make it so."""

    ending: Ending
    why: str
    patient_id: str = ""
    hold: HoldReason | None = None
    """The reason that must be among the findings of a held request."""
    pathway: PathwayName | None = None
    """The rule that it belongs to, where that is what the scan shows."""
    parts: tuple[Expected, ...] = ()
    """Of a scan that is split: how the request of each patient on it ought to end, in the order of the page."""


class SampleSummary(NamedTuple):
    """What `write_sample` wrote. The truth about the scans is told here only; nothing of it lies in the folder."""

    root: Path
    patients: int
    offices: int
    chart_files: int
    chart_bytes: int
    expected: dict[str, Expected]
    """By file name in the inbox, in the order in which they were dropped."""
