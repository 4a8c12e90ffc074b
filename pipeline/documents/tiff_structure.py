"""Whether a TIFF that cannot be decoded is merely not all there (TIFF 6.0, section 2; BigTIFF for files over 4 GB)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_MOST_PAGES = 10_000  # enough to find out; a chain may be a loop
_OFFSETS, _COUNTS = (273, 324), (279, 325)  # of strips, of tiles
_VALUE_SIZES = {3: ("H", 2), 4: ("I", 4), 16: ("Q", 8)}


def breaks_off(stream: BinaryIO) -> bool:
    """Whether the file points to pages or parts of pages that lie behind its end."""
    size = stream.seek(0, os.SEEK_END)
    try:
        return any(end > size for end in _ends(stream))
    except struct.error:  # a table itself is cut
        return True


@dataclass(frozen=True)
class _Layout:
    """How the numbers of this file are written."""

    order: str
    offset: str
    entries: str
    entry_bytes: int


def _ends(stream: BinaryIO) -> Iterator[int]:
    """Where the tables and the picture data of each page end."""
    stream.seek(0)
    header = stream.read(16)
    order = "<" if header.startswith(b"II") else ">"
    big = header[2:4] in (b"+\x00", b"\x00+")
    layout = _Layout(order, "Q", "Q", 20) if big else _Layout(order, "I", "H", 12)
    place = _number(layout, layout.offset, header[8:16] if big else header[4:8])
    for _ in range(_MOST_PAGES):
        if not place:
            return
        yield place + 2
        stream.seek(place)
        count = _number(layout, layout.entries, stream.read(struct.calcsize(layout.entries)))
        table = stream.read(min(count, 65_535) * layout.entry_bytes)
        place = _number(layout, layout.offset, stream.read(struct.calcsize(layout.offset)))
        yield from _data_ends(stream, layout, table)


def _data_ends(stream: BinaryIO, layout: _Layout, table: bytes) -> Iterator[int]:
    offsets: list[int] = []
    counts: list[int] = []
    for start in range(0, len(table), layout.entry_bytes):
        entry = table[start : start + layout.entry_bytes]
        tag = _number(layout, "H", entry[:2])
        if tag in _OFFSETS:
            offsets = _values(stream, layout, entry)
        elif tag in _COUNTS:
            counts = _values(stream, layout, entry)
    yield from (offset + count for offset, count in zip(offsets, counts, strict=False))


def _values(stream: BinaryIO, layout: _Layout, entry: bytes) -> list[int]:
    """The numbers of one entry, which lie in it if they fit, else where it points."""
    width = struct.calcsize(layout.offset)
    letter, size = _VALUE_SIZES.get(_number(layout, "H", entry[2:4]), ("I", 4))
    count = min(_number(layout, layout.offset, entry[4 : 4 + width]), 1_000_000)
    raw = entry[4 + width :]
    if count * size > width:
        stream.seek(_number(layout, layout.offset, raw))
        raw = stream.read(count * size)
    return list(struct.unpack(f"{layout.order}{count}{letter}", raw[: count * size]))


def _number(layout: _Layout, letter: str, raw: bytes) -> int:
    return int(struct.unpack(layout.order + letter, raw)[0])
