"""The one office of the directory that a request means, or a person looks."""

# ruff: noqa: E501 -- one case a line, however long

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.matching.contacts import Agreement, compare_emails
from pipeline.matching.destinations import DestinationMatch, match_destination
from pipeline.matching.directory import Directory
from pipeline.matching.offices import OfficeLikeness, compare_offices
from pipeline.matching.places import compare_numbers, compare_places
from schemas.release import Destination, HoldReason, OfficeKind, Standing
from tests.matching.people import office, reading

LAKESIDE = office(
    "L", "Lakeside Family Dental", attention="Dr. Susan Chen", street="400 Lake Road, Suite 12", city="Austin", state="TX", zip="78701",
    phone="(512) 555-0100", fax="(512) 555-0101", email="records@lakeside.com",
)  # fmt: skip
NORTH = office("N", "Bright Smiles", street="1 North Ave", city="Dallas", state="TX", zip="75201", phone="(214) 555-0110")
SOUTH = office("S", "Bright Smiles", street="9 South Ave", city="Houston", state="TX", zip="77001", phone="(713) 555-0120")
NEW = office("U", "Riverbend Endodontics", phone="(512) 555-0130", trusted=False)
DIRECTORY = Directory((LAKESIDE, NORTH, SOUTH, NEW))


def match(**values: str | tuple[str, float]) -> DestinationMatch:
    """What matching says about a request to a destination with these fields."""
    return match_destination(reading(**{f"destination_{key}": value for key, value in values.items()}), DIRECTORY)


def test_the_destination_is_the_directorys_row_and_not_what_the_request_says() -> None:
    found = match(name="lakeside family dental", fax="512-555-0101")
    assert (found.destination, found.findings, found.standing) == (LAKESIDE, (), Standing.KNOWN)


@pytest.mark.parametrize(
    "values",
    [
        {"name": "Lakeside Family Dental, DDS PC", "phone": "+1 (512) 555-0100"},
        {"name": "Lakeside Dental", "fax": "(512) 555-0101"},
        {"name": "LakesideFamily Dental", "street": "400 Lake Rd Ste 12", "zip": "78701-1234"},
        {"name": "Lakeside Family Dentol", "email": "Records@Lakeside.com"},
        {"name": "Lakeside Family Dental", "street": "400 Lake Road", "zip": "78701", "city": "West Lake Hills"},
        {"name": "Dr. Susan Chen", "street": "400 Lake Road"},
        {"name": "Lakeside Family Dental", "phone": "(512) 555-0101"},
        {"name": "Lakeside Family Dental", "fax": "(512) 555-0101", "phone": ("(512) 555-7777", 0.29)},
        {"name": "Lakeside Family Dental", "fax": ("(512) 555-0101", 0.5)},
        {"name": "Lakeside Family Dental", "fax": "(512) 555-0101", "zip": ("10001", 0.49)},
    ],
)
def test_a_known_office_is_recognised_as_people_write_it(values: dict[str, str | tuple[str, float]]) -> None:
    assert match(**values).destination == LAKESIDE


