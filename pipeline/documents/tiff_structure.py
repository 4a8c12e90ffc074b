"""Whether a TIFF is all there, and how many pages it should have (TIFF 6.0, section 2; BigTIFF for files over 4 GB).

Pillow takes a table of a page that is cut off for the end of the file and shows one page less, in silence. So the chain
of tables is followed here as well, and the two must agree.
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_OFFSETS, _COUNTS = (273, 324), (279, 325)  # of strips, of tiles
_PRIVATE = 32_768  # tags from here on belong to makers of programs, who put into them what they like
_BYTES = {3: 2, 4: 4, 5: 8, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}  # of a value by its type; else 1
_VALUE_SIZES = {3: ("H", 2), 4: ("I", 4), 16: ("Q", 8)}


class CutOff(Exception):
    """The file ends before something that it points to."""


@dataclass(frozen=True)
class _Layout:
    """How the numbers of this file are written, as letters of `struct`."""

    order: str
    offset: str
    count: str
    entry_bytes: int


@dataclass(frozen=True)
class _Table:
    """The description of one page: its entries, and where the next page's table lies (0: nowhere)."""

    entries: bytes
    following: int


def count_pages(stream: BinaryIO, most: int) -> int:
    """How many tables the chain has, counting to `most` + 1 at the highest. Raises CutOff if one is not all there."""
    return sum(1 for _ in _tables(stream, _layout(stream), most + 1))


def require_data(stream: BinaryIO, most: int) -> None:
    """Raises CutOff if the data of one of the first `most` pages reaches behind the end of the file.

    To be asked only of a file that cannot be decoded: some programs write counts that are too high into good files.
    """
    layout = _layout(stream)
    size = stream.seek(0, os.SEEK_END)
    for table in _tables(stream, layout, most):
        if any(end > size for end in _data_ends(stream, layout, table.entries)):
            raise CutOff


def _layout(stream: BinaryIO) -> _Layout:
    stream.seek(0)
    header = stream.read(4)
    order = "<" if header.startswith(b"II") else ">"
    return _Layout(order, "Q", "Q", 20) if b"+" in header else _Layout(order, "I", "H", 12)


def _tables(stream: BinaryIO, layout: _Layout, most: int) -> Iterator[_Table]:
    """The tables in the order of the chain; one that bites its tail ends there."""
    stream.seek(8 if layout.offset == "Q" else 4)
    place = _next_number(stream, layout, layout.offset)
    seen: set[int] = set()
    while place and place not in seen and len(seen) < most:
        seen.add(place)
        table = _table(stream, layout, place)
        yield table
        place = table.following


def _table(stream: BinaryIO, layout: _Layout, place: int) -> _Table:
    stream.seek(place)
    length = min(_next_number(stream, layout, layout.count), 1 << 16) * layout.entry_bytes
    entries = stream.read(length)
    if len(entries) < length:
        raise CutOff
    following = _next_number(stream, layout, layout.offset)
    size = stream.seek(0, os.SEEK_END)
    if any(_value_end(layout, entry) > size for entry in _split(layout, entries)):
        raise CutOff
    return _Table(entries, following)


def _split(layout: _Layout, entries: bytes) -> Iterator[bytes]:
    for start in range(0, len(entries), layout.entry_bytes):
        yield entries[start : start + layout.entry_bytes]


def _value_end(layout: _Layout, entry: bytes) -> int:
    """Where the values of an entry end that do not fit into it; 0 for all others."""
    width = struct.calcsize(layout.offset)
    count = _number(layout, layout.offset, entry[4 : 4 + width])
    length = count * _BYTES.get(_number(layout, "H", entry[2:4]), 1)
    if length <= width or _number(layout, "H", entry[:2]) >= _PRIVATE:
        return 0
    return _number(layout, layout.offset, entry[4 + width :]) + length


def _data_ends(stream: BinaryIO, layout: _Layout, entries: bytes) -> list[int]:
    """Where the strips or tiles of a page end."""
    offsets: list[int] = []
    counts: list[int] = []
    for entry in _split(layout, entries):
        tag = _number(layout, "H", entry[:2])
        if tag in _OFFSETS:
            offsets = _values(stream, layout, entry)
        elif tag in _COUNTS:
            counts = _values(stream, layout, entry)
    return [offset + count for offset, count in zip(offsets, counts, strict=False)]


def _values(stream: BinaryIO, layout: _Layout, entry: bytes) -> list[int]:
    """The numbers of one entry, which lie in it if they fit, else where it points."""
    width = struct.calcsize(layout.offset)
    letter, size = _VALUE_SIZES.get(_number(layout, "H", entry[2:4]), ("I", 4))
    count = min(_number(layout, layout.offset, entry[4 : 4 + width]), 1_000_000)
    raw = entry[4 + width :]
    if count * size > width:
        stream.seek(_number(layout, layout.offset, raw))
        raw = stream.read(count * size)
    if len(raw) < count * size:
        raise CutOff
    return list(struct.unpack(f"{layout.order}{count}{letter}", raw[: count * size]))


def _next_number(stream: BinaryIO, layout: _Layout, letter: str) -> int:
    raw = stream.read(struct.calcsize(layout.order + letter))
    if len(raw) < struct.calcsize(layout.order + letter):
        raise CutOff
    return _number(layout, letter, raw)


def _number(layout: _Layout, letter: str, raw: bytes) -> int:
    return int(struct.unpack(layout.order + letter, raw)[0])
