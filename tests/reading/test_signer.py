"""One asks and another has signed: an attorney's letter with the patient's own form behind it."""

from __future__ import annotations

from dataclasses import replace

from pipeline.reading.confidence import Evidence
from pipeline.reading.fields import FoundValue
from pipeline.reading.geometry import Rect
from pipeline.reading.reader import PageReading, assembled
from pipeline.reading.second_look import Weighed
from pipeline.reading.signature import SigningPlace
from pipeline.reading.values import Value
from schemas.reading import FieldName, Reading

FIRM = {FieldName.REQUESTER_NAME: "Harrow & Pike", FieldName.REQUESTER_RELATIONSHIP: "attorney"}
PATIENT = {FieldName.REQUESTER_NAME: "Margaret Oyelaran", FieldName.REQUESTER_RELATIONSHIP: "Self"}
LINE = Rect(0, 50, 90, 60)


def page(number: int, said: dict[FieldName, str], confidence: float, *, signed: bool | None = None) -> PageReading:
    """A page with the names on it, and a line that is signed, empty or not there."""
    found = [FoundValue(n, Value(v), v, Rect(0, 0, 9, 9), 0.9, 1.0, printed=True) for n, v in said.items()]
    places = () if signed is None else (SigningPlace(LINE, ink=9.0 if signed else 0.0, party="patient"),)
    return PageReading(number, 100, 100, tuple(Weighed(one, confidence, Evidence(one)) for one in found), places=places)


def read(*pages: PageReading) -> Reading:
    """The whole scan."""
    return assembled(pages, len(pages), "0" * 64, 0)


def test_who_signed_the_form_behind_a_letter_is_read_beside_the_signature() -> None:
    found = read(page(1, FIRM, 0.97), page(2, PATIENT, 0.9, signed=True))
    assert found.value(FieldName.REQUESTER_NAME) == "Harrow & Pike"
    assert found.value(FieldName.SIGNER_NAME) == "Margaret Oyelaran"
    assert found.value(FieldName.SIGNER_RELATIONSHIP) == "Self"
    assert found.fields[FieldName.SIGNER_NAME].page == 2


def test_who_signed_is_read_where_it_is_not_certain_that_anybody_did() -> None:
    faint = SigningPlace(LINE, ink=2.0, party="patient")
    found = read(page(1, PATIENT, 0.97), replace(page(2, {FieldName.REQUESTER_NAME: "Carlos Ruiz"}, 0.9), places=(faint,)))
    assert found.signature.present is None
    assert found.value(FieldName.SIGNER_NAME) == "Carlos Ruiz"


def test_nobody_is_said_to_have_signed_an_empty_line() -> None:
    found = read(page(1, FIRM, 0.97), page(2, PATIENT, 0.9, signed=False))
    assert FieldName.SIGNER_NAME not in found.fields
    assert FieldName.SIGNER_RELATIONSHIP not in found.fields


def test_on_one_page_whoever_asks_is_whoever_signed() -> None:
    found = read(page(1, FIRM, 0.97, signed=True), page(2, PATIENT, 0.9))
    assert FieldName.SIGNER_NAME not in found.fields
