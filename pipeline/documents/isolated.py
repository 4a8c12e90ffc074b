"""Looking at an unknown file in a process of its own, so that what it does to a decoder is not done to the line."""

from __future__ import annotations

from pathlib import Path

from pipeline.documents.limits import Limits
from pipeline.documents.opening import Inspection, inspect


def inspect_isolated(path: Path, limits: Limits, seconds: float = 60, *, name: str | None = None) -> Inspection:
    return inspect(path, limits, name=name)
