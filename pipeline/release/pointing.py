"""What points away from a patient's own request: words, boxes, the chart, the directory."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release.asking import is_deceased
from pipeline.release.case import Case, finding
from pipeline.release.needs import needs_of
from pipeline.release.purposes import pointed_by_words
from schemas.release import Finding, HoldReason, OfficeKind, PathwayName

STRICTEST_FIRST = (
    PathwayName.LEGAL_PROCESS,
    PathwayName.DECEASED,
    PathwayName.THIRD_PARTY,
    PathwayName.PAYMENT,
    PathwayName.AUTHORIZATION,
)
"""Where several are pointed to, the first of these counts."""
_KINDS = {
    OfficeKind.ATTORNEY: (PathwayName.THIRD_PARTY, "an attorney"),
    OfficeKind.OTHER: (PathwayName.THIRD_PARTY, "neither the patient nor an office that treats"),
    OfficeKind.INSURER: (PathwayName.PAYMENT, "an insurer"),
    OfficeKind.COURT: (PathwayName.LEGAL_PROCESS, "a court"),
}


def pathways_pointed_to(case: Case) -> dict[PathwayName, str]:
    """Each pathway that something points to, strictest first, with the sentence why."""
    found: dict[PathwayName, str] = {}
    for pathway, why in _pointers(case):
        found.setdefault(pathway, why)
    return {pathway: found[pathway] for pathway in STRICTEST_FIRST if pathway in found}


def always_a_person(case: Case) -> Iterator[Finding]:
    """A pathway on which a person decides every request, where no word or box on the page has said so already."""
    needs = needs_of(case.pathway)
    if needs.person and case.pathway not in {pathway for pathway, _ in pointed_by_words(case)}:
        why = pathways_pointed_to(case).get(case.pathway, "")
        sentence = f"{why} {needs.person}".strip()
        cure = "Give it to the privacy officer; accept when all that this pathway asks for was seen."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, needs.paragraph, acceptable=True)


def kind_for_a_person(case: Case) -> Iterator[Finding]:
    """A destination that the directory knows as an attorney, an insurer or a court, whatever pathway was chosen."""
    office = case.destination
    if office and office.kind in _KINDS and _KINDS[office.kind][0] is not case.pathway:
        sentence = f"The directory says that {office.name} is {_KINDS[office.kind][1]}; a person decides such requests."
        cure = "Give it to the privacy officer; accept when the pathway that was chosen is the right one."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, needs_of(_KINDS[office.kind][0]).paragraph, acceptable=True)


def _pointers(case: Case) -> Iterator[tuple[PathwayName, str]]:
    yield from pointed_by_words(case)
    if case.patient and is_deceased(case):
        yield PathwayName.DECEASED, f"The chart says that {case.patient.name} has died."
    if case.destination and case.destination.kind in _KINDS:
        pathway, what = _KINDS[case.destination.kind]
        yield pathway, f"The directory says that {case.destination.name} is {what}."
