"""Where the bytes of a document come from: a file, or an attachment held in memory."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import BinaryIO

Source = Path | bytes

_CHUNK = 1 << 16


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
    """The last `count` bytes before any zeros that pad the file, or all there are. Raises OSError."""
    with stream_of(source) as stream:
        end = stream.seek(0, os.SEEK_END)
        while end > 0:
            start = max(0, end - max(count, _CHUNK))
            stream.seek(start)
            tail = stream.read(end - start).rstrip(b"\0")
            if tail:
                return tail[-count:]
            end = start
    return b""
