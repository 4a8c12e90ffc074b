"""What a page says besides its fields: several patients, statements, sensitive records, a photo ID, who writes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipeline.reading.fields import find_values
from pipeline.reading.geometry import Rect
from pipeline.reading.layout import layout_of
from pipeline.reading.letters import Letter, find_in_sentences
from pipeline.reading.page import PageText
from pipeline.reading.people import several_patients
from pipeline.reading.photo_id import is_photo_id
from pipeline.reading.reader import Reader
from pipeline.reading.senders import asks_for_records, find_sender, find_writer, is_revocation_form, takes_back
from pipeline.reading.statements import find_statements
from pipeline.reading.text import Letter as Glyph
from pipeline.reading.text import TextLine
from pipeline.reading.wishes import find_wishes
from schemas.reading import FieldName, SensitiveClass, Statement
from tests.reading.forms import Paper, read, scanned, typed_pdf, typed_picture

TODAY = date(2026, 11, 22)


def lines_of(*rows: str) -> list[TextLine]:
    lines = []
    for number, row in enumerate(rows):
        top = 100.0 + 60 * number
        letters = tuple(Glyph(c, 100 + 20 * i, 118 + 20 * i, 0.99) for i, c in enumerate(row))
        if letters:
            lines.append(TextLine(number, Rect(100, top, 100 + 20 * len(row), top + 40), letters))
    return lines


def letter(*rows: str) -> Letter:
    return Letter.of(lines_of(*rows))


def people(*rows: str) -> list[tuple[str, str | None]]:
    one = letter(*rows)
    found = several_patients(one, find_in_sentences(one, TODAY), TODAY)
    return [(p.name.value.text, p.dob.value.text if p.dob else None) for p in found]


# ---- who has written a letter --------------------------------------------------------------------------------------------


def writer(*rows: str) -> list[str]:
    return [found.value.text for found in find_writer(letter(*rows))]


def test_the_name_under_a_letter_is_the_writers_and_the_line_under_it_says_what_they_are() -> None:
    assert writer(
        "Re: Jonas Castellan, born 3/4/2007",
        "Please send my sons records to Oak Dental.",
        "Sincerely,",
        "Beatrix Castellan",
        "Mother of the patient",
    ) == ["Beatrix Castellan", "Mother of the patient"]


@pytest.mark.parametrize("under", ["12 Elm Street", "(541) 555-0100", "ann@example.com", "Enclosure: form", "11/20/2026"])
def test_an_address_a_number_or_a_date_under_the_name_is_no_office(under: str) -> None:
    assert writer("Dear Sirs,", "please send my records.", "Thank you,", "Ann Lee", under) == ["Ann Lee"]


def test_a_role_on_the_line_of_the_name_counts_as_well() -> None:
    assert writer("please send the records.", "Regards,", "Linda Park, Office Manager") == ["Linda Park", "Office Manager"]


def test_of_a_mail_without_a_name_at_its_end_the_sender_is_the_writer() -> None:
    assert writer("From: Ann Lee <ann@example.com>", "Subject: records", "please send my records.") == ["Ann Lee"]


def test_where_no_name_stands_there_is_no_writer() -> None:
    assert writer("please send my records.", "Sincerely,") == []


@pytest.mark.parametrize("whose", ["son", "sons", "husband", "patient", "client", "daughter"])
def test_somebody_elses_records_are_not_asked_for_as_ones_own(whose: str) -> None:
    assert find_wishes(letter(f"Please send all my {whose} records to Oak Dental.")) == []
    assert find_wishes(letter("Please send all my dental records to Oak Dental.")) != []


# ---- several patients ----------------------------------------------------------------------------------------------------


def test_children_named_with_their_birth_dates_are_patients_of_their_own() -> None:
    assert people(
        "Please send the records of my children Emma Park (DOB 3/4/2015) and",
        "Noah Park, born May 6, 2017, to Dr. Chen.",
        "Sincerely,",
        "Jane Park",
    ) == [("Emma Park", "2015-03-04"), ("Noah Park", "2017-05-06")]


def test_a_list_of_names_under_a_heading_is_read_row_by_row() -> None:
    assert people("Please send the records of:", "Name    Date of birth", "Emma Park   3/4/2015", "Noah Park   5/6/2017") == [
        ("Emma Park", "2015-03-04"),
        ("Noah Park", "2017-05-06"),
    ]


def test_the_name_and_the_date_under_a_signature_are_no_second_patient() -> None:
    rows = ("Patient records to be sent", "Name    Date of birth", "Kenji Nakagawa   3/4/1975", "Menzi Melezene   11/19/2026")
    assert people(*rows) == []


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Please transfer the dental records of Emma and Noah Park to Oak Dental.", ["Emma", "Noah Park"]),
        ("Please send the x-rays for my daughters Emma, Mia and Lucy to Oak Dental.", ["Emma", "Mia", "Lucy"]),
        ("Please send records for my husband Tom and I to Oak Dental.", ["Ann Lee", "Tom"]),
        ("Please send records for me and my son Noah Lee to Oak Dental.", ["Ann Lee", "Noah Lee"]),
    ],
)
def test_people_of_one_house_are_named_in_sentences(sentence: str, names: list[str]) -> None:
    assert [name for name, _ in people("My name is Ann Lee.", sentence)] == names


@pytest.mark.parametrize(
    "rows",
    [
        ("Re: Emma Park, DOB 3/4/2015", "Please send the records of Emma Park to Dr. Chen."),
        ("Patient: Emma Park, DOB 3/4/2015", "Emma Parks, born 3/4/2015, is moving."),
        ("Please send a copy of my records and x-rays to Smith and Jones Dental.",),
        ("Records of my visits from 3/4/2015 and 5/6/2017 to Oak Dental Care and Mill Dental.",),
        ("Dr. Chen   3/4/2015", "Dr. Park   5/6/2017"),
    ],
)
def test_one_patient_is_not_several(rows: tuple[str, ...]) -> None:
    assert people(*rows) == []


def test_a_form_with_a_row_for_each_child_names_them_all(reader: Reader, tmp_path: Path) -> None:
    rows = [
        (60, 40, "Authorization to release dental records"),
        (60, 80, "Patient Name: Emma Park"),
        (330, 80, "Date of Birth: 03/04/2015"),
        (60, 110, "Patient Name: Noah Park"),
        (330, 110, "Date of Birth: 05/06/2017"),
        (60, 150, "Release records to: Oak Dental Care"),
        (60, 180, "Fax: (617) 555-0111"),
    ]
    reading = read(reader, tmp_path, typed_pdf(rows), "request.pdf")
    assert [(p.name.value, p.dob.value if p.dob else None) for p in reading.patients] == [
        ("Emma Park", "2015-03-04"),
        ("Noah Park", "2017-05-06"),
    ]


def test_an_ordinary_form_names_one_patient(reader: Reader, tmp_path: Path) -> None:
    rows = [
        (60, 40, "Authorization to release dental records"),
        (60, 80, "Patient Name: Emma Park"),
        (330, 80, "Date of Birth: 03/04/2015"),
        (60, 110, "Release records to: Oak Dental Care"),
        (60, 200, "Signature of patient or guardian:"),
        (60, 230, "Printed name: Jane Park"),
        (330, 230, "Date: 06/15/2026"),
    ]
    assert read(reader, tmp_path, typed_pdf(rows), "request.pdf").patients == ()


# ---- statements ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "statement"),
    [
        ("I may revoke this authorization at any time in writing to the privacy office.", Statement.RIGHT_TO_REVOKE),
        ("Imayrevokethisauthorization atanytime inwriting except where action was taken.", Statement.RIGHT_TO_REVOKE),
        ("You have the right to withdraw this authorization by giving written notice to the clinic.", Statement.RIGHT_TO_REVOKE),
        ("I can take this authorization back at any time by writing to your office.", Statement.RIGHT_TO_REVOKE),
        ("You may take back this permission whenever you like; write to the front desk.", Statement.RIGHT_TO_REVOKE),
        ("I may change my mind about this release at any time; I have to tell you in writing.", Statement.RIGHT_TO_REVOKE),
        ("You may cancel your authorization by letter to the practice.", Statement.RIGHT_TO_REVOKE),
        ("Puedo revocar esta autorización en cualquier momento por escrito.", Statement.RIGHT_TO_REVOKE),
        ("We may not condition treatment or payment on whether you sign this form.", Statement.NOT_CONDITIONED),
        ("I need not sign this form in order to receive treatment.", Statement.NOT_CONDITIONED),
        ("My refusal to sign will not affect my ability to obtain treatrnent or payment.", Statement.NOT_CONDITIONED),
        ("La clínica no condicionará el tratamiento a que yo firme esta autorización.", Statement.NOT_CONDITIONED),
        ("Information may be redisc1osed by the recipient and no longer protected.", Statement.REDISCLOSURE),
        ("The information may be re-disclosed and is then not covered by federal privacy rules.", Statement.REDISCLOSURE),
        ("Whoever gets the records may pass them on; federal privacy law may not reach so far.", Statement.REDISCLOSURE),
        ("La información puede volver a divulgarse y ya no estar protegida por la ley.", Statement.REDISCLOSURE),
        ("The cost of a copy is given below. Please sign and return in writing.", None),
        ("We take back unused films for a credit. Please write to the office.", None),
        ("Please revoke my membership. I am writing to you about treatment.", None),
    ],
)
def test_statements_are_found_in_spite_of_misreadings(printed: str, statement: Statement | None) -> None:
    half = len(printed) // 2
    assert find_statements(lines_of(printed[:half], printed[half:])) == ((statement,) if statement else ())


def test_a_form_that_prints_all_three_says_so() -> None:
    assert find_statements(
        lines_of(
            "I may revoke this authorization in writing.",
            "Treatment will not be conditioned on signing this authorization.",
            "Information may be redisclosed by the recipient and is no longer protected.",
        )
    ) == tuple(Statement)


# ---- sensitive records ---------------------------------------------------------------------------------------------------


def sensitive_form() -> Paper:
    paper = Paper().write(120, 120, "Patient Name: Maria Lopez").write(900, 120, "Date of Birth: 03/04/1979")
    paper.write(120, 240, "The following sensitive information:")
    paper.box(150, 320, "HIV / AIDS", ticked=True).box(750, 320, "Mental health records")
    paper.box(150, 400, "Genetic testing").box(750, 400, "Alcohol and drug abuse", ticked=True)
    return paper.write(120, 520, "Release records to: Oak Dental").write(120, 600, "Fax: (617) 555-0111")


def test_a_ticked_class_is_told_from_one_that_is_only_printed(reader: Reader, tmp_path: Path) -> None:
    reading = read(reader, tmp_path, scanned(sensitive_form()))
    assert {m.about for m in reading.sensitive} == {SensitiveClass.HIV, SensitiveClass.SUBSTANCE_USE}
    assert reading.ticks == ()


def test_a_class_under_words_that_exclude_is_no_permission(reader: Reader, tmp_path: Path) -> None:
    paper = Paper().write(120, 120, "Patient Name: Maria Lopez").write(900, 120, "Date of Birth: 03/04/1979")
    paper.write(120, 240, "Do not release the following:")
    paper.box(150, 320, "HIV / AIDS", ticked=True).box(750, 320, "Mental health records", ticked=True)
    assert read(reader, tmp_path, scanned(paper)).sensitive == ()


def test_initials_on_a_blank_count_and_an_empty_blank_does_not(reader: Reader, tmp_path: Path) -> None:
    paper = Paper().write(120, 120, "Patient Name: Maria Lopez").write(900, 120, "Date of Birth: 03/04/1979")
    paper.write(120, 240, "Initial what may be released:")
    for y, words in ((330, "HIV / AIDS information"), (420, "Mental health information")):
        paper.rule(150, 260, y + 38).write(280, y, words)
    paper.pen.line([(165, 362), (180, 328), (195, 362), (215, 330), (220, 362), (245, 360)], fill=25, width=5)
    assert [m.about for m in read(reader, tmp_path, scanned(paper)).sensitive] == [SensitiveClass.HIV]


# ---- photo ID ------------------------------------------------------------------------------------------------------------

CARD = (
    "MASSACHUSETTS",
    "DRIVER'S LICENSE",
    "4d NUMBER S12345678",
    "9 CLASS D",
    "4b EXP 03/04/2029",
    "3 DOB 03/04/1979",
    "15 SEX F",
)
CARD += ("16 HGT 5-06", "18 EYES BRO", "LOPEZ", "MARIA", "12 HARBOR ROAD", "SALEM MA 01970")


def test_a_copied_card_is_a_photo_id(reader: Reader, tmp_path: Path) -> None:
    paper = Paper()
    paper.pen.rectangle([380, 500, 1200, 1060], outline=60, width=4)
    for number, row in enumerate(CARD):
        paper.write(600 if number > 1 else 420, 520 + 40 * number, row, 28)
    reading = read(reader, tmp_path, scanned(typed_picture(["Please send my records."]), paper))
    assert reading.photo_id == 2


@pytest.mark.parametrize(
    "rows",
    [
        ("Patient Name: Ann Lee", "Date of Birth: 3/4/1979", "ID verified: driver's license", "Exp. date:"),
        ("Sex: F", "Height: 5-06", "Weight: 130", "Allergies: none"),
        (),
    ],
)
def test_a_form_that_asks_for_an_id_is_none(rows: tuple[str, ...]) -> None:
    assert not is_photo_id(lines_of(*rows), 1700, 2200)


# ---- who writes ----------------------------------------------------------------------------------------------------------


def sender(*rows: str) -> dict[FieldName, str]:
    return {f.name: f.value.text for f in find_sender(letter(*rows))}


def test_a_colleague_who_treats_the_patient_is_the_requester() -> None:
    assert sender(
        "Dear Elm Street Dental,",
        "Please send the most recent x-rays of our mutual patient John Doe, born 3/4/1979.",
        "Sincerely,",
        "Alice Chen, DDS",
        "Endodontist",
    ) == {
        FieldName.REQUESTER_NAME: "Alice Chen, DDS",
        FieldName.REQUESTER_RELATIONSHIP: "provider",
        FieldName.PURPOSE: "mutual patient",
    }


def test_a_law_firm_is_the_requester_of_its_letter() -> None:
    found = sender(
        "Law Offices of Grant & Howe",
        "Dear Records Custodian,",
        "This firm represents Maria Lopez. Please provide a complete copy of her records.",
        "Very truly yours,",
        "Paul Grant, Esq.",
    )
    assert found == {FieldName.REQUESTER_NAME: "Law Offices of Grant & Howe", FieldName.REQUESTER_RELATIONSHIP: "attorney"}


@pytest.mark.parametrize(
    "rows",
    [
        ("Dear Dr. Chen, DDS,", "I am your patient. Please send my records to Dr. Ann Park.", "Sincerely,", "Maria Lopez"),
        ("Please send my records to the Law Offices of Grant & Howe, who represent me.", "Sincerely,", "Maria Lopez"),
        ("Dear Elm Dental,", "my new dentist Alice Chen, DDS is seeing me next week.", "Thanks,", "Maria Lopez"),
    ],
)
def test_a_patient_who_names_a_doctor_or_a_lawyer_is_still_the_one_who_asks(rows: tuple[str, ...]) -> None:
    assert sender(*rows) == {}


def test_the_dentist_who_signs_is_not_the_patient(reader: Reader, tmp_path: Path) -> None:
    rows = ["Dear Elm Street Dental,", "", "please send x-rays of our mutual patient", "John Doe, date of birth 03/04/1979.", ""]
    rows += ["Sincerely,", "", "", "Alice Chen, DDS"]
    reading = read(reader, tmp_path, scanned(typed_picture(rows)))
    assert reading.value(FieldName.PATIENT_NAME) == "John Doe"
    assert reading.value(FieldName.REQUESTER_NAME) == "Alice Chen, DDS"


# ---- what is revoked -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "sentence",
    [
        "I hereby revoke my authorization of March 3, 2026.",
        "I am writing to withdraw the permission that I gave to your office.",
        "Please cancel my authorization to release records to Oak Dental.",
        "My authorization dated 3/3/2026 is hereby revoked.",
        "I no longer authorize you to share my records with Oak Dental.",
        "Revoco mi autorización del 3 de marzo.",
    ],
)
def test_a_sentence_that_takes_a_permission_back_is_known(sentence: str) -> None:
    assert takes_back(letter("Dear Elm Dental,", sentence, "Sincerely,", "Ann Lee"))


@pytest.mark.parametrize(
    "sentence",
    [
        "I understand that I may revoke this authorization at any time in writing.",
        "I have the right to revoke this authorization.",
        "If I revoke this authorization, records already sent are not affected.",
        "Please send my records to Oak Dental. I authorize this release.",
        "Please cancel my appointment on Monday.",
        "I want to cancel my cleaning and need a release of my records.",
        "Unless I revoke my authorization, it is valid for one year.",
        "You may revoke your consent by writing to us.",
    ],
)
def test_the_right_to_revoke_is_no_revocation(sentence: str) -> None:
    assert not takes_back(letter("Dear Elm Dental,", sentence, "Sincerely,", "Ann Lee"))


def test_a_letter_that_only_revokes_is_told_from_one_that_also_asks(reader: Reader, tmp_path: Path) -> None:
    head = ["Ann Lee", "", "Dear Elm Street Dental,", "", "I hereby revoke my authorization of March 3, 2026."]
    asks = ["Please send my records to Oak Dental Care instead."]
    only = read(reader, tmp_path, scanned(typed_picture([*head, "", "Sincerely,", "", "Ann Lee"])))
    both = read(reader, tmp_path, scanned(typed_picture([*head, *asks, "", "Sincerely,", "", "Ann Lee"])))
    assert only.revokes and not both.revokes
    assert any("revokes" in notice for notice in both.notices)


def test_only_a_title_makes_a_form_a_revocation() -> None:
    assert is_revocation_form(letter("Elm Street Dental", "REVOCATION OF AUTHORIZATION", "Patient Name:"))
    assert not is_revocation_form(letter("AUTHORIZATION TO RELEASE RECORDS", "Patient Name:"))


def test_asking_for_records_is_known() -> None:
    assert asks_for_records(letter("I would like you to send a copy of my records to Oak Dental."))
    assert not asks_for_records(letter("Please do not send my records to anybody."))


# ---- who holds the records and who gets them ------------------------------------------------------------------------------


def parties(*rows: str) -> dict[FieldName, str]:
    page = PageText.of(lines_of(*rows), layout_of(np.full((2200, 1700), 250, np.uint8)))
    return {f.name: f.value.text for f in find_values(page, TODAY)}


@pytest.mark.parametrize(
    ("holder", "recipient"),
    [
        ("2. Who may release the information", "3. Who may receive it"),
        ("Who may disclose the information", "Who will receive it"),
        ("B. Who will send the information", "C. Who gets the information"),
    ],
)
def test_who_may_release_is_the_holder_and_who_may_receive_the_destination(holder: str, recipient: str) -> None:
    found = parties("Patient name: Ann Lee", holder, "Name of practice: Elm Street Dental", recipient, "Name: Oak Heart Clinic")
    assert found[FieldName.HOLDER_NAME] == "Elm Street Dental"
    assert found[FieldName.DESTINATION_NAME] == "Oak Heart Clinic"


# ---- chart number --------------------------------------------------------------------------------------------------------


def chart_number(*rows: tuple[int, int, str]) -> str | None:
    lines = [
        TextLine(
            n, Rect(x, y, x + 18 * len(t), y + 40), tuple(Glyph(c, x + 18 * i, x + 16 + 18 * i, 0.99) for i, c in enumerate(t))
        )
        for n, (x, y, t) in enumerate(rows)
    ]
    page = PageText.of(lines, layout_of(np.full((2200, 1700), 250, np.uint8)))
    return next((f.value.text for f in find_values(page, TODAY) if f.name == FieldName.PATIENT_CHART_NUMBER), None)


NAMED = ((100, 100, "Patient Name: Ann Lee"), (100, 200, "Date of Birth: 3/4/1979"))


@pytest.mark.parametrize(
    ("printed", "number"),
    [
        ("Chart #: 10482", "10482"),
        ("Patient ID: LEE-0042", "LEE-0042"),
        ("MRN: A123456", "A123456"),
        ("Account No.: 3/4/1979", None),
        ("Chart #: (978) 555-0142", None),
        ("Account #: unknown", None),
    ],
)
def test_a_chart_number_beside_the_patient_is_read(printed: str, number: str | None) -> None:
    assert chart_number(*NAMED, (100, 300, printed)) == number


def test_a_number_that_the_office_writes_is_no_chart_number() -> None:
    assert chart_number(*NAMED, (100, 500, "FOR OFFICE USE ONLY"), (100, 600, "Chart #: 10482")) is None
