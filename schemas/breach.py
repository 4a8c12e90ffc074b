"""That a copy may have gone wrong, and what a person makes of it: 45 CFR 164.402 and 164.404."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Fact, Moment, Version1

NOTICE_DAYS = 60
"""164.404(b): without unreasonable delay, and in no case later than 60 calendar days after discovery."""


class Factor(StrEnum):
    """The four factors of 164.402, “breach”, paragraph (2)."""

    WHAT = "what"
    """(i) The nature and extent of the information."""
    WHO = "who"
    """(ii) The unauthorized person who used it or to whom it was disclosed."""
    VIEWED = "viewed"
    """(iii) Whether it was actually acquired or viewed."""
    MITIGATED = "mitigated"
    """(iv) The extent to which the risk has been mitigated."""


class BreachDecision(StrEnum):
    """What the assessment comes to. It is a breach unless a low probability is shown."""

    OPEN = "open"
    BREACH = "breach"
    LOW_PROBABILITY = "low_probability"


class Breach(Fact):
    """The sheet as it stands; each change is another fact, and the earlier ones stay."""

    kind: Literal["breach"] = "breach"
    version: Version1 = 1
    discovered_on: date
    happened: Annotated[str, Field(min_length=1)]
    """What went wrong, in the words of whoever found it."""
    factors: dict[Factor, str] = {}
    decision: BreachDecision = BreachDecision.OPEN
    why: str = ""
    notified_on: date | None = None
    """When the patient was told."""
    who: Annotated[str, Field(min_length=1)]
    at: Moment

    @property
    def notice_due(self) -> date:
        """The last day on which the patient may be told."""
        return self.discovered_on + timedelta(days=NOTICE_DAYS)
