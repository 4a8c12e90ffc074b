"""What for: words and boxes that bring a request before a person."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, finding
from pipeline.release.wordlists import WordGroup, word_lists
from schemas.reading import Choice, FieldName, ReadField
from schemas.release import Finding, HoldReason, PathwayName

_TEXTS = (FieldName.PURPOSE, FieldName.REASON, FieldName.REQUESTER_RELATIONSHIP)
_NAMES = (FieldName.DESTINATION_NAME, FieldName.DESTINATION_ATTENTION, FieldName.REQUESTER_NAME)
_TICKED = {
    Choice.PURPOSE_LEGAL: ("legal use", "45 CFR 164.512(e); 164.508(a)(1)", PathwayName.LEGAL_PROCESS),
    Choice.PURPOSE_INSURANCE: ("an insurer", paragraphs.PAYMENT, PathwayName.PAYMENT),
}


def words_for_a_person(case: Case) -> Iterator[Finding]:
    """An attorney, a court, an insurer, an employer and their like, wherever they are named; each group once."""
    told: set[str] = set()
    for group, word, where, place in _words_found(case):
        if group.about not in told:
            told.add(group.about)
            sentence = f"The request speaks of {group.about} (“{word}” in the {where}); a person decides such requests."
            yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, group.cure, group.paragraph, place)


def purpose_boxes(case: Case) -> Iterator[Finding]:
    """Boxes for legal use and insurance, however faint; and a ticked purpose that the reader cannot name."""
    for choice, tick in case.ticks("purpose").items():
        if choice in _TICKED:
            about, paragraph, _ = _TICKED[choice]
            sentence = f"The box for {about} is ticked; a person decides such requests."
            cure = "Find out who needs the records and for what; see the privacy officer."
            yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraph, tick)
        elif choice is Choice.PURPOSE_ITEM and case.policy.unnamed_purpose == "hold":
            sentence = "A box for a purpose is ticked that the reader does not know."
            yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, "Look at the scan which purpose it is.", paragraphs.PURPOSE, tick)


def pathway_of_words(case: Case) -> PathwayName | None:
    """The pathway that words or boxes point to, if any."""
    for group, _, _, _ in _words_found(case):
        return group.pathway
    return next((_TICKED[choice][2] for choice in case.ticks("purpose") if choice in _TICKED), None)


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