@pytest.mark.parametrize(
    ("values", "reason", "sentence"),
    [
        ({}, HoldReason.UNREADABLE, "could not be read to whom"),
        ({"fax": "(512) 555-0101"}, HoldReason.UNREADABLE, "could not be read to whom"),
        ({"name": "Lakeside Family Dental"}, HoldReason.UNREADABLE, "no address, phone, fax or e-mail"),
        ({"name": "Lakeside Family Dental", "state": "TX"}, HoldReason.UNREADABLE, "no address, phone, fax or e-mail"),
        ({"name": "Pine Hill Dental", "fax": "(512) 555-0199"}, HoldReason.DESTINATION_UNKNOWN, "no office like Pine Hill Dental"),
        ({"name": "Riverbend Endodontics", "phone": "(512) 555-0130"}, HoldReason.DESTINATION_UNKNOWN, "not yet trusted"),
        ({"name": "Lakeside Family Dental", "phone": "(512) 555-0100", "fax": "(512) 555-0109"}, HoldReason.DESTINATION_DIFFERS, "fax number on the request ((512) 555-0109)"),
        ({"name": "Lakeside Family Dental", "fax": "(900) 555-6666"}, HoldReason.DESTINATION_DIFFERS, "fax number"),
        ({"name": "Lakeside Family Dental", "phone": "(512) 555-0100", "email": "records@1akeside.com"}, HoldReason.DESTINATION_DIFFERS, "e-mail address"),
        ({"name": "Lakeside Family Dental", "phone": "(512) 555-0100", "street": "44 Other Street"}, HoldReason.DESTINATION_DIFFERS, "street"),
        ({"name": "Lakeside Family Dental", "street": "400 Lake Road, Suite 99"}, HoldReason.DESTINATION_DIFFERS, "street"),
        ({"name": "Lakeside Family Dental", "street": "400 Lake Road", "zip": "10001"}, HoldReason.DESTINATION_DIFFERS, "ZIP code"),
        ({"name": "Lakeside Family Dental", "street": "400 Lake Road", "city": "Boise", "state": "ID"}, HoldReason.DESTINATION_DIFFERS, "city"),
        ({"name": "Quick Records Service", "fax": "(512) 555-0101"}, HoldReason.DESTINATION_DIFFERS, "the directory has Lakeside Family Dental"),
        ({"name": "Lakeside Dental", "zip": "78701"}, HoldReason.DESTINATION_DIFFERS, "may be Lakeside Family Dental"),
        ({"name": "Lakeside Family Dental", "city": "Austin"}, HoldReason.DESTINATION_DIFFERS, "only the city says so"),
        ({"name": "Lakeside Family Dental", "zip": "78701", "city": "Austin"}, HoldReason.DESTINATION_DIFFERS, "only the ZIP code and city says so"),
        ({"name": "Lakeside Family Dental", "fax": ("(512) 555-0101", 0.49)}, HoldReason.UNREADABLE, "no address, phone, fax or e-mail"),
        ({"name": "Lakeside Family Dental", "street": "400 Lake Road", "phone": ("(900) 555-6666", 0.3)}, HoldReason.DESTINATION_DIFFERS, "It was hard to read"),
        ({"name": "Lakeside Family Dental", "street": "400 Lake Road", "zip": ("10001", 0.1)}, HoldReason.DESTINATION_DIFFERS, "ZIP code"),
        ({"name": "Lakeside Family Dental", "street": "400 Lake Road", "fax": ("(512) 555-0107", 0.4)}, HoldReason.DESTINATION_DIFFERS, "nearly the same, so it may be misread"),
        ({"name": "Lakeside Family Dental", "fax": "(512) 555-0101", "street": ("410 Lake Road", 0.4)}, HoldReason.DESTINATION_DIFFERS, "nearly the same, so it may be misread"),
        ({"name": "Bright Smiles", "state": "TX"}, HoldReason.DESTINATION_UNKNOWN, "2 offices called like"),
        ({"name": "Bright Smiles", "phone": "(210) 555-0140"}, HoldReason.DESTINATION_UNKNOWN, "none at the place"),
    ],
)  # fmt: skip
def test_anything_less_is_held_with_a_sentence(
    values: dict[str, str | tuple[str, float]], reason: HoldReason, sentence: str
) -> None:
    found = match(**values)
    assert found.destination is None
    assert {f.reason for f in found.findings} == {reason}
    assert sentence in found.findings[0].sentence
    assert all(f.cure and f.paragraph for f in found.findings)


def test_a_call_back_goes_to_the_known_number() -> None:
    cure = match(name="Lakeside Family Dental", phone="(900) 555-6666", fax="(512) 555-0101").findings[0].cure or ""
    assert "(512) 555-0100" in cure
    assert "900" not in cure


def test_the_place_tells_two_offices_of_one_name_apart() -> None:
    assert match(name="Bright Smiles", phone="(214) 555-0110").destination == NORTH
    assert match(name="Bright Smiles", street="9 South Avenue", city="Houston").destination == SOUTH


