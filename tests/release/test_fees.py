"""What may be charged for a copy, and to whom: the table, the policy, and the line for the ledger."""

# ruff: noqa: E501 -- one row a line, however long: it is a table

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.release.fees import FREE, fee, ledger_line
from pipeline.release.policy import Policy
from pipeline.release.rates import Band, Rate, rate_for, rates
from schemas.fee import Fee, FeeItem, FeeLine
from schemas.record_set import Item, ItemKind, Manifest
from schemas.release import OfficeKind as K
from schemas.release import PathwayName as P
from tests.release.cases import GOOD

DAY = date(2026, 11, 24)
FREELY, THIRD, ALL = Policy(), Policy(charge="third_parties"), Policy(charge="everybody", page_cost=Decimal("0.10"))


class Row(NamedTuple):
    """A copy, and what it costs."""

    case: str
    pathway: P
    state: str
    kind: K
    pages: int
    images: int
    electronic: bool
    policy: Policy
    total: str
    words: str


# fmt: off
ROWS = (
    Row("the default: nobody pays", P.PATIENT_ACCESS, "TX", K.PATIENT, 40, 4, True, FREELY, "0.00", "charges nobody"),
    Row("the default: an attorney neither", P.THIRD_PARTY, "IL", K.ATTORNEY, 60, 0, False, FREELY, "0.00", "would allow $93.27 at most"),
    Row("only third parties pay: a patient does not", P.PATIENT_ACCESS, "NY", K.PATIENT, 40, 0, True, THIRD, "0.00", "charges no patient"),
    Row("a patient, electronic: flat", P.PATIENT_ACCESS, "TX", K.PATIENT, 400, 40, True, ALL, "6.50", "the patient's own request"),
    Row("a patient, electronic, in a state whose ceiling is lower", P.PATIENT_ACCESS, "NY", K.PATIENT, 4, 0, True, ALL, "3.00", "at most $3.00"),
    Row("a patient, on paper: the cost of copying", P.PATIENT_ACCESS, "TX", K.PATIENT, 40, 4, False, ALL, "4.40", "cost of copying"),
    Row("a patient, on paper, in a practice that has not said what it costs", P.PATIENT_ACCESS, "TX", K.PATIENT, 40, 4, False, Policy(charge="everybody"), "0.00", "page_cost"),
    Row("Washington's page rate is not for patients", P.PATIENT_ACCESS, "WA", K.PATIENT, 40, 0, False, ALL, "4.00", "cost of copying"),
    Row("a patient's directive to a dentist is the patient's", P.PATIENT_DIRECTIVE, "IL", K.DENTIST, 60, 0, True, ALL, "6.50", "the patient's own request"),
    Row("a patient's directive to an attorney is a third party's", P.PATIENT_DIRECTIVE, "IL", K.ATTORNEY, 60, 0, False, THIRD, "93.27", "a third party"),
    Row("Illinois, third party, 25 pages", P.THIRD_PARTY, "IL", K.ATTORNEY, 25, 0, False, THIRD, "67.22", "a third party"),
    Row("Illinois, third party, 60 pages: three bands", P.THIRD_PARTY, "IL", K.OTHER, 60, 0, False, THIRD, "93.27", "a third party"),
    Row("Illinois, third party, electronic: half the page rate", P.THIRD_PARTY, "IL", K.ATTORNEY, 60, 0, True, THIRD, "63.82", "a third party"),
    Row("Washington, third party, without the clerical fee", P.THIRD_PARTY, "WA", K.ATTORNEY, 40, 0, False, THIRD, "46.60", "a third party"),
    Row("California, attorney", P.THIRD_PARTY, "CA", K.ATTORNEY, 40, 0, False, THIRD, "4.00", "a third party"),
    Row("California, no attorney: no figure", P.THIRD_PARTY, "CA", K.OTHER, 40, 0, False, THIRD, "0.00", "no figure for a third party in CA"),
    Row("Texas, third party: no figure, nothing is charged", P.THIRD_PARTY, "TX", K.ATTORNEY, 40, 0, False, THIRD, "0.00", "no figure for a third party in TX"),
    Row("pictures for a third party, at cost", P.THIRD_PARTY, "WA", K.ATTORNEY, 10, 5, False, ALL, "12.90", "a third party"),
    Row("treatment", P.TREATMENT, "IL", K.SPECIALIST, 60, 9, True, ALL, "0.00", "nothing on this pathway"),
    Row("payment", P.PAYMENT, "IL", K.INSURER, 60, 9, True, ALL, "0.00", "nothing on this pathway"),
    Row("legal process", P.LEGAL_PROCESS, "IL", K.COURT, 60, 9, True, ALL, "0.00", "nothing on this pathway"),
    Row("an executor pays as the patient", P.DECEASED, "IL", K.OTHER, 60, 9, True, ALL, "6.50", "the patient's own request"),
)
# fmt: on


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.case)
def test_a_copy_costs_this(row: Row) -> None:
    found = fee(
        row.pathway, row.state, day=DAY, pages=row.pages, images=row.images, electronic=row.electronic, policy=row.policy,
        destination_kind=row.kind,
    )  # fmt: skip
    assert found.total == Decimal(row.total)
    assert found.charged is (found.total > 0)
    assert row.words in found.sentence
    assert found.source


