"""What an authorization has to tell whoever signs it: 164.508(c)(2).

The reader looks for the three statements in the print of the form. It may miss one that is there, and a person can say so:
that is no waiver but a second look. Where the statement is not on the form, the authorization is defective (b)(2)(iv).
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, finding
from schemas.reading import Statement
from schemas.release import Finding, HoldReason

_LACKS_ELEMENT = "45 CFR 164.508(b)(2)(iv)"


def right_to_revoke(case: Case) -> Iterator[Finding]:
    """(c)(2)(i)."""
    yield _not_found("that the permission can be taken back in writing, and how", paragraphs.RIGHT_TO_REVOKE)


def not_conditioned(case: Case) -> Iterator[Finding]:
    """(c)(2)(ii)."""
    yield _not_found("that treatment does not depend on signing", paragraphs.NOT_CONDITIONED)


def redisclosure(case: Case) -> Iterator[Finding]:
    """(c)(2)(iii)."""
    yield _not_found("that the recipient may pass the records on", paragraphs.REDISCLOSURE)


def says_right_to_revoke(case: Case) -> str | None:
    """Whether it is printed."""
    return _found(case, Statement.RIGHT_TO_REVOKE, "The form says that the permission can be taken back.")


def says_not_conditioned(case: Case) -> str | None:
    """Whether it is printed."""
    return _found(case, Statement.NOT_CONDITIONED, "The form says that treatment does not depend on signing.")


def says_redisclosure(case: Case) -> str | None:
    """Whether it is printed."""
    return _found(case, Statement.REDISCLOSURE, "The form says that the recipient may pass the records on.")


def _found(case: Case, statement: Statement, sentence: str) -> str | None:
    return sentence if statement in case.reading.statements else None


def _not_found(what: str, paragraph: str) -> Finding:
    sentence = f"The form was not found to say {what}."
    cure = "Read the form: if it says so, accept; if it does not, ask for an authorization that does."
    return finding(HoldReason.ELEMENT_MISSING, sentence, cure, f"{paragraph}; {_LACKS_ELEMENT}", acceptable=True)
