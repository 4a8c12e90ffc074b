"""Under which rule: the pathway of a request, its own elements, and the sentence that an auditor accepts.

A patient signs, and a copy goes to somebody: that can be three things in the law, and the program takes the one whose every
element it can check on the page.

* `PATIENT_ACCESS` (164.524): the destination is the patient. No authorization, no purpose, no expiration is needed.
* `PATIENT_DIRECTIVE` (164.524(c)(3)(ii)): the patient directs a copy to somebody else. It has to be written and signed, and to
  say clearly to whom and where. Blank purpose, expiration, witness and date are no defects. This is the usual one. Since
  Ciox v. Azar (435 F. Supp. 3d 30) a practice *must* follow a directive only for the electronic copy of an electronic record;
  that it *may* send a copy that the patient asks for in a signed writing to a treating office stands on 164.506(c)(2) besides.
* `AUTHORIZATION` (164.508): any recipient, but every core element and the statements of (c)(2) must be there. The reader does
  not report those statements, so the program never claims this pathway by itself; a practice that hands out its own form,
  with the statements printed, may ask for it (`Policy.require_authorization`), and then date, expiration and purpose count.

`TREATMENT` (164.506(c)(2)) would need no signature at all. The directory does not say whether an office treats patients, so
the program does not decide it; the patient's signature is asked for instead, as the practice's own procedure does. Everything
else (payment, legal process, attorneys and other third parties, the deceased) is found by its words and goes to a person.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, as_written, finding
from pipeline.release.people import same_person
from pipeline.release.purposes import pathway_of_words
from schemas.reading import FieldName
from schemas.release import Destination, Finding, HoldReason, PathwayName, Patient

_BASIS = {
    PathwayName.PATIENT_ACCESS: "the patient's own right to a copy",
    PathwayName.PATIENT_DIRECTIVE: "the patient's own directive to send a copy",
    PathwayName.AUTHORIZATION: "the patient's authorization",
}
_PARAGRAPH = {
    PathwayName.PATIENT_ACCESS: paragraphs.ACCESS,
    PathwayName.PATIENT_DIRECTIVE: paragraphs.DIRECTIVE,
    PathwayName.AUTHORIZATION: "45 CFR 164.508(c)",
}


def pathway_of(case: Case) -> PathwayName:
    """The pathway that the request takes, also where it is held."""
    if pointed := pathway_of_words(case):
        return pointed
    if case.policy.require_authorization:
        return PathwayName.AUTHORIZATION
    to_self = case.patient and case.destination and same_person(case.destination.name, case.patient.name)
    return PathwayName.PATIENT_ACCESS if to_self else PathwayName.PATIENT_DIRECTIVE


def elements_of_an_authorization(case: Case) -> Iterator[Finding]:
    """Signature date, expiration and purpose, where the practice asks for a complete authorization: 164.508(c)(1)."""
    if not case.policy.require_authorization:
        return
    fields = case.reading.fields
    blank = (
        ("date of the signature", paragraphs.SIGNATURE, FieldName.SIGNATURE_DATE in fields),
        ("expiration", paragraphs.EXPIRY, FieldName.EXPIRY_DATE in fields or FieldName.EXPIRY_EVENT in fields),
        ("purpose", paragraphs.PURPOSE, FieldName.PURPOSE in fields or bool(case.ticks("purpose"))),
    )
    for what, paragraph, there in blank:
        if not there:
            sentence = f"The authorization is incomplete: the {what} is blank."
            cure = "Return the form to the patient to fill it in."
            yield finding(HoldReason.ELEMENT_MISSING, sentence, cure, f"{paragraph}; {paragraphs.NOT_FILLED_OUT}")


def basis_of(case: Case, patient: Patient, destination: Destination) -> str:
    """Why the copy may leave, in one sentence."""
    pathway = pathway_of(case)
    signed = case.date_of(FieldName.SIGNATURE_DATE)
    day = f"signed on {as_written(case.requested_on)}" if signed.day and signed.sure else (
        f"signed, undated, received on {as_written(case.received_on)}"
    )  # fmt: skip
    return (
        f"By {_BASIS[pathway]} ({_PARAGRAPH[pathway]}): {patient.name} ({as_written(patient.date_of_birth)}), an adult asking "
        f"for their own records, {day}, to {destination.name} at the address that the directory has and trusts."
    )