@pytest.mark.parametrize(
    "values",
    [
        {"city": "Austin"},
        {"name": ("Lakeside Family Dental", 0.31), "city": ("Austin", 0.05)},
        {"city": "Austin", "street": ("9100 Research Blvd", 0.49), "zip": ("78758", 0.49), "phone": ("(512) 555-7777", 0.49)},
        {
            "zip": "78701",
            "street": ("9100 Research Blvd", 0.49),
            "phone": ("(512) 555-7777", 0.49),
            "fax": ("(512) 555-7778", 0.49),
        },
        {"street": ("9100 Research Blvd", 0.1), "zip": "78701", "city": "Austin"},
    ],
)
def test_another_branch_in_the_same_city_is_held(values: dict[str, str | tuple[str, float]]) -> None:
    assert match(**({"name": "Lakeside Family Dental"} | values)).destination is None


def test_two_offices_that_both_fit_are_not_chosen_between() -> None:
    twin = NORTH.model_copy(update={"office_id": "N2"})
    asked = reading(destination_name="Bright Smiles", destination_phone="(214) 555-0110")
    found = match_destination(asked, Directory((NORTH, twin)))
    assert found.destination is None
    assert "More than one office" in found.findings[0].sentence


@pytest.mark.parametrize("said", ["Self", "myself", "Margaret Oyelaran", "Oyelaran, Margaret"])
def test_a_copy_for_the_patient_waits_unless_the_directory_has_a_row_for_them(said: str) -> None:
    asked = reading(patient_name="Margaret Oyelaran", patient_street="12 Elm Street", destination_name=said)
    held = match_destination(asked, DIRECTORY)
    assert held.destination is None
    assert "for themself" in held.findings[0].sentence
    own = office("M", "Margaret Oyelaran", street="12 Elm St")
    assert match_destination(asked, Directory((LAKESIDE, own))).destination == own


def test_a_namesake_of_the_patient_in_the_same_city_gets_nothing() -> None:
    namesake = office("P9", "Maria Lopez", street="5 Oak St", city="Austin", state="TX", zip="78701", phone="(512) 555-0999")
    asked = reading(
        patient_name="Maria Lopez", patient_city="Austin", patient_street=("77 Elm Street", 0.45), destination_name="self"
    )
    held = match_destination(asked, Directory((namesake,)))
    assert held.destination is None
    assert "(77 Elm Street) is not the one the directory has" in held.findings[0].sentence


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        ("Lakeside Orthodontics", "Lakeside Periodontics", OfficeLikeness.DIFFERENT),
        ("North Austin Dental", "South Austin Dental", OfficeLikeness.DIFFERENT),
        ("Smile Center 1", "Smile Center 2", OfficeLikeness.DIFFERENT),
        ("Lakeside Dental", "Lakeside Family Dental", OfficeLikeness.ALIKE),
        ("Family Dental Care", "Family Dental Group", OfficeLikeness.DIFFERENT),
        ("Chen & Park Dental", "Chen and Park Dental, P.C.", OfficeLikeness.EQUAL),
        ("Northside Dental", "Southside Dental", OfficeLikeness.DIFFERENT),
        ("Lakeview Dental", "Lakeside Dental", OfficeLikeness.DIFFERENT),
        ("Lakeside Dental", "Lakeside Dentol", OfficeLikeness.ALIKE),
        ("LakesideDental", "Lakeside Dental", OfficeLikeness.EQUAL),
        ("", "Lakeside", OfficeLikeness.DIFFERENT),
    ],
)
def test_offices_are_told_apart_by_the_words_that_tell(one: str, other: str, likeness: OfficeLikeness) -> None:
    assert compare_offices(one, other) is likeness
    assert compare_offices(other, one) is likeness


