"""The scans in the inbox of the sample practice: what was asked, on which paper, in which hand, and how it came in.

Most ought to be released. The flawed ones each have one flaw, so that each kind of hold can be seen.
"""

from __future__ import annotations

import io
import wave
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta, timezone
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

import numpy as np
from reportlab.lib.pdfencrypt import StandardEncryption

from pipeline.practice.sample import hands, paper
from pipeline.practice.sample.answers import Answers, as_on_file, us_date
from pipeline.practice.sample.dice import dice, grain
from pipeline.practice.sample.forms import Form, bilingual, boxed, fillable, letter, mail_page, two_column, underlined
from pipeline.practice.sample.hands import Hand
from pipeline.practice.sample.people import PRACTICE, directory, roster
from pipeline.practice.sample.sheet import Sheet
from pipeline.practice.sample.summary import Ending, Expected
from schemas.release import HoldReason

INCOMPLETE_CHART = "1022"
"""The patient whose chart lists a file that is not in its folder."""


class Scan(NamedTuple):
    """One file for the inbox."""

    name: str
    data: bytes
    expected: Expected


class Desk:
    """Where requests are written: the roster and the directory of a day, and one seed for all hands."""

    def __init__(self, today: date, seed: int) -> None:
        self.today = today
        self.seed = seed
        self._patients = {patient.patient_id: patient for patient in roster(today)}
        self._offices = {office.office_id: office for office in directory()}

    def answers(self, patient_id: str, office_id: str, days_ago: int, reason: str) -> Answers:
        """What this patient writes when everything is right."""
        day = self.today - timedelta(days=days_ago)
        return as_on_file(self._patients[patient_id], self._offices[office_id], day, reason)

    def pdf(self, form: Form, hand: Hand, answers: Answers, *, face: str = "Helvetica", password: str = "") -> bytes:
        """The filled form as a PDF, before it becomes paper."""
        lock = StandardEncryption(password, canPrint=1, strength=128) if password else None
        with Sheet(hand, dice(self.seed, answers.patient, answers.office), face=face, encrypt=lock) as sheet:
            form(sheet, answers)
        return sheet.pdf()

    def chance(self, *about: str) -> np.random.Generator:
        """Noise for one sheet."""
        return grain(self.seed, *about)

    def day(self, days_ago: int) -> date:
        """A day not long ago."""
        return self.today - timedelta(days=days_ago)


def scans(today: date, seed: int) -> Iterator[Scan]:
    """All files of the inbox, in the order in which they were dropped; drawn one at a time."""
    desk = Desk(today, seed)
    first, *others = _IN_ORDER
    repeated = first(desk)
    yield repeated
    yield from (draw(desk) for draw in others)
    yield Scan("scan_0231 (1).pdf", repeated.data, Expected(Ending.REPEATED, f"the same bytes as {repeated.name}", "1001"))


# -- these ought to be released ----------------------------------------------------------------------------------------


def _two_column_scan(desk: Desk) -> Scan:
    answers = desk.answers("1001", "lakeside-family-dental", 4, "We are moving to Fernhaven")
    pages = paper.on_paper(desk.pdf(two_column.draw, hands.MARGARET, answers), 200, colour=True)
    data = paper.as_pdf([paper.scanned(page, desk.chance("0231", str(n))) for n, page in enumerate(pages)], 200, desk.day(1))
    return Scan(
        "scan_0231.pdf", data, Expected(Ending.DELIVERED, "two pages in colour, From and To side by side, blue ballpoint", "1001")
    )


def _skewed_scan(desk: Desk) -> Scan:
    answers = desk.answers("1009", "cedar-grove-dental-care", 2, "Closer to my work")._replace(scope=frozenset({"all"}))
    [page] = paper.on_paper(desk.pdf(underlined.draw, hands.HANNAH, answers), 200)
    data = paper.as_pdf([paper.scanned(page, desk.chance("0232"), skew=2.6)], 200, desk.day(1))
    return Scan("scan_0232.pdf", data, Expected(Ending.DELIVERED, "underlined form, fed in askew, blue-black ink", "1009"))


def _fax(desk: Desk) -> Scan:
    answers = desk.answers("1017", "harbor-point-orthodontics", 3, "Insurance changed").with_dashes()
    return Scan(
        "fax_121.tif",
        _as_fax(desk, boxed.draw, hands.CHIDI, answers, "121"),
        Expected(Ending.DELIVERED, "boxed form by fax, felt pen", "1017"),
    )


