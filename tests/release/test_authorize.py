"""What the rules hold in every case, and what a release says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.release.authorize import authorize
from pipeline.release.names import same_person
from schemas.reading import Choice, FieldName, Reading, Signature
from schemas.record_set import ItemKind
from schemas.release import Finding, HoldReason, Release
from tests.release.cases import (
    GOOD,
    HOLDER,
    NOW,
    OFFICE,
    PATIENT,
    RECEIVED,
    TODAY,
    Request,
    field,
    only_ticked,
    read,
    tick,
    ticked,
)
from tests.release.test_decision_table import HELD, Held

TEXTS = st.one_of(
    st.sampled_from(
        ["self", "Margaret Oyelaran", "moving", "2026-11-18", "2027-01-01", "Old Mill Dental", "Lakeside Family Dental"]
    ),
    st.text(min_size=1, max_size=40),
    st.dates().map(date.isoformat),
)
FIELDS = st.dictionaries(st.sampled_from(FieldName), st.builds(field, TEXTS, st.floats(0, 1)), max_size=8)
TICKS = st.lists(st.builds(tick, st.sampled_from(Choice), st.floats(0, 1)), max_size=5).map(tuple)


@st.composite
def requests(draw: st.DrawFn) -> Request:
    """Any request at all, half of them near the good one."""
    fields, ticks = draw(FIELDS), draw(TICKS)
    if draw(st.booleans()):
        fields, ticks = {**fields, **GOOD.fields}, GOOD.ticks + ticks[:1]
    signature = draw(st.sampled_from([GOOD.signature, Signature(present=None, confidence=0)]))
    return replace(GOOD, fields=fields, ticks=ticks, signature=signature)


def released(request: Request) -> Release:
    """The release of a request that is in order."""
    release = request.decided().release
    assert release is not None
    return release


@given(requests())
@settings(max_examples=300, deadline=None)
def test_every_request_ends_in_findings_or_in_a_release_and_never_in_both(request: Request) -> None:
    decided = request.decided()
    assert (decided.release is None) == bool(decided.findings)


@given(requests(), st.sampled_from([row for row in HELD if row.change(GOOD).policy == GOOD.policy]))
@settings(max_examples=400, deadline=None)
def test_adding_a_defect_never_turns_a_hold_into_a_release(request: Request, row: Held) -> None:
    before = request.decided()
    after = row.change(request).decided()
    assert before.release is not None or after.release is None


@given(requests(), st.sets(st.sampled_from(["signature", "patient", "destination", "trust", "scope"]), min_size=1))
@settings(max_examples=300, deadline=None)
def test_a_request_without_a_needed_element_is_never_released(request: Request, removed: set[str]) -> None:
    changes = {
        "signature": {"signature": Signature(present=False, confidence=1)},
        "patient": {"patient": None},
        "destination": {"destination": None},
        "trust": {"destination": OFFICE.model_copy(update={"trusted": False})},
        "scope": {
            "ticks": tuple(t for t in request.ticks if not t.choice.startswith("scope.")),
            "fields": {k: v for k, v in request.fields.items() if not k.startswith("scope.")},
        },
    }
    for element in sorted(removed):
        request = replace(request, **changes[element])
    assert request.decided().release is None


@given(requests(), st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_the_balance_never_changes_the_decision(request: Request, balance: str) -> None:
    indebted = replace(request, patient=PATIENT.model_copy(update={"balance": balance}))
    assert indebted.decided().findings == request.decided().findings


def test_a_finding_of_matching_holds_although_nothing_else_is_wrong() -> None:
    found = Finding(reason=HoldReason.PATIENT_DIFFERS, sentence="The birth date differs.")
    decided = authorize(
        Reading(scan="0" * 64, pages=1, fields=GOOD.fields, ticks=GOOD.ticks, signature=GOOD.signature),
        PATIENT, OFFICE, today=TODAY, received_on=RECEIVED, at=NOW, policy=GOOD.policy, holder=HOLDER, already=(found,),
    )  # fmt: skip
    assert decided.findings == (found,)
    assert decided.release is None


def test_everything_that_is_wrong_is_told_at_once() -> None:
    request = read(FieldName.EXPIRY_DATE, "2020-01-01")(ticked(Choice.PURPOSE_LEGAL)(GOOD))
    reasons = {f.reason for f in replace(request, patient=None).decided().findings}
    assert reasons == {HoldReason.NO_PATIENT, HoldReason.ELEMENT_MISSING, HoldReason.PATHWAY_UNCLEAR}


def test_the_basis_names_patient_rule_date_and_destination() -> None:
    assert released(GOOD).basis == (
        "By the patient's own directive to send a copy (45 CFR 164.524(c)(3)(ii)): Margaret Ann Oyelaran (04/13/1984), "
        "an adult asking for their own records, signed on 11/18/2026, to Lakeside Family Dental "
        "at the address that the directory has and trusts."
    )


def test_the_date_of_an_undated_or_faintly_dated_request_is_the_day_of_receipt() -> None:
    assert released(GOOD).requested_on == date(2026, 11, 18)
    assert released(read(FieldName.SIGNATURE_DATE, "2026-11-18", 0.3)(GOOD)).requested_on == RECEIVED


def test_boxes_and_dates_become_a_scope() -> None:
    request = only_ticked(Choice.SCOPE_XRAYS, Choice.SCOPE_BILLING)(GOOD)
    request = read(FieldName.SCOPE_FROM_DATE, "2020-01-01")(request)
    scope = released(request).scope
    assert scope.sentence == "x-rays and volumes, billing records from 01/01/2020"
    assert scope.takes(ItemKind.CBCT, date(2021, 5, 5))
    assert scope.takes(ItemKind.LEDGER, date(2021, 5, 5))
    assert not scope.takes(ItemKind.NOTES, date(2021, 5, 5))
    assert not scope.takes(ItemKind.XRAY_FMX, date(2019, 5, 5))


def test_the_box_for_everything_outweighs_the_others() -> None:
    scope = released(ticked(Choice.SCOPE_XRAYS)(GOOD)).scope
    assert scope.kinds == ()
    assert scope.sentence == "the whole record"


@pytest.mark.parametrize(
    ("reason", "leaving"),
    [
        ("moving to Ohio", True),
        ("changing dentists", True),
        ("my new insurance is not in network", True),
        ("second opinion", False),
        ("second opinion before moving on with the implant", False),
        ("referred to a specialist", False),
        ("we are not leaving", False),
        ("", False),
        ("at my request", False),
    ],
)
def test_only_a_patient_who_says_so_is_leaving(reason: str, leaving: bool) -> None:
    request = read(FieldName.REASON, reason)(GOOD) if reason else GOOD
    assert released(request).leaving is leaving


def test_the_box_for_a_transfer_says_that_the_patient_leaves() -> None:
    assert released(ticked(Choice.PURPOSE_TRANSFER)(GOOD)).leaving
    assert not released(ticked(Choice.PURPOSE_CONTINUING_CARE)(GOOD)).leaving


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Margaret Oyelaran", "Margaret A. Oyelaran", True),
        ("M. Oyelaran", "Margaret Oyelaran", True),
        ("José Núñez", "Jose Nunez", True),
        ("Oyelaran", "Margaret Oyelaran", False),
        ("Mary Park", "Gary Park", False),
        ("Maria Park", "Mario Park", False),
        ("Daniel Park", "Danielle Park", False),
        ("John Park Sr", "John Park Jr", False),
        ("John A Park", "John B Park", False),
    ],
)
def test_a_slip_is_forgiven_and_another_member_of_the_family_is_not(one: str, other: str, same: bool) -> None:
    assert same_person(one, other) is same
    assert same_person(other, one) is same
