"""What the rules hold in every case, and what a release says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.release.authorize import authorize
from pipeline.release.case import name_of
from pipeline.release.elements import RULES
from pipeline.release.names import same_person
from pipeline.release.needs import needs_of
from schemas.reading import Choice, FieldName, Reading, Signature, Statement
from schemas.record_set import ItemKind
from schemas.release import Finding, HoldReason, IdentityMethod, OfficeKind, PathwayName, Release, Requester
from tests.release.cases import (
    GOOD,
    HOLDER,
    NOW,
    OFFICE,
    PATIENT,
    RECEIVED,
    TODAY,
    Request,
    accepted,
    asked_before,
    blank,
    both,
    field,
    in_state,
    on_pathway,
    one_of,
    only_ticked,
    read,
    seen,
    signed,
    stating,
    taken_back,
    tick,
    ticked,
    to,
    unticked,
)
from tests.release.test_decision_table import COMPLETE, HELD, Held

WITHOUT = {
    "patient": lambda request: replace(request, patient=None),
    "signature": signed(False),
    "signature_date": blank(FieldName.SIGNATURE_DATE),
    "records": lambda request: blank(FieldName.SCOPE_FROM_DATE)(
        blank(FieldName.SCOPE_TO_DATE)(
            replace(request, ticks=tuple(t for t in request.ticks if not t.choice.startswith("scope.")))
        )
    ),
    "holder": blank(FieldName.HOLDER_NAME),
    "recipient": lambda request: replace(request, destination=None),
    "purpose": both(blank(FieldName.PURPOSE), unticked("purpose")),
    "expiry": both(blank(FieldName.EXPIRY_DATE), blank(FieldName.EXPIRY_EVENT)),
    "right_to_revoke": stating(),
    "not_conditioned": stating(),
    "redisclosure": stating(),
    "authority": lambda request: replace(request, rulings=request.rulings.model_copy(update={"identity": ()})),
}
"""Each element taken away. Who asks, and that it is in writing, cannot be."""
TAKES_ITS_REASON_ALONG = frozenset({"purpose"})
"""A purpose that speaks of a lawyer is what holds such a request; without it, it is the patient's own, which needs no purpose."""

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
    """Any request at all, most of them near one that is in order."""
    base = draw(st.sampled_from([GOOD, GOOD, COMPLETE(GOOD)]))
    base = to(draw(st.sampled_from(OfficeKind)))(base) if draw(st.booleans()) else base
    base = replace(base, statements=tuple(draw(st.sets(st.sampled_from(Statement)))) if draw(st.booleans()) else base.statements)
    fields, ticks = draw(FIELDS), draw(TICKS)
    if draw(st.booleans()):
        fields, ticks = {**fields, **base.fields}, base.ticks + ticks[:1]
    faint = [Signature(present=None, confidence=0), Signature(present=True, confidence=0.4)]
    signature = draw(st.sampled_from([base.signature, *faint]))
    return replace(base, fields=fields, ticks=ticks, signature=signature, one_of=draw(st.sampled_from([1, 1, 1, 3])))


def released(request: Request) -> Release:
    """The release of a request that is in order."""
    release = request.decided().release
    assert release is not None
    return release


@given(requests())
@settings(max_examples=200, deadline=None)
def test_every_request_ends_in_findings_or_in_a_release_and_never_in_both(request: Request) -> None:
    decided = request.decided()
    assert (decided.release is None) == bool(decided.findings)


def only_adds_a_defect(row: Held) -> bool:
    """Whether a row is the good request with a defect, and not one to another kind of office or in another practice."""
    changed = row.change(GOOD)
    same_office = changed.destination is None or (changed.destination.name, changed.destination.kind) == (
        OFFICE.name,
        OFFICE.kind,
    )
    return changed.policy == GOOD.policy and same_office


@given(requests(), st.sampled_from([row for row in HELD if only_adds_a_defect(row)]))
@settings(max_examples=200, deadline=None)
def test_adding_a_defect_never_turns_a_hold_into_a_release(request: Request, row: Held) -> None:
    before = request.decided()
    after = row.change(request).decided()
    assert before.release is not None or after.release is None


@given(requests(), st.sets(st.sampled_from(["signature", "patient", "destination", "trust", "scope"]), min_size=1))
@settings(max_examples=200, deadline=None)
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


