"""The three families of errors, and nothing else, that a station may end in.

    Error
     +-- Retryable      the world may be better soon: a share that is away, a locked file, a full disk
     +-- NeedsPerson    no retry can settle it: becomes an entry of the exception queue, with its findings
     +-- SettingsError  a wrong setting: refused at start, never met by a station

Everything else that is raised is a bug: its message is quarantined with the traceback, and the request is shown as held
by the system. Texts are for the clerk: what happened, why, what now. No text of a Retryable may name a patient, because
it is logged; a Finding may, because it is kept in the database only.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.release import Finding, HoldReason


class Error(Exception):
    """The root of the errors that ChartRelay raises on purpose."""


class Retryable(Error):
    """The same work may succeed later. The text is logged, so it names no patient."""


class NeedsPerson(Error):
    """Only a person can settle this. Carries one finding or more."""

    def __init__(self, *findings: Finding) -> None:
        if not findings:
            raise ValueError("a request is held for a reason: at least one finding is needed")
        self.findings: tuple[Finding, ...] = findings
        super().__init__(", ".join(f.reason for f in findings))

    @classmethod
    def because(cls, reason: HoldReason, sentence: str, *, cure: str | None = None, page: int | None = None) -> NeedsPerson:
        """The common case: one finding."""
        return cls(Finding(reason=reason, sentence=sentence, cure=cure, page=page))

    @classmethod
    def of(cls, findings: Sequence[Finding]) -> NeedsPerson:
        """The same from a list."""
        return cls(*findings)


class SettingsError(Error):
    """A setting is wrong. The text names the key, the value and what would be right."""
