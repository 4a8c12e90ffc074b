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
    cure = "Look at the scan for the name and correct it, or choose the patient; if no name is there, ask for a clearer request."
    sentence = "The patient's name could not be read."
    return _finding("name_unread", HoldReason.UNREADABLE, sentence, cure, asked.name_field)


def name_of_one_word(asked: Asked) -> Finding:
    """`Oyelaran`, and nothing else."""
    cure = (
        "Look at the scan for given name and surname and correct them, or choose the patient; "
        "if only one is there, ask the requester for the full name."
    )
    sentence = f"Only one word of the patient's name was read: {_said(asked)}."
    return _finding("name_of_one_word", HoldReason.UNREADABLE, sentence, cure, asked.name_field)


def name_of_several(asked: Asked, *, chosen: bool = False) -> Finding:
    """`John and Mary Park`. Once one of them is chosen, a person who has looked may let this go: it releases nobody else's."""
    cure = (
        "Make one request for each patient, with a signature for each; "
        "if it is one patient after all, choose the patient and accept this."
    )
    sentence = f"The request names more than one patient: {_said(asked)}."
    return _finding("name_of_several", HoldReason.SEVERAL_PATIENTS, sentence, cure, asked.name_field, acceptable=chosen)


def birth_date_unread(asked: Asked) -> Finding:
    """No birth date, or something that is none."""
    read = f" (it looks like “{asked.birth_date_field.value}”)" if asked.birth_date_field else ""
    cure = (
        f"Look at the scan for the birth date and correct it; if it is not there, {ASK.lower()} for it, or verify who it is and "
        "choose the patient. A name alone never identifies a patient."
    )
    sentence = f"The patient's birth date could not be read{read}."
    return _finding("birth_date_unread", HoldReason.UNREADABLE, sentence, cure, asked.birth_date_field)


def nobody(asked: Asked) -> Finding:
    """Nobody in the roster comes near."""
    born = as_written(asked.birth_date) if asked.birth_date else "on a day that could not be read"
    cure = (
        "Look for a former name or an older chart, and choose the patient; "
        "if there is none, answer the requester that this practice has no such patient."
    )
    sentence = f"Nobody in the roster is called {_said(asked)} and born {born}."
    return _finding("nobody", HoldReason.NO_PATIENT, sentence, cure, asked.name_field)


def several(asked: Asked, found: Sequence[Comparison]) -> Finding:
    """Two or more who fit, or are too near to each other."""
    named = "; ".join(_shown(c.patient) for c in found[:MOST_NAMED])
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    sentence = f"More than one patient may be meant by {_said(asked)}: {named}{more}."
    cure = f"{ASK} for something that only one of them has, such as address, phone or middle name, and choose the patient."
    return _finding("several", HoldReason.SEVERAL_PATIENTS, sentence, cure, asked.name_field)


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
        cure = (
            "Compare with the scan and correct what was read; if the chart is wrong, correct the chart; "
            "if the form is wrong, ask for a corrected request, or verify who it is and choose the patient."
        )
        return _finding("birth_date_differs", HoldReason.PATIENT_DIFFERS, sentence, cure, asked.birth_date_field)
    return _finding("name_differs", HoldReason.PATIENT_DIFFERS, _other_name(asked, found), _CLEAR_THE_NAME, asked.name_field)


def middle_name_differs(asked: Asked, found: Comparison) -> Finding:
    """The middle names are two. Small as it is, it may be a namesake: who has looked chooses the patient, and lets nothing go."""
    sentence = f"Middle name: {_other_name(asked, found)}"
    return _finding("middle_name_differs", HoldReason.PATIENT_DIFFERS, sentence, _CLEAR_THE_NAME, asked.name_field)


def generation_differs(asked: Asked, found: Comparison) -> Finding:
    """Senior on the one, junior on the other."""
    sentence = f"Father or son? {_other_name(asked, found)}"
    cure = f"{ASK} which of the two is meant, and choose the patient."
    return _finding("generation_differs", HoldReason.PATIENT_DIFFERS, sentence, cure, asked.name_field)


