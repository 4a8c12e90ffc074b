"""Which releases belong in the accounting of disclosures."""

from __future__ import annotations

from schemas.release import PathwayName

ACCOUNTABLE = frozenset({PathwayName.LEGAL_PROCESS})
"""45 CFR 164.528(a)(1) leaves out what goes to the individual (ii), under an authorization (iv), and for treatment, payment
and operations (i). What the law or a court demands (164.512) stays in. A patient's directive is the patient's own
disclosure and is treated like an authorization."""


def is_accountable(pathway: PathwayName) -> bool:
    """Whether a release on this pathway must be told in an accounting."""
    return pathway in ACCOUNTABLE