def _bilingual_scan(desk: Desk) -> Scan:
    answers = desk.answers("1010", "old-mill-dental-group", 6, "Nos mudamos a Stonebridge")
    [page] = paper.on_paper(desk.pdf(bilingual.draw, hands.JOSE, answers), 200)
    data = paper.as_pdf([paper.scanned(page, desk.chance("0233"), skew=-0.8)], 200, desk.day(1))
    return Scan("scan_0233.pdf", data, Expected(Ending.DELIVERED, "English and Spanish, accents, black ballpoint", "1010"))


def _upside_down_scan(desk: Desk) -> Scan:
    answers = desk.answers("1029", "summit-dental-partners", 5, "Retiring and moving away")
    [page] = paper.on_paper(desk.pdf(boxed.draw, hands.TYPEWRITER, answers, face="Times-Roman"), 200)
    data = paper.as_pdf([paper.upside_down(paper.scanned(page, desk.chance("0234")))], 200, desk.day(1))
    return Scan("scan_0234.pdf", data, Expected(Ending.DELIVERED, "boxed form, typewriter, upside down", "1029"))


def _phone_photo(desk: Desk) -> Scan:
    answers = desk.answers("1037", "lakeside-family-dental", 1, "New job in Fernhaven")
    [page] = paper.on_paper(
        desk.pdf(underlined.draw, hands.MARGARET._replace(ink=hands.BLACK_BALLPOINT), answers), 220, colour=True
    )
    data = paper.as_phone_jpeg(paper.photographed(page, desk.chance("2204")))
    return Scan("IMG_2204.jpg", data, Expected(Ending.DELIVERED, "underlined form on a table, phone photo with shadow", "1037"))


def _faint_letter(desk: Desk) -> Scan:
    answers = desk.answers("1012", "riverbend-oral-surgery", 7, "My insurance no longer covers your office")
    [page] = paper.on_paper(desk.pdf(letter.draw, hands.MARGARET, answers, face="Times-Roman"), 200)
    data = paper.as_pdf([paper.faint(page, desk.chance("0235"))], 200, desk.day(1))
    return Scan("scan_0235.pdf", data, Expected(Ending.DELIVERED, "typed letter, signed, faint copy", "1012"))


def _filled_on_screen(desk: Desk) -> Scan:
    answers = desk.answers("1021", "lakeside-family-dental", 2, "Moved to another town")
    data = desk.pdf(fillable.draw, hands.COMPUTER._replace(ink=hands.BLUE_BLACK), answers)
    return Scan("records_request_form.pdf", data, Expected(Ending.DELIVERED, "form values, signed on screen", "1021"))


# -- these have one flaw each ------------------------------------------------------------------------------------------


def _wrong_birth_date(desk: Desk) -> Scan:
    answers = desk.answers("1005", "lakeside-family-dental", 2, "Moving closer to family")._replace(born="03/14/1987")
    return Scan(
        "fax_118.tif",
        _as_fax(desk, two_column.draw, hands.HANNAH, answers, "118"),
        Expected(Ending.HELD, "birth date is not the one in the chart", "1005", HoldReason.PATIENT_DIFFERS),
    )


def _unsigned(desk: Desk) -> Scan:
    answers = desk.answers("1027", "cedar-grove-dental-care", 3, "Moving across town")._replace(signed=False)
    [page] = paper.on_paper(desk.pdf(boxed.draw, hands.JOSE, answers), 200)
    data = paper.as_pdf([paper.copied_dark(page, desk.chance("0236"))], 200, desk.day(1))
    return Scan("scan_0236.pdf", data, Expected(Ending.HELD, "nobody signed", "1027", HoldReason.NOT_SIGNED))


def _unknown_office(desk: Desk) -> Scan:
    answers = desk.answers("1018", "lakeside-family-dental", 1, "We are moving to Larkfield in December")._replace(
        office="Tidewater Dental Studio",
        office_attention="",
        office_street="75 Boardwalk Street",
        office_city="Larkfield",
        office_zip="97996",
        office_phone="(541) 555-0190",
        office_fax="(541) 555-0191",
    )
    [page] = paper.on_paper(desk.pdf(mail_page.draw, hands.CHIDI, answers), 200)
    data = paper.as_pdf([paper.scanned(page, desk.chance("0237"), skew=0.5)], 200, desk.day(1))
    return Scan(
        "scan_0237.pdf",
        data,
        Expected(Ending.HELD, "printed e-mail; the office is not in the directory", "1018", HoldReason.DESTINATION_UNKNOWN),
    )