@given(requests(), st.text(max_size=20), st.sampled_from([None, *PathwayName]))
@settings(max_examples=200, deadline=None)
def test_the_balance_never_changes_anything(request: Request, balance: str, pathway: PathwayName | None) -> None:
    request = on_pathway(pathway)(request) if pathway else request
    indebted = replace(request, patient=PATIENT.model_copy(update={"balance": balance}))
    one, other = indebted.decided(), request.decided()
    assert (one.findings, one.pathway, one.elements, one.due) == (other.findings, other.pathway, other.elements, other.due)
    assert (one.release is None) == (other.release is None)


@given(requests(), st.sampled_from(PathwayName), st.sampled_from(["", OFFICE.office_id]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_a_revocation_always_holds(request: Request, pathway: PathwayName, office_id: str, looked: bool) -> None:
    request = taken_back(office_id)(seen(*IdentityMethod)(on_pathway(pathway)(request)))
    decided = (accepted(request) if looked else request).decided()
    assert decided.release is None
    assert HoldReason.REVOKED in {found.reason for found in decided.findings}


@given(requests(), st.sampled_from(PathwayName), st.data())
@settings(max_examples=200, deadline=None)
def test_without_an_element_that_the_pathway_needs_nothing_leaves(
    request: Request, pathway: PathwayName, data: st.DataObject
) -> None:
    request = seen(*IdentityMethod)(on_pathway(pathway)(request))
    element = data.draw(st.sampled_from([name for name in needs_of(pathway).needs if name in WITHOUT]))
    decided = WITHOUT[element](request).decided()
    assert decided.release is None
    (looked_at,) = (found for found in decided.elements if found.name == RULES[element].name)
    assert looked_at.state in ("missing", "defective")


@given(requests(), st.sampled_from(sorted(WITHOUT)))
@settings(max_examples=200, deadline=None)
def test_removing_an_element_never_turns_a_hold_into_a_release(request: Request, element: str) -> None:
    before = request.decided()
    if needs_of(before.pathway).asks_for(element) and before.findings:
        assert WITHOUT[element](request).decided().release is None or element in TAKES_ITS_REASON_ALONG


@given(requests(), st.sampled_from([None, *PathwayName]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_letting_go_never_releases_where_something_stands_that_nobody_may_let_go(
    request: Request, pathway: PathwayName | None, noted: bool
) -> None:
    request = on_pathway(pathway)(request) if pathway else request
    request = seen(*IdentityMethod)(request) if noted else request
    before, after = request.decided(), accepted(request).decided()
    strict = {found.key for found in before.findings if not found.acceptable}
    assert strict <= {found.key for found in after.findings}
    assert after.release is None or not strict
    assert not any(found.acceptable for found in after.findings)


@given(requests(), st.sampled_from([None, *PathwayName]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_an_element_and_its_findings_never_contradict_each_other(
    request: Request, pathway: PathwayName | None, looked: bool
) -> None:
    request = on_pathway(pathway)(request) if pathway else request
    decided = (accepted(request) if looked else request).decided()
    told = " ".join(found.sentence for found in decided.findings)
    for element in decided.elements:
        if element.state in ("missing", "defective"):
            assert decided.release is None
            assert element.sentence in told
    of_elements = {name_of(rule) for each in RULES.values() for rule in (*each.wrong, each.missing) if rule}
    lacking = {element.state for element in decided.elements} & {"missing", "defective"}
    assert bool(lacking) == any(found.rule in of_elements for found in decided.findings)


@given(requests())
@settings(max_examples=200, deadline=None)
def test_every_finding_names_its_rule_and_has_a_cure_and_every_release_its_evidence(request: Request) -> None:
    decided = request.decided()
    for found in decided.findings:
        assert found.rule.count(".") == 1
        assert found.cure
        assert found.paragraph
    assert decided.release is None or decided.release.identity


@given(st.dates(min_value=TODAY, max_value=date(2031, 1, 1)))
def test_the_last_day_of_the_permission_goes_with_the_release(day: date) -> None:
    assert released(read(FieldName.EXPIRY_DATE, day.isoformat())(GOOD)).expires == day


def test_what_matching_found_may_be_let_go_where_it_may() -> None:
    found = Finding(reason=HoldReason.PATIENT_DIFFERS, rule="patients.near", acceptable=True, sentence="The phone differs.")
    decided = accepted(replace(GOOD, already=(found,))).decided()
    assert decided.accepted == (found,)
    assert decided.release is not None


def test_without_a_patient_nothing_leaves_although_all_findings_of_matching_were_let_go() -> None:
    found = Finding(reason=HoldReason.NO_PATIENT, rule="patients.none", acceptable=True, sentence="Nobody fits.")
    decided = accepted(replace(GOOD, patient=None, already=(found,))).decided()
    assert [f.rule for f in decided.findings] == ["people.no_patient"]


def test_what_was_let_go_of_one_sentence_is_not_let_go_of_another() -> None:
    looked = accepted(read(FieldName.EXPIRY_EVENT, "end of treatment")(GOOD))
    assert looked.decided().release is not None
    assert read(FieldName.EXPIRY_EVENT, "sale of the house")(looked).decided().release is None


def test_a_release_says_how_it_was_verified_who_asks() -> None:
    (evidence,) = released(GOOD).identity
    assert (evidence.method, evidence.who, evidence.at) == (IdentityMethod.CHART_COMPARED, "match", NOW)
    assert evidence.what == "Name and birth date on the request agree with the chart; the request is signed."


def test_a_photo_id_in_the_scan_and_what_a_person_saw_stand_beside_it() -> None:
    release = released(seen(IdentityMethod.CALL_BACK)(replace(GOOD, photo_id=2)))
    methods = [evidence.method for evidence in release.identity]
    assert methods == [IdentityMethod.CHART_COMPARED, IdentityMethod.PHOTO_ID, IdentityMethod.CALL_BACK]


def test_a_photo_id_among_the_papers_of_a_family_is_claimed_for_nobody_who_is_not_surely_its_owner() -> None:
    child = both(one_of(2), to(OfficeKind.SPECIALIST), signed(False), ticked(Choice.PURPOSE_CONTINUING_CARE))
    release = released(accepted(child(replace(GOOD, photo_id=2))))
    assert IdentityMethod.PHOTO_ID not in {evidence.method for evidence in release.identity}


def test_a_copy_for_treatment_says_which_office_is_known() -> None:
    request = to(OfficeKind.SPECIALIST)(ticked(Choice.PURPOSE_CONTINUING_CARE)(signed(False)(GOOD)))
    release = released(request)
    assert release.identity[-1].method is IdentityMethod.PROVIDER_KNOWN
    assert release.requester == Requester(name="Lakeside Family Dental", relationship="provider")
    assert "asked for by Lakeside Family Dental for treatment, received on 11/20/2026" in release.basis


def test_a_release_that_people_decided_names_them_and_what_they_decided() -> None:
    release = released(accepted(asked_before(3)(GOOD)))
    assert (release.decided_by, release.decisions, release.repeats) == (
        "Maria Keller",
        ("Maria Keller looked at it.",),
        "R-000012",
    )
    assert released(GOOD).decided_by == "policy"
    assert released(GOOD).repeats is None


def test_a_representative_is_the_requester_of_the_release() -> None:
    request = read(FieldName.REQUESTER_NAME, "Paul Bell")(read(FieldName.REQUESTER_RELATIONSHIP, "guardian")(GOOD))
    release = released(accepted(seen(IdentityMethod.AUTHORITY_PAPERS)(request)))
    assert release.requester == Requester(name="Paul Bell", relationship="guardian")
    assert "asked for by Paul Bell (guardian)" in release.basis


def test_what_is_not_needed_says_why() -> None:
    elements = {element.name: element for element in GOOD.decided().elements}
    assert elements["what for"].state == "not needed"
    assert elements["what for"].sentence == "A patient need not say what the copy is for."
    assert elements["signature"].state == "present"


def test_what_was_let_go_says_so_among_the_elements() -> None:
    elements = {e.name: e for e in accepted(read(FieldName.EXPIRY_EVENT, "end of treatment")(GOOD)).decided().elements}
    assert elements["until when"].state == "present"
    assert elements["until when"].sentence.endswith("A person has looked and let it go.")


def test_what_is_due_comes_with_the_decision() -> None:
    assert GOOD.decided().due.date == date(2026, 12, 20)
    assert in_state("CA")(GOOD).decided().due.date == date(2026, 12, 5)


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
