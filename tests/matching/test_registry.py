"""What the public registry says of a destination is told to a person, and never decides."""

# ruff: noqa: E501 -- one case a line, however long

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.matching.destinations import DestinationMatch, match_destination
from pipeline.matching.directory import Directory
from pipeline.matching.directory_check import problems_of
from pipeline.matching.listings import directory_row
from pipeline.matching.registry import RegistryEntry
from pipeline.practice.folder import DIRECTORY_COLUMNS
from schemas.release import Destination, HoldReason, OfficeKind, Standing
from tests.matching.people import office, reading

LAKESIDE = office(
    "L", "Lakeside Family Dental", street="400 Lake Road", city="Austin", state="TX", zip="78701", phone="(512) 555-0100",
    fax="(512) 555-0101", email="records@lakeside.com", kind="dentist",
)  # fmt: skip
DIRECTORY = Directory((LAKESIDE,))
TIDEWATER = RegistryEntry(
    npi="1234567893", name="Tidewater Dental Studio", street="900 Quay St", city="Austin", state="TX", zip="78702",
    phone="(512) 555-0170", fax="(512) 555-0171", specialty="General Dentistry", kind=OfficeKind.DENTIST,
)  # fmt: skip
ENDO = replace(
    TIDEWATER,
    npi="1000000012",
    name="Riverbend Endo",
    also=("Riverbend Endodontics",),
    phone="(512) 555-0180",
    fax="",
    specialty="Endodontics",
    kind=OfficeKind.SPECIALIST,
)
LISTED_LAKESIDE = replace(
    TIDEWATER,
    npi="1000000020",
    name="Lakeside Family Dental PLLC",
    street="400 Lake Rd",
    zip="78701",
    phone="(512) 555-0100",
    fax="(512) 555-0109",
)


class Listed:
    """A registry of these."""

    def __init__(self, *entries: RegistryEntry) -> None:
        self.entries = entries

    def loaded(self) -> bool:
        return bool(self.entries)

    def near(self, name: str, phone: str, fax: str, zip: str) -> Iterable[RegistryEntry]:
        return [e for e in self.entries if {e.phone, e.fax} & ({phone, fax} - {""}) or (zip and e.zip == zip)]

    def by_npi(self, npi: str) -> Iterable[RegistryEntry]:
        return [e for e in self.entries if e.npi == npi]


REGISTRY = Listed(TIDEWATER, ENDO, LISTED_LAKESIDE)


def match(registry: Listed | None = REGISTRY, directory: Directory = DIRECTORY, **values: str) -> DestinationMatch:
    return match_destination(reading(**{f"destination_{k}": v for k, v in values.items()}), directory, registry=registry)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": "Tidewater Dental Studio", "street": "900 Quay Street", "fax": "(512) 555-0171"}, "The NPI registry lists Tidewater Dental Studio (NPI 1234567893) at this address and with this fax number."),
        ({"name": "Tidewater Dental Studio", "street": "900 Quay Street", "zip": "78702", "fax": "(900) 555-6666"}, "at this address, but with another fax number ((512) 555-0171)."),
        ({"name": "Tidewater Dental Studio", "zip": "78702", "phone": "(900) 555-6666"}, "in this town, but with another phone number ((512) 555-0170)."),
        ({"name": "Riverbend Endodontics", "phone": "(512) 555-0180"}, "lists Riverbend Endo (NPI 1000000012) with this phone number."),
        ({"name": "Quick Records", "fax": "(512) 555-0171"}, "The NPI registry has this fax number for Tidewater Dental Studio (NPI 1234567893)."),
        ({"name": "Nobody Dental", "fax": "(512) 555-9999", "zip": "78702"}, "lists nobody like that there either."),
    ],
)  # fmt: skip
def test_of_an_unknown_office_it_is_said_what_the_registry_has(values: dict[str, str], sentence: str) -> None:
    found = match(**values)
    assert (found.destination, found.standing) == (None, Standing.UNKNOWN)
    (finding,) = found.findings
    assert sentence in finding.sentence
    assert (finding.reason, finding.rule, finding.acceptable) == (HoldReason.DESTINATION_UNKNOWN, "destinations.unknown", False)


def test_even_a_listing_that_agrees_in_everything_releases_nothing() -> None:
    found = match(name=TIDEWATER.name, street=TIDEWATER.street, zip=TIDEWATER.zip, phone=TIDEWATER.phone, fax=TIDEWATER.fax)
    assert found.destination is None
    assert found.findings


