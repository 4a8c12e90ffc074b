"""The words that an entry of the log is found by."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from enum import StrEnum

from anyascii import anyascii

from pipeline.log.rows import Row
from schemas.disclosure import LogEvent

_WORD = re.compile(r"[a-z0-9]+")
BY_PEOPLE = frozenset(
    {LogEvent.DECIDED, LogEvent.WITHDRAWN, LogEvent.REJECTED, LogEvent.REVOKED, LogEvent.LIFTED, LogEvent.LETTER}
)
"""Whoever did these decided something; the others are done by stations."""


class Sort(StrEnum):
    """What a word stands for in the entry."""

    PATIENT = "patient"
    NUMBER = "number"
    """The patient's id in the chart."""
    TO = "to"
    """The recipient."""
    BY = "by"
    """The decider."""
    KIND = "kind"
    """Event, pathway, channel and proof together: few different ones, and each entry has exactly one."""


def plain(text: str) -> list[str]:
    """The words of a name: Latin letters and digits in small, without accents. Peña is pena, O'Brien is o and brien."""
    return _WORD.findall(anyascii(text).lower())


def words_of(row: Row) -> tuple[str, set[str]]:
    """The word for its kind, and all its words, that one among them."""
    details = json.loads(str(row["details"]))
    kind = kind_word(row["event"], *(details.get(name) for name in ("pathway", "channel", "proof")))
    return kind, {kind, *_names(row, details)}


def kind_word(event: object, pathway: object, channel: object, proof: object) -> str:
    """delivered|treatment|folder|reached; what the entry does not say is left empty."""
    return f"{Sort.KIND}:" + "|".join(str(part or "") for part in (event, pathway, channel, proof))


def _names(row: Row, details: dict[str, object]) -> Iterator[str]:
    if row["patient_id"]:
        yield f"{Sort.NUMBER}:{str(row['patient_id']).lower()}"
    decider = row["actor"] if row["event"] in BY_PEOPLE else details.get("decided_by")
    for sort, name in ((Sort.PATIENT, row["patient"]), (Sort.TO, row["recipient"]), (Sort.BY, decider)):
        yield from (f"{sort}:{word}" for word in plain(str(name or "")))


def mark(word_id: int) -> int:
    """The bit that stands for a word: one of 63, for an entry has some ten words, and most bits stay empty."""
    return 1 << (word_id * 0x9E3779B1 >> 8) % 63
