"""How an original that cannot be copied is put to a person."""

from __future__ import annotations

from pipeline.errors import NeedsPerson
from schemas.record_set import Item
from schemas.release import HoldReason

_CURE = "Open the file in the chart; save it anew, scan it again or restore it from the backup, then try again."


class UnreadableError(Exception):
    """An original cannot be opened or taken over. The text says why in plain words and names no patient."""


def unreadable(item: Item, why: str) -> NeedsPerson:
    """The hold for an original that cannot be opened. `why` ends the sentence."""
    return NeedsPerson.because(HoldReason.ORIGINAL_UNREADABLE, f"{item.file} in the chart cannot be copied: {why}.", cure=_CURE)