def test_the_cure_names_the_registrys_number_and_gives_the_row_for_the_directory(tmp_path: Path) -> None:
    found = match(name="Tidewater Dental Studio", street="900 Quay Street", zip="78702", phone="(900) 555-6666")
    cure = found.findings[0].cure or ""
    assert "Call Tidewater Dental Studio on (512) 555-0170" in cure
    assert "900) 555" not in cure
    row = next(line for line in csv.reader([cure[cure.index("tidewater-") :]]))
    path = tmp_path / "directory.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([DIRECTORY_COLUMNS, row])
    (office_,) = Directory.load(path).offices
    assert (office_.name, office_.fax, office_.npi, office_.kind) == (
        TIDEWATER.name,
        TIDEWATER.fax,
        TIDEWATER.npi,
        OfficeKind.DENTIST,
    )
    assert not office_.trusted


def test_a_specialist_of_the_registry_is_not_yet_one_of_the_practice() -> None:
    cure = match(name="Riverbend Endodontics", phone="(512) 555-0180").findings[0].cure or ""
    assert ",no,dentist," in cure
    assert "listed for Endodontics" in cure
    assert "if this practice refers its own patients there" in cure


def test_the_row_takes_no_id_that_another_office_has() -> None:
    taken = Directory((office("tidewater-dental-studio", "Other"),))
    assert directory_row(TIDEWATER, taken).startswith("tidewater-dental-studio-1234567893,")
    text = directory_row(replace(TIDEWATER, name='=cmd("x"),\u202e..'), taken)
    assert text.startswith("cmd-x,")


def test_two_listings_with_two_numbers_are_not_chosen_between() -> None:
    twin = replace(TIDEWATER, npi="1000000038", phone="(512) 555-0199", fax="")
    found = match(Listed(TIDEWATER, twin), name="Tidewater Dental Studio", street="900 Quay St")
    assert "lists 2 of that name" not in found.findings[0].sentence, "nothing to look for but a street"
    found = match(Listed(TIDEWATER, twin), name="Tidewater Dental Studio", street="900 Quay St", zip="78702")
    assert "lists 2 of that name" in found.findings[0].sentence
    assert "Find the office's number yourself" in (found.findings[0].cure or "")


@pytest.mark.parametrize("registry", [None, Listed()])
def test_without_a_registry_nothing_is_said_of_it(registry: Listed | None) -> None:
    for values in (
        {"name": "Tidewater", "zip": "78702"},
        {"name": "Lakeside Family Dental", "phone": "(512) 555-0100", "fax": "(512) 555-0109"},
    ):
        assert "registry" not in match(registry, **values).findings[0].sentence


@pytest.mark.parametrize(
    ("read", "sentence"),
    [
        ("(512) 555-0109", "The NPI registry lists the one on the request for Lakeside Family Dental PLLC (NPI 1000000020)"),
        ("(512) 555-7777", "The NPI registry lists a third one ((512) 555-0109)"),
    ],
)
def test_of_a_known_office_it_is_said_whether_the_registry_has_the_new_number(read: str, sentence: str) -> None:
    found = match(name="Lakeside Family Dental", phone="(512) 555-0100", fax=read)
    assert (found.destination, found.standing) == (None, Standing.DIFFERS)
    (finding,) = found.findings
    assert sentence in finding.sentence
    assert "Call Lakeside Family Dental on (512) 555-0100, the number in the directory" in (finding.cure or "")
    assert read not in (finding.cure or "")


def test_that_the_registry_has_what_the_directory_has_is_said_too() -> None:
    same = Listed(replace(LISTED_LAKESIDE, fax="(512) 555-0101"))
    assert (
        "lists the one in the directory for Lakeside"
        in match(same, name="Lakeside Family Dental", phone="(512) 555-0100", fax="(512) 555-0109").findings[0].sentence
    )
    silent = Listed(replace(LISTED_LAKESIDE, fax=""))
    assert (
        "lists no fax number for Lakeside"
        in match(silent, name="Lakeside Family Dental", phone="(512) 555-0100", fax="(512) 555-0109").findings[0].sentence
    )


def test_an_npi_in_the_directory_finds_the_entry_under_any_name_and_place() -> None:
    moved = replace(LISTED_LAKESIDE, name="LFD Holdings", street="1 Far St", zip="73301", phone="(512) 555-0107")
    numbered = Directory((LAKESIDE.model_copy(update={"npi": moved.npi, "phone": ""}),))
    (finding,) = match(
        Listed(moved), numbered, name="Lakeside Family Dental", street="400 Lake Road", fax="(512) 555-0109"
    ).findings
    assert "lists the one on the request for LFD Holdings" in finding.sentence
    assert "(512) 555-0107, the number in the NPI registry" in (finding.cure or "")