# ---- standing, rules, evidence -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "standing", "rules"),
    [
        ({"name": "Lakeside Family Dental", "fax": "(512) 555-0101"}, Standing.KNOWN, []),
        ({"name": "Riverbend Endodontics", "phone": "(512) 555-0130"}, Standing.KNOWN, ["not_trusted"]),
        ({"name": "Lakeside Family Dental", "fax": "(900) 555-6666"}, Standing.DIFFERS, ["differs"]),
        ({"name": "Lakeside Family Dental", "fax": "(900) 555-6666", "street": "1 Far Rd"}, Standing.DIFFERS, ["differs", "differs"]),
        ({"name": "Lakeside Family Dental", "city": "Austin"}, Standing.DIFFERS, ["too_little"]),
        ({"name": "Quick Records", "fax": "(512) 555-0101"}, Standing.DIFFERS, ["other_name"]),
        ({"name": "Riverbend Endodontics", "phone": "(512) 555-0139"}, Standing.DIFFERS, ["differs", "not_trusted"]),
        ({"name": "Lakeside Family Dental"}, Standing.UNKNOWN, ["nothing_says_where"]),
        ({"name": "Bright Smiles", "phone": "(210) 555-0140"}, Standing.UNKNOWN, ["elsewhere"]),
        ({"name": "Pine Hill Dental", "fax": "(512) 555-0199"}, Standing.UNKNOWN, ["unknown"]),
        ({}, Standing.UNKNOWN, ["name_unread"]),
    ],
)  # fmt: skip
def test_every_destination_stands_in_one_of_four_ways(values: dict[str, str], standing: Standing, rules: list[str]) -> None:
    found = match(**values)
    assert found.standing is standing
    assert [f.rule for f in found.findings] == [f"destinations.{rule}" for rule in rules]
    assert not any(f.acceptable for f in found.findings), "without a destination there is nothing to let go"


def test_the_evidence_lays_every_field_beside_the_directory() -> None:
    found = match(
        name="Lakeside Dental", fax="(512) 555-0101", street="9 Elm St", zip="78701", city="West Lake", email=("x@y.z", 0.1)
    )
    shown = {e.field: (e.read, e.chart, e.speaks, e.sentence) for e in found.evidence}
    assert shown == {
        "name": ("Lakeside Dental", "Lakeside Family Dental", "for", "alike"),
        "fax number": ("(512) 555-0101", "(512) 555-0101", "for", "the same"),
        "e-mail address": ("x@y.z", "records@lakeside.com", "neither", "another one, but it was hard to read"),
        "street": ("9 Elm St", "400 Lake Road, Suite 12", "against", "another one"),
        "ZIP code": ("78701", "78701", "for", "the same"),
        "city": ("West Lake", "Austin", "neither", "another name, but the ZIP code is the same"),
    }


def test_something_new_that_the_directory_lacks_is_shown_and_never_used() -> None:
    found = match(name="Bright Smiles", phone="(214) 555-0110", fax="(900) 555-6666", email="new@smiles.com")
    assert found.destination == NORTH
    assert [(e.field, e.speaks, e.sentence) for e in found.evidence if not e.chart] == [
        ("fax number", "neither", "none is known"),
        ("e-mail address", "neither", "none is known"),
    ]


# ---- never a guess -------------------------------------------------------------------------------------------------------


def test_one_doctor_in_two_offices_is_found_by_the_place_and_else_not_at_all() -> None:
    here = office(
        "H", "Elm Dental", attention="Dr. Susan Chen", street="9 Elm St", city="Austin", zip="78701", phone="(512) 555-0190"
    )
    there = office(
        "T", "Oak Dental", attention="Dr. Susan Chen", street="5 Oak St", city="Austin", zip="78701", phone="(512) 555-0191"
    )
    both = Directory((here, there))
    asked = {"destination_name": "Dr. Susan Chen", "destination_city": "Austin", "destination_zip": "78701"}
    held = match_destination(reading(**asked), both)
    assert held.destination is None
    assert "More than one office" in held.findings[0].sentence
    assert match_destination(reading(**asked, destination_phone="(512) 555-0191"), both).destination == there


def test_two_branches_that_share_their_number_are_told_apart_by_the_street_or_not_at_all() -> None:
    south = SOUTH.model_copy(update={"phone": NORTH.phone})
    both = Directory((NORTH, south))
    asked = {"destination_name": "Bright Smiles", "destination_phone": NORTH.phone}
    assert match_destination(reading(**asked), both).destination is None
    assert match_destination(reading(**asked, destination_street="9 South Ave"), both).destination == south
    assert match_destination(reading(**asked, destination_street="77 Far Road"), both).destination is None


def test_a_number_of_one_branch_with_the_street_of_the_other_is_nobodys() -> None:
    found = match(name="Bright Smiles", phone=NORTH.phone, street=SOUTH.street)
    assert (found.destination, found.standing) == (None, Standing.DIFFERS)


