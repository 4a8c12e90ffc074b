"""The sample practice: tables that parse, charts that hold what they list, scans that open."""

from __future__ import annotations

import csv
import email
import email.policy
import hashlib
import wave
from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageSequence

from pipeline.practice.folder import CONTENTS_COLUMNS, DIRECTORY_COLUMNS, ROSTER_COLUMNS, FolderError, PracticeFolder
from pipeline.practice.sample import Ending, is_in_use, write_sample
from pipeline.practice.sample.charts import Chart
from pipeline.practice.sample.history import Visit
from pipeline.practice.sample.people import ASKS_FOR_OWN_COPY, directory, roster
from pipeline.practice.sample.requests import INCOMPLETE_CHART, scans
from schemas.record_set import ItemKind
from schemas.release import Destination, HoldReason, OfficeKind, PathwayName, Patient
from tests.practice.conftest import TODAY

if TYPE_CHECKING:
    from tests.practice.conftest import Sample


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def header(table: Path) -> tuple[str, ...]:
    with table.open(encoding="utf-8", newline="") as stream:
        return tuple(next(csv.reader(stream)))


def pages_of(path: Path) -> int:
    """Counted by other libraries than those that drew them, every page decoded."""
    if path.suffix == ".pdf":
        with pikepdf.open(path) as document:
            return len(document.pages)
    with Image.open(path) as picture:
        return sum(1 for frame in ImageSequence.Iterator(picture) if frame.load() is not None)


def text_of(path: Path) -> str:
    """The text layer and the form values of a PDF."""
    with pikepdf.open(path) as pdf:
        form = pdf.Root.get("/AcroForm", {})
        values = [str(field.get("/V", "")) for field in form.get("/Fields", [])]
    document = pypdfium2.PdfDocument(path)
    pages = [page.get_textpage().get_text_bounded() for page in document]
    document.close()
    return "\n".join([*pages, *values])


def charts(sample: Sample) -> Iterator[tuple[Path, list[dict[str, str]]]]:
    for chart in sorted(sample.folder.charts.iterdir()):
        yield chart, rows(chart / "contents.csv")


# -- tables ------------------------------------------------------------------------------------------------------------


def test_the_roster_has_every_column_and_every_row_is_a_patient(sample: Sample) -> None:
    assert header(sample.folder.roster_csv) == ROSTER_COLUMNS
    patients = [Patient.model_validate(row) for row in rows(sample.folder.roster_csv)]
    assert patients == roster(TODAY)
    assert len(patients) == sample.summary.patients == 45
    ids = [patient.patient_id for patient in patients]
    assert len(set(ids)) == 45
    assert all(patient.guarantor_id in ids for patient in patients)


def test_the_roster_has_the_people_that_matching_stumbles_over(sample: Sample) -> None:
    patients = [Patient.model_validate(row) for row in rows(sample.folder.roster_csv)]
    names = Counter((patient.first_name, patient.last_name) for patient in patients)
    assert names["Walter", "Brandt"] == 2, "father and son"
    births = Counter((patient.last_name, patient.date_of_birth) for patient in patients)
    assert 2 in births.values(), "twins"
    assert any("-" in patient.last_name for patient in patients)
    assert any(not patient.name.isascii() for patient in patients)
    assert any(patient.other_names for patient in patients)
    assert {patient.status for patient in patients} == {"active", "inactive", "deceased"}
    ages = [(TODAY - patient.date_of_birth).days // 365 for patient in patients]
    assert min(ages) < 18 < max(ages)


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 5), date(2028, 12, 31)])
def test_the_roster_has_a_family_of_four_and_a_son_who_has_just_come_of_age(today: date) -> None:
    patients = roster(today)
    family = [patient for patient in patients if patient.last_name == "Bellweather"]
    born = {patient.first_name: patient.date_of_birth for patient in patients}
    ages = {name: today.year - day.year - ((today.month, today.day) < (day.month, day.day)) for name, day in born.items()}
    assert len(family) == 4
    assert len({(patient.guarantor_id, patient.phone, patient.street) for patient in family}) == 1
    assert sorted(ages[patient.first_name] >= 18 for patient in family) == [False, False, True, True]
    assert ages["Jonas"] == 19
    assert next(patient for patient in patients if patient.first_name == "Jonas").guarantor_id == "1016", "his mother pays"


def test_everything_about_the_people_is_visibly_made_up(sample: Sample) -> None:
    for row in rows(sample.folder.roster_csv) + rows(sample.folder.directory_csv):
        assert "555-01" in row["phone"]
        assert row["email"] == "" or row["email"].endswith((".example", "@example.com"))


