"""The language of the line: what it says, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import schemas.catalogue
from schemas.base import kind_of
from schemas.catalogue.samples import AT, READ, RECEIVED, SAMPLES
from schemas.messages import MESSAGES, Event, RequestRead, UnknownMessage, decode, encode, schema

CATALOGUE = Path(schemas.catalogue.__file__).parent
by_kind = pytest.mark.parametrize("sample", SAMPLES, ids=lambda s: kind_of(type(s)))


def test_the_catalogue_is_what_the_code_says() -> None:
    there = {path.name: path.read_text(encoding="utf-8") for path in CATALOGUE.glob("*.json")}
    assert there == schemas.catalogue.files(), "run: python -m schemas.catalogue"


def test_every_kind_has_its_sample() -> None:
    assert {type(s) for s in SAMPLES} == set(MESSAGES)


@by_kind
def test_a_message_comes_back_as_it_went(sample: Event) -> None:
    assert decode(encode(sample)) == sample


@by_kind
def test_a_sample_satisfies_its_published_schema(sample: Event) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(type(sample)))
    jsonschema.validate(json.loads(encode(sample)), schema(type(sample)), format_checker=jsonschema.FormatChecker())


@by_kind
@pytest.mark.parametrize(
    "spoil",
    [
        {"kind": "request.forged"},
        {"version": 2},
        {"surprise": 1},
        {"request_id": "../../etc"},
        {"id": "not-a-uuid"},
        {"occurred_at": "2026-11-23T09:41:07"},
    ],
    ids=lambda s: next(iter(s)),
)
def test_what_the_language_does_not_have_is_refused(sample: Event, spoil: dict[str, Any]) -> None:
    spoiled = json.loads(encode(sample)) | spoil
    with pytest.raises(UnknownMessage):
        decode(json.dumps(spoiled).encode())
    if "occurred_at" not in spoil:  # JSON Schema's date-time is checked by its format, which validators may leave out
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(spoiled, schema(type(sample)), format_checker=jsonschema.FormatChecker())


@by_kind
def test_a_message_without_one_of_its_fields_is_refused(sample: Event) -> None:
    whole = json.loads(encode(sample))
    for field in set(whole) - {"cause", "kind", "version"}:
        with pytest.raises(UnknownMessage):
            decode(json.dumps({k: v for k, v in whole.items() if k != field}).encode())


@given(st.binary(max_size=200))
def test_no_bytes_at_all_bring_the_decoder_down(data: bytes) -> None:
    with pytest.raises(UnknownMessage):
        decode(data)


def test_the_refusal_names_the_field_and_never_its_value() -> None:
    spoiled = json.loads(encode(RECEIVED)) | {"request_id": "Margaret Oyelaran"}
    with pytest.raises(UnknownMessage) as caught:
        decode(json.dumps(spoiled).encode())
    assert "request_id" in str(caught.value)
    assert "Oyelaran" not in str(caught.value)


def test_the_same_work_done_twice_gives_the_same_message_id() -> None:
    later = datetime(2027, 1, 1, tzinfo=UTC)
    again = RequestRead.after(RECEIVED, later, reading="9" * 64, pages=2)
    assert again.id == READ.id
    assert again.cause == RECEIVED.id


def test_messages_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        READ.pages = 3  # type: ignore[misc]


def test_times_travel_in_utc() -> None:
    assert json.loads(encode(RECEIVED))["occurred_at"] == "2026-11-23T09:41:07.123Z"
    assert decode(encode(RECEIVED)).occurred_at == AT


WORDS_OF_PEOPLE = {"name", "patient", "dob", "phone", "address", "email", "file", "sentence", "destination"}


def test_no_message_has_a_field_for_patient_data() -> None:
    for model in MESSAGES:
        assert not WORDS_OF_PEOPLE & {part for field in model.model_fields for part in field.split("_")}
