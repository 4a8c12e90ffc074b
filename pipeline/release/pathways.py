"""Under which rule: the pathway of a request, and the sentence why.

A patient signs, and a copy goes to somebody: that can be three things in the law, and the program takes the one whose every
element it can check on the page.

* `PATIENT_ACCESS` (164.524): the destination is the patient. No authorization, no purpose, no expiration is needed.
* `PATIENT_DIRECTIVE` (164.524(c)(3)(ii)): the patient directs a copy to somebody else. It has to be written and signed, and to
  say clearly to whom and where. Blank purpose, expiration, witness and date are no defects. This is the usual one. Since
  Ciox v. Azar (435 F. Supp. 3d 30) a practice *must* follow a directive only for the electronic copy of an electronic record;
  that it *may* send a copy that the patient asks for in a signed writing to a treating office stands on 164.506(c)(2) besides.
* `AUTHORIZATION` (164.508): any recipient, but every core element and the statements of (c)(2) must be there. It is claimed
  where all of them are, so that a form which lacks one is still the patient's own directive; a practice may ask for it always
  (`Policy.require_authorization`), and then each counts.

`TREATMENT` (164.506(c)(2)) asks for no signature: a provider asks, or the page says that it is for treatment and nobody has
signed, and the directory says that the destination treats. Payment, legal process, attorneys and other third parties, and the
deceased are found by words, boxes, the chart and the directory's kinds, and go to a person, who may also choose the pathway.
Whatever is chosen, its elements are asked for: a person chooses the rule, and waives nothing of it.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.release.asking import asked_by_a_provider, says_self
from pipeline.release.case import Case
from pipeline.release.elements import all_there
from pipeline.release.parties import goes_to_who_asks
from pipeline.release.pointing import pathways_pointed_to
from pipeline.release.treatment import for_treatment
from schemas.reading import FieldName
from schemas.release import PathwayName


def decided(case: Case) -> tuple[PathwayName, str]:
    """The pathway that the request takes, also where it is held, and why, in a sentence."""
    if case.rulings.pathway:
        who = ", ".join(case.rulings.by) or "a person"
        return case.rulings.pathway, f"Put on this pathway by a person ({who})."
    for pathway, pointer in pathways_pointed_to(case).items():
        return pathway, pointer
    if why := _treatment(case):
        return PathwayName.TREATMENT, why
    return _patients_own(case)


def _patients_own(case: Case) -> tuple[PathwayName, str]:
    """The patient asks. Nobody may be asked for an authorization to get a copy of their own: 164.524(a)(1)."""
    where = case.destination.name if case.destination else case.reading.value(FieldName.DESTINATION_NAME) or "somebody else"
    if goes_to_who_asks(case):
        return PathwayName.PATIENT_ACCESS, f"The copy goes to {where}, who asks for it."
    if case.destination is None and _says_to_myself(case):
        return PathwayName.PATIENT_ACCESS, "The copy goes to the patient, who asks for it."
    if case.policy.require_authorization:
        return PathwayName.AUTHORIZATION, "This practice asks for a complete authorization."
    if all_there(replace(case, pathway=PathwayName.AUTHORIZATION)):
        return PathwayName.AUTHORIZATION, "The form has every element and every statement of an authorization."
    return PathwayName.PATIENT_DIRECTIVE, f"The patient asks that a copy go to {where}."


def _says_to_myself(case: Case) -> bool:
    said = case.reading.value(FieldName.DESTINATION_NAME)
    return bool(said) and says_self(said or "")


def _treatment(case: Case) -> str | None:
    """Why it is a copy for treatment: the destination treats, and a provider asks or nobody has signed."""
    office = case.destination
    if office is None or not office.kind.treats:
        return None
    if words := asked_by_a_provider(case, surely=True):
        return f"{office.name} treats patients, and a provider asks (“{words}”)."
    purpose = for_treatment(case)
    asks = (case.reading.value(name) or "" for name in (FieldName.REQUESTER_NAME, FieldName.REQUESTER_RELATIONSHIP))
    if purpose and not case.surely_signed and all(says_self(asked) for asked in asks):
        return f"{office.name} treats patients, and the copy is for treatment (“{purpose}”); no patient has signed."
    return None