def test_the_directory_has_every_column_and_offices_to_trust_and_not_to(sample: Sample) -> None:
    assert header(sample.folder.directory_csv) == DIRECTORY_COLUMNS
    offices = [Destination.model_validate(row) for row in rows(sample.folder.directory_csv)]
    assert offices == directory()
    assert {office.trusted for office in offices} == {True, False}
    assert {office.channel for office in offices} == {"folder"}
    addresses = [office.address for office in offices]
    assert len(set(addresses)) == len(addresses)
    assert all(
        address.count("/") == (office.kind is OfficeKind.PATIENT) for office, address in zip(offices, addresses, strict=True)
    )


def test_the_directory_has_every_kind_of_place_that_the_sample_sends_to(sample: Sample) -> None:
    kinds = {OfficeKind(row["kind"]) for row in rows(sample.folder.directory_csv)}
    assert kinds == {
        OfficeKind.UNKNOWN,
        OfficeKind.DENTIST,
        OfficeKind.SPECIALIST,
        OfficeKind.PHYSICIAN,
        OfficeKind.PATIENT,
        OfficeKind.INSURER,
    }


def test_a_patient_in_the_directory_lives_where_the_roster_says(sample: Sample) -> None:
    [own] = [Destination.model_validate(row) for row in rows(sample.folder.directory_csv) if row["kind"] == "patient"]
    [patient] = [patient for patient in roster(TODAY) if patient.patient_id == ASKS_FOR_OWN_COPY]
    for field in ("name", "street", "city", "state", "zip", "phone", "email"):
        assert getattr(own, field) == getattr(patient, field), field


# -- charts ------------------------------------------------------------------------------------------------------------


def test_every_patient_has_a_chart(sample: Sample) -> None:
    ids = {row["patient_id"] for row in rows(sample.folder.roster_csv)}
    assert {chart.name for chart, _ in charts(sample)} == ids


def test_contents_and_files_agree_but_for_the_one_flawed_chart(sample: Sample) -> None:
    for chart, listed in charts(sample):
        assert header(chart / "contents.csv") == CONTENTS_COLUMNS
        names = {row["file"] for row in listed}
        there = {path.name for path in chart.iterdir()} - {"contents.csv"}
        assert there <= names, chart.name
        assert len(names - there) == (1 if chart.name == INCOMPLETE_CHART else 0), chart.name
        assert len(names) == len(listed), "each file is listed once"


def test_every_record_opens_and_has_the_pages_that_the_chart_says(sample: Sample) -> None:
    counted = 0
    for chart, listed in charts(sample):
        for row in listed:
            path = chart / row["file"]
            ItemKind(row["kind"])
            assert date.fromisoformat(row["date"]) <= TODAY
            if path.exists():
                assert pages_of(path) == int(row["pages"]), path
                counted += 1
    assert counted == sample.summary.chart_files


def test_the_charts_are_of_the_formats_that_practices_keep(sample: Sample) -> None:
    formats: set[tuple[str, str]] = set()
    for path in sample.folder.charts.rglob("*.*"):
        if path.suffix in {".jpg", ".png", ".tif"}:
            with Image.open(path) as picture:
                formats.add((str(picture.format), picture.mode))
    assert {("JPEG", "L"), ("JPEG", "RGB"), ("PNG", "L"), ("TIFF", "I;16"), ("TIFF", "1")} <= formats


def test_some_written_records_have_many_pages_each_numbered_and_named(sample: Sample) -> None:
    notes = sample.folder.chart("1001") / "notes.pdf"
    document = pypdfium2.PdfDocument(notes)
    count = len(document)
    assert count > 1
    for number, page in enumerate(document, 1):
        text = page.get_textpage().get_text_bounded()
        assert f"Page {number} of {count}" in text
        assert "Oyelaran, Margaret Anne" in text
    document.close()


def test_a_completed_radiograph_in_the_ledger_has_its_picture_in_the_chart(sample: Sample) -> None:
    kinds = {
        "D0210": "xray-fmx",
        "D0220": "xray-periapical",
        "D0272": "xray-bitewing",
        "D0274": "xray-bitewing",
        "D0330": "xray-pano",
    }
    patient = next(patient for patient in roster(TODAY) if patient.patient_id == "1009")
    taken = {(row["kind"], row["date"]) for row in rows(sample.folder.chart("1009") / "contents.csv")}
    due = [visit for visit in Chart(patient, TODAY, 1).visits if visit.code in kinds]
    assert due
    for visit in due:
        assert (kinds[visit.code], visit.day.isoformat()) in taken, visit


