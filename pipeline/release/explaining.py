"""What leaves by machine alone and what never does, for people: the same tables that decide, put into sentences."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.release import paragraphs
from pipeline.release.needs import needs
from pipeline.release.policy import Policy
from schemas.release import PathwayName


class Told(NamedTuple):
    """A sentence and the paragraph behind it."""

    sentence: str
    paragraph: str


ALWAYS_A_PERSON = (
    Told("Somebody asks for the patient: a parent, a guardian, whoever holds a power of attorney.", paragraphs.REPRESENTATIVE),
    Told("The patient is a minor, or was one when the request was signed.", paragraphs.MINOR),
    Told("Another name than the patient's stands under the signature.", paragraphs.VERIFY),
    Told("The permission ends with an event, not with a date.", paragraphs.EXPIRED),
    Told("The patient has taken the permission back.", f"{paragraphs.REVOKED}; {paragraphs.REVOCATION}"),
    Told("Specially protected records are marked: psychotherapy, substance use, HIV and their like.", paragraphs.PROTECTED),
    Told("The destination is not in the directory, not trusted, or different from what the request says.", paragraphs.VERIFY),
    Told("Several patients are named, and it is not certain that this one signed.", paragraphs.VERIFY),
    Told("The same records went to the same place a short while ago.", paragraphs.VERIFY),
    Told("Something could not be read surely, or nobody has read a page.", paragraphs.NOT_FILLED_OUT),
)  # fmt: skip
"""Besides the pathways on which a person decides every request."""

NEVER_A_REASON = Told("An unpaid balance holds no release.", f"{paragraphs.NOT_FOR_MONEY}; ADA Code 1.B.1")


def leaves_alone(policy: Policy) -> tuple[Told, ...]:
    """What the machine lets go by itself: adults, surely matched, everything in order, to a trusted office of the directory.
    Nothing, where a second person must agree to every copy."""
    if policy.second_person == "all":
        return ()
    to_whom = {"specialists": "a trusted specialist", "providers": "a trusted office that treats", "never": ""}
    office = to_whom[policy.treatment_without_signature]
    unsigned = f"A copy for treatment that {office} asks for; nobody has to sign." if office else ""
    directive = (
        "A complete authorization, signed and dated by the patient, to a trusted office."
        if policy.require_authorization
        else "A copy that the patient asks for in a signed writing, to a trusted office."
    )
    basis = paragraphs.AUTHORIZATION if policy.require_authorization else f"{paragraphs.DIRECTIVE}; {paragraphs.AUTHORIZATION}"
    found = (
        Told("The patient's own copy, to the patient's own address in the directory.", paragraphs.ACCESS),
        Told(directive, basis),
        Told(unsigned, paragraphs.TREATMENT),
    )
    return tuple(told for told in found if told.sentence)


def always_a_person() -> tuple[Told, ...]:
    """What no setting lets the machine decide."""
    return (*(Told(n.person, n.paragraph) for n in needs().values() if n.person), *ALWAYS_A_PERSON)


def pathway_in_words(pathway: PathwayName) -> str:
    """`patient directive`."""
    return pathway.value.replace("_", " ")
