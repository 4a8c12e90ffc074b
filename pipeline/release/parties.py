"""Who is asked, and to whom the copy goes."""

from __future__ import annotations

from collections.abc import Iterator

from rapidfuzz.distance import OSA

from pipeline.release import paragraphs
from pipeline.release.case import Case, finding
from pipeline.release.wordlists import plain_words
from schemas.reading import Choice, FieldName
from schemas.release import Finding, HoldReason

_SAYS_LITTLE = frozenset({
    "the", "of", "and", "at", "in", "dr", "drs", "office", "offices", "dds", "dmd", "md", "pc", "pa", "pllc", "llc", "llp", "inc",
    "ltd", "dental", "dentist", "dentists", "dentistry", "family", "general", "care", "clinic", "center", "practice", "group",
    "associates",
})  # fmt: skip
"""Words that an office's name may have or lack. Specialties are not among them."""
SHORTEST_WORD_WITH_A_SLIP = 5


def asked_of_us(case: Case) -> Iterator[Finding]:
    """The request is made to this practice: 164.508(c)(1)(ii). Many forms serve to obtain records as well as to release them."""
    read = case.reading.fields.get(FieldName.HOLDER_NAME)
    if read is None or read.confidence < case.policy.text_confidence:
        return
    ours = (case.holder.name, *case.policy.also_called)
    if not any(_speaks_of(read.value, name) for name in ours):
        sentence = f"The request asks {read.value} for records, not {case.holder.name}."
        cure = "If it is meant for another practice, send it there; if it is a name of this practice, add it to also_called."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.WHO_MAY_DISCLOSE, read)


def not_to_us(case: Case) -> Iterator[Finding]:
    """A form that sends records to this practice is a request to obtain them."""
    said = case.reading.fields.get(FieldName.DESTINATION_NAME)
    names = [name for name in (said.value if said else None, case.destination.name if case.destination else None) if name]
    if any(same_office(name, case.holder.name) for name in names):
        sentence = f"The copy is to go to {case.holder.name} itself: this seems to be a request to obtain records."
        yield finding(
            HoldReason.PATHWAY_UNCLEAR, sentence, "Send it to the practice that has the records.", paragraphs.RECIPIENT, said
        )


def trusted(case: Case) -> Iterator[Finding]:
    """The destination is a trusted row of the directory, on a channel that needs no person: 164.514(h)(1)."""
    if case.destination is None:
        return
    if not case.destination.trusted:
        sentence = f"{case.destination.name} is in the directory, but not yet trusted."
        cure = "Call the office on a number that does not come from the request; then set trusted to yes in directory.csv."
        yield finding(HoldReason.DESTINATION_UNKNOWN, sentence, cure, paragraphs.VERIFY)
    if case.destination.channel not in case.policy.automatic_channels:
        sentence = f"Copies for {case.destination.name} go by {case.destination.channel}, which needs a person here."
        cure = "Send it by hand, or allow the channel in the policy."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.FORM_AND_FORMAT)


def picked_up(case: Case) -> Iterator[Finding]:
    """A copy that somebody will pick up is not sent: 164.524(c)(2) and (3)."""
    tick = case.ticks("delivery").get(Choice.DELIVERY_PICKUP)
    if tick:
        sentence = "The box for picking the copy up is ticked, so it may not be meant to be sent."
        cure = "Ask the patient; a copy is handed over in person after seeing an ID."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.FORM_AND_FORMAT, tick)


def same_office(one: str, other: str) -> bool:
    """Whether two names of offices have the same words that tell offices apart, slips allowed."""
    first, second = _telling(one), _telling(other)
    return len(first) == len(second) and _has_all(first, second)


def _speaks_of(text: str, office: str) -> bool:
    """Whether `text` is the office's name, or holds all of it and more: `Dr. Patel, Lakeside Shore Dental`.

    A name of a single telling word must stand alone, or Springfield Dental would be asked in place of Springfield Endodontics.
    """
    name = _telling(office)
    return bool(name) and (same_office(text, office) or (len(name) > 1 and _has_all(name, _telling(text))))


def _telling(name: str) -> list[str]:
    said = plain_words(name).split()
    return [w for w in said if w not in _SAYS_LITTLE] or said


def _has_all(wanted: list[str], among: list[str]) -> bool:
    return all(any(_alike(word, w) for w in among) for word in wanted)


def _alike(one: str, other: str) -> bool:
    return one == other or (
        min(len(one), len(other)) >= SHORTEST_WORD_WITH_A_SLIP and OSA.distance(one, other, score_cutoff=1) <= 1
    )
