"""What a person may decide on a request, each with its number and its form, and what there is to choose from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.desk.filled import Filled
from pipeline.desk.request_page import RequestPage
from pipeline.matching.directory import Directory
from pipeline.matching.looking_up import look_up
from pipeline.matching.roster import Roster
from pipeline.matching.words import words
from pipeline.reviewing.holds import Hold
from pipeline.store.states import FINAL, State
from schemas.decision import DecisionKind
from schemas.reading import FieldName
from schemas.release import Destination, Finding, IdentityMethod, Patient

ANOTHER = "another"
"""The form with which another patient than those who were found is chosen: a decision like `patient`."""
SEEN_BY_PEOPLE = tuple(m for m in IdentityMethod if m not in (IdentityMethod.CHART_COMPARED, IdentityMethod.PROVIDER_KNOWN))
"""The other two are what the line compares by itself."""

LABELS = {
    "second": "I have looked at it, and agree",
    "patient": "It is this patient",
    ANOTHER: "It is another patient",
    "destination": "The destination is right",
    "identity": "Who asks was verified",
    "pathway": "It belongs to another rule",
    "accept": "Looked at, and let go",
    "correct": "The page says something else",
    "extend": "It takes longer",
    "try_again": "What was wrong is mended: try again",
    "reject": "It is refused",
    "withdraw": "It ends here; nothing is sent",
}


@dataclass(frozen=True)
class Way:
    """One decision that fits: a button with a form behind it."""

    number: int
    key: str
    what: DecisionKind

    @property
    def label(self) -> str:
        """What stands on the button."""
        return LABELS[self.key]

    @property
    def digit(self) -> int | None:
        """The key that opens it: 1 to 9."""
        return self.number if self.number <= 9 else None


@dataclass(frozen=True)
class Ways:
    """Everything that the forms of one request show."""

    ways: tuple[Way, ...]
    hold: Hold | None
    filled: Filled
    """What was typed into a form that was not taken."""
    sought: str
    """What was looked for in the roster."""
    found: Sequence[Patient]
    likely: Sequence[Destination]
    """Offices whose names have a word in common with what was read."""
    others: Sequence[Destination]
    unlisted: str
    """Why roster or directory cannot be shown, if so."""

    @property
    def acceptable(self) -> list[Finding]:
        """The findings that somebody who has looked may let go."""
        return [finding for finding in self.hold.findings if finding.acceptable] if self.hold else []

    @property
    def may_correct(self) -> bool:
        """Whether the values of the fields may be changed."""
        return any(way.what is DecisionKind.CORRECT for way in self.ways)

    @property
    def unread(self) -> list[FieldName]:
        """Every field, for what stands on the page and was not read."""
        return list(FieldName)

    def is_open(self, way: Way) -> bool:
        """Whether its form is shown at once: it came back, or a patient is looked for."""
        return way.key == (self.filled.way or (ANOTHER if self.sought else ""))


def ways(
    page: RequestPage, *, roster: Roster | None, directory: Directory | None, filled: Filled, sought: str, unlisted: str = ""
) -> Ways:
    """The decisions that fit the request as it stands."""
    keys = enumerate(_keys(page), start=1)
    read = page.reading.value(FieldName.DESTINATION_NAME) if page.reading else None
    likely, others = _offices(directory.offices if directory else (), read or "")
    return Ways(
        ways=tuple(Way(number, key, DecisionKind.PATIENT if key == ANOTHER else DecisionKind(key)) for number, key in keys),
        hold=page.holds[-1] if page.holds else None,
        filled=filled,
        sought=sought,
        found=look_up(roster, sought) if roster else (),
        likely=likely,
        others=others,
        unlisted=unlisted,
    )


def _keys(page: RequestPage) -> Iterator[str]:
    """The likeliest first, as the queue has them; what ends the request comes last."""
    state = State(page.row["state"])
    if not page.holds:
        if state not in FINAL | {State.DELIVERING, State.DELIVERED}:
            yield from ("extend", "withdraw")
        return
    for may in page.holds[-1].may:
        if may["do"] == DecisionKind.TRY_AGAIN:
            yield "extend"
        if may["do"] != DecisionKind.PATIENT or (page.match and page.match.candidates):
            yield may["do"]
        if may["do"] == DecisionKind.PATIENT:
            yield ANOTHER


def _offices(offices: Sequence[Destination], read: str) -> tuple[list[Destination], list[Destination]]:
    """Those called alike, by how much, and the rest by name."""
    said = {word for word in words(read) if word not in _IN_MANY_NAMES}

    def alike(office: Destination) -> int:
        return len(said & set(words(office.name)))

    ordered = sorted(offices, key=lambda office: (-alike(office), office.name.casefold()))
    return [office for office in ordered if alike(office)], [office for office in ordered if not alike(office)]


_IN_MANY_NAMES = frozenset({"dental", "dentistry", "of", "the", "and", "dr", "dds", "dmd", "pc", "llc", "office", "care"})