def test_two_rows_of_one_office_are_a_persons_choice() -> None:
    by_mail = LAKESIDE.model_copy(update={"office_id": "L2", "channel": "mail"})
    asked = reading(destination_name=LAKESIDE.name, destination_phone=LAKESIDE.phone)
    found = match_destination(asked, Directory((LAKESIDE, by_mail)))
    assert found.destination is None
    assert "(L)" in found.findings[0].sentence
    assert "(L2)" in found.findings[0].sentence
    assert match_destination(asked, Directory((LAKESIDE, by_mail)), confirmed="L2").destination == by_mail


def test_a_patient_who_works_in_an_office_does_not_get_the_copy_there() -> None:
    asked = reading(patient_name="Susan Chen", patient_phone="(512) 555-0190", destination_name="self")
    works = office("C", "Dr. Susan Chen", phone="(512) 555-0190", kind="dentist")
    assert match_destination(asked, Directory((works,))).destination is None
    own = works.model_copy(update={"kind": OfficeKind.PATIENT})
    found = match_destination(asked, Directory((own,)))
    assert (found.destination, found.standing) == (own, Standing.TO_THE_PATIENT)


# ---- what a person has confirmed -----------------------------------------------------------------------------------------


def confirmed(office_id: str, called: str = "", **values: str) -> DestinationMatch:
    asked = reading(**{f"destination_{key}": value for key, value in values.items()})
    return match_destination(asked, DIRECTORY, confirmed=office_id, called=called)


@pytest.mark.parametrize(
    "values",
    [
        {"name": "Lakeside Family Dental", "fax": "(900) 555-6666"},
        {"name": "Quick Records", "fax": "(512) 555-0101"},
        {"name": "Bright Smiles"},
        {"name": "Pine Hill"},
        {},
    ],
)
def test_an_office_that_a_person_confirmed_is_the_destination(values: dict[str, str]) -> None:
    found = confirmed("L", "(512) 555-0100", **values)
    assert (found.destination, found.findings, found.standing) == (LAKESIDE, (), Standing.DIFFERS)
    assert [(e.read, e.speaks) for e in found.evidence if e.field == "call back"] == [("(512) 555-0100", "for")]


def test_an_office_that_is_not_trusted_is_confirmed_by_a_person_and_trust_is_for_the_rules() -> None:
    assert confirmed("U", "(512) 555-0130", name="Riverbend Endodontics").destination == NEW


def test_a_confirmed_office_that_the_directory_has_no_more_holds() -> None:
    found = confirmed("X", name="Lakeside Family Dental", phone="(512) 555-0100")
    assert found.destination is None
    assert [f.rule for f in found.findings] == ["destinations.gone"]


@pytest.mark.parametrize("called", ["(900) 555-6666", "900-555-6666", "+1 900 555 6666 ext. 2"])
def test_calling_the_number_on_the_request_confirms_nothing(called: str) -> None:
    for field in ("phone", "fax"):
        found = confirmed("L", called, name="Lakeside Family Dental", **{field: "(900) 555-6666"})
        assert found.destination is None
        (finding,) = found.findings
        assert finding.rule == "destinations.called_the_request"
        assert "(512) 555-0100" in (finding.cure or "")
        assert "900" not in (finding.cure or "")


def test_a_number_on_the_request_that_the_directory_has_too_may_be_called() -> None:
    assert confirmed("L", "(512) 555-0100", name="Lakeside", phone="(512) 555-0100", fax="(900) 555-6666").destination == LAKESIDE


def test_a_number_from_elsewhere_may_be_called() -> None:
    found = confirmed("L", "(512) 555-0188", name="Lakeside", fax="(900) 555-6666")
    assert found.destination == LAKESIDE
    assert [e.speaks for e in found.evidence if e.field == "call back"] == ["neither"]


FIELDS = st.sampled_from(["name", "attention", "street", "city", "state", "zip", "phone", "fax", "email"])
KNOWN = st.sampled_from(
    [
        getattr(o, f)
        for o in DIRECTORY.offices
        for f in ("name", "street", "city", "zip", "phone", "fax", "email")
        if getattr(o, f)
    ]
)


OWN, SHARED = ("street", "phone", "fax", "email"), ("city", "state", "zip")


