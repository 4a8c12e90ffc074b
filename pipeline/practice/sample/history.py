"""What happened at the practice: visits with procedure codes, from which ledger, notes and radiographs follow.

A completed radiograph code in the ledger always has its picture in the chart, on the same day.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import NamedTuple

from pipeline.practice.sample.radiographs.mouth import Mouth
from schemas.release import Patient

DENTIST = "Dr. A. Patel"
HYGIENIST = "R. Okonjo, RDH"


class Visit(NamedTuple):
    """One procedure on one day."""

    day: date
    code: str
    tooth: int
    """Universal number; 0 where the procedure is not for one tooth."""
    what: str
    fee: int
    """Dollars."""
    who: str
    note: str


def history(patient: Patient, mouth: Mouth, today: date, *, long: bool, chance: random.Random) -> list[Visit]:
    """All visits, oldest first. A long history has a full mouth series or panoramic view, photos and two years of bitewings."""
    age = (today - patient.date_of_birth).days // 365
    years = min(chance.randint(5, 7) if long else chance.randint(2, 3), max(1, age - 3))
    end = today - timedelta(days=chance.randint(20, 150))
    if patient.status != "active":
        end -= timedelta(days=chance.randint(400, 900))
    first = end - timedelta(days=365 * years - 180)
    visits = [*_first_visit(first, age, long=long, chance=chance), *_treatments(mouth, first, end, chance)]
    for half_year in range(1, 2 * years):
        day = _workday(first + timedelta(days=182 * half_year + chance.randint(-12, 12)))
        with_films = half_year >= 2 * years - (3 if long else 2) and half_year % 2 == 1
        visits += _recall(day, is_child=age < 14, with_films=with_films, long=long, chance=chance)
    return sorted(visits, key=lambda visit: (visit.day, visit.code, visit.tooth))


def _first_visit(day: date, age: int, *, long: bool, chance: random.Random) -> list[Visit]:
    day = _workday(day)
    note = "New patient. Medical history reviewed, no changes to medication. Soft tissues within normal limits. Occlusion stable."
    visits = [Visit(day, "D0150", 0, "Comprehensive oral evaluation", 96, DENTIST, note)]
    if not long:
        return visits
    if age >= 16 and chance.random() < 0.6:
        visits.append(Visit(day, "D0210", 0, "Full mouth series of radiographs", 148, HYGIENIST, "18 films, all diagnostic."))
    else:
        visits.append(Visit(day, "D0330", 0, "Panoramic radiograph", 118, HYGIENIST, "Panoramic view taken, joints symmetrical."))
    visits.append(Visit(day, "D0350", 0, "Oral photographic images", 42, HYGIENIST, "Frontal photograph, retracted."))
    return visits


class _Procedure(NamedTuple):
    code: str
    what: str
    fee: int
    note: str


_FILLING = _Procedure(
    "D2392",
    "Resin composite, two surfaces, posterior",
    214,
    "Caries removed under local anesthesia (1 carpule lidocaine 2 %, epi 1:100,000). Etch, bond, composite. Bite checked.",
)
_CROWN = _Procedure(
    "D2740",
    "Crown, porcelain/ceramic",
    1180,
    "Prepared for crown, final impression taken, temporary cemented. Shade A2. Crown seated at the next visit.",
)
_ROOT_CANAL = _Procedure(
    "D3320",
    "Endodontic therapy",
    940,
    "Pulp necrotic. Access, canals cleaned and shaped, obturated with gutta-percha. Final film taken.",
)
_IMPLANT_CROWN = _Procedure(
    "D6058",
    "Abutment supported porcelain crown",
    1420,
    "Implant crown torqued to 35 Ncm, access closed. Surgery was done by the oral surgeon.",
)


def _treatments(mouth: Mouth, first: date, end: date, chance: random.Random) -> list[Visit]:
    """What was done to the teeth, so that notes and ledger say what the films show."""
    done = (
        (_FILLING, mouth.fillings),
        (_CROWN, mouth.crowns),
        (_ROOT_CANAL, mouth.root_canals),
        (_IMPLANT_CROWN, mouth.implants),
    )
    visits = []
    for procedure, teeth in done:
        for tooth in sorted(teeth):
            day = _workday(first + timedelta(days=chance.randint(20, max(40, (end - first).days))))
            code, what, fee, note = procedure
            visits.append(Visit(day, code, tooth, what, fee, DENTIST, f"#{tooth}: {note}"))
            if procedure is _ROOT_CANAL:
                seen = f"#{tooth}: fill to the apex, no voids."
                visits.append(Visit(day, "D0220", tooth, "Periapical radiograph, first image", 31, DENTIST, seen))
    return visits


_RECALL_NOTES = (
    "Light calculus on the lower front teeth, removed. Gingiva pink and firm. Home care good; floss shown again.",
    "Moderate plaque at the molars. Bleeding on probing at three sites. Interdental brushes advised.",
    "No new findings. Polished with fine paste, fluoride varnish offered and accepted.",
    "Patient reports a little sensitivity to cold on the right. No cause seen on the films; desensitizing paste advised.",
)


def _recall(day: date, *, is_child: bool, with_films: bool, long: bool, chance: random.Random) -> list[Visit]:
    code, what, fee = ("D1120", "Prophylaxis, child", 78) if is_child else ("D1110", "Prophylaxis, adult", 104)
    visits = [
        Visit(day, "D0120", 0, "Periodic oral evaluation", 58, DENTIST, "Examined. Oral cancer screening negative."),
        Visit(day, code, 0, what, fee, HYGIENIST, chance.choice(_RECALL_NOTES)),
    ]
    if with_films and long:
        visits.append(Visit(day, "D0274", 0, "Bitewings, four images", 76, HYGIENIST, "Four bitewings, contacts open."))
    elif with_films:
        visits.append(Visit(day, "D0272", 0, "Bitewings, two images", 49, HYGIENIST, "Two bitewings, contacts open."))
    return visits


def _workday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
