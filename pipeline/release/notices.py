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


def notices(case: Case) -> Iterator[Finding]:
    """A revocation (164.508(b)(5)), a page that nobody has read, several patients: these hold in any case; others by policy."""
    for notice in case.reading.notices:
        plain = plain_words(notice)
        if _REVOKED.search(plain):
            cure = "Find out whether the permission still holds; if it was revoked, withdraw the request."
            yield finding(HoldReason.ELEMENT_MISSING, notice, cure, f"{paragraphs.REVOKED}; 45 CFR 164.508(b)(5)")
        elif _UNREAD.search(plain):
            cure = "Read the page yourself: it may limit or revoke what the others say."
            yield finding(HoldReason.UNREADABLE, notice, cure, paragraphs.NOT_FILLED_OUT)
        elif _SEVERAL.search(plain):
            cure = "Make one request for each patient, with a signature for each."
            yield finding(HoldReason.SEVERAL_PATIENTS, notice, cure, paragraphs.VERIFY)
        elif case.policy.notices == "hold":
            yield finding(
                HoldReason.PATHWAY_UNCLEAR, notice, "Look at the scan, and decide whether it matters.", paragraphs.VERIFY
            )
