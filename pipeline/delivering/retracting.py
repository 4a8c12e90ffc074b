"""Taking a set back that was put into a folder: only where it lies there as it was put, and said honestly where it cannot be.

Its counterfoil stays, so that nothing is ever delivered again under its key.
"""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.delivering.address import folder_of
from pipeline.delivering.place import Place
from pipeline.delivering.reading_back import differences
from pipeline.errors import NeedsPerson
from schemas.disclosure import DeliveryReceipt


@dataclass(frozen=True)
class Retraction:
    """Whether the set was taken back, and what that means."""

    done: bool
    sentence: str


def retract(receipt: DeliveryReceipt, outgoing: Path) -> Retraction:
    """Takes the set out of the folder, if it is still whole. Never raises for what it finds there."""
    if receipt.channel != "folder":
        return Retraction(False, f"What left by {receipt.channel} cannot be taken back: ask {receipt.address} to destroy it.")
    try:
        place = Place(folder_of(receipt.address, outgoing, ()), receipt.key)
        return _taken_back(place, receipt)
    except (NeedsPerson, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        return Retraction(False, f"The folder cannot be reached ({reason}); nothing was taken back.")


def _taken_back(place: Place, receipt: DeliveryReceipt) -> Retraction:
    if not place.final.exists():
        return Retraction(False, "The set is no longer in the folder: somebody has taken it. Ask them to destroy or return it.")
    found = differences(place.final, receipt.enclosures)
    if found:
        return Retraction(False, f"The set in the folder is not as it was put there, so somebody was at it: {' '.join(found)}")
    aside = place.discard(f"retracted{secrets.token_hex(4)}")
    place.final.rename(aside)
    shutil.rmtree(aside)
    return Retraction(
        True,
        "The set was still whole in the folder, and was taken out. Whether somebody read or copied it before, nobody can tell.",
    )
