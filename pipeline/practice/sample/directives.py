"""A patient sends the copy to a new office, on which paper, in which hand, and how it came in.

Half of them ought to be released. The flawed ones each have one flaw, so that each kind of hold can be seen.
"""

from __future__ import annotations

from pipeline.practice.sample import hands, paper
from pipeline.practice.sample.desk import Desk, Scan, as_fax, as_mail
from pipeline.practice.sample.forms import bilingual, boxed, fillable, letter, mail_page, two_column, underlined
from pipeline.practice.sample.summary import Ending, Expected
from schemas.release import HoldReason, PathwayName

INCOMPLETE_CHART = "1022"
"""The patient whose chart lists a file that is not in its folder."""


# -- these ought to be released ----------------------------------------------------------------------------------------


def two_column_scan(desk: Desk) -> Scan:
    answers = desk.answers("1001", "lakeside-family-dental", 4, "We are moving to Fernhaven")
    pages = paper.on_paper(desk.pdf(two_column.draw, hands.MARGARET, answers), 200, colour=True)
    data = paper.as_pdf([paper.scanned(page, desk.chance("0231", str(n))) for n, page in enumerate(pages)], 200, desk.day(1))
    return Scan(
        "scan_0231.pdf", data, Expected(Ending.DELIVERED, "two pages in colour, From and To side by side, blue ballpoint", "1001")
    )


def skewed_scan(desk: Desk) -> Scan:
    answers = desk.answers("1009", "cedar-grove-dental-care", 2, "Closer to my work")._replace(scope=frozenset({"all"}))
    [page] = paper.on_paper(desk.pdf(underlined.draw, hands.HANNAH, answers), 200)
    data = paper.as_pdf([paper.scanned(page, desk.chance("0232"), skew=2.6)], 200, desk.day(1))
    return Scan("scan_0232.pdf", data, Expected(Ending.DELIVERED, "underlined form, fed in askew, blue-black ink", "1009"))


def fax(desk: Desk) -> Scan:
    answers = desk.answers("1017", "harbor-point-orthodontics", 3, "Insurance changed").with_dashes()
    return Scan(
        "fax_121.tif",
        as_fax(desk, boxed.draw, hands.CHIDI, answers, "121"),
        Expected(Ending.DELIVERED, "boxed form by fax, felt pen", "1017"),
    )


def bilingual_scan(desk: Desk) -> Scan:
    answers = desk.answers("1010", "old-mill-dental-group", 6, "Nos mudamos a Stonebridge")
    [page] = paper.on_paper(desk.pdf(bilingual.draw, hands.JOSE, answers), 200)
    data = paper.as_pdf([paper.scanned(page, desk.chance("0233"), skew=-0.8)], 200, desk.day(1))
    return Scan("scan_0233.pdf", data, Expected(Ending.DELIVERED, "English and Spanish, accents, black ballpoint", "1010"))


def upside_down_scan(desk: Desk) -> Scan:
    answers = desk.answers("1029", "summit-dental-partners", 5, "Retiring and moving away")
    [page] = paper.on_paper(desk.pdf(boxed.draw, hands.TYPEWRITER, answers, face="Times-Roman"), 200)
    data = paper.as_pdf([paper.upside_down(paper.scanned(page, desk.chance("0234")))], 200, desk.day(1))
    return Scan("scan_0234.pdf", data, Expected(Ending.DELIVERED, "boxed form, typewriter, upside down", "1029"))


def phone_photo(desk: Desk) -> Scan:
    answers = desk.answers("1037", "lakeside-family-dental", 1, "New job in Fernhaven")
    [page] = paper.on_paper(
        desk.pdf(underlined.draw, hands.MARGARET._replace(ink=hands.BLACK_BALLPOINT), answers), 220, colour=True
    )
    data = paper.as_phone_jpeg(paper.photographed(page, desk.chance("2204")))
    return Scan("IMG_2204.jpg", data, Expected(Ending.DELIVERED, "underlined form on a table, phone photo with shadow", "1037"))