ANY = {
    "pathway": st.sampled_from(P), "state": st.sampled_from(["", "IL", "WA", "CA", "NY", "TX", "zz"]), "day": st.dates(date(2019, 1, 1)),
    "pages": st.integers(0, 3000), "images": st.integers(0, 300), "electronic": st.booleans(),
    "policy": st.builds(Policy, charge=st.sampled_from(["nobody", "third_parties", "everybody"]), page_cost=st.sampled_from([Decimal(0), Decimal("0.15")])),
    "destination_kind": st.sampled_from(K),
}  # fmt: skip


@given(st.fixed_dictionaries(ANY))
def test_a_fee_adds_up_never_exceeds_the_table_and_never_pays_for_searching(any_copy: dict[str, object]) -> None:
    found = fee(**any_copy)  # type: ignore[arg-type]
    assert found.total == sum(line.amount for line in found.lines)
    assert found.at_most is None or found.total <= found.at_most
    for line in found.lines:
        assert line.item in FeeItem
        assert not any(word in line.label for word in ("search", "retriev", "handling", "clerical"))
    assert any_copy["pathway"] not in FREE or not found.charged


@given(st.fixed_dictionaries(ANY | {"policy": st.just(Policy())}))
def test_by_default_nobody_pays(any_copy: dict[str, object]) -> None:
    assert not fee(**any_copy).charged  # type: ignore[arg-type]


@given(st.fixed_dictionaries(ANY | {"pathway": st.just(P.PATIENT_ACCESS)}))
def test_a_patient_never_pays_a_base_fee_nor_more_than_the_flat_one_for_an_electronic_copy(any_copy: dict[str, object]) -> None:
    found = fee(**any_copy)  # type: ignore[arg-type]
    assert FeeItem.BASE not in {line.item for line in found.lines}
    assert not any_copy["electronic"] or found.total <= Decimal("6.50")


def test_searching_cannot_be_put_into_a_fee() -> None:
    line = {"quantity": 1, "unit_amount": "28.00", "amount": "28.00", "source": "WAC 246-08-400"}
    with pytest.raises(ValidationError):
        FeeLine(item=FeeItem.BASE, label="clerical fee for searching", **line)
    with pytest.raises(ValidationError):
        FeeLine(item="search", label="for the request", **line)
    with pytest.raises(ValidationError):
        Rate(state="WA", whose="third_party", bands=(Band(each="1.24"),), source="x", search="28.00")
    with pytest.raises(ValidationError):
        Policy(search_fee="28.00")


def test_a_patients_rate_has_no_base_fee_and_the_flat_fee_no_more_than_the_law_allows() -> None:
    with pytest.raises(ValidationError, match=r"164\.524\(c\)\(4\)"):
        Rate(state="IL", whose="patient", bands=(Band(each="1.30"),), base="34.72", source="x")
    with pytest.raises(ValidationError):
        Policy(patient_flat_fee=Decimal("6.51"))


def test_a_rate_counts_only_within_its_days() -> None:
    assert rate_for("IL", date(2023, 12, 31), "third_party", K.ATTORNEY) is None
    assert rate_for("IL", date(2024, 1, 1), "third_party", K.ATTORNEY) is not None


def test_every_rate_has_its_source_and_its_bands_go_up() -> None:
    assert all(rate.source for rate in rates())
    with pytest.raises(ValidationError, match="bands go up"):
        Rate(
            state="IL",
            whose="third_party",
            bands=(Band(each="1.30", to=50), Band(each="0.80", to=25), Band(each="0.40")),
            source="x",
        )


def test_a_fee_is_told_item_by_item_and_survives_json() -> None:
    found = fee(P.THIRD_PARTY, "IL", day=DAY, pages=60, images=0, electronic=False, policy=THIRD, destination_kind=K.ATTORNEY)
    assert [(line.label, line.quantity, str(line.unit_amount), str(line.amount)) for line in found.lines] == [
        ("for the request", 1, "34.72", "34.72"),
        ("pages 1 to 25", 25, "1.30", "32.50"),
        ("pages 26 to 50", 25, "0.87", "21.75"),
        ("pages 51 to 60", 10, "0.43", "4.30"),
    ]
    assert '"unit_amount":"34.72"' in found.model_dump_json()
    assert Fee.model_validate_json(found.model_dump_json()) == found


def test_the_line_for_the_ledger_tells_when_who_what_to_whom_why_and_how() -> None:
    release = GOOD.decided().release
    assert release is not None
    made = [
        ("a.jpg", ItemKind.PHOTO, date(2023, 1, 9)),
        ("b.jpg", ItemKind.PHOTO, date(2024, 5, 2)),
        ("n.pdf", ItemKind.NOTES, None),
    ]
    items = tuple(
        Item(number=n, file=file, kind=kind, date=day, media_type="image/jpeg", sha256="0" * 64, size_bytes=1, pages=1)
        for n, (file, kind, day) in enumerate(made, start=1)
    )
    manifest = Manifest(patient_id="1182", source="folder", gathered_at=datetime(2026, 11, 24, tzinfo=UTC), items=items)
    free = fee(release.pathway, "TX", day=DAY, pages=3, images=2, electronic=True, policy=FREELY)
    assert ledger_line(release, manifest, free) == (
        "D9961 Copy of patient's records. Authorized: 11/18/2026. Requested by: Margaret Ann Oyelaran (self). "
        "Entity: Lakeside Family Dental. Contact: Dr. Susan Chen. Reason: not stated. "
        "Sent: photo (2) 2023-01-09 to 2024-05-02; notes undated. Format: electronic copy: PDF and originals. Fee: none."
    )
