"""What the clerk is told about a patient who could not be chosen, and what would settle it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.matching.asked import Asked
from pipeline.matching.birth_dates import DateLikeness, as_written
from pipeline.matching.comparisons import Comparison
from schemas.reading import ReadField
from schemas.release import Finding, HoldReason, Patient

VERIFY_IDENTITY = "45 CFR 164.514(h)(1)"
"""Before a disclosure, the identity of the person is verified."""
ASK = "Ask the requester"
MOST_NAMED = 4


def name_unread(asked: Asked) -> Finding:
    """No name at all."""
    cure = "Look at the scan for the name; if it cannot be read there either, ask for a clearer request."
    return _finding(HoldReason.UNREADABLE, "The patient's name could not be read.", cure, asked.name_field)


def name_of_one_word(asked: Asked) -> Finding:
    """`Oyelaran`, and nothing else."""
    cure = "Look at the scan for given name and surname; if only one is there, ask the requester for the full name."
    return _finding(
        HoldReason.UNREADABLE, f"Only one word of the patient's name was read: {_said(asked)}.", cure, asked.name_field
    )


def name_of_several(asked: Asked) -> Finding:
    """`John and Mary Park`."""
    cure = "Make one request for each patient, with a signature for each."
    return _finding(
        HoldReason.SEVERAL_PATIENTS, f"The request names more than one patient: {_said(asked)}.", cure, asked.name_field
    )


def birth_date_unread(asked: Asked) -> Finding:
    """No birth date, or something that is none."""
    read = f" (it looks like “{asked.birth_date_field.value}”)" if asked.birth_date_field else ""
    cure = (
        f"Look at the scan for the birth date; if it is not there, {ASK.lower()} for it. A name alone never identifies a patient."
    )
    return _finding(HoldReason.UNREADABLE, f"The patient's birth date could not be read{read}.", cure, asked.birth_date_field)


def nobody(asked: Asked) -> Finding:
    """Nobody in the roster comes near."""
    born = as_written(asked.birth_date) if asked.birth_date else "on a day that could not be read"
    cure = (
        "Look for a former name or an older chart; if there is none, answer the requester that this practice has no such patient."
    )
    return _finding(
        HoldReason.NO_PATIENT, f"Nobody in the roster is called {_said(asked)} and born {born}.", cure, asked.name_field
    )


def several(asked: Asked, found: Sequence[Comparison]) -> Finding:
    """Two or more who fit, or are too near to each other."""
    named = "; ".join(_shown(c.patient) for c in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    sentence = f"More than one patient may be meant by {_said(asked)}: {named}{more}."
    cure = f"{ASK} for something that only one of them has, such as address, phone or middle name, and note it on the request."
    return _finding(HoldReason.SEVERAL_PATIENTS, sentence, cure, asked.name_field)


def differs(asked: Asked, found: Comparison) -> Finding:
    """One who nearly fits: what the request says and what the chart says."""
    if found.birth_date is not DateLikeness.EQUAL and asked.birth_date:
        hint = {
            DateLikeness.SWAPPED: "; day and month may be exchanged",
            DateLikeness.ONE_DIGIT: "; one digit is different",
        }.get(found.birth_date, "")
        sentence = (
            f"Birth date on the form ({as_written(asked.birth_date)}) is not the one in the chart of {found.patient.name} "
            f"({as_written(found.patient.date_of_birth)}){hint}."
        )
        cure = "Compare with the scan and with the patient's ID; correct the chart, or ask for a corrected request."
        return _finding(HoldReason.PATIENT_DIFFERS, sentence, cure, asked.birth_date_field)
    return _finding(HoldReason.PATIENT_DIFFERS, _other_name(asked, found), _CLEAR_THE_NAME, asked.name_field)


def middle_name_differs(asked: Asked, found: Comparison) -> Finding:
    """The middle names are two."""
    return _finding(HoldReason.PATIENT_DIFFERS, f"Middle name: {_other_name(asked, found)}", _CLEAR_THE_NAME, asked.name_field)


def generation_differs(asked: Asked, found: Comparison) -> Finding:
    """Senior on the one, junior on the other."""
    sentence = f"Father or son? {_other_name(asked, found)}"
    return _finding(HoldReason.PATIENT_DIFFERS, sentence, f"{ASK} which of the two is meant.", asked.name_field)


def not_sure_enough(asked: Asked, found: Comparison, score: float) -> Finding:
    """Everything fits, but too much speaks against it, or others are too likely."""
    sentence = f"{_shown(found.patient)} fits, but not beyond doubt (certainty {score:.0%})."
    cure = "Compare address, phone and e-mail on the request with the chart, or call the patient on the number in the chart."
    return _finding(HoldReason.PATIENT_DIFFERS, sentence, cure, asked.name_field)


def name_unsure(asked: Asked, found: Comparison) -> Finding:
    """The name fits, but was hardly read."""
    sentence = f"The name could not be read with certainty: it looks like {_said(asked)}, the chart has {found.patient.name}."
    return _finding(HoldReason.UNREADABLE, sentence, "Compare the name on the scan with the chart.", asked.name_field)


def birth_date_unsure(asked: Asked, found: Comparison) -> Finding:
    """The date fits, but was hardly read."""
    born = as_written(found.patient.date_of_birth)
    sentence = f"The birth date could not be read with certainty: it looks like {born}, as in the chart."
    return _finding(HoldReason.UNREADABLE, sentence, "Compare the birth date on the scan with the chart.", asked.birth_date_field)


_CLEAR_THE_NAME = (
    "Compare with the scan; if it is a former or other name of the patient, add it to the chart, else ask the requester."
)


def _other_name(asked: Asked, found: Comparison) -> str:
    return f"the name on the form ({_said(asked)}) is not the one in the chart ({found.patient.name})."


def _said(asked: Asked) -> str:
    return asked.name.text if asked.name else "somebody whose name was not read"


def _shown(patient: Patient) -> str:
    return f"{patient.name} ({as_written(patient.date_of_birth)}, number {patient.patient_id})"


def _finding(reason: HoldReason, sentence: str, cure: str, place: ReadField | None) -> Finding:
    return Finding(
        reason=reason,
        sentence=sentence[0].upper() + sentence[1:],
        cure=cure,
        paragraph=VERIFY_IDENTITY,
        page=place.page if place else None,
        box=place.box if place else None,
    )