def faint_letter(desk: Desk) -> Scan:
    answers = desk.answers("1012", "riverbend-oral-surgery", 7, "My insurance no longer covers your office")
    [page] = paper.on_paper(desk.pdf(letter.draw, hands.MARGARET, answers, face="Times-Roman"), 200)
    data = paper.as_pdf([paper.faint(page, desk.chance("0235"))], 200, desk.day(1))
    return Scan(
        "scan_0235.pdf",
        data,
        Expected(Ending.DELIVERED, "typed letter, signed, faint copy", "1012", pathway=PathwayName.PATIENT_DIRECTIVE),
    )


def filled_on_screen(desk: Desk) -> Scan:
    answers = desk.answers("1021", "lakeside-family-dental", 2, "Moved to another town")
    data = desk.pdf(fillable.draw, hands.COMPUTER._replace(ink=hands.BLUE_BLACK), answers)
    return Scan("records_request_form.pdf", data, Expected(Ending.DELIVERED, "form values, signed on screen", "1021"))


# -- these have one flaw each ------------------------------------------------------------------------------------------


def wrong_birth_date(desk: Desk) -> Scan:
    answers = desk.answers("1005", "lakeside-family-dental", 2, "Moving closer to family")._replace(born="03/14/1987")
    return Scan(
        "fax_118.tif",
        as_fax(desk, two_column.draw, hands.HANNAH, answers, "118"),
        Expected(Ending.HELD, "birth date is not the one in the chart", "1005", HoldReason.PATIENT_DIFFERS),
    )


def unsigned(desk: Desk) -> Scan:
    answers = desk.answers("1027", "cedar-grove-dental-care", 3, "Moving across town")._replace(signed=False)
    [page] = paper.on_paper(desk.pdf(boxed.draw, hands.JOSE, answers), 200)
    data = paper.as_pdf([paper.copied_dark(page, desk.chance("0236"))], 200, desk.day(1))
    return Scan("scan_0236.pdf", data, Expected(Ending.HELD, "nobody signed", "1027", HoldReason.NOT_SIGNED))


def unknown_office(desk: Desk) -> Scan:
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


def other_fax_number(desk: Desk) -> Scan:
    answers = desk.answers("1033", "cedar-grove-dental-care", 2, "Found a dentist nearer to home")._replace(
        office_fax="(541) 555-0186"
    )
    [page] = paper.on_paper(desk.pdf(underlined.draw, hands.MARGARET, answers), 200)
    form = paper.as_pdf([paper.scanned(page, desk.chance("0412"))], 200, desk.day(2))
    said = f"Hello,\n\nplease find my signed request attached. {answers.reason}.\n\nThank you,\n{answers.patient}\n"
    return Scan(
        "mail_0412.eml",
        as_mail(desk, "0412", desk.patient("1033"), "Request for my dental records", said, attached=form),
        Expected(
            Ending.HELD,
            "e-mail with the form attached; another fax number than the directory",
            "1033",
            HoldReason.DESTINATION_DIFFERS,
        ),
    )


def incomplete_chart(desk: Desk) -> Scan:
    answers = desk.answers(INCOMPLETE_CHART, "summit-dental-partners", 4, "Moving for work")
    [page] = paper.on_paper(desk.pdf(bilingual.draw, hands.HANNAH, answers), 200)
    return Scan(
        "scan_0238.tif",
        paper.as_fax_tiff([paper.black_and_white(paper.scanned(page, desk.chance("0238"), skew=1.1))], (200, 200)),
        Expected(Ending.HELD, "the chart lists a file that is not in its folder", INCOMPLETE_CHART, HoldReason.CHART_INCOMPLETE),
    )


def father_or_son(desk: Desk) -> Scan:
    answers = desk.answers("1008", "old-mill-dental-group", 3, "Changing insurance")._replace(patient="Walter Brandt", born="")
    [page] = paper.on_paper(desk.pdf(boxed.draw, hands.MARGARET, answers), 200)
    data = paper.as_pdf([paper.scanned(page, desk.chance("0239"))], 200, desk.day(1))
    return Scan(
        "scan_0239.pdf",
        data,
        Expected(Ending.HELD, "father or son: no middle name, no birth date", "", HoldReason.SEVERAL_PATIENTS),
    )
