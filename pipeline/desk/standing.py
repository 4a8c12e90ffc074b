"""Where a file stands, for the people who dropped it: a heading, a sign, a word, a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline.desk import words
from pipeline.reviewing.holds import Hold
from pipeline.store.states import State
from pipeline.store.views import Row


class Heading(StrEnum):
    """Every file that came in is under exactly one of these."""

    READING = "reading"
    HELD = "held"
    ON_THE_WAY = "on the way"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"
    REPEATED = "repeated"
    RETURNED = "returned"
    UNKNOWN = "unaccounted for"

    @property
    def sign(self) -> str:
        """The name of its sign in `signs.html`."""
        return self.value.replace(" ", "-")


@dataclass(frozen=True)
class Standing:
    """What the board says of one file."""

    heading: Heading
    sentence: str
    step: int | None = None
    """How many of the line's stations are behind it; None where it does not move."""


STEPS = 8
_HEADINGS: Mapping[State, Heading] = {
    State.RECEIVED: Heading.READING,
    State.READ: Heading.READING,
    State.AUTHORIZED: Heading.ON_THE_WAY,
    State.GATHERED: Heading.ON_THE_WAY,
    State.COPIED: Heading.ON_THE_WAY,
    State.VERIFIED: Heading.ON_THE_WAY,
    State.DELIVERING: Heading.ON_THE_WAY,
    State.DELIVERED: Heading.DELIVERED,
    State.CLOSED: Heading.DELIVERED,
    State.HELD: Heading.HELD,
    State.WITHDRAWN: Heading.WITHDRAWN,
    State.REJECTED: Heading.WITHDRAWN,
    State.SPLIT: Heading.ON_THE_WAY,  # its parts say more
}
_MOVING: Mapping[State, tuple[int, str]] = {
    State.RECEIVED: (1, "reading the scan"),
    State.READ: (2, "finding the patient and the destination"),
    State.AUTHORIZED: (3, "gathering the chart"),
    State.GATHERED: (4, "copying {items}"),
    State.COPIED: (5, "comparing every page with its original"),
    State.VERIFIED: (6, "handing over"),
    State.DELIVERING: (6, "handing over"),
}


def heading_of(state: State) -> Heading:
    """The heading that a request in this state is under."""
    return _HEADINGS[state]


def of_request(row: Row, holds: Sequence[Hold], today: date) -> Standing:
    """Where a request stands. `row` is of the table `requests`, `holds` are its open ones."""
    state = State(row["state"])
    heading = heading_of(state)
    if state in _MOVING:
        step, sentence = _MOVING[state]
        return Standing(heading, sentence.format(items=words.count(row["items"] or 0, "record")), step)
    if heading is Heading.HELD:
        return Standing(heading, _why(holds))
    if heading is Heading.DELIVERED:
        return Standing(heading, _delivered(row, today))
    return Standing(heading, "nothing is sent")


def of_parts(rows: Sequence[Row]) -> Standing:
    """Where a file stands that was split: under the heading that needs people most, with the count of each."""
    headings = [heading_of(State(row["state"])) for row in rows]
    counts = ", ".join(f"{headings.count(heading)} {heading}" for heading in Heading if heading in headings)
    worst = next(
        h for h in (Heading.HELD, Heading.READING, Heading.ON_THE_WAY, Heading.DELIVERED, Heading.WITHDRAWN) if h in headings
    )
    what = "patient" if len({row["scan"] for row in rows}) == 1 else "request"
    return Standing(worst, f"{words.count(len(rows), what)} on one scan: {counts}")


def of_arrival(row: Row) -> Standing:
    """Where a file stands that became no request of its own: returned, or a repeat of one that is known."""
    if row["outcome"] == "returned":
        said = f"{row['sentence']} {row['advice']}".strip()
        return Standing(Heading.RETURNED, said or "see the note beside it in the folder “returned”")
    if row["outcome"] == "repeat":
        return Standing(Heading.REPEATED, row["sentence"] or "the same pages came before")
    return Standing(Heading.UNKNOWN, "its request is not in the database: ask whoever looks after ChartRelay")


def _why(holds: Sequence[Hold]) -> str:
    sentences = [finding.sentence for hold in holds for finding in hold.findings]
    if not sentences:
        return "a person is asked"
    more = f" (and {len(sentences) - 1} more)" if len(sentences) > 1 else ""
    return sentences[0] + more


def _delivered(row: Row, today: date) -> str:
    at = words.moment(row["delivered_at"], today) if row["delivered_at"] else ""
    proof = f"proof: {words.proof(row['proof'])}" if row["proof"] else ""
    return ", ".join(part for part in (at, proof) if part)
