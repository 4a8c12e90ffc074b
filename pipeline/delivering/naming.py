"""Names that every system can store: Windows is the strictest, so its rules are the ones kept."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from schemas.record_set import Item

_FORBIDDEN = '<>:"/\\|?*'
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)  # devices, with any ending
_LONGEST = 120
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


def is_safe(name: str) -> bool:
    """Whether `name` may be a file or folder anywhere, is the same there as here, and is not hidden."""
    return (
        0 < len(name) <= _LONGEST
        and name.isprintable()
        and not any(sign in _FORBIDDEN for sign in name)
        and not name.startswith((".", " "))
        and not name.endswith((".", " "))
        and not _RESERVED.fullmatch(name)
    )


def original_name(item: Item, of: int) -> str:
    """What an original is called in the set, such as `originals/03 xray-pano 2024-05-01.jpg`.

    Made from number, kind and date alone: it sorts in the order of the set, it is unique, and whatever the chart calls
    the file (often the patient's name) shows in no folder listing.
    """
    number = str(item.number).zfill(max(2, len(str(of))))
    words = [number, item.kind.value, *([item.date.isoformat()] if item.date else [])]
    suffix = PurePosixPath(item.file.replace("\\", "/")).suffix.lower()
    return f"originals/{' '.join(words)}{suffix if _SUFFIX.fullmatch(suffix) else '.bin'}"