def _other_fax_number(desk: Desk) -> Scan:
    answers = desk.answers("1033", "cedar-grove-dental-care", 2, "Found a dentist nearer to home")._replace(
        office_fax="(541) 555-0186"
    )
    [page] = paper.on_paper(desk.pdf(underlined.draw, hands.MARGARET, answers), 200)
    form = paper.as_pdf([paper.scanned(page, desk.chance("0412"))], 200, desk.day(2))
    return Scan(
        "mail_0412.eml",
        _as_mail(desk, answers, form),
        Expected(
            Ending.HELD,
            "e-mail with the form attached; another fax number than the directory",
            "1033",
            HoldReason.DESTINATION_DIFFERS,
        ),
    )


def _incomplete_chart(desk: Desk) -> Scan:
    answers = desk.answers(INCOMPLETE_CHART, "summit-dental-partners", 4, "Moving for work")
    [page] = paper.on_paper(desk.pdf(bilingual.draw, hands.HANNAH, answers), 200)
    return Scan(
        "scan_0238.tif",
        paper.as_fax_tiff([paper.black_and_white(paper.scanned(page, desk.chance("0238"), skew=1.1))], (200, 200)),
        Expected(Ending.HELD, "the chart lists a file that is not in its folder", INCOMPLETE_CHART, HoldReason.CHART_INCOMPLETE),
    )


def _father_or_son(desk: Desk) -> Scan:
    answers = desk.answers("1008", "old-mill-dental-group", 3, "Changing insurance")._replace(patient="Walter Brandt", born="")
    [page] = paper.on_paper(desk.pdf(boxed.draw, hands.MARGARET, answers), 200)
    data = paper.as_pdf([paper.scanned(page, desk.chance("0239"))], 200, desk.day(1))
    return Scan(
        "scan_0239.pdf",
        data,
        Expected(Ending.HELD, "father or son: no middle name, no birth date", "", HoldReason.SEVERAL_PATIENTS),
    )


# -- these cannot be read at all ---------------------------------------------------------------------------------------


def _encrypted(desk: Desk) -> Scan:
    answers = desk.answers("1020", "lakeside-family-dental", 2, "Moving")
    data = desk.pdf(fillable.draw, hands.COMPUTER, answers, password="open-sesame")  # noqa: S106 -- the point is that nobody has it
    return Scan("scan_0240.pdf", data, Expected(Ending.RETURNED, "locked with a password"))


def _voice_message(desk: Desk) -> Scan:
    """A second of dial tone: someone dropped the wrong file."""
    moments = np.arange(8000) / 8000
    tone = (np.sin(2 * np.pi * 350 * moments) + np.sin(2 * np.pi * 440 * moments)) * 6000
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(tone.astype("<i2").tobytes())
    return Scan("voicemail_0412.wav", buffer.getvalue(), Expected(Ending.RETURNED, "a voice message, no document"))


# -- ways in -----------------------------------------------------------------------------------------------------------


def _as_fax(desk: Desk, form: Form, hand: Hand, answers: Answers, number: str) -> bytes:
    pages = paper.on_paper(desk.pdf(form, hand, answers), 250)
    sent = f"{us_date(desk.day(1))} 09:4{number[-1]}   FROM: {answers.phone}   TO: {PRACTICE.fax}"
    heads = (f"{sent}   P.{n}/{len(pages)}" for n in range(1, len(pages) + 1))
    return paper.as_fax_tiff(
        [paper.faxed(page, desk.chance(number, head), head) for page, head in zip(pages, heads, strict=True)]
    )


def _as_mail(desk: Desk, answers: Answers, attached: bytes) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"] = f"{answers.patient} <{answers.email}>"
    mail["To"] = PRACTICE.email
    mail["Subject"] = "Request for my dental records"
    mail["Date"] = format_datetime(datetime.combine(desk.day(2), time(18, 2, 11), timezone(timedelta(hours=-8))))
    mail["Message-ID"] = "<0412.sample@example.com>"
    mail.set_content(f"Hello,\n\nplease find my signed request attached. {answers.reason}.\n\nThank you,\n{answers.patient}\n")
    mail.add_attachment(attached, maintype="application", subtype="pdf", filename="request.pdf")
    mail.set_boundary("----=_chartrelay_sample_0412")
    return mail.as_bytes()


_IN_ORDER: tuple[Callable[[Desk], Scan], ...] = (
    _two_column_scan,
    _skewed_scan,
    _fax,
    _bilingual_scan,
    _upside_down_scan,
    _phone_photo,
    _faint_letter,
    _filled_on_screen,
    _wrong_birth_date,
    _unsigned,
    _unknown_office,
    _other_fax_number,
    _incomplete_chart,
    _father_or_son,
    _encrypted,
    _voice_message,
)
SCANS = len(_IN_ORDER) + 1
"""How many files `scans` gives: each of these, and the first once more under another name."""