def chart_number_of_another(asked: Asked, found: Comparison) -> Finding:
    """Name and birth date point to one patient, the chart number to another."""
    number = asked.chart_number.value if asked.chart_number else ""
    sentence = (
        f"Chart number on the form ({number}) is another patient's; name and birth date are those of {_shown(found.patient)}."
    )
    cure = "Compare the number with the scan and correct it; if it stands there so, verify who is meant and choose the patient."
    return _finding("chart_number_of_another", HoldReason.PATIENT_DIFFERS, sentence, cure, asked.chart_number)


def not_sure_enough(asked: Asked, found: Comparison, score: float) -> Finding:
    """Everything fits, but too much speaks against it, or others are too likely."""
    sentence = f"{_shown(found.patient)} fits, but not beyond doubt (certainty {score:.0%})."
    cure = (
        "Compare address, phone and e-mail on the request with the chart, or call the patient on the number in the chart; "
        "then choose the patient."
    )
    return _finding("not_sure_enough", HoldReason.PATIENT_DIFFERS, sentence, cure, asked.name_field)


def name_unsure(asked: Asked, found: Comparison) -> Finding:
    """The name fits, but was hardly read."""
    sentence = f"The name could not be read with certainty: it looks like {_said(asked)}, the chart has {found.patient.name}."
    cure = "Compare the name on the scan with the chart; correct it, or choose the patient."
    return _finding("name_unsure", HoldReason.UNREADABLE, sentence, cure, asked.name_field)


def birth_date_unsure(asked: Asked, found: Comparison) -> Finding:
    """The date fits, but was hardly read."""
    born = as_written(found.patient.date_of_birth)
    sentence = f"The birth date could not be read with certainty: it looks like {born}, as in the chart."
    cure = "Compare the birth date on the scan with the chart; correct it, or choose the patient."
    return _finding("birth_date_unsure", HoldReason.UNREADABLE, sentence, cure, asked.birth_date_field)


def chosen_is_not_there(asked: Asked, chosen: str) -> Finding:
    """A person chose a patient whom the roster does not have, or has no longer."""
    sentence = f"The roster has no patient with the number {chosen}, who was chosen."
    cure = "Look the number up in the chart system, and choose the patient again; the roster may have been saved anew since."
    return _finding("chosen_is_not_there", HoldReason.NO_PATIENT, sentence, cure, asked.name_field)


def chosen_is_another(asked: Asked, found: Comparison) -> Finding:
    """A person chose a patient of whom the request does not speak. A person who looks once more may let it go."""
    born = f", born {as_written(asked.birth_date)}" if asked.birth_date else ""
    sentence = f"The request speaks of {_said(asked)}{born}; the patient who was chosen is {_shown(found.patient)}."
    cure = "If another number was meant, choose the patient again; if the page was misread, correct it; if it is right, accept."
    return _finding("chosen_is_another", HoldReason.PATIENT_DIFFERS, sentence, cure, asked.name_field, acceptable=True)


_CLEAR_THE_NAME = (
    "Compare with the scan and correct what was read; if it is a former or other name of the patient, add it to the chart; "
    "else ask the requester, and choose the patient."
)


def _other_name(asked: Asked, found: Comparison) -> str:
    return f"the name on the form ({_said(asked)}) is not the one in the chart ({found.patient.name})."


def _said(asked: Asked) -> str:
    return asked.name.text if asked.name else "somebody whose name was not read"


def _shown(patient: Patient) -> str:
    return f"{patient.name} ({as_written(patient.date_of_birth)}, number {patient.patient_id})"


def _finding(
    rule: str, reason: HoldReason, sentence: str, cure: str, place: ReadField | None, *, acceptable: bool = False
) -> Finding:
    return Finding(
        reason=reason,
        rule=f"matching.{rule}",
        acceptable=acceptable,
        sentence=sentence[0].upper() + sentence[1:],
        cure=cure,
        paragraph=VERIFY_IDENTITY,
        page=place.page if place else None,
        box=place.box if place else None,
    )
