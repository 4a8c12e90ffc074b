"""What the reader met and a person should know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, finding
from pipeline.release.wordlists import plain_words
from schemas.release import Finding, HoldReason

_REVOKED = re.compile(r"\b(revo|cancel|withdr)")
_UNREAD = re.compile(r"\b(read|opened|unreadable)\b")
_SEVERAL = re.compile(r"\b(patients|several|second|another|more than one|two|family|multiple)\b")
_NAMED = re.compile(r"\bpatients? (?:is|are) named\b|\bnames? (?:several|more than one|two)\b")
"""A notice that says no more than that several are named, which is known where they were told apart."""


def notices(case: Case) -> Iterator[Finding]:
    """A revocation (164.508(b)(5)), a page that nobody has read, several patients: these hold in any case; others by policy.

    Each is a sentence of the reader, who may be wrong; so a person who has looked may let it go. A revocation that was recorded
    is another matter (`standing.revoked`). Several patients that the reader could tell apart are told by `families`; that
    there is a second request is told in any case.
    """
    for notice in case.reading.notices:
        plain = plain_words(notice)
        if _REVOKED.search(plain):
            cure = "If the permission is taken back, record the revocation and withdraw the request; accept only if it is not."
            paragraph = f"{paragraphs.REVOKED}; {paragraphs.REVOCATION}"
            yield finding(HoldReason.REVOKED, notice, cure, paragraph, acceptable=True)
        elif _UNREAD.search(plain):
            cure = "Read the page yourself: it may limit or take back what the others say. If it does not, accept."
            yield finding(HoldReason.UNREADABLE, notice, cure, paragraphs.NOT_FILLED_OUT, acceptable=True)
        elif _SEVERAL.search(plain):
            if case.one_of < 2 or not _NAMED.search(plain):
                cure = "Make one request for each patient, with a signature for each; if only this patient is meant, accept."
                yield finding(HoldReason.SEVERAL_PATIENTS, notice, cure, paragraphs.VERIFY, acceptable=True)
        elif case.policy.notices == "hold":
            cure = "Look at the scan, and decide whether it matters; if it does not, accept."
            yield finding(HoldReason.PATHWAY_UNCLEAR, notice, cure, paragraphs.VERIFY, acceptable=True)
