"""Papers of courts, law firms and insurers, and letters about somebody else: who writes, about whom, and what for."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.reading.reader import Reader
from pipeline.reading.senders import find_sender, find_writer
from schemas.reading import Choice, FieldName
from tests.reading.forms import read, typed_pdf
from tests.reading.test_letters import letter
from tests.reading.test_letters import read as said

NAME, ROLE, PURPOSE = FieldName.REQUESTER_NAME, FieldName.REQUESTER_RELATIONSHIP, FieldName.PURPOSE


def sender(*rows: str) -> dict[FieldName, str]:
    return {f.name: f.value.text for f in find_sender(letter(*rows))}


def writer(*rows: str) -> dict[FieldName, str]:
    return {f.name: f.value.text for f in find_writer(letter(*rows))}


# ---- a court -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "purpose"),
    [
        (("Superior Court of Essex County", "SUBPOENA", "Docket No. 26-114", "You are commanded to produce records"), "subpoena"),
        (("Plaintiff Ann Park", "Defendant Oak Tools", "Subpoena for records", "To the custodian"), "subpoena"),
        (("District Court of Mesa County", "You are hereby ordered to produce the chart of Ann Park."), "court order"),
    ],
)
def test_a_paper_that_orders_and_bears_the_marks_of_a_case_is_a_courts(rows: tuple[str, ...], purpose: str) -> None:
    found = sender(*rows)
    assert (found[ROLE], found[PURPOSE]) == ("court", purpose)


def test_the_court_is_named_as_it_stands_there() -> None:
    found = sender("IN THE CIRCUIT COURT OF MESA COUNTY", "Ann Park, Plaintiff,", "SUBPOENA DUCES TECUM")
    assert found[NAME] == "CIRCUIT COURT OF MESA COUNTY"


@pytest.mark.parametrize(
    "rows",
    [
        ("We may release records in response to a subpoena or a court order.", "Patient: Ann Park"),
        ("Please send my records. I was called as a witness by the District Court.", "Sincerely,", "Ann Park"),
        ("Case No. 12", "Please send my records to my attorney."),
    ],
)
def test_a_page_that_speaks_of_courts_is_not_of_one(rows: tuple[str, ...]) -> None:
    assert sender(*rows) == {}


@pytest.mark.parametrize(
    "rows",
    [
        ("any and all dental records, x-rays and bills of Ann Mae Park,", "date of birth 3/4/1979, from 2020 to now"),
        ("RECORDS PERTAINING TO: Ann Mae Park (DOB 3/4/1979)",),
        ("the dental charts concerning the patient Ann Mae", "Park, born on 3/4/1979"),
    ],
)
def test_whose_records_they_are_is_the_patient(rows: tuple[str, ...]) -> None:
    found = said("To the custodian of records:", *rows)
    assert found[FieldName.PATIENT_NAME] == "Ann Mae Park"
    assert found[FieldName.PATIENT_DOB] == "1979-03-04"


# ---- a law firm ----------------------------------------------------------------------------------------------------------

CLIENT = ("Re: our client Ann Park", "Dear Elm Dental,", "Our firm represents Ann Park.", "Very truly yours,", "Tom Howe")


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (("Grant & Howe", "Attorneys at Law"), "Grant & Howe, Attorneys at Law"),
        (("G R A N T & H O W E", "COUNSELORS AT LAW"), "GRANT & HOWE, COUNSELORS AT LAW"),
        (("Grant, Howe and Partners", "Law Offices", "9 Mill Lane"), "Grant, Howe and Partners, Law Offices"),
        (("Grant & Howe LLP", "9 Mill Lane"), "Grant & Howe LLP"),
    ],
)
def test_a_law_firm_is_named_in_its_letterhead_in_one_line_or_two(head: tuple[str, ...], name: str) -> None:
    assert sender(*head, *CLIENT) == {NAME: name, ROLE: "attorney"}


def test_what_a_firm_writes_stands_before_what_its_client_has_signed(reader: Reader, tmp_path: Path) -> None:
    rows = ["Grant & Howe", "Attorneys at Law", *CLIENT[:2], "This firm represents Ann Park.", "Please send her chart to us."]
    rows += ["Very truly yours,", "Tom Howe"]
    reading = read(reader, tmp_path, typed_pdf([(60, 60 + 24 * n, row) for n, row in enumerate(rows)]), "request.pdf")
    assert reading.value(NAME) == "Grant & Howe, Attorneys at Law"
    assert reading.value(ROLE) == "attorney"
    assert reading.value(FieldName.PATIENT_NAME) == "Ann Park"


# ---- an insurer ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "about", "purpose"),
    [
        ("Summit Life Insurance Company", "Re: Claim no. 88-1204, patient Ann Park", "Claim no. 88-1204"),
        ("Valley Dental Plan", "We are reviewing the treatment of our member Ann Park.", "insurance claim"),
        ("Delta Dental of Oregon", "Thank you for your claim for a crown.", "insurance claim"),
    ],
)
def test_an_insurer_writes_about_a_claim_or_a_member(head: str, about: str, purpose: str) -> None:
    found = sender(head, "9 Mill Lane", "Dear Provider,", about, "Please send the x-rays.", "Sincerely,", "Tom Howe")
    assert found == {NAME: head, ROLE: "insurer", PURPOSE: purpose}


def test_a_claims_examiner_is_an_insurers_whatever_the_company_is_called() -> None:
    found = sender("Cornerstone", "Dear Provider,", "we need x-rays for your claim.", "Sincerely,", "Tom Howe", "Claims examiner")
    assert found[ROLE] == "insurer"


@pytest.mark.parametrize(
    "about",
    [
        "My insurance claim was denied. Please send my x-rays to Delta Dental of Oregon.",
        "I have a new dental plan and am changing dentists.",
        "Please send my records to Summit Life Insurance Company for your claim.",
    ],
)
def test_a_patient_who_speaks_of_an_insurer_is_still_the_one_who_asks(about: str) -> None:
    assert sender("Ann Park", "9 Mill Lane", "Dear Elm Dental,", about, "Sincerely,", "Ann Park") == {}


# ---- a colleague ---------------------------------------------------------------------------------------------------------


def test_a_colleague_who_asks_for_films_names_the_purpose_and_is_where_they_go(reader: Reader, tmp_path: Path) -> None:
    rows = ["Oak Grove Endodontics", "9 Mill Lane, Beverly, MA 01915", "Patient: Ann Park DOB: 03/04/1979", "Dear Colleague,"]
    rows += ["Ms. Park was seen in our office for evaluation of a lower molar.", "Please forward any recent films to our office."]
    rows += ["Kind regards,", "Amy Chen, DMD"]
    reading = read(reader, tmp_path, typed_pdf([(60, 60 + 24 * n, row) for n, row in enumerate(rows)]), "request.pdf")
    assert reading.value(NAME) == "Amy Chen, DMD"
    assert reading.value(ROLE) == "provider"
    assert reading.value(PURPOSE) == "seen in our office for evaluation of a lower molar"
    assert reading.value(FieldName.DESTINATION_NAME) == "Oak Grove Endodontics"
    assert reading.value(FieldName.DESTINATION_ZIP) == "01915"
    assert [t.choice for t in reading.ticks] == [Choice.SCOPE_XRAYS]


# ---- for somebody else ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "patient"),
    [
        ("Re: Estate of Ann Mae Park, born 3/4/1949", "Ann Mae Park"),
        ("RE: Records of the late Ann Park", "Ann Park"),
        ("I am the executor of the estate of Ann Mae", "Ann Mae Park"),
        ("Subject: Dental records of Mrs. Ann Park", "Ann Park"),
        ("Re: Claim 88-1204, insured: Ann Park", "Ann Park"),
        ("Please send my wife Ann Park's records to Oak Dental.", "Ann Park"),
        ("Patient: Ann Park DOB: 3/4/1979", "Ann Park"),
        ("My daughter Ann Park is going to college. Please send her x-rays to Oak Dental.", "Ann Park"),
    ],
)
def test_the_patient_is_whom_the_letter_is_about_and_not_who_writes_it(line: str, patient: str) -> None:
    after = ("Park, and ask for a copy.",) if line.endswith("Mae") else ()
    found = said("Tom Park", "9 Mill Lane", "Salem, MA 01970", line, *after, "Dear Elm Dental,", "Sincerely,", "Tom Park")
    assert found[FieldName.PATIENT_NAME] == patient
    assert FieldName.PATIENT_STREET not in found


def test_the_subject_of_a_letter_is_no_name() -> None:
    found = said("Re: Our Dental Chart", "Dear Elm Dental,", "Sincerely,", "Tom Park")
    assert found[FieldName.PATIENT_NAME] == "Tom Park"


@pytest.mark.parametrize(
    ("sentence", "role"),
    [
        ("I am the executor of his estate.", "executor of his estate"),
        ("I am writing as her legal guardian.", "legal guardian"),
        ("I am the mother of Ann.", "mother"),
        ("I am her son and the executor of her estate.", "executor of her estate"),
        ("My late husband Ann Park was your patient.", "My late husband"),
    ],
)
def test_what_the_writer_is_to_the_patient_may_stand_in_a_sentence(sentence: str, role: str) -> None:
    assert writer("Dear Elm Dental,", sentence, "Sincerely,", "Tom Park") == {NAME: "Tom Park", ROLE: role}


@pytest.mark.parametrize("sentence", ["I am a mother of two.", "My wife and I are moving.", "My husband recommended you."])
def test_a_family_that_is_spoken_of_makes_no_relative_of_the_writer(sentence: str) -> None:
    assert writer("Dear Elm Dental,", sentence, "Sincerely,", "Tom Park") == {NAME: "Tom Park"}


def test_her_complete_chart_is_no_sure_wish_where_only_the_writer_is_named(reader: Reader, tmp_path: Path) -> None:
    """Else the mother's own records might go."""
    rows = ["Dear Elm Dental,", "my girl is leaving for college. Please send a copy of her complete chart", "to Oak Dental."]
    rows += ["It is for her new dentist there, whom she will see in May.", "Sincerely,", "Tom Park"]
    reading = read(reader, tmp_path, typed_pdf([(60, 60 + 24 * n, row) for n, row in enumerate(rows)]), "request.pdf")
    [wish] = [t for t in reading.ticks if t.choice is Choice.SCOPE_ALL]
    assert wish.confidence < 0.6