@given(st.dictionaries(FIELDS, st.tuples(st.one_of(KNOWN, st.text(min_size=1, max_size=20)), st.floats(0, 1))))
@settings(max_examples=300, deadline=None)
def test_any_reading_ends_in_one_trusted_office_or_in_findings(values: dict[str, tuple[str, float]]) -> None:
    found = match(**values)
    assert (found.destination is None) == bool(found.findings)
    assert found.destination is None or found.destination.trusted


@given(st.sampled_from(["phone", "fax", "email", "street", "zip"]), st.sampled_from([LAKESIDE, NORTH, SOUTH]), st.floats(0.3, 1))
@settings(max_examples=100, deadline=None)
def test_a_difference_that_was_read_always_holds(field: str, known: Destination, confidence: float) -> None:
    other = {
        "phone": "(907) 555-7777",
        "fax": "(907) 555-7778",
        "email": "x@elsewhere.org",
        "street": "77 Far Road",
        "zip": "99501",
    }
    values: dict[str, str | tuple[str, float]] = {"name": known.name, "phone": known.phone, "street": known.street}
    least = 0.5 if field == "zip" else 0.3
    found = match(**(values | {field: (other[field], max(confidence, least))}))
    expected = {HoldReason.DESTINATION_DIFFERS, HoldReason.DESTINATION_UNKNOWN}
    assert getattr(known, field) == "" or ({f.reason for f in found.findings} <= expected and found.destination is None)


@given(st.sampled_from([LAKESIDE, NORTH, SOUTH]), st.fixed_dictionaries({}, optional={f: st.floats(0, 1) for f in OWN + SHARED}))
@settings(max_examples=300, deadline=None)
def test_an_office_is_taken_only_for_something_that_no_other_has(known: Destination, read: dict[str, float]) -> None:
    values = {field: (getattr(known, field), confidence) for field, confidence in read.items() if getattr(known, field)}
    found = match(name=known.name, **values).destination
    assert (found == known) == any(field in OWN and confidence >= 0.5 for field, (_, confidence) in values.items())


def test_the_cure_of_a_difference_never_names_the_number_on_the_request() -> None:
    for known in (LAKESIDE, NORTH, SOUTH, NEW):
        for field in ("phone", "fax", "email", "street"):
            other = {"phone": "(907) 555-7777", "fax": "(907) 555-7778", "email": "x@elsewhere.org", "street": "77 Far Road"}[
                field
            ]
            found = match(name=known.name, **({"phone": known.phone} | {field: other}))
            assert not any(other in (f.cure or "") for f in found.findings)


OTHERS = {
    "phone": st.from_regex(r"\([2-9][0-9]{2}\) [2-9][0-9]{2}-[0-9]{4}", fullmatch=True),
    "fax": st.from_regex(r"\([2-9][0-9]{2}\) [2-9][0-9]{2}-[0-9]{4}", fullmatch=True),
    "email": st.emails(),
    "street": st.builds("{} {}".format, st.integers(1, 9999), st.sampled_from(["Lake Road", "North Ave", "South Ave", "Elm St"])),
}


@given(st.data(), st.sampled_from([LAKESIDE, NORTH, SOUTH]), st.sampled_from(sorted(OTHERS)), st.floats(0.3, 1))
@settings(max_examples=400, deadline=None)
def test_what_differs_from_the_directory_is_never_taken_without_a_person(
    data: st.DataObject, known: Destination, field: str, confidence: float
) -> None:
    values: dict[str, str | tuple[str, float]] = {
        key: getattr(known, key) for key in ("name", "street", "city", "zip", "phone", "fax", "email") if getattr(known, key)
    }
    other = data.draw(OTHERS[field])
    same = not getattr(known, field) or any(
        compare(other, mine) is Agreement.EQUAL
        for mine in {"phone": (known.phone, known.fax), "fax": (known.fax, known.phone)}.get(field, (getattr(known, field),))
        for compare in {"street": (compare_places,), "email": (compare_emails,)}.get(field, (compare_numbers,))
    )
    found = match(**(values | {field: (other, confidence)}))
    assert (found.destination == known) if same else (found.destination is None and found.findings)