def test_the_evidence_shows_the_registry_beside_the_request() -> None:
    found = match(name="Tidewater Dental Studio", zip="78702", fax="(900) 555-6666")
    shown = {e.field: (e.chart, e.speaks) for e in found.evidence}
    assert shown["fax number (NPI registry, 1234567893)"] == ("(512) 555-0171", "against")
    assert shown["ZIP code (NPI registry, 1234567893)"] == ("78702", "for")


def test_a_patient_is_not_looked_up_among_providers() -> None:
    asked = reading(patient_name="Susan Chen", destination_name="self", patient_phone="(512) 555-0170", patient_zip="78702")
    found = match_destination(asked, DIRECTORY, registry=Listed(replace(TIDEWATER, name="Susan Chen", person=True)))
    assert found.standing is Standing.TO_THE_PATIENT
    assert not any("registry" in f.sentence for f in found.findings)


ENTRIES = st.builds(
    RegistryEntry,
    npi=st.just("1234567893"), name=st.sampled_from(["Lakeside Family Dental", "Lakeside Dental", "Other", ""]),
    phone=st.sampled_from(["(512) 555-0100", "(900) 555-6666", ""]), fax=st.sampled_from(["(512) 555-0101", "(900) 555-6666", ""]),
    street=st.sampled_from(["400 Lake Road", "9 Elm St", ""]), zip=st.sampled_from(["78701", "78702", ""]),
)  # fmt: skip
READ = st.fixed_dictionaries(
    {"name": st.sampled_from(["Lakeside Family Dental", "Tidewater Dental"])},
    optional={
        "phone": st.sampled_from(["(512) 555-0100", "(900) 555-6666"]), "fax": st.sampled_from(["(512) 555-0101", "(900) 555-6666"]),
        "street": st.sampled_from(["400 Lake Road", "9 Elm St"]), "zip": st.sampled_from(["78701", "78702"]),
    },
)  # fmt: skip


@given(READ, st.lists(ENTRIES, max_size=4))
@settings(max_examples=300, deadline=None)
def test_the_registry_never_changes_what_is_decided(values: dict[str, str], entries: list[RegistryEntry]) -> None:
    with_it, without = match(Listed(*entries), **values), match(None, **values)
    assert (with_it.destination, with_it.standing) == (without.destination, without.standing)
    assert [(f.rule, f.reason) for f in with_it.findings] == [(f.rule, f.reason) for f in without.findings]


# ---- the directory beside the registry -----------------------------------------------------------------------------------


def problems(row: Destination, registry: Listed | None = None, *others: Destination) -> dict[str, str]:
    found: dict[str, str] = {}
    for problem in problems_of(row, Directory((row, *others)), registry):
        found[problem.column] = found.get(problem.column, "") + problem.sentence
        assert problem.cure
    return found


def test_a_row_that_agrees_with_the_registry_has_no_problem() -> None:
    assert problems(LAKESIDE, Listed(replace(LISTED_LAKESIDE, fax=LAKESIDE.fax))) == {}
    assert problems(LAKESIDE, Listed(TIDEWATER)) == {}, "offices need not be listed"


def test_an_office_whose_number_differs_from_the_registrys_is_shown() -> None:
    assert problems(LAKESIDE, REGISTRY) == {
        "fax": "The NPI registry has another fax number ((512) 555-0109) for Lakeside Family Dental PLLC (NPI 1000000020) than this row ((512) 555-0101)."
    }


@pytest.mark.parametrize(
    ("change", "column", "sentence"),
    [
        ({"phone": ""}, "phone", "nobody can call it back"),
        ({"fax": "555-0101"}, "fax", "no number with its area code"),
        ({"kind": OfficeKind.UNKNOWN}, "kind", "has no kind"),
        ({"phone": "", "fax": "", "email": "", "street": "", "trusted": False}, "street", "every request for it is held"),
        ({"npi": "1000000046"}, "npi", "does not list NPI 1000000046"),
        ({"npi": TIDEWATER.npi}, "npi", "lists NPI 1234567893 for Tidewater Dental Studio"),
    ],
)
def test_what_is_worth_mending_is_said(change: dict[str, object], column: str, sentence: str) -> None:
    assert sentence in problems(LAKESIDE.model_copy(update=change), REGISTRY)[column]


def test_two_rows_that_nothing_tells_apart_are_shown() -> None:
    twin = LAKESIDE.model_copy(update={"office_id": "L2"})
    assert "other rows have too (L2)" in problems(LAKESIDE, None, twin)["phone"]
    branch = twin.model_copy(update={"street": "9 Elm St"})
    assert problems(LAKESIDE, None, branch) == {}
