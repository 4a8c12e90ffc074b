"""The reader on whole pages: real engines, real pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageFont

from pipeline.documents import media_type_of, open_document
from pipeline.reading.debug import draw
from pipeline.reading.engines import EngineError, Engines, LineText, Picture, RapidEngine
from pipeline.reading.geometry import Rect
from pipeline.reading.reader import Reader
from pipeline.reading.signature import SigningPlace
from pipeline.release.policy import Policy
from schemas.reading import Choice, FieldName, Reading
from tests.reading.forms import WIDTH, Paper, read, request_form, scan_with_hidden_text, scanned, typed_pdf, typed_picture


def test_the_patient_is_read_from_the_labelled_lines(form: Reading) -> None:
    assert form.value(FieldName.PATIENT_NAME) == "Maria Lopez"
    assert form.value(FieldName.PATIENT_DOB) == "1979-03-04"
    assert form.value(FieldName.PATIENT_PHONE) == "(978) 555-0142"
    assert form.value(FieldName.PATIENT_ZIP) == "01970"


def test_who_receives_is_not_mixed_up_with_who_holds(form: Reading) -> None:
    assert form.value(FieldName.DESTINATION_NAME) == "Baker Orthodontics"
    assert form.value(FieldName.HOLDER_NAME) == "Elm Street Dental"


def test_the_recipients_numbers_and_address_are_not_the_patients(form: Reading) -> None:
    assert form.value(FieldName.DESTINATION_PHONE) == "(978) 555-0199"
    assert form.value(FieldName.DESTINATION_FAX) == "(978) 555-0177"
    assert form.value(FieldName.DESTINATION_STREET) == "9 Mill Lane"
    assert form.value(FieldName.DESTINATION_STATE) == "MA"


def test_the_date_beside_the_signature_is_the_date_signed(form: Reading) -> None:
    assert form.value(FieldName.SIGNATURE_DATE) == "2026-06-15"


def test_only_ticked_boxes_are_choices_and_unknown_words_are_an_item_of_their_group(form: Reading) -> None:
    assert form.checked() == [Choice.SCOPE_XRAYS, Choice.SCOPE_ITEM, Choice.PURPOSE_CONTINUING_CARE]


def test_ink_on_the_signature_line_is_a_signature(form: Reading) -> None:
    assert form.signature.present is True


def test_places_are_fractions_of_the_upright_page(form: Reading) -> None:
    box = form.fields[FieldName.PATIENT_NAME].box
    assert 0.2 < box.left < 0.25 and 0.09 < box.top < 0.11 and box.right < 0.45


def test_a_printed_name_is_no_signature(reader: Reader, tmp_path: Path) -> None:
    assert read(reader, tmp_path, scanned(request_form(signed=False))).signature.present is False


def test_a_signature_whose_letters_look_like_boxes_is_a_signature(reader: Reader, tmp_path: Path) -> None:
    paper = request_form(signed=False)
    paper.pen.text((560, 1385), "Brian Pena", fill=20, font=ImageFont.load_default(56))
    assert read(reader, tmp_path, scanned(paper)).signature.present is True


def test_a_little_ink_on_the_line_is_left_to_a_person(reader: Reader, tmp_path: Path) -> None:
    paper = request_form(signed=False)
    paper.pen.line([(700, 1400), (716, 1430)], fill=20, width=5)
    assert read(reader, tmp_path, scanned(paper)).signature.present is None


def test_slanting_rules_of_an_empty_cell_are_no_signature(reader: Reader, tmp_path: Path) -> None:
    paper, rise = request_form(signed=False), 60
    paper.pen.rectangle([100, 1380, 1690, 1560], fill=255)
    paper.write(120, 1402, "Signature of Patient", 30).write(760, 1402, "Printed Name", 30).write(1320, 1402, "Date", 30)
    for y in (1380, 1448, 1520):
        paper.pen.line([(100, y), (1640, y + rise)], fill=30, width=3)
    for x in (100, 740, 1300, 1640):
        down = rise * (x - 100) / 1540
        paper.pen.line([(x, 1380 + down), (x, 1520 + down)], fill=30, width=3)
    assert read(reader, tmp_path, scanned(paper)).signature.present is not True


def test_a_witness_s_signature_is_not_the_patient_s(reader: Reader, tmp_path: Path) -> None:
    paper = request_form(signed=False)
    for y in (1580, 1680):
        paper.pen.line([(100, y), (1100, y)], fill=30, width=3)
    for x in (100, 1100):
        paper.pen.line([(x, 1580), (x, 1680)], fill=30, width=3)
    paper.write(120, 1590, "Witness", 30).write(120, 1630, "Signature", 30).scribble(520, 1630)
    assert read(reader, tmp_path, scanned(paper)).signature.present is not True


def test_what_is_written_on_the_next_line_and_covers_the_label_is_no_signature(reader: Reader, tmp_path: Path) -> None:
    paper = Paper().write(120, 120, "Patient Name: Maria Lopez").write(900, 120, "Date of Birth: 03/04/1979")
    paper.write(120, 220, "Release records to: Oak Dental").write(120, 300, "Fax: (617) 555-0111")
    paper.rule(120, 900, 760).write(120, 770, "Signature of Patient").write(600, 770, "Date")
    paper.pen.line([(330, 842), (360, 788), (372, 842), (400, 795), (412, 845), (440, 788), (452, 845)], fill=25, width=4)
    paper.rule(120, 900, 852).write(120, 862, "Relationship to patient if not self")
    assert read(reader, tmp_path, scanned(paper)).signature.present is not True


@pytest.mark.parametrize("ruled", [True, False])
def test_a_name_on_the_next_line_whose_hand_reaches_over_the_signature_s_rule_is_left_to_a_person(
    reader: Reader, tmp_path: Path, ruled: bool
) -> None:
    """The printed name has a line of its own, ruled or not, and its letters are so high that they cross the rule above."""
    paper = request_form(signed=False)
    paper.pen.rectangle([100, 1350, 1690, 1640], fill=255)
    paper.write(120, 1400, "Patient's Signature:", 30).rule(430, 1100, 1440).write(1130, 1400, "Date:", 30)
    paper.write(120, 1470, "Print Name:", 30)
    if ruled:
        paper.rule(300, 1100, 1510)
    paper.pen.text((480, 1398), "Brian Pena", fill=20, font=ImageFont.load_default(96))
    assert read(reader, tmp_path, scanned(paper)).signature.present is None


def test_a_date_in_the_strokes_of_a_large_signature_is_found_and_left_to_a_person(reader: Reader, tmp_path: Path) -> None:
    paper = request_form(signed=False)
    paper.pen.rectangle([1090, 1380, 1640, 1470], fill=255)
    paper.write(560, 1390, "Vincent Cardenas:6/15/2026", 44)
    date_signed = read(reader, tmp_path, scanned(paper)).fields[FieldName.SIGNATURE_DATE]
    assert date_signed.value == "2026-06-15" and date_signed.confidence < Policy().date_confidence


def test_a_signature_over_its_own_label_is_not_sure_enough_to_release_on() -> None:
    place = SigningPlace(Rect(0, 0, 400, 90), ink=40.0, party="signature", covered=True)
    assert place.signed is True and place.confidence < Policy().signature_confidence


def test_a_page_of_noise_gives_no_values(reader: Reader, tmp_path: Path) -> None:
    noise = np.random.default_rng(5).integers(0, 255, (1000, 800), dtype=np.uint8)
    reading = read(reader, tmp_path, scanned(Paper(Image.fromarray(noise))))
    assert reading.fields == {} and reading.ticks == ()
    assert reading.signature.present is None


def test_a_blank_page_says_nothing_about_a_signature(reader: Reader, tmp_path: Path) -> None:
    assert read(reader, tmp_path, scanned(Paper())).signature.present is None


def test_a_very_wide_picture_is_read_without_trouble(reader: Reader) -> None:
    wide = Image.new("L", (20_000, 600), 255)
    wide.paste(request_form().picture.crop((0, 180, WIDTH, 280)), (0, 200))
    assert reader.read_picture(wide).number == 1


def test_typed_text_needs_no_guessing_and_typed_signatures_are_left_to_a_person(reader: Reader, tmp_path: Path) -> None:
    rows = [
        (60, 40, "Request for a copy of dental records"),
        (60, 80, "Patient Name: Ann Lee"),
        (330, 80, "Date of Birth: 01/02/1990"),
    ]
    rows += [
        (60, 110, "Release records to: Oak Dental Care"),
        (60, 140, "Fax: (617) 555-0111"),
        (60, 200, "Signature of patient: /s/ Ann Lee"),
    ]
    reading = read(reader, tmp_path, typed_pdf(rows), "request.pdf")
    assert reading.value(FieldName.PATIENT_NAME) == "Ann Lee"
    assert reading.value(FieldName.DESTINATION_FAX) == "(617) 555-0111"
    assert reading.fields[FieldName.PATIENT_DOB].confidence > 0.95
    assert reading.signature.present is None


def test_hidden_words_under_a_scan_are_not_believed_against_the_picture(reader: Reader, tmp_path: Path) -> None:
    rows = [
        (43, 90, "Patient Name: Marla Lobos"),
        (378, 90, "Date of Birth: 08/04/1919"),
        (43, 122, "Address: 72 Arbor Rood, Salon, MA 07910"),
    ]
    rows += [
        (43, 205, "Release records to: Bacon Orthopedics"),
        (43, 262, "Phone: (918) 555-0799"),
        (270, 262, "Fax: (918) 555-0777"),
    ]
    reading = read(reader, tmp_path, scan_with_hidden_text(request_form(), rows), "scan.pdf")
    wrong = {"Marla Lobos", "1919-08-04", "07910", "Bacon Orthopedics", "(918) 555-0799", "(918) 555-0777"}
    assert not [f for f in reading.fields.values() if f.value in wrong and f.confidence >= 0.9]


def test_marks_made_of_letters_are_ticks_and_empty_brackets_are_none(reader: Reader, tmp_path: Path) -> None:
    rows = [
        (60, 40, "Request for a copy of dental records"),
        (60, 80, "Patient Name: Ann Lee"),
        (330, 80, "Date of Birth: 01/02/1990"),
        (60, 110, "Release records to: Oak Dental Care"),
        (60, 150, "Information to be released:"),
        (60, 170, "[X] Complete record"),
        (300, 170, "[ ] Billing records"),
        (60, 190, "(x) X-rays"),
        (300, 190, "( ) Progress notes"),
        (60, 220, "Purpose of disclosure:"),
        (60, 240, "X Legal"),
    ]
    reading = read(reader, tmp_path, typed_pdf(rows), "request.pdf")
    assert reading.checked() == [Choice.SCOPE_ALL, Choice.SCOPE_XRAYS, Choice.PURPOSE_LEGAL]


def two_columns() -> Paper:
    """Holder and recipient side by side, their headings not quite on one height, white on dark bands."""
    paper = Paper().write(120, 120, "Patient Name: Maria Lopez").write(900, 120, "Date of Birth: 03/04/1979")
    for x, y, words in ((120, 240, "RELEASE RECORDS FROM"), (890, 232, "SEND RECORDS TO")):
        paper.pen.rectangle([x - 10, y - 6, x + 660, y + 44], fill=45)
        paper.pen.text((x, y), words, fill=250, font=ImageFont.load_default(34))
    rows = ("Name: Elm Dental", "Address: 118 Elm Street", "Phone: (978) 555-0100", "Fax: (978) 555-0101")
    others = ("Name: Baker Orthodontics", "Address: 9 Mill Lane", "Phone: (978) 555-0199", "Fax: (978) 555-0177")
    for row, (left, right) in enumerate(zip(rows, others, strict=True)):
        paper.write(120, 330 + 80 * row, left).write(880, 330 + 80 * row, right)
    paper.write(120, 700, "PURPOSE AND DELIVERY").box(150, 780, "Continuing care", ticked=True).box(600, 780, "Legal")
    paper.write(120, 900, "Revocation of authorization").write(120, 960, "I hereby revoke this authorization.")
    return paper.write(120, 1080, "Signature of patient:").rule(480, 1080, 1122).write(1120, 1080, "Date:").rule(1210, 1600, 1122)


def test_two_columns_are_kept_apart_and_a_heading_is_no_value(reader: Reader, tmp_path: Path) -> None:
    reading = read(reader, tmp_path, scanned(two_columns()))
    assert reading.value(FieldName.HOLDER_NAME) == "Elm Dental"
    assert reading.value(FieldName.DESTINATION_NAME) == "Baker Orthodontics"
    assert reading.value(FieldName.DESTINATION_FAX) == "(978) 555-0177"
    assert reading.value(FieldName.PURPOSE) is None
    assert reading.notices == ()


def test_a_revocation_that_is_signed_is_noticed(reader: Reader, tmp_path: Path) -> None:
    reading = read(reader, tmp_path, scanned(two_columns().scribble(520, 1095)))
    assert len(reading.notices) == 1 and "revokes" in reading.notices[0]


def letter(*, signed: bool) -> Paper:
    rows = [
        "Ann Lee",
        "6 Weaver Close",
        "Salem, MA 01970",
        "",
        "Re: Ann Lee, date of birth 08/05/1983",
        "",
        "Dear Elm Street Dental,",
    ]
    rows += ["please send a copy of all my records to my new dentist:", "", "Riverside Oral Surgery", "15 Mill Avenue"]
    rows += ["Beverly, MA 01915", "Fax: (978) 555-0177", "", "Sincerely,", "", "", "", "Ann Lee"]
    paper = typed_picture(rows)
    return paper.scribble(180, 160 + 54 * 16) if signed else paper


@pytest.mark.parametrize(("signed", "present"), [(True, True), (False, None)])
def test_a_letter_is_read_and_signed_by_ink_over_the_typed_name(
    reader: Reader, tmp_path: Path, signed: bool, present: bool | None
) -> None:
    reading = read(reader, tmp_path, scanned(letter(signed=signed)))
    assert reading.value(FieldName.PATIENT_NAME) == "Ann Lee"
    assert reading.value(FieldName.PATIENT_ZIP) == "01970"
    assert reading.value(FieldName.DESTINATION_NAME) == "Riverside Oral Surgery"
    assert reading.value(FieldName.DESTINATION_FAX) == "(978) 555-0177"
    assert reading.checked() == [Choice.SCOPE_ALL, Choice.PURPOSE_TRANSFER]
    assert reading.signature.present is present


def test_progress_is_told_page_by_page(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "two.tif"
    path.write_bytes(data := scanned(Paper(), Paper()))
    kind = media_type_of(data[:4096], path.name)
    told: list[tuple[int, int]] = []
    assert kind is not None
    with open_document(path, kind) as document:
        reader.read(document, "0" * 64, lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


@dataclass
class FailingOnce:
    """An engine that crashes on its first page."""

    sound: RapidEngine
    recognize: Callable[[Sequence[Picture]], list[LineText]]
    upside_down: Callable[[Sequence[Picture]], list[bool]]
    likelihood: Callable[[Picture, Sequence[str]], list[float]]
    pages: int = 0

    def fitting(self, crops: Sequence[Picture], shapes: Sequence[Sequence[str]]) -> dict[str, float]:
        """As the sound one."""
        return self.sound.fitting(crops, shapes)

    def detect(self, page: Picture, limit: int = 1280) -> NDArray[np.float32]:
        """Fails at first."""
        self.pages += 1
        if self.pages == 1:
            raise EngineError("RapidOCR detector failed (RuntimeError).")
        return self.sound.detect(page, limit)


def test_a_crash_of_the_engine_on_one_page_leaves_the_others_readable(rapid: RapidEngine, tmp_path: Path) -> None:
    engine = FailingOnce(rapid, rapid.recognize, rapid.upside_down, rapid.likelihood)
    named = Paper().write(120, 220, "Patient Name:").write(390, 220, "Maria Lopez").rule(380, 1000, 262)
    reading = read(Reader(Engines(engine)), tmp_path, scanned(Paper(), named))
    assert reading.value(FieldName.PATIENT_NAME) == "Maria Lopez"
    assert any("Page 1" in notice for notice in reading.notices)


@dataclass
class Garbling:
    """An engine whose second look at a value disagrees with its first."""

    sound: RapidEngine
    detect: Callable[..., NDArray[np.float32]]
    upside_down: Callable[[Sequence[Picture]], list[bool]]
    likelihood: Callable[[Picture, Sequence[str]], list[float]]
    looks: int = 0

    def fitting(self, crops: Sequence[Picture], shapes: Sequence[Sequence[str]]) -> dict[str, float]:
        """As the sound one."""
        return self.sound.fitting(crops, shapes)

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        """Right at first, nonsense later."""
        self.looks += 1
        return self.sound.recognize(crops) if self.looks == 1 else [LineText("zzzz", 0.9) for _ in crops]


def test_no_value_is_sure_when_its_second_reading_contradicts(rapid: RapidEngine, tmp_path: Path) -> None:
    engine = Garbling(rapid, rapid.detect, rapid.upside_down, rapid.likelihood)
    reading = read(Reader(Engines(engine)), tmp_path, scanned(request_form()))
    assert reading.fields
    assert max(f.confidence for f in reading.fields.values()) < 0.9


def test_the_debug_picture_shows_what_was_found(form: Reading) -> None:
    page = request_form().picture
    drawn = draw(page, form, 1)
    assert drawn.width > page.width and drawn.height > page.height  # the values beside it, the legend under it
    shown, before = (np.asarray(each.convert("RGB")) for each in (drawn.crop((0, 0, *page.size)), page))
    assert np.any(shown != before) and np.any(np.asarray(drawn.crop((page.width + 2, 0, *drawn.size))) < 128)
