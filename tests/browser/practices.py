"""Practices for stories in a browser, made once in a run: with a past, with work for people, and with somebody hostile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from pipeline.clock import HandClock
from pipeline.people import accounts, passwords
from pipeline.people.administering import Administration
from pipeline.reviewing.claims import set_aside
from pipeline.reviewing.corrections import NOWHERE
from pipeline.store.states import State
from schemas.decision import DecisionKind
from schemas.disclosure import LogEvent
from schemas.people import Person, Role
from schemas.reading import FieldName, Signature
from tests.desk import morning as mornings
from tests.desk.morning import Morning, scan_of
from tests.workers.small import SmallOffice, request_of

PASSWORD = "walrus under a blue piano"
PEOPLE = (
    ("ina", "Ina Wells", (Role.INTAKE,)),
    ("ana", "Ana Gomez", (Role.REVIEWER,)),
    ("ben", "Ben Achterberg", (Role.REVIEWER,)),
    ("uma", "Uma Sandoval", (Role.AUDITOR,)),
    ("ada", "Ada Lindqvist", (Role.ADMINISTRATOR,)),
)
BORN_ELSEWHEN = {"patient__dob": "1990-01-01"}
OTHER_FAX = {"destination__fax": "(330) 555-0777"}
OPEN_END = {"expiry__event": "end of treatment"}
DAY = 24 * 3600.0


class PaperOffice(SmallOffice):
    """The small office, with scans that can be looked at: each answer of a request stands on its page."""

    def hand_in(self, number: int, file: str = "", *, signed: bool | None = True, **changes: str | None) -> str:
        """A request of the patient `number`, signed yesterday, as far as `matching` takes it."""
        yesterday = (self.clock.today() - timedelta(days=1)).isoformat()
        reading = request_of(number, **{"signature__date": yesterday, **changes})
        paper, places = scan_of({name: value for name in FieldName if (value := reading.value(name))})
        fields = {name: f.model_copy(update={"box": places.get(name, NOWHERE)}) for name, f in reading.fields.items()}
        signature = reading.signature if signed else Signature(present=signed, confidence=0.4)
        seen = reading.model_copy(update={"fields": fields, "signature": signature})
        request_id = self.drop(seen, paper + f"\n%{uuid4()}".encode(), file or f"scan_{210 + len(self._read):04d}.pdf")
        self.work()
        return request_id

    def held(self, number: int, file: str = "", *, signed: bool | None = True, **changes: str | None) -> str:
        """The same, and a person is asked."""
        request_id = self.hand_in(number, file, signed=signed, **changes)
        assert self.state(request_id) is State.HELD
        return request_id


@contextmanager
def _office(root: Path, days_ago: float, but: str = "") -> Iterator[PaperOffice]:
    """An office with people at its desk; its clock has been set back. `but` is the login of somebody who is not there."""
    office = PaperOffice(root, patients=30, clock=HandClock(datetime.now(UTC) - timedelta(days=days_ago)))
    kept = passwords.hashed(PASSWORD)
    with office.store.unit() as unit:
        for login, name, roles in (one for one in PEOPLE if one[0] != but):
            made = accounts.add(unit.connection, unit.at, login=login, name=name, roles=roles, by="a test")
            accounts.change(unit.connection, made.id, password=kept)
    yield office
    office.close()


def ten_held(root: Path) -> None:
    """Ten requests that wait for a person, as a morning brings them: dates, faxes, open ends, a faint signature.

    Nobody looks after people there yet.
    """
    with _office(root, days_ago=0.2, but="ada") as office:
        for number in range(4):
            office.held(number, **BORN_ELSEWHEN)
        for number in range(4, 7):
            office.held(number, **OTHER_FAX)
        for number in range(7, 9):
            office.held(number, **OPEN_END)
        office.held(9, signed=None)


def busy(root: Path) -> None:
    """A practice in the midst of a morning, with releases of this year and of the one before."""
    with _office(root, days_ago=400) as office:
        _past(office)
        for number in (10, 11, 12, 13):
            office.held(number, **BORN_ELSEWHEN)
        office.held(14, **OTHER_FAX)
        aside = office.held(15, **OTHER_FAX)
        ana = Person(id=2, login="ana", name="Ana Gomez", roles=frozenset({Role.REVIEWER}))
        set_aside(office.store, aside, ana, office.clock.today() + timedelta(days=3), "Summit calls back after the holiday")
        office.hand_in(16, "scan_0299.pdf")
        refused = office.held(17, **BORN_ELSEWHEN)
        office.decide(refused, DecisionKind.REJECT, why="nobody answers")
        Administration(office.store, "ada").add("jo", "Jo Whitefeather", [Role.INTAKE])
        Administration(office.store, "ada").add_token("prometheus", [Role.AUDITOR], 365)
        clock = office.clock
    morning = Morning(root / "practice", clock)
    for happens in (mornings.held_with_a_faulty_copy, mornings.delivered, mornings.hostile, mornings.on_the_way):
        happens(morning)
    morning.send_back("scan_0233.pdf", "The file breaks off before its end, so pages or parts of pages may be missing.")
    morning.drop_again("scan_0299 (1).pdf", "R-000001")
    morning.store.engine.dispose()


def _past(office: PaperOffice) -> None:
    """Patient 20 asked thirteen months ago, ten months ago (a person decided), and last month."""
    office.hand_in(20, "letter_old.pdf")
    office.clock.turn(100 * DAY)
    asked = office.held(20, "letter_spring.pdf", **BORN_ELSEWHEN)
    office.decide(asked, DecisionKind.PATIENT, who="Ben Achterberg", why="she showed her license", patient_id="P0020")
    office.work()
    office.clock.turn(265 * DAY)
    office.hand_in(20, "letter_autumn.pdf")
    office.clock.turn(34.8 * DAY)
    assert len(office.logged(LogEvent.DELIVERED)) == 3
