"""One request before the rules: everything that a rule may look at, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from pipeline.release.policy import Policy
from schemas.reading import Choice, FieldName, ReadField, Reading, Tick
from schemas.release import Destination, Finding, HoldReason, Patient, Practice


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
    policy: Policy
    holder: Practice

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
    def requested_on(self) -> date:
        """The date of the request: as signed where that was read surely, else as received."""
        signed = self.date_of(FieldName.SIGNATURE_DATE)
        return signed.day if signed.day and signed.sure else self.received_on


Rule = Callable[[Case], Iterator[Finding]]
"""A rule looks at a case and gives what stands against the release; nothing where all is well."""


def finding(
    reason: HoldReason, sentence: str, cure: str, paragraph: str | None, place: ReadField | Tick | None = None
) -> Finding:
    """A finding at the place on the page where something was read."""
    page, box = (place.page, place.box) if place else (None, None)
    return Finding(reason=reason, sentence=sentence, cure=cure, paragraph=paragraph, page=page, box=box)


def as_written(day: date) -> str:
    """The date as American forms write it: 03/14/1987."""
    return f"{day:%m/%d}/{day.year:04d}"


def years_between(born: date, day: date) -> int:
    """Completed years of age. Somebody born on 29 February is a year older on 1 March."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
