"""The reader on whole pages: real engines, real pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from pipeline.documents import media_type_of, open_document
from pipeline.reading.debug import draw
from pipeline.reading.engines import EngineError, Engines, LineText, Picture, RapidEngine
from pipeline.reading.reader import Reader
from schemas.reading import Choice, FieldName, Reading
from tests.reading.forms import WIDTH, Paper, request_form, scan_with_hidden_text, scanned, typed_pdf


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader(Engines(RapidEngine()))


def read(reader: Reader, folder: Path, data: bytes, name: str = "request.tif") -> Reading:
    path = folder / name
    path.write_bytes(data)
    kind = media_type_of(data[:4096], name)
    assert kind is not None
    with open_document(path, kind) as document:
        return reader.read(document, hashlib.sha256(data).hexdigest())


@pytest.fixture(scope="module")
def form(reader: Reader, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    yield read(reader, tmp_path_factory.mktemp("form"), scanned(request_form()))


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


@pytest.mark.parametrize("turn", [Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270])
def test_a_page_that_is_turned_reads_like_one_that_is_not(
    reader: Reader, tmp_path: Path, form: Reading, turn: Image.Transpose
) -> None:
    paper = request_form()
    turned = read(reader, tmp_path, scanned(Paper(paper.picture.transpose(turn))))
    for name in (FieldName.PATIENT_NAME, FieldName.PATIENT_DOB, FieldName.DESTINATION_FAX):
        assert turned.value(name) == form.value(name)


def test_a_page_laid_down_askew_is_straightened(reader: Reader, tmp_path: Path) -> None:
    askew = Paper(request_form().picture.rotate(2.3, fillcolor=255, resample=Image.Resampling.BICUBIC))
    reading = read(reader, tmp_path, scanned(askew))
    assert reading.value(FieldName.PATIENT_NAME) == "Maria Lopez"
    assert reading.value(FieldName.DESTINATION_PHONE) == "(978) 555-0199"


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


def test_progress_is_told_page_by_page(reader: Reader, tmp_path: Path) -> None:
    path = tmp_path / "two.tif"
    path.write_bytes(data := scanned(Paper(), Paper()))
    kind = media_type_of(data[:4096], path.name)
    told: list[tuple[int, int]] = []
    assert kind is not None
    with open_document(path, kind) as document:
        reader.read(document, "0" * 64, lambda done, of: told.append((done, of)))
    assert told == [(1, 2), (2, 2)]


class FailingOnce(RapidEngine):
    """An engine that crashes on its first page."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def detect(self, page: Picture, limit: int = 1280) -> NDArray[np.float32]:
        self.calls += 1
        if self.calls == 1:
            raise EngineError("RapidOCR detector failed (RuntimeError).")
        return super().detect(page, limit)


def test_a_crash_of_the_engine_on_one_page_leaves_the_others_readable(tmp_path: Path) -> None:
    reading = read(Reader(Engines(FailingOnce())), tmp_path, scanned(Paper(), request_form()))
    assert reading.value(FieldName.PATIENT_NAME) == "Maria Lopez"
    assert any("Page 1" in notice for notice in reading.notices)


class Garbling(RapidEngine):
    """An engine whose second look at a value disagrees with its first."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0

    def recognize(self, crops: Sequence[Picture]) -> list[LineText]:
        self.looks += 1
        return super().recognize(crops) if self.looks == 1 else [LineText("zzzz", 0.9) for _ in crops]


def test_no_value_is_sure_when_its_second_reading_contradicts(tmp_path: Path) -> None:
    reading = read(Reader(Engines(Garbling())), tmp_path, scanned(request_form()))
    assert reading.fields
    assert max(f.confidence for f in reading.fields.values()) < 0.9


def test_the_debug_picture_shows_what_was_found(form: Reading) -> None:
    page = request_form().picture
    drawn = draw(page, form, 1)
    assert drawn.size == page.size
    assert np.any(np.asarray(drawn) != np.asarray(page.convert("RGB")))
