"""The port behind which a practice keeps its charts: a folder, a practice system, an image archive, a FHIR server."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated, Protocol

from pydantic import Field

from schemas.base import Frozen, Sha256
from schemas.record_set import ItemKind
from schemas.release import Finding

Keep = Callable[[Path], Sha256]
"""Keeps a copy of the file's bytes as they are read now, and gives their SHA-256."""


class Entry(Frozen):
    """One record as the chart says it exists."""

    file: Annotated[str, Field(min_length=1)]
    """Its name in the chart, unique there."""
    kind: ItemKind
    date: date | None
    pages: Annotated[int, Field(ge=0)]
    """How many pages the chart says it has; 0 where it does not say, or where there is nothing to page."""
    teeth: str = ""
    description: str = ""


class Contents(Frozen):
    """What a chart says exists, and what is plainly wrong with what it says."""

    entries: tuple[Entry, ...]
    findings: tuple[Finding, ...] = ()
    """Rows that make no sense, records that nothing lists. Any of them holds the request, together with what the
    fetching of the entries finds, so that a person learns of everything at once."""


class RecordSource(Protocol):
    """Where charts are kept. Every source passes `tests/gathering/source_contract.py`."""

    name: str
    """As the manifest gives it, such as `folder`."""

    def contents(self, patient_id: str) -> Contents:
        """What the chart lists.

        Raises NeedsPerson (CHART_INCOMPLETE) where there is no chart or no list at all, and Retryable where the source
        cannot be reached.
        """
        ...

    def fetch(self, patient_id: str, entry: Entry, keep: Keep) -> Sha256:
        """Hands the bytes of one record to `keep` and gives their SHA-256.

        Raises NeedsPerson (CHART_INCOMPLETE) where the record is not there or has no bytes, and Retryable where the
        source cannot be reached or the record changed while it was read.
        """
        ...
