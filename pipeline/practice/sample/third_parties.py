"""Letters of an insurer, a court, a law firm and an executor: each of them goes to a person, whatever it says."""

from __future__ import annotations

from pipeline.practice.sample import paper
from pipeline.practice.sample.answers import us_date
from pipeline.practice.sample.desk import Desk, Scan
from pipeline.practice.sample.forms import authorization, court, letterheads, typed
from pipeline.practice.sample.sheet import Sheet
from pipeline.practice.sample.summary import Ending, Expected
from pipeline.practice.sample.writing import PEN, TABLET, TO_US, as_block, in_line, in_words
from schemas.release import Destination, HoldReason, PathwayName

LAW_FIRM = Destination(
    office_id="",
    name="Harrow & Pike, Attorneys at Law",
    street="212 Chandler Street, Suite 4",
    city="Port Linden",
    state="OR",
    zip="97993",
    phone="(541) 555-0194",
    fax="(541) 555-0195",
    channel="folder",
    address="nowhere",
)
"""Nobody has sent anything there: it is not in the directory."""


def insurer(desk: Desk) -> Scan:
    """An insurer asks for what it needs for a claim."""
    patient, office = desk.patient("1030"), desk.office("cascadia-dental-benefits")
    said = typed.Letter(
        day=in_words(desk, 4),
        to=TO_US,
        subject=f"Re: Claim 7304-118, patient {patient.name}, date of birth {us_date(patient.date_of_birth)}",
        greeting="Dear Provider,",
        paragraphs=(
            f"We have received your claim for a porcelain crown on tooth 14 of our member {patient.name}. Before we can decide "
            "on coverage, our dental consultant needs to see the condition of the tooth.",
            "Please send the pre-operative x-rays and the treatment notes for this claim to:",
            as_block(office),
            f"If we do not hear from you by {us_date(desk.day(-26))}, the claim will be closed without payment.",
        ),
        signer="Dana Whitfield",
        under=("Dana Whitfield", "Claims examiner"),
    )

    def draw(sheet: Sheet) -> None:
        typed.draw(sheet, said, lambda s: letterheads.insurer(s, office), size=10.5)

    return Scan(
        "claim_7304-118.pdf",
        desk.typed(draw, "insurer", hand=PEN, face="Helvetica"),
        _held("an insurer's letter for a claim", "1030", HoldReason.PATHWAY_UNCLEAR, PathwayName.PAYMENT),
    )


def subpoena(desk: Desk) -> Scan:
    """A court demands records: a server handed the paper over at the counter, where it was scanned."""
    patient = desk.patient("1034")
    case = court.Case(
        court="In the Circuit Court of the State of Oregon",
        county="for the County of Alder",
        plaintiff="LUCINDA MARCH",
        defendant="MESA ROAD HARDWARE, INC.",
        number="26CV-01155",
        patient=patient.name,
        born=us_date(patient.date_of_birth),
        deliver_to="the Clerk of the Court, 1 Courthouse Square, Granite Hollow, OR 97995",
        return_day=in_words(desk, -20),
        issued_on=in_words(desk, 6),
        issued_by="Winifred Ames",
    )
    drawn = desk.typed(lambda sheet: court.draw(sheet, case), "court", hand=PEN)
    [page] = paper.on_paper(drawn, 200, colour=True)
    return Scan(
        "scan_0241.pdf",
        paper.as_pdf([paper.scanned(page, desk.chance("0241"), skew=0.4)], 200, desk.day(1)),
        _held("a subpoena", "1034", HoldReason.PATHWAY_UNCLEAR, PathwayName.LEGAL_PROCESS),
    )


def attorney(desk: Desk) -> Scan:
    """A law firm asks, with an authorization that does not say until when it holds."""
    answers = desk.answers("1019", "lakeside-family-dental", 12, "Claim after a bicycle accident")
    answers = answers.to(LAW_FIRM)._replace(purpose="")
    patient, place = desk.patient("1019"), f"{LAW_FIRM.street}, {LAW_FIRM.city}, {LAW_FIRM.state} {LAW_FIRM.zip}"
    said = typed.Letter(
        day=in_words(desk, 3),
        to=TO_US,
        subject=f"Re: Our client {patient.name}, date of birth {us_date(patient.date_of_birth)}",
        greeting="To whom it may concern:",
        paragraphs=(
            f"This firm represents {patient.name} in a claim for injuries from a bicycle accident. We understand that your "
            "office has treated our client for many years.",
            f"Please send a complete copy of his dental records, including x-rays and billing, to {in_line(LAW_FIRM)}. An "
            "authorization signed by our client is enclosed.",
            "Kindly let us know of any charge beforehand.",
        ),
        closing="Very truly yours,",
        signer="Eleanor Pike",
        under=("Eleanor Pike", "Attorney for the patient"),
        enclosed="Authorization",
    )

    def draw(sheet: Sheet) -> None:
        typed.draw(sheet, said, lambda s: letterheads.law_firm(s, "Harrow & Pike", f"{place}   ·   {LAW_FIRM.phone}"))
        sheet.next_page()
        sheet.face, sheet.hand = "Helvetica", TABLET
        authorization.draw(sheet, answers, with_expiry=False)

    return Scan(
        "harrow_pike.pdf",
        desk.typed(draw, "attorney", hand=PEN),
        _held("an attorney; the authorization never expires", "1019", HoldReason.ELEMENT_MISSING, PathwayName.THIRD_PARTY),
    )


def executor(desk: Desk) -> Scan:
    """The executor of a patient who has died asks for the records."""
    patient, office = desk.patient("1036"), desk.office("lakeside-family-dental")
    said = typed.Letter(
        sender=("Clara Whitcombe", "9 Tollgate Lane", "Fernhaven, OR 97992", "(541) 555-0196"),
        day=in_words(desk, 5),
        to=TO_US,
        subject=f"Re: Estate of {patient.name}, date of birth {us_date(patient.date_of_birth)}",
        paragraphs=(
            f"My father, {patient.name}, was a patient of yours until his death in March. I am the executor of his estate, and "
            "I can bring the letters testamentary to your office.",
            f"Please send a copy of his complete dental record to {in_line(office)}, where it is needed to settle an open "
            "account of the estate.",
            "Thank you for the kindness you showed him.",
        ),
        signer="Clara Whitcombe",
        under=("Clara Whitcombe", "Executor"),
    )
    return Scan(
        "letter_0411.pdf",
        desk.typed(lambda sheet: typed.draw(sheet, said), "executor", hand=PEN),
        _held("the executor of a deceased patient", "1036", HoldReason.PATHWAY_UNCLEAR, PathwayName.DECEASED),
    )


def _held(why: str, patient_id: str, hold: HoldReason, pathway: PathwayName) -> Expected:
    return Expected(Ending.HELD, why, patient_id, hold, pathway)
