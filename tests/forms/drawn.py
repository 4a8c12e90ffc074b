"""Two made-up forms that share half of their print, filled in for whoever is named, as a scanner would give them."""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

from tests.reading.forms import Paper, scanned

STATEMENTS = (
    "I authorize the office to release the following health information to the person named below.",
    "I may revoke this authorization in writing at any time by sending notice to the facility.",
    "Treatment and payment do not depend on signing this authorization for release of records.",
    "Information that is disclosed may be disclosed again by whoever will receive it.",
)


@dataclass(frozen=True)
class Person:
    """What somebody writes on the form."""

    name: str
    dob: str
    number: str
    to: str
    signed: str


MARIA = Person("Maria Lopez", "03/04/1979", "(978) 555-0142", "Baker Orthodontics", "06/15/2026")
HENRY = Person("Henry Thornquist", "11/22/1964", "(614) 555-0188", "Summit Oral Surgery", "08/03/2026")
NOBODY = Person("", "01/02/2003", "", "", "")
AGNES = Person("Susan Barlow", "07/19/1991", "(303) 555-0117", "Cedar Pediatric Dentistry", "09/21/2026")


def lakeview(person: Person, *, name_lower: int = 0) -> Paper:
    """A form that asks for the patient in words that no list has: "Whose teeth"."""
    paper = Paper()
    paper.write(330, 80, "AUTHORIZATION FOR RELEASE OF DENTAL RECORDS", 40)
    for number, sentence in enumerate(STATEMENTS[:3]):
        paper.write(120, 180 + 50 * number, sentence, 30)
    y = 400 + name_lower
    paper.write(120, y, "Whose teeth").write(420, y, person.name).rule(400, 1000, y + 42)
    paper.write(1050, 400, "Date of Birth:").write(1300, 400, person.dob).rule(1280, 1600, 442)
    paper.write(120, 500, "Daytime").write(420, 500, person.number).rule(400, 1000, 542)
    paper.write(120, 570, "This authorization is for release of dental records only.", 26)
    paper.write(120, 640, "Release records to:").write(520, 640, person.to).rule(500, 1300, 682)
    paper.write(120, 760, "Information to be released:")
    paper.box(150, 830, "X-rays", ticked=True).box(600, 830, "Progress notes").box(1050, 830, "Billing records")
    paper.write(120, 920, "Purpose of disclosure:")
    paper.box(150, 990, "Continuing care", ticked=True).box(600, 990, "Legal").box(1050, 990, "Insurance")
    paper.write(120, 1100, STATEMENTS[3], 30)
    paper.write(120, 1300, "Signature of patient:").rule(480, 1080, 1342)
    paper.write(1120, 1300, "Date:").write(1230, 1300, person.signed).rule(1210, 1600, 1342)
    return paper.scribble(520, 1315)


def signed_by(person: Person) -> Paper:
    """The first form, where the name stands only under the signature."""
    paper = lakeview(Person("", person.dob, person.number, person.to, person.signed))
    return paper.write(480, 1400, person.name).rule(480, 1080, 1442)


def hillside(person: Person) -> Paper:
    """Another practice's form: the same sentences and some of the same labels, in another order and at other places."""
    paper = Paper()
    paper.write(120, 60, "REQUEST FOR ACCESS TO HEALTH INFORMATION", 40)
    paper.write(120, 200, "Release records to:").write(520, 200, person.to).rule(500, 1300, 242)
    paper.write(120, 300, "Information to be released:")
    paper.box(150, 360, "Billing records").box(700, 360, "X-rays", ticked=True)
    paper.box(150, 420, "Medications").box(700, 420, "Treatment plan")
    paper.write(120, 560, "Patient Name:").write(420, 560, person.name).rule(400, 1000, 602)
    paper.write(120, 650, "Date of Birth:").write(420, 650, person.dob).rule(400, 1000, 692)
    for number, sentence in enumerate(STATEMENTS[::-1]):
        paper.write(120, 1000 + 60 * number, sentence, 30)
    paper.write(120, 1500, "Signature of patient:").rule(480, 1080, 1542)
    paper.write(120, 1600, "Date:").write(240, 1600, person.signed).rule(220, 700, 1642)
    return paper.scribble(520, 1515)


def askew(paper: Paper, degrees: float = 1.6, size: float = 0.93) -> Paper:
    """The sheet as it comes from another scanner: a little turned, smaller, and moved."""
    picture = paper.picture.rotate(degrees, resample=Image.Resampling.BICUBIC, fillcolor=255)
    smaller = picture.resize((round(picture.width * size), round(picture.height * size)), Image.Resampling.LANCZOS)
    sheet = Image.new("L", picture.size, 255)
    sheet.paste(smaller, (70, 40))
    return Paper(sheet)


def tiff(paper: Paper) -> bytes:
    """As a file."""
    return scanned(paper)