def test_the_ledger_ends_at_the_balance_of_the_roster(sample: Sample) -> None:
    for row in rows(sample.folder.roster_csv):
        document = pypdfium2.PdfDocument(sample.folder.chart(row["patient_id"]) / "ledger.pdf")
        text = document[len(document) - 1].get_textpage().get_text_bounded()
        document.close()
        assert f"Balance due: ${row['balance']}" in text, row["patient_id"]


@pytest.mark.parametrize("today", [TODAY, date(2027, 1, 1), date(2028, 2, 29), date(2031, 7, 4)])
def test_visits_are_in_order_on_workdays_and_never_in_the_future(today: date) -> None:
    for patient in roster(today):
        visits: list[Visit] = Chart(patient, today, 1).visits
        assert all(earlier.day <= later.day for earlier, later in pairwise(visits))
        assert all(patient.date_of_birth < visit.day <= today and visit.day.weekday() < 5 for visit in visits), patient.patient_id


def test_a_radiograph_has_depth_and_is_no_flat_patch(sample: Sample) -> None:
    films = list(sample.folder.charts.rglob("BW_*.jpg"))
    assert films
    for film in films[:6]:
        with Image.open(film) as picture:
            grey = np.asarray(picture, np.float32)
        dark, bright = np.percentile(grey, [5, 95])
        assert bright - dark > 90, film.name


# -- scans -------------------------------------------------------------------------------------------------------------


def test_the_inbox_holds_exactly_the_expected_files_and_no_answers(sample: Sample) -> None:
    assert {path.name for path in sample.folder.inbox.iterdir()} == set(sample.summary.expected)
    outside = {path.name for path in sample.folder.root.iterdir()}
    assert outside == {"chartrelay.toml", "inbox", "returned", "roster.csv", "directory.csv", "charts", "outgoing", "var"}


def test_about_half_of_the_scans_ought_to_be_released_and_each_flaw_has_its_scan(sample: Sample) -> None:
    endings = Counter(expected.ending for expected in sample.summary.expected.values())
    assert endings == {Ending.DELIVERED: 12, Ending.HELD: 12, Ending.RETURNED: 2, Ending.REPEATED: 1, Ending.SPLIT: 1}
    reasons = {expected.hold for expected in sample.summary.expected.values() if expected.hold}
    assert reasons == {
        HoldReason.PATIENT_DIFFERS,
        HoldReason.NOT_SIGNED,
        HoldReason.DESTINATION_UNKNOWN,
        HoldReason.DESTINATION_DIFFERS,
        HoldReason.CHART_INCOMPLETE,
        HoldReason.SEVERAL_PATIENTS,
        HoldReason.ELEMENT_MISSING,
        HoldReason.PATHWAY_UNCLEAR,
        HoldReason.REVOKED,
    }


def test_each_pathway_has_its_scan(sample: Sample) -> None:
    shown = {expected.pathway for expected in sample.summary.expected.values()}
    assert shown - {None} == set(PathwayName)


def test_the_letter_of_the_family_names_each_of_them_and_one_signature_lets_one_go(sample: Sample) -> None:
    [(name, expected)] = [(n, e) for n, e in sample.summary.expected.items() if e.ending is Ending.SPLIT]
    assert [part.ending for part in expected.parts] == [Ending.DELIVERED, Ending.HELD, Ending.HELD, Ending.HELD]
    patients = {patient.patient_id: patient for patient in roster(TODAY)}
    text = text_of(sample.folder.inbox / name)
    places = [text.index(f"{patients[part.patient_id].name}, born") for part in expected.parts]
    assert places == sorted(places)


def test_no_two_scans_ask_for_the_same_records_to_the_same_place(sample: Sample) -> None:
    asked = Counter(
        one.patient_id
        for expected in sample.summary.expected.values()
        for one in (expected, *expected.parts)
        if one.patient_id and expected.ending is not Ending.REPEATED
    )
    assert set(asked.values()) == {1}, "whichever is read first, none waits for having been asked before"


def test_those_that_come_first_are_read_from_their_text(sample: Sample) -> None:
    first = list(sample.summary.expected)[:5]
    assert all(len(text_of(sample.folder.inbox / name)) > 200 for name in first), "so that the first sets leave within seconds"


def test_every_scan_that_is_a_document_opens(sample: Sample) -> None:
    for name, expected in sample.summary.expected.items():
        path = sample.folder.inbox / name
        if expected.ending is not Ending.RETURNED and path.suffix != ".eml":
            assert pages_of(path) >= 1, name


