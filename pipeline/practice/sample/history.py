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
        visits += _recall(day, with_films=with_films, long=long, chance=chance)
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


def _treatments(mouth: Mouth, first: date, end: date, chance: random.Random) -> list[Visit]:
    visits = []
    for tooth in sorted(mouth.fillings):
        note = f"#{tooth}: caries removed under local anesthesia (1 carpule lidocaine 2 %, epi 1:100,000). Etch, bond, composite. Bite checked."
        visits.append(_work(first, end, "D2392", tooth, "Resin composite, two surfaces, posterior", 214, note, chance))
    for tooth in sorted(mouth.crowns):
        note = (
            f"#{tooth}: prepared for crown, final impression taken, temporary cemented. Shade A2. Crown seated at the next visit."
        )
        visits.append(_work(first, end, "D2740", tooth, "Crown, porcelain/ceramic", 1180, note, chance))
    for tooth in sorted(mouth.root_canals):
        note = f"#{tooth}: pulp necrotic. Access, canals cleaned and shaped, obturated with gutta-percha. Working film and final film taken."
        visit = _work(first, end, "D3320", tooth, "Endodontic therapy", 940, note, chance)
        film = Visit(
            visit.day, "D0220", tooth, "Periapical radiograph, first image", 31, DENTIST, f"#{tooth}: fill to the apex, no voids."
        )
        visits += [visit, film]
    for tooth in sorted(mouth.implants):
        note = f"#{tooth}: implant crown torqued to 35 Ncm, access closed. Surgery was done by the oral surgeon."
        visits.append(_work(first, end, "D6058", tooth, "Abutment supported porcelain crown", 1420, note, chance))
    return visits


def _work(first: date, end: date, code: str, tooth: int, what: str, fee: int, note: str, chance: random.Random) -> Visit:
    day = first + timedelta(days=chance.randint(20, max(40, (end - first).days)))
    return Visit(_workday(day), code, tooth, what, fee, DENTIST, note)


_RECALL_NOTES = (
    "Light calculus on the lower front teeth, removed. Gingiva pink and firm. Home care good; floss shown again.",
    "Moderate plaque at the molars. Bleeding on probing at three sites. Interdental brushes advised.",
    "No new findings. Polished with fine paste, fluoride varnish offered and accepted.",
    "Patient reports a little sensitivity to cold on the right. No cause seen on the films; desensitizing paste advised.",
)


def _recall(day: date, *, with_films: bool, long: bool, chance: random.Random) -> list[Visit]:
    visits = [
        Visit(day, "D0120", 0, "Periodic oral evaluation", 58, DENTIST, "Examined. Oral cancer screening negative."),
        Visit(day, "D1110", 0, "Prophylaxis, adult", 104, HYGIENIST, chance.choice(_RECALL_NOTES)),
    ]
    if with_films and long:
        visits.append(Visit(day, "D0274", 0, "Bitewings, four images", 76, HYGIENIST, "Four bitewings, contacts open."))
    elif with_films:
        visits.append(Visit(day, "D0272", 0, "Bitewings, two images", 49, HYGIENIST, "Two bitewings, contacts open."))
    return visits


def _workday(day: date) -> date:
    """The day itself, or the Friday before a weekend."""
    return day - timedelta(days=max(0, day.weekday() - 4))
