"""One request before the rules: everything that a rule may look at, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.release.policy import Policy
from schemas.decision import Rulings
from schemas.reading import Choice, FieldName, ReadField, Reading, Tick
from schemas.release import Destination, EarlierRelease, Finding, HoldReason, PathwayName, Patient, Practice, Revocation

NOBODY = Rulings()
"""No person has decided anything."""


@dataclass(frozen=True, slots=True)
class ReadDate:
    """A date as it was read: absent, unsure, no date at all, or a date that a rule may lean on."""

    field: ReadField | None
    day: date | None
    sure: bool

    @property
    def absent(self) -> bool:
        """Whether nothing was read in that place."""
        return self.field is None


@dataclass(frozen=True, slots=True)
class Case:
    """A request, the patient and the destination that were matched, the days that count, and what the practice allows."""

    reading: Reading
    patient: Patient | None
    destination: Destination | None
    today: date
    received_on: date
    at: datetime
    policy: Policy
    holder: Practice
    already: tuple[Finding, ...] = ()
    """What matching found."""
    revocations: tuple[Revocation, ...] = ()
    earlier: tuple[EarlierRelease, ...] = ()
    rulings: Rulings = NOBODY
    """What people have decided."""
    one_of: int = 1
    """How many patients the scan names, this one among them."""
    apart: bool = False
    """Whether it is one of the requests that such a scan was taken apart into."""
    pathway: PathwayName = PathwayName.PATIENT_DIRECTIVE

    def date_of(self, name: FieldName) -> ReadDate:
        """The date read for `name`."""
        field = self.reading.fields.get(name)
        if field is None:
            return ReadDate(None, None, sure=False)
        try:
            day = date.fromisoformat(field.value)
        except ValueError:
            return ReadDate(field, None, sure=False)
        return ReadDate(field, day, sure=field.confidence >= self.policy.date_confidence)

    def ticks(self, group: str) -> dict[Choice, Tick]:
        """The ticks of a group (`scope`, `purpose`, `delivery`), the surest of each choice."""
        found: dict[Choice, Tick] = {}
        for tick in sorted(self.reading.ticks, key=lambda tick: tick.confidence):
            if tick.choice.startswith(f"{group}."):
                found[tick.choice] = tick
        return found

    @property
    def surely_signed(self) -> bool:
        """Whether somebody signed, beyond doubt."""
        signature = self.reading.signature
        return signature.present is True and signature.confidence >= self.policy.signature_confidence

    @property
    def requested_on(self) -> date:
        """The date of the request: as signed where that was read surely, else as received."""
        signed = self.date_of(FieldName.SIGNATURE_DATE)
        return signed.day if signed.day and signed.sure else self.received_on

    def lets_go(self, found: Finding) -> bool:
        """Whether a person has looked at this very finding and let it go, and may."""
        return found.acceptable and found.key in self.rulings.accepts


Rule = Callable[[Case], Iterator[Finding]]
"""A rule looks at a case and gives what stands against the release; nothing where all is well."""


def findings_of(rules: Sequence[Rule], case: Case) -> tuple[Finding, ...]:
    """What the rules find, each finding with the name of its rule: `signing.expiry_event`."""
    return tuple(found.model_copy(update={"rule": name_of(rule)}) for rule in rules for found in rule(case))


def name_of(rule: Rule) -> str:
    """The module and the function, as auditors and tests know the rule."""
    return f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}"


def finding(
    reason: HoldReason,
    sentence: str,
    cure: str,
    paragraph: str | None,
    place: ReadField | Tick | None = None,
    *,
    acceptable: bool = False,
) -> Finding:
    """A finding at the place on the page where something was read.

    `acceptable` only where the law leaves it to a person who has looked; never for what only a new paper or a correction mends.
    """
    page, box = (place.page, place.box) if place else (None, None)
    return Finding(reason=reason, sentence=sentence, cure=cure, paragraph=paragraph, page=page, box=box, acceptable=acceptable)


def as_written(day: date) -> str:
    """The date as American forms write it: 03/14/1987."""
    return f"{day:%m/%d}/{day.year:04d}"


def years_between(born: date, day: date) -> int:
    """Completed years of age. Somebody born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