def test_the_locked_scan_is_locked_and_the_voice_message_is_a_sound(sample: Sample) -> None:
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(sample.folder.inbox / "scan_0240.pdf")
    with wave.open(str(sample.folder.inbox / "voicemail_0412.wav")) as sound:
        assert sound.getnframes() == 8000


def test_who_takes_a_permission_back_has_nothing_else_in_the_inbox(sample: Sample) -> None:
    [taken_back] = [expected for expected in sample.summary.expected.values() if expected.hold is HoldReason.REVOKED]
    assert [e.patient_id for e in sample.summary.expected.values()].count(taken_back.patient_id) == 1


def test_the_driver_license_is_the_second_page_of_its_scan(sample: Sample) -> None:
    assert pages_of(sample.folder.inbox / "scan_0243.pdf") == 2


def test_the_mail_carries_the_form(sample: Sample) -> None:
    data = (sample.folder.inbox / "mail_0412.eml").read_bytes()
    mail = email.message_from_bytes(data, policy=email.policy.default)
    [attachment] = mail.iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    document = pypdfium2.PdfDocument(attachment.get_content())
    assert len(document) == 1
    document.close()


def test_the_form_filled_on_screen_keeps_its_answers_as_form_values(sample: Sample) -> None:
    with pikepdf.open(sample.folder.inbox / "records_request_form.pdf") as document:
        values = {str(field.T): str(field.get("/V", "")) for field in document.Root.AcroForm.Fields}
    assert values["patient_name"] == "Renée Odile Gauthier"
    assert values["date_of_birth"] == "02/28/1981"
    assert values["recipient_name"] == "Lakeside Family Dental"
    assert values["records_all"] == "/Yes"
    assert values["records_xrays"] == "/Off"


def test_the_faxes_are_black_and_white_at_fax_resolution(sample: Sample) -> None:
    for name in ("fax_118.tif", "fax_121.tif"):
        with Image.open(sample.folder.inbox / name) as picture:
            assert picture.mode == "1"
            assert picture.info["compression"] == "group4"
            assert tuple(round(float(value)) for value in picture.info["dpi"]) == (204, 196)


def test_the_phone_photo_lies_on_its_side_as_exif_says(sample: Sample) -> None:
    with Image.open(sample.folder.inbox / "IMG_2204.jpg") as picture:
        assert picture.width > picture.height
        assert picture.getexif()[0x0112] == 6


def test_the_repeated_file_has_the_same_bytes(sample: Sample) -> None:
    first, again = ((sample.folder.inbox / name).read_bytes() for name in ("scan_0231.pdf", "scan_0231 (1).pdf"))
    assert first == again


# -- the whole ---------------------------------------------------------------------------------------------------------


def test_the_same_day_and_seed_give_the_same_bytes(sample: Sample) -> None:
    def digest(data: bytes) -> str:
        return hashlib.sha256(data).hexdigest()

    for scan in scans(TODAY, 1):
        assert digest(scan.data) == digest((sample.folder.inbox / scan.name).read_bytes()), scan.name
    patients = {patient.patient_id: patient for patient in roster(TODAY)}
    for patient_id in ("1012", "1015"):
        for record in Chart(patients[patient_id], TODAY, 1).records():
            assert digest(record.data) == digest((sample.folder.chart(patient_id) / record.file).read_bytes()), record.file


def test_another_seed_gives_another_mouth_but_the_same_people() -> None:
    patient = next(patient for patient in roster(TODAY) if patient.patient_id == "1001")
    assert Chart(patient, TODAY, 1).mouth != Chart(patient, TODAY, 2).mouth


def test_progress_counts_up_to_the_end(sample: Sample) -> None:
    total = sample.steps[-1][1]
    assert [done for done, _ in sample.steps] == list(range(1, total + 1))
    assert {all_steps for _, all_steps in sample.steps} == {total}


def test_the_sample_stays_small(sample: Sample) -> None:
    size = sum(path.stat().st_size for path in sample.folder.root.rglob("*") if path.is_file())
    assert size < 26_000_000


@pytest.mark.parametrize("place", ["roster.csv", "inbox/scan_0231.pdf", "charts/7/contents.csv"])
def test_the_sample_never_mixes_with_a_practice_in_use(place: str, tmp_path: Path) -> None:
    folder = PracticeFolder(tmp_path)
    folder.create()
    assert not is_in_use(folder)
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("patient_id\n7\n")
    with pytest.raises(FolderError, match="already in use"):
        write_sample(folder, TODAY)
    assert (tmp_path / place).read_text() == "patient_id\n7\n"
    assert rows(folder.directory_csv) == []
