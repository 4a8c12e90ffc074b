"""Who asks besides a patient who changes dentists, one scan for each rule: the machine may answer these itself."""

from __future__ import annotations

from pipeline.practice.sample import hands, paper
from pipeline.practice.sample.answers import us_date
from pipeline.practice.sample.desk import Desk, Scan
from pipeline.practice.sample.forms import authorization, fillable, letterheads, photo_id, typed, underlined
from pipeline.practice.sample.people import ASKS_FOR_OWN_COPY
from pipeline.practice.sample.summary import Ending, Expected
from pipeline.practice.sample.writing import PEN, TABLET, TO_US, in_line, in_words
from schemas.release import PathwayName


def specialist(desk: Desk) -> Scan:
    """An oral surgeon asks for the films of a patient of both: no patient's signature is needed."""
    patient, office = desk.patient("1025"), desk.office("riverbend-oral-surgery")
    born = us_date(patient.date_of_birth)
    said = typed.Letter(
        day=in_words(desk, 1),
        to=TO_US,
        subject=f"Re: {patient.name}, DOB {born}",
        greeting="Dear Dr. Patel,",
        paragraphs=(
            f"Thank you for your referral. Please send the most recent x-rays of our mutual patient {patient.name}, DOB {born}, "
            f"referred to us for evaluation and removal of the lower third molars. {patient.first_name} is scheduled in our "
            f"office on {us_date(desk.day(-9))}.",
            f"Please send the films to {in_line(office)}, or by fax to {office.fax}. We will let you know of our findings "
            "after the visit.",
        ),
        signer="Amos Keller",
        under=("Amos Keller, DDS, MD", office.name),
    )
    return Scan(
        "riverbend_referral.pdf",
        desk.typed(lambda sheet: typed.draw(sheet, said, lambda s: letterheads.surgeon(s, office)), "specialist", hand=PEN),
        Expected(Ending.DELIVERED, "letter of a specialist about a patient of both", "1025", pathway=PathwayName.TREATMENT),
    )


def own_copy(desk: Desk) -> Scan:
    """A patient asks for their own copy, to their own address."""
    answers = desk.answers(ASKS_FOR_OWN_COPY, f"patient-{ASKS_FOR_OWN_COPY}", 1, "For my own files")
    answers = answers._replace(purpose="personal", office_phone="")
    return Scan(
        "records_request_form (2).pdf",
        desk.pdf(fillable.draw, TABLET, answers),
        Expected(Ending.DELIVERED, "a patient's own copy", ASKS_FOR_OWN_COPY, pathway=PathwayName.PATIENT_ACCESS),
    )


def physician(desk: Desk) -> Scan:
    """A complete authorization, filled in at a cardiologist's front desk and signed on its tablet."""
    answers = desk.answers("1023", "port-linden-cardiology", 3, "Review of my teeth before heart valve surgery")
    answers = answers._replace(purpose="care")
    return Scan(
        "authorization_cardiology.pdf",
        desk.pdf(authorization.draw, TABLET, answers),
        Expected(Ending.DELIVERED, "all elements and statements of 164.508(c)", "1023", pathway=PathwayName.AUTHORIZATION),
    )


def with_photo_id(desk: Desk) -> Scan:
    """Handed in at the counter, where somebody copied the driver license as well."""
    patient = desk.patient("1040")
    answers = desk.answers("1040", "cedar-grove-dental-care", 1, "Closer to home")
    [form] = paper.on_paper(desk.pdf(underlined.draw, hands.HANNAH, answers), 200)
    issued, expires = us_date(desk.day(700)), us_date(desk.day(-1900))
    card = desk.typed(lambda sheet: photo_id.draw(sheet, patient, issued, expires), "license", hand=PEN, face="Helvetica")
    [copied] = paper.on_paper(card, 200)
    pages = [paper.scanned(form, desk.chance("0243"), skew=-0.6), paper.copied_dark(copied, desk.chance("0243", "card"))]
    return Scan(
        "scan_0243.pdf",
        paper.as_pdf(pages, 200, desk.day(1)),
        Expected(Ending.DELIVERED, "a driver license was copied with the request", "1040"),
    )
