"""What for: words and boxes that bring a request before a person."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, finding
from pipeline.release.needs import needs_of
from pipeline.release.signing import blank
from pipeline.release.wordlists import WordGroup, word_lists
from schemas.reading import Choice, FieldName, ReadField
from schemas.release import Finding, HoldReason, PathwayName

_TEXTS = (FieldName.PURPOSE, FieldName.REASON, FieldName.REQUESTER_RELATIONSHIP)
_NAMES = (FieldName.DESTINATION_NAME, FieldName.DESTINATION_ATTENTION, FieldName.REQUESTER_NAME)
_TICKED = {
    Choice.PURPOSE_LEGAL: ("legal use", "45 CFR 164.512(e); 164.508(a)(1)", PathwayName.LEGAL_PROCESS),
    Choice.PURPOSE_INSURANCE: ("an insurer", paragraphs.PAYMENT, PathwayName.PAYMENT),
}

_UNUSUAL = {
    Choice.PURPOSE_ITEM: "A box for a purpose is ticked that the reader does not know.",
    Choice.PURPOSE_DISABILITY: "The box for disability is ticked as the purpose.",
    Choice.PURPOSE_SCHOOL: "The box for school is ticked as the purpose.",
}


def words_for_a_person(case: Case) -> Iterator[Finding]:
    """An attorney, a court, an insurer, an employer and their like, wherever they are named; each group once."""
    told: set[str] = set()
    for group, word, where, place in _words_found(case):
        if group.about not in told:
            told.add(group.about)
            sentence = f"The request speaks of {group.about} (“{word}” in the {where}); a person decides such requests."
            yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, group.cure, group.paragraph, place, acceptable=True)


def purpose_boxes(case: Case) -> Iterator[Finding]:
    """Boxes for legal use and insurance, however faint; and a ticked purpose that no pathway is for."""
    for choice, tick in case.ticks("purpose").items():
        if choice in _TICKED:
            about, paragraph, _ = _TICKED[choice]
            sentence = f"The box for {about} is ticked; a person decides such requests."
            cure = "Find out who needs the records and for what, choose the pathway, and accept; see the privacy officer."
            yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraph, tick, acceptable=True)
        elif choice in _UNUSUAL and case.policy.unnamed_purpose == "hold":
            sentence = _UNUSUAL[choice]
            cure = "Look at the scan which purpose it is; if it is nothing for the privacy officer, accept."
            yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.PURPOSE, tick, acceptable=True)


def says_purpose(case: Case) -> str | None:
    """What for, as written or ticked.

    The line for a reason may be one for leaving the practice: it stands for the purpose only where a person decides anyway.
    """
    if said := case.reading.value(FieldName.PURPOSE):
        return f"Purpose: {said}."
    ticked = [choice.removeprefix("purpose.").replace("_", " ") for choice in Choice if choice in case.ticks("purpose")]
    if ticked:
        return f"Purpose, ticked: {', '.join(ticked)}."
    reason = case.reading.value(FieldName.REASON) if needs_of(case.pathway).person else None
    return f"Reason: {reason}." if reason else None


def no_purpose(case: Case) -> Iterator[Finding]:
    """An authorization says what for: 164.508(c)(1)(iv)."""
    yield blank("purpose", paragraphs.PURPOSE)


def protected(case: Case) -> Iterator[Finding]:
    """Classes of records that need a permission of their own, ticked or initialled however faintly; each once."""
    marks = {mark.about: mark for mark in case.reading.sensitive}
    for about, mark in marks.items():
        told = word_lists().protected[about]
        yield Finding(
            reason=HoldReason.PATHWAY_UNCLEAR,
            sentence=f"The form is marked for {told.says}; a person decides such requests.",
            cure=told.cure,
            paragraph=told.paragraph,
            page=mark.page,
            box=mark.box,
            acceptable=True,
        )


def pointed_by_words(case: Case) -> Iterator[tuple[PathwayName, str]]:
    """The pathways that words and boxes point to, with the words."""
    for group, word, where, _ in _words_found(case):
        yield group.pathway, f"It speaks of {group.about} (“{word}” in the {where})."
    for choice in case.ticks("purpose"):
        if choice in _TICKED:
            yield _TICKED[choice][2], f"The box for {_TICKED[choice][0]} is ticked."


def is_leaving(case: Case) -> bool:
    """Whether the patient is leaving the practice: by the box for a transfer, or by their words. In doubt they stay."""
    said = " ".join(filter(None, (case.reading.value(FieldName.REASON), case.reading.value(FieldName.PURPOSE))))
    ticked = case.ticks("purpose").get(Choice.PURPOSE_TRANSFER)
    sure = ticked is not None and ticked.confidence >= case.policy.tick_confidence
    return word_lists().says_leaving(f"{said} transfer" if sure else said)


def _words_found(case: Case) -> Iterator[tuple[WordGroup, str, str, ReadField | None]]:
    for text, is_name, where, place in _places(case):
        for group, word in word_lists().for_a_person(text, is_name=is_name):
            yield group, word, where, place


def _places(case: Case) -> Iterator[tuple[str, bool, str, ReadField | None]]:
    fields = case.reading.fields
    for name in (*_TEXTS, *_NAMES):
        if field := fields.get(name):
            yield field.value, name in _NAMES, str(name).replace(".", "'s "), field
    if case.destination:
        yield f"{case.destination.name} {case.destination.attention}", True, "directory's entry", None
