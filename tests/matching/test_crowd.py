"""The benchmark's crowd, in small: a practice full of look-alikes, requests full of errors, and nobody taken for another."""

from __future__ import annotations

import pytest

from pipeline.matching.patients import match_patient
from pipeline.matching.roster import Roster

pytest.importorskip("faker", reason="comes with the extra bench")

from benchmarks.asking import Asking, Reader
from benchmarks.crowd import Crowd, Maker

PATIENTS, REQUESTS = 4000, 500


@pytest.fixture(scope="module", params=[1, 2])
def made(request: pytest.FixtureRequest) -> tuple[Crowd, Roster, list[Asking], list[Asking]]:
    """The crowd, its roster, the requests as they come, and hard ones."""
    maker = Maker(PATIENTS, request.param)
    crowd = maker.make()
    reader = Reader(crowd, maker, request.param + 100)
    return crowd, Roster(crowd.patients), reader.as_they_come(REQUESTS), reader.hard_ones(REQUESTS)


Made = tuple[Crowd, Roster, list[Asking], list[Asking]]


def test_nobody_is_taken_for_another_and_most_are_found(made: Made) -> None:
    _, roster, asked, _ = made
    found = [(asking, match_patient(asking.reading, roster).patient) for asking in asked]
    chosen = [(asking, patient) for asking, patient in found if patient]
    assert all(asking.person and asking.person.patient == patient for asking, patient in chosen)
    had_both = [(asking, patient) for asking, patient in found if asking.person and asking.had_both]
    assert sum(patient is not None for _, patient in had_both) >= 0.9 * len(had_both)


def test_a_planted_look_alike_is_never_chosen_without_a_person(made: Made) -> None:
    _, roster, _, hard = made
    assert [a for a in hard if a.person and match_patient(a.reading, roster).patient] == []


def test_the_crowd_has_every_look_alike_and_every_kind_of_request(made: Made) -> None:
    crowd, _, asked, hard = made
    assert len(crowd.patients) == PATIENTS
    assert len({patient.patient_id for patient in crowd.patients}) == PATIENTS
    assert len({person.look_alike for person in crowd.people}) == 7
    assert len({asking.outsider for asking in [*asked, *hard]}) == 6
    assert {"name misread", "birth date misread", "moved", "nickname", "order turned"} <= {t for a in asked for t in a.troubles}


def test_the_same_seed_makes_the_same_crowd() -> None:
    one, other = (Maker(200, 5).make().patients for _ in range(2))
    assert one == other
