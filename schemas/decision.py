"""What a person decides on a held request, and what all the decisions on one request add up to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Fact, Frozen, Moment, PageNumber, Sha256, Version1
from schemas.reading import Choice, FieldName
from schemas.release import IdentityEvidence, PathwayName


class DecisionKind(StrEnum):
    """What a person may decide on a request."""

    TRY_AGAIN = "try_again"
    """What was wrong is mended: the station takes the request up again."""
    WITHDRAW = "withdraw"
    """The request ends here, nothing is sent."""
    REJECT = "reject"
    """The request ends here, nothing is sent, and the requester gets a letter that says what is missing."""
    CORRECT = "correct"
    """The page says something else than was read."""
    PATIENT = "patient"
    """It is this patient."""
    DESTINATION = "destination"
    """It is this office of the directory, and it was called back."""
    PATHWAY = "pathway"
    """It belongs to this pathway."""
    ACCEPT = "accept"
    """Somebody has looked at these findings, and the copy may leave all the same."""
    IDENTITY = "identity"
    """It was verified who asks, or by what authority."""
    EXTEND = "extend"
    """The answer will take longer; the requester is told in writing, with the reason and the day."""
    SECOND = "second"
    """A second person has looked at the whole of it as it stands, and agrees that the copy may leave."""
    ASK_SECOND = "ask_second"
    """Whoever decides on this one wants a second person to agree, whatever the policy asks for."""
    SPLIT = "split"
    """It is several requests: of several patients, or of several that were scanned in one go."""
    ARRIVED = "arrived"
    """It was not known whether the set had arrived, and somebody has found out that it has."""
    NOT_ARRIVED = "not_arrived"
    """It was not known whether the set had arrived, and somebody has found out that it has not: it is sent again."""


class SaidPatient(Frozen):
    """A patient whom a person has read on the scan."""

    name: Annotated[str, Field(min_length=1)]
    dob: date


class ScanPart(Frozen):
    """One of several requests that were scanned in one go: its pages, cut out as a scan of their own."""

    pages: Annotated[tuple[PageNumber, ...], Field(min_length=1)]
    """Which pages of the scan, in this order."""
    scan: Sha256
    """What was cut out, in the vault."""
    size_bytes: Annotated[int, Field(ge=1)]


class Decision(Fact):
    """What a person decided, and why. What goes with `what` is filled in, the rest is empty."""

    kind: Literal["decision"] = "decision"
    version: Version1 = 1
    what: DecisionKind
    who: Annotated[str, Field(min_length=1)]
    why: str = ""
    at: Moment
    corrections: dict[FieldName, str] = {}
    """What the page says; an empty text says that nothing stands there."""
    signed: bool | None = None
    """Whether a person sees a signature on the scan."""
    patient_id: str = ""
    office_id: str = ""
    called: str = ""
    """The number that was called back, which did not come from the request."""
    pathway: PathwayName | None = None
    accepts: tuple[str, ...] = ()
    """Keys of findings (`Finding.key`)."""
    identity: IdentityEvidence | None = None
    until: date | None = None
    ticks: dict[Choice, bool] = {}
    """Boxes that were read wrong: whether they are ticked."""
    patients: tuple[SaidPatient, ...] = ()
    """Everybody whose records the scan asks for."""
    parts: tuple[ScanPart, ...] = ()
    """What the scan was cut into."""
    left_out: tuple[PageNumber, ...] = ()
    """Pages that belong to none of the parts, such as a blank back."""
    seen: str = ""
    """Of a set that has arrived: how that was found out, from whom and when."""
    about_key: str = ""
    """Of a set that has or has not arrived: the key of the try that this is said of."""
    about_patient: str | None = None
    """Whose records the request was about when somebody accepted or verified something; empty where nobody knew."""
    about_office: str | None = None
    """Where they were to go at that time."""

    def stands_for(self, patient_id: str, office_id: str) -> bool:
        """Whether it counts for this patient and this office: what was let go or seen of one is not let go or seen of another,
        however the request came to be about them: by a ruling, a correction, a change in the roster or in the directory.
        """
        if self.what is DecisionKind.ACCEPT:
            return (self.about_patient, self.about_office) == (patient_id, office_id)
        return self.what is not DecisionKind.IDENTITY or self.about_patient == patient_id


class Rulings(Frozen):
    """All decisions on one request, added up: what people have settled, later decisions winning over earlier ones."""

    corrections: dict[FieldName, str] = {}
    signed: bool | None = None
    ticks: dict[Choice, bool] = {}
    patients: tuple[SaidPatient, ...] = ()
    """Everybody whose records the scan asks for, where a person has named them."""
    asks_second: bool = False
    """Whether somebody wants a second person to agree, whatever the policy asks for."""
    patient_id: str = ""
    office_id: str = ""
    called: str = ""
    pathway: PathwayName | None = None
    accepts: frozenset[str] = frozenset()
    identity: tuple[IdentityEvidence, ...] = ()
    by: tuple[str, ...] = ()
    """Who decided anything of this, each once, in order."""
    seconded: str = ""
    """Who agreed as the second person, since anything was decided last."""
    agreed: str = ""
    """Key of the finding that they agreed to: it says whose copy goes where, as they saw it."""
    sentences: tuple[str, ...] = ()
    """What was decided, a sentence each, for the log and the cover of the release."""

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> Rulings:
        """The sum of the decisions, given in the order in which they were taken.

        Who takes another patient starts anew: what was accepted of the one is not accepted of the other. So does who takes
        another pathway, for what was accepted, since each asks for other things. Whoever decides anything after the second
        person has agreed needs a second person again.
        """
        ruled = cls()
        for decision in decisions:
            ruled = ruled._and(decision)
        return ruled

    def has_decided(self, who: str) -> bool:
        """Whether they have decided anything of this; capitals and spaces make nobody another person."""
        return _plain(who) in {_plain(name) for name in self.by}

    def _and(self, decision: Decision) -> Rulings:
        if decision.what in _RULES_NOTHING:
            return self
        if decision.what is DecisionKind.SECOND:
            if self.has_decided(decision.who) or not decision.accepts:
                return self
            more = {"seconded": decision.who, "agreed": decision.accepts[0]}
            return self.model_copy(update=more | {"sentences": (*self.sentences, told(decision))})
        another = bool(decision.patient_id) and decision.patient_id != self.patient_id
        other_rule = decision.pathway is not None and decision.pathway is not self.pathway
        return Rulings(
            corrections=self.corrections | decision.corrections,
            signed=self.signed if decision.signed is None else decision.signed,
            ticks=self.ticks | decision.ticks,
            patients=decision.patients or self.patients,
            asks_second=self.asks_second or decision.what is DecisionKind.ASK_SECOND,
            patient_id=decision.patient_id or self.patient_id,
            office_id=decision.office_id or self.office_id,
            called=decision.called if decision.office_id else self.called,
            pathway=decision.pathway or self.pathway,
            accepts=(frozenset() if another or other_rule else self.accepts) | frozenset(decision.accepts),
            identity=(() if another else self.identity) + ((decision.identity,) if decision.identity else ()),
            by=(*self.by, *(() if decision.who in self.by else (decision.who,))),
            sentences=(*self.sentences, told(decision)),
        )


_RULES_NOTHING = frozenset(
    {
        DecisionKind.TRY_AGAIN,
        DecisionKind.WITHDRAW,
        DecisionKind.REJECT,
        DecisionKind.EXTEND,
        DecisionKind.ARRIVED,
        DecisionKind.NOT_ARRIVED,
    }
)
"""Decisions after which the request is what it was: they say where it goes, or how far it has come."""


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def told(decision: Decision) -> str:
    """The decision as a sentence, for the log and for the auditor."""
    what = {
        DecisionKind.TRY_AGAIN: "let the station try again",
        DecisionKind.WITHDRAW: "withdrew the request",
        DecisionKind.REJECT: "rejected the request",
        DecisionKind.CORRECT: "corrected what was read: " + ", ".join(_corrected(decision)),
        DecisionKind.PATIENT: f"chose the patient {decision.patient_id}",
        DecisionKind.DESTINATION: f"confirmed the destination {decision.office_id}"
        + (f" by calling {decision.called}" if decision.called else ""),
        DecisionKind.PATHWAY: f"put it on the pathway {decision.pathway.value.replace('_', ' ')}" if decision.pathway else "",
        DecisionKind.ACCEPT: "looked at what stood against it and let it go",
        DecisionKind.IDENTITY: f"verified: {decision.identity.what}" if decision.identity else "",
        DecisionKind.SECOND: "looked at it as the second person, and agrees",
        DecisionKind.EXTEND: f"extended the time to {decision.until:%m/%d/%Y}" if decision.until else "",
        DecisionKind.ASK_SECOND: "wants a second person to agree before the copy leaves",
        DecisionKind.SPLIT: "split it: " + "; ".join(_split(decision)),
        DecisionKind.ARRIVED: f"found out that the set has arrived: {decision.seen}",
        DecisionKind.NOT_ARRIVED: "found out that the set has not arrived, and has it sent again",
    }[decision.what]
    return f"{decision.who} {what}{f' ({decision.why})' if decision.why else ''}."


def _corrected(decision: Decision) -> Iterable[str]:
    yield from (f"{name.value} is {value or 'blank'}" for name, value in decision.corrections.items())
    yield from (f"{choice.value} is {'ticked' if ticked else 'not ticked'}" for choice, ticked in decision.ticks.items())
    if decision.signed is not None:
        yield "it is signed" if decision.signed else "it is not signed"


def _split(decision: Decision) -> Iterable[str]:
    yield from (f"{patient.name}, born {patient.dob:%m/%d/%Y}" for patient in decision.patients)
    yield from (f"{pages_in_words(part.pages)} as a request" for part in decision.parts)
    if decision.left_out:
        yield f"{pages_in_words(decision.left_out)} left out"


def pages_in_words(pages: Sequence[int]) -> str:
    """`page 3`, `pages 1-2`, `pages 1, 3-4`"""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1].append(page)
        else:
            runs.append([page])
    said = ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)
    return f"page{'' if len(pages) == 1 else 's'} {said}"
