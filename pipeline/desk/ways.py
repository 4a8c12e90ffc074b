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
from schemas.reading import Choice, FieldName
from schemas.release import Destination, Finding, IdentityMethod, Patient

ANOTHER = "another"
"""The form with which another patient than those who were found is chosen: a decision like `patient`."""
FAMILY = "family"
"""The form in which the patients of one letter are named: a decision like `split`, which by itself is about pages."""
KINDS = {ANOTHER: DecisionKind.PATIENT, FAMILY: DecisionKind.SPLIT}
"""Forms that are not called as the decision is."""
MOST_NAMED = 6
"""Patients that the form has room for."""
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
    FAMILY: "It asks for several patients",
    "split": "These are several requests in one scan",
    "ask_second": "A second person must agree",
    "arrived": "It has arrived",
    "not_arrived": "It has not arrived: send it again",
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
    named: Sequence[tuple[str, str]] = ()
    """Name and birth date of everybody whom the reader found, with room for more."""

    @property
    def acceptable(self) -> list[Finding]:
        """The findings that somebody who has looked may let go."""
        return [finding for finding in self.hold.findings if finding.acceptable] if self.hold else []

    @property
    def may_correct(self) -> bool:
        """Whether the values of the fields may be changed."""
        return any(way.what is DecisionKind.CORRECT for way in self.ways)

    @property
    def boxes(self) -> list[Choice]:
        """Every box that a form may have."""
        return list(Choice)

    @property
    def unread(self) -> list[FieldName]:
        """Every field, for what stands on the page and was not read."""
        return list(FieldName)

    def is_open(self, way: Way) -> bool:
        """Whether its form is shown at once: it came back, or a patient is looked for."""
        return way.key == (self.filled.way or (ANOTHER if self.sought else ""))


def ways(
    page: RequestPage,
    *,
    roster: Roster | None,
    directory: Directory | None,
    filled: Filled,
    sought: str,
    unlisted: str = "",
    page_count: int = 0,
) -> Ways:
    """The decisions that fit the request as it stands; `page_count` is of its scan, 0 where that cannot be opened."""
    keys = enumerate(_keys(page, page_count), start=1)
    read = page.reading.value(FieldName.DESTINATION_NAME) if page.reading else None
    likely, others = _offices(directory.offices if directory else (), read or "")
    return Ways(
        ways=tuple(Way(number, key, KINDS.get(key) or DecisionKind(key)) for number, key in keys),
        hold=page.holds[-1] if page.holds else None,
        filled=filled,
        sought=sought,
        found=look_up(roster, sought) if roster else (),
        likely=likely,
        others=others,
        unlisted=unlisted,
        named=tuple(_named(page)),
    )


def _keys(page: RequestPage, page_count: int) -> Iterator[str]:
    """The likeliest first, as the queue has them; what ends the request comes last."""
    state = State(page.row["state"])
    if not page.holds:
        if state not in FINAL | {State.DELIVERING, State.DELIVERED}:
            yield from ("extend", "withdraw")
        return
    for may in page.holds[-1].may:
        if may["do"] == DecisionKind.TRY_AGAIN:
            yield "extend"
        yield from _forms(DecisionKind(may["do"]), page, page_count)


def _forms(what: DecisionKind, page: RequestPage, page_count: int) -> Iterator[str]:
    """The forms for a decision: most have one of the same name."""
    if what is DecisionKind.PATIENT:
        yield from (what.value, ANOTHER) if page.match and page.match.candidates else (ANOTHER,)
    elif what is DecisionKind.SPLIT:
        yield from (FAMILY,) if page.reading else ()
        yield from (what.value,) if page_count > 1 else ()
    else:
        yield what.value


def _named(page: RequestPage) -> Iterator[tuple[str, str]]:
    """What the rows of the form begin with."""
    reading = page.reading
    found = [(one.name.value, one.dob.value if one.dob else "") for one in reading.patients] if reading else []
    if reading and not found:
        found = [(reading.value(FieldName.PATIENT_NAME) or "", reading.value(FieldName.PATIENT_DOB) or "")]
    yield from (*found, *[("", "")] * max(MOST_NAMED - len(found), 2))


def _offices(offices: Sequence[Destination], read: str) -> tuple[list[Destination], list[Destination]]:
    """Those called alike, by how much, and the rest by name."""
    said = {word for word in words(read) if word not in _IN_MANY_NAMES}

    def alike(office: Destination) -> int:
        return len(said & set(words(office.name)))

    ordered = sorted(offices, key=lambda office: (-alike(office), office.name.casefold()))
    return [office for office in ordered if alike(office)], [office for office in ordered if not alike(office)]


_IN_MANY_NAMES = frozenset({"dental", "dentistry", "of", "the", "and", "dr", "dds", "dmd", "pc", "llc", "office", "care"})
