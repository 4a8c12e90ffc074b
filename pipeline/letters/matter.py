"""What a letter may be made of, and what all writers of letters share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from pipeline.letters.addressee import Addressee, Party
from pipeline.letters.model import Block, CannotWrite, Language, Letter, LetterKind
from pipeline.letters.telling import telling
from pipeline.letters.texts import Texts, filled
from pipeline.stationery.words import listed
from schemas.fee import Fee
from schemas.release import Finding, OfficeKind, Practice, Revocation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Matter:
    """All that a letter may be made of. What a letter does not need stays empty."""

    request_id: str
    received_on: date
    day: date
    """The date that the letter bears: the only time in it."""
    practice: Practice
    to: Addressee
    certain: bool = False
    """Whether it is beyond doubt who the patient is: without that, no letter tells that there are records."""
    nothing_left: bool = False
    """Whether it is known that no copy has left, or may have left, because of this request."""
    findings: tuple[Finding, ...] = ()
    until: date | None = None
    """Until when the request waits for an answer, or by when the practice will have answered."""
    due: date | None = None
    """The day by which the answer was due; without it, the federal one."""
    because: tuple[str, ...] = ()
    """Keys of `grounds` for a denial, of `reasons` for an extension."""
    reason: str = ""
    """Why it takes longer, or why the request is turned away, in the words of whoever decided it."""
    what: str = ""
    """What is not given, in the words of whoever decided it."""
    rejected: bool = False
    """Whether the request as a whole was turned away."""
    fee: Fee | None = None
    revocation: Revocation | None = None
    revoked_on: date | None = None
    """The practice's own day on which it learned of the revocation."""
    patient: Callee | None = None
    office: Callee | None = None
    """Whom the front desk may call: for the slip alone."""


@dataclass(frozen=True, slots=True)
class Callee:
    """Whom to call, on a number out of the practice's own files, never one that stands on the request."""

    name: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter while it is written."""

    kind: LetterKind
    matter: Matter
    texts: Texts
    language: Language

    def words(self, part: T | None) -> T:
        """The words of this letter. Raises CannotWrite where the language does not have them."""
        if part is None:
            raise CannotWrite(f"There is no “{self.kind}” letter in this language ({self.language}) yet; write it in English.")
        return part

    def fill(self, template: str, **values: object) -> str:
        """The template with what every letter knows, and with `values`."""
        known: dict[str, object] = {
            "request": self.matter.request_id,
            "received": self.texts.day(self.matter.received_on),
            "reach": self.texts.reach(self.matter.practice),
        }
        return filled(template, **(known | values))

    def must_have_sent_nothing(self) -> None:
        """Raises CannotWrite unless the letter may say that nothing was sent."""
        if not self.matter.nothing_left:
            raise CannotWrite(
                f"This letter says that nothing was sent, and a copy for {self.matter.request_id} may have left. Look at its "
                "entries in the delivery log."
            )

    def letter(self, title: str, blocks: Iterable[Block], sincerely: str = "") -> Letter:
        """The letter around its blocks."""
        matter, common = self.matter, self.texts.common
        facts = (
            (common.date, self.texts.day(matter.day)),
            (common.number, matter.request_id),
            (common.received, self.texts.day(matter.received_on)),
        )
        return Letter(
            kind=self.kind,
            language=self.language,
            request_id=matter.request_id,
            day=matter.day,
            title=title,
            facts=facts,
            address=matter.to.lines,
            greeting=self._greeting(),
            blocks=tuple(blocks),
            closing=(sincerely or common.sincerely, matter.practice.name, matter.practice.contact or common.office),
            foot=self._foot(),
            page=common.page,
        )

    def _foot(self) -> str:
        """Our number, whom to ask, and the paragraph that the letter as a whole stands on."""
        practice, common = self.matter.practice, self.texts.common
        ask = common.questions if practice.phone else common.questions_mail
        rule = telling().sources_of_letters.get(self.kind.value, "")
        return listed([self.matter.request_id, ask.format(phone=practice.phone, email=practice.email), rule])

    def _greeting(self) -> str:
        to, greetings = self.matter.to, self.texts.greetings
        if to.party is not Party.THIRD_PARTY:
            return filled(greetings.named, name=to.name) if to.name else greetings.nobody
        return {
            OfficeKind.ATTORNEY: greetings.attorney,
            OfficeKind.INSURER: greetings.insurer,
            OfficeKind.COURT: greetings.court,
        }.get(to.kind, greetings.organisation)
