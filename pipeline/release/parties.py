"""Who is asked, and to whom the copy goes."""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.release import paragraphs
from pipeline.release.case import Case, finding
from pipeline.release.names import same_person
from pipeline.release.offices import same_office, speaks_of_office
from pipeline.release.signing import blank
from pipeline.release.wordlists import plain_words
from schemas.reading import Choice, FieldName
from schemas.release import Finding, HoldReason, OfficeKind, PathwayName

_PARTS_OF_AN_ADDRESS = ("street", "zip", "phone", "email")


def says_holder(case: Case) -> str | None:
    """Who is asked."""
    read = case.reading.value(FieldName.HOLDER_NAME)
    return f"It asks {read}." if read else None


def no_holder(case: Case) -> Iterator[Finding]:
    """An authorization says who may disclose: 164.508(c)(1)(ii)."""
    yield blank("name of the practice that may give the records", paragraphs.WHO_MAY_DISCLOSE)


def asked_of_us(case: Case) -> Iterator[Finding]:
    """The request is made to this practice: 164.508(c)(1)(ii). Many forms serve to obtain records as well as to release them."""
    read = case.reading.fields.get(FieldName.HOLDER_NAME)
    if read is None or read.confidence < case.policy.text_confidence:
        return
    ours = (case.holder.name, *case.policy.also_called)
    if not any(speaks_of_office(read.value, name) for name in ours):
        sentence = f"The request asks {read.value} for records, not {case.holder.name}."
        cure = "If another practice is meant, send it there; if it is a name of this practice, add it to also_called."
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


def says_recipient(case: Case) -> str | None:
    """Where the copy goes."""
    office = case.destination
    return f"To {office.name}, at the address that the directory has." if office else None


def no_destination(case: Case) -> Iterator[Finding]:
    """Without a destination nothing leaves, even where nobody has said why there is none."""
    if all(case.lets_go(found) for found in case.already):
        sentence = "No destination is known for this request."
        cure = "Find the destination in the scan and in the directory, call it back, and choose it."
        yield finding(HoldReason.DESTINATION_UNKNOWN, sentence, cure, paragraphs.VERIFY)


def trusted(case: Case) -> Iterator[Finding]:
    """The destination is a trusted row of the directory, or a person has just called it back: 164.514(h)(1)."""
    office = case.destination
    if office is None or office.trusted or (case.rulings.office_id == office.office_id and case.rulings.called):
        return
    sentence = f"{office.name} is in the directory, but not yet trusted."
    cure = (
        "Call the office on a number that does not come from the request; then choose the destination and say which number it "
        "was, or set trusted to yes in directory.csv."
    )
    yield finding(HoldReason.DESTINATION_UNKNOWN, sentence, cure, paragraphs.VERIFY)


def fits_the_pathway(case: Case) -> Iterator[Finding]:
    """A copy for treatment goes to whoever treats, a claim's to an insurer, the patient's own to the patient."""
    office, pathway = case.destination, case.pathway
    if office is None:
        return
    if pathway is PathwayName.TREATMENT and not office.kind.treats:
        yield _unfit(f"The directory does not say that {office.name} treats patients.", paragraphs.TREATMENT)
    elif pathway is PathwayName.PAYMENT and office.kind is not OfficeKind.INSURER:
        yield _unfit(f"The directory does not say that {office.name} is an insurer.", paragraphs.PAYMENT)
    elif pathway is PathwayName.PATIENT_ACCESS and not goes_to_who_asks(case):
        sentence = f"{office.name} is not the patient, and the right of access gives the copy to the patient."
        yield _unfit(sentence, paragraphs.ACCESS)


def _unfit(sentence: str, paragraph: str) -> Finding:
    cure = "Choose another pathway; or if the directory is wrong, correct the kind of this office there."
    return finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraph)


def own_address(case: Case) -> Iterator[Finding]:
    """A patient's own address in the directory is the one in the chart: people of one name live in more than one house."""
    office, patient = case.destination, case.patient
    if office is None or patient is None or case.pathway is not PathwayName.PATIENT_ACCESS or not goes_to_who_asks(case):
        return
    pairs = [(plain_words(getattr(office, part)), plain_words(getattr(patient, part))) for part in _PARTS_OF_AN_ADDRESS]
    both = [(one, other) for one, other in pairs if one and other]
    if both and all(one != other for one, other in both):
        sentence = f"The directory's address of {office.name} is not the one in the chart of {patient.name}."
        cure = "Find out whether the patient has moved; if it is the patient's address, accept."
        yield finding(HoldReason.DESTINATION_DIFFERS, sentence, cure, paragraphs.VERIFY, acceptable=True)


def anothers_address(case: Case) -> Iterator[Finding]:
    """A directory's row of the kind `patient` that is somebody else's: a patient may send a copy there, and a person asks."""
    office = case.destination
    if office and office.kind is OfficeKind.PATIENT and not goes_to_who_asks(case):
        sentence = f"The copy is to go to {office.name}, the address of another person, not of this patient."
        cure = "Ask the patient whether it is meant; if so, accept."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.VERIFY, acceptable=True)


def goes_to_who_asks(case: Case) -> bool:
    """Whether the destination is the patient, or whoever asks for the patient."""
    if case.destination is None:
        return False
    if case.destination.kind not in (OfficeKind.PATIENT, OfficeKind.UNKNOWN):
        return False
    asks = case.reading.value(FieldName.REQUESTER_NAME)
    names = [name for name in (case.patient.name if case.patient else None, asks) if name]
    return any(same_person(case.destination.name, name) for name in names)


def needs_a_person(case: Case) -> Iterator[Finding]:
    """A channel that the practice does not use without a person: 164.524(c)(2)."""
    if case.destination and case.destination.channel not in case.policy.automatic_channels:
        sentence = f"Copies for {case.destination.name} go by {case.destination.channel}, which needs a person here."
        cure = "Look whether it may go this way, and accept; or allow the channel in the policy."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.FORM_AND_FORMAT, acceptable=True)


def picked_up(case: Case) -> Iterator[Finding]:
    """A copy that somebody will pick up is not sent: 164.524(c)(2) and (3)."""
    tick = case.ticks("delivery").get(Choice.DELIVERY_PICKUP)
    if tick:
        sentence = "The box for picking the copy up is ticked, so it may not be meant to be sent."
        cure = "Ask the patient: if it shall be sent after all, accept; if it is picked up, hand it over after seeing an ID."
        yield finding(HoldReason.PATHWAY_UNCLEAR, sentence, cure, paragraphs.FORM_AND_FORMAT, tick, acceptable=True)
