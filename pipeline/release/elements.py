"""What a pathway asks for, one by one, and how each stands on this request.

An element and its findings are one look: it is missing or defective exactly where a finding of it still stands. Which elements a
pathway needs stands in `needs.toml`; what is not needed, and stands on the page all the same, is still looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from pipeline.release import identity, paragraphs, parties, people, purposes, scopes, signing, statements
from pipeline.release.case import Case, Rule, as_written, findings_of
from pipeline.release.families import signed_by_this_one
from pipeline.release.needs import ELEMENTS, needs_of
from schemas.release import Element, Finding


@dataclass(frozen=True, slots=True)
class ElementRule:
    """One thing that a pathway may ask for: how it is recognised, what is said where it is missing, what may be wrong with it."""

    name: str
    """In the clerk's words."""
    paragraph: str
    says: Callable[[Case], str | None]
    """What stands there, in a sentence; None where nothing does."""
    missing: Rule | None = None
    """What is found where nothing stands there and the pathway needs it; none where something always does."""
    wrong: tuple[Rule, ...] = ()
    """What may be wrong with what stands there, needed or not."""


def _says_writing(case: Case) -> str | None:
    return f"It came in writing on {as_written(case.received_on)}."


RULES: dict[str, ElementRule] = {
    "writing": ElementRule("in writing", paragraphs.DIRECTIVE, _says_writing),
    "patient": ElementRule("whose records", paragraphs.VERIFY, people.says_patient, people.no_patient),
    "requester": ElementRule(
        "who asks",
        paragraphs.VERIFY,
        people.says_who_asks,
        wrong=(people.who_wrote, people.asked_by_another, people.relationship, people.requester_name, signed_by_this_one),
    ),
    "authority": ElementRule(
        "by what authority", paragraphs.AUTHORITY, identity.says_authority, wrong=(identity.noted, identity.signer_noted)
    ),
    "signature": ElementRule("signature", f"{paragraphs.DIRECTIVE}; {paragraphs.SIGNATURE}", signing.says_signed, signing.signed),
    "signature_date": ElementRule(
        "date of the signature", paragraphs.SIGNATURE, signing.says_date, signing.dated, (signing.signature_date,)
    ),
    "records": ElementRule(
        "which records",
        paragraphs.DESCRIPTION,
        scopes.says_records,
        scopes.says_something,
        (scopes.clear_boxes, scopes.clear_dates, scopes.no_more_than_needed),
    ),
    "holder": ElementRule(
        "who may give them", paragraphs.WHO_MAY_DISCLOSE, parties.says_holder, parties.no_holder, (parties.asked_of_us,)
    ),
    "recipient": ElementRule(
        "to whom and where",
        paragraphs.RECIPIENT,
        parties.says_recipient,
        parties.no_destination,
        (parties.not_to_us, parties.trusted, parties.fits_the_pathway, parties.own_address, parties.anothers_address),
    ),
    "purpose": ElementRule("what for", paragraphs.PURPOSE, purposes.says_purpose, purposes.no_purpose, (purposes.purpose_boxes,)),
    "expiry": ElementRule(
        "until when", paragraphs.EXPIRY, signing.says_expiry, signing.expires, (signing.expiry_date, signing.expiry_event)
    ),
    "right_to_revoke": ElementRule(
        "says that it can be taken back",
        paragraphs.RIGHT_TO_REVOKE,
        statements.says_right_to_revoke,
        statements.right_to_revoke,
    ),
    "not_conditioned": ElementRule(
        "says that treatment does not depend on it",
        paragraphs.NOT_CONDITIONED,
        statements.says_not_conditioned,
        statements.not_conditioned,
    ),
    "redisclosure": ElementRule(
        "says that it may be passed on", paragraphs.REDISCLOSURE, statements.says_redisclosure, statements.redisclosure
    ),
}


@dataclass(frozen=True, slots=True)
class Look:
    """One element of one request as it was looked at: the findings, and the element that follows from them."""

    rule: ElementRule
    says: str | None
    why_not: str | None
    """Why the pathway does not ask for it; None where it does."""
    findings: tuple[Finding, ...]

    def element(self, case: Case) -> Element:
        """Missing or defective where a finding stands that nobody has let go."""
        standing = [found for found in self.findings if not case.lets_go(found)]
        if standing or (self.why_not is None and not self.says and not self.findings):
            sentences = [found.sentence for found in standing] or [found.sentence for found in case.already]
            return self._as("defective" if self.says else "missing", " ".join(sentences))
        if self.findings:
            return self._as("present", " ".join(f.sentence for f in self.findings) + " A person has looked and let it go.")
        if self.says:
            return self._as("present", self.says)
        return self._as("not needed", self.why_not or "")

    @property
    def there(self) -> bool:
        """Whether it stands on the page, and nothing is wrong with it."""
        return bool(self.says) and not self.findings

    def _as(self, state: Literal["present", "missing", "defective", "not needed"], sentence: str) -> Element:
        return Element(name=self.rule.name, paragraph=self.rule.paragraph, state=state, sentence=sentence)


def looks_of(case: Case) -> tuple[Look, ...]:
    """Every element, in the order in which a clerk reads a form."""
    return tuple(_look(name, case) for name in ELEMENTS)


def all_there(case: Case) -> bool:
    """Whether every element that the pathway of the case asks for is there, and in order."""
    needs = needs_of(case.pathway)
    return all(_look(name, case).there for name in needs.needs)


def _look(name: str, case: Case) -> Look:
    rule, why_not = RULES[name], needs_of(case.pathway).not_needed.get(name)
    says, found = rule.says(case), findings_of(rule.wrong, case)
    if not says and why_not is None and rule.missing and all(f.acceptable for f in found):
        found += findings_of((rule.missing,), case)
    return Look(rule, says, why_not, found)
