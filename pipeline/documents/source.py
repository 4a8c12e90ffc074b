"""Where the bytes of a document come from: a file, or an attachment held in memory."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

Source = Path | bytes


def stream_of(source: Source) -> BinaryIO:
    """The bytes as a seekable stream; the caller closes it. Raises OSError."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def size_of(source: Source) -> int:
    """Bytes. Raises OSError."""
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def head_of(source: Source, count: int) -> bytes:
    """The first `count` bytes, or all there are. Raises OSError."""
    with stream_of(source) as stream:
        return stream.read(count)


def tail_of(source: Source, count: int) -> bytes:
    """The last `count` bytes, or all there are. Raises OSError."""
    with stream_of(source) as stream:
        stream.seek(max(0, size_of(source) - count))
        return stream.read(count)
