"""Letters that a front desk meets besides: a family that leaves, a mother, a permission taken back."""

from __future__ import annotations

from pipeline.practice.sample.answers import us_date
from pipeline.practice.sample.desk import Desk, Scan, as_mail
from pipeline.practice.sample.forms import typed
from pipeline.practice.sample.summary import Ending, Expected
from pipeline.practice.sample.writing import PEN, TO_US, as_block, in_words, own_address
from schemas.release import HoldReason


def family(desk: Desk) -> Scan:
    """A family of four leaves on one letter, which one of them has signed."""
    signer, *others = (desk.patient(number) for number in ("1043", "1042", "1044", "1045"))
    names = "\n".join(f"{one.name}, born {us_date(one.date_of_birth)}" for one in (signer, *others))
    said = typed.Letter(
        sender=own_address(signer),
        day=in_words(desk, 2),
        to=TO_US,
        subject="Re: Records of our family",
        paragraphs=(
            "We are moving to Granite Hollow in January, and all four of us will see a new dentist there. Please send copies "
            "of the complete dental records, with x-rays, of:",
            f"\t{names}",
            "to our new dentist:",
            as_block(desk.office("summit-dental-partners")),
            "Thank you for taking such good care of us.",
        ),
        signer=signer.name,
        under=(signer.name,),
    )
    parts = (
        Expected(Ending.DELIVERED, "she signed", "1043"),
        Expected(Ending.HELD, "her husband has to sign himself", "1042", HoldReason.SEVERAL_PATIENTS),
        Expected(Ending.HELD, "a child", "1044", HoldReason.PATHWAY_UNCLEAR),
        Expected(Ending.HELD, "a child", "1045", HoldReason.PATHWAY_UNCLEAR),
    )
    return Scan(
        "letter_0414.pdf",
        desk.typed(lambda sheet: typed.draw(sheet, said), "family", hand=PEN),
        Expected(Ending.SPLIT, "a family of four on one letter", parts=parts),
    )


def mother(desk: Desk) -> Scan:
    """A mother asks for the records of a son who is nineteen: he has to sign himself."""
    patient, asks = desk.patient("1041"), desk.patient("1016")
    son = f"{patient.first_name} {patient.last_name}"
    said = typed.Letter(
        sender=own_address(asks),
        day=in_words(desk, 2),
        to=TO_US,
        subject=f"Re: {son}, date of birth {us_date(patient.date_of_birth)}",
        paragraphs=(
            f"My son {son} has started college and will see a dentist near the campus from now on. Please send a copy of his "
            "complete dental record, with the x-rays, to his new dentist:",
            as_block(desk.office("lakeside-family-dental")),
            "Please call me if you need anything else.",
        ),
        signer=asks.name,
        under=(f"{asks.first_name} {asks.last_name}", "Mother of the patient"),
    )
    return Scan(
        "letter_0413.pdf",
        desk.typed(lambda sheet: typed.draw(sheet, said), "mother", hand=PEN),
        Expected(Ending.HELD, "a mother asks for her son, who is nineteen", "1041", HoldReason.PATHWAY_UNCLEAR),
    )


def taken_back(desk: Desk) -> Scan:
    """A patient takes a permission back by e-mail, and asks for nothing."""
    patient = desk.patient("1028")
    text = (
        "Dear records department,\n\n"
        "Last month I signed an authorization to send my dental records to Northgate Smiles. I hereby revoke this "
        "authorization. Please do not send anything to them or to anybody else until you hear from me.\n\n"
        f"My date of birth is {us_date(patient.date_of_birth)}, and my phone number is {patient.phone}.\n\n"
        f"Sincerely,\n{patient.name}\n"
    )
    return Scan(
        "mail_0415.eml",
        as_mail(desk, "0415", patient, "I revoke my authorization", text),
        Expected(Ending.HELD, "takes an earlier permission back", "1028", HoldReason.REVOKED),
    )
