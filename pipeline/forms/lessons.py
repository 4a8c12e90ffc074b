"""Learning: before the reader reads the next scan, it takes the lessons that people have given since the last.

A decision only writes down that there is a lesson; so no decision waits for the reader, and none can fail through it. A lesson
reads its scan once more, out of the vault: nothing of it has to be kept until then. One that cannot be taken is let be, and so is
one that ended its process: it was taken off the list before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import select, update

from pipeline.documents import Document, Limits, Refused, open_document
from pipeline.errors import Retryable
from pipeline.forms.learning import Learned, Lesson, blank_after, learned
from pipeline.forms.stored import StoredForm, StoredForms, keep
from pipeline.reading.engines import Picture
from pipeline.reading.page import PageText
from pipeline.reading.reader import Reader
from pipeline.reading.text import plain
from pipeline.reviewing.corrections import corrected
from pipeline.store.store import RequestRow, Store
from pipeline.store.tables import form_lessons, releases
from pipeline.store.times import stamp
from pipeline.store.unit import Conflict
from pipeline.store.vault import Vault, VaultDamaged
from schemas.decision import Rulings
from schemas.reading import FieldName, Reading

AT_ONCE = 3
"""Lessons before one scan: it shall not wait long, and the others are taken before the next ones."""
MOST_PAGES = 12
"""A lesson is not looked for on later pages of a scan."""
BEGUN, MOST_TRIES = "begun: ", 3
"""What is written of a lesson that was begun, with the number of the try; and how often one is begun that had to wait again, or
that people have given anew after it ended its process."""
OF_WHOM = (FieldName.PATIENT_NAME, FieldName.PATIENT_DOB)


@dataclass(frozen=True)
class School:
    """Takes lessons."""

    store: Store
    vault: Vault
    forms: StoredForms
    limits: Limits

    def take(self, reader: Callable[[], Reader]) -> int:
        """Takes the lessons that wait, the oldest first; how many. Raises nothing: reading goes on whatever happens here."""
        taken = 0
        try:
            for request_id, before in self._waiting():
                if self._begin(request_id, before):
                    self._take(request_id, before, reader)
                    taken += 1
        except (Retryable, Conflict):  # the database is away, or another reader learns: the lesson waits
            return taken
        except Exception as error:
            structlog.get_logger().warning("a lesson could not be marked as taken", why=type(error).__name__)
        return taken

    def _waiting(self) -> Sequence[tuple[str, str]]:
        """The lessons that wait, each with what came of it before."""
        query = select(form_lessons.c.request_id, form_lessons.c.outcome).where(form_lessons.c.taken_at.is_(None))
        with self.store.reading() as connection:
            rows = connection.execute(query.order_by(form_lessons.c.asked_at).limit(AT_ONCE)).all()
        return [(row[0], row[1]) for row in rows]

    def _begin(self, request_id: str, before: str) -> bool:
        """Takes a lesson off the list before anything of it is read: one that kills its process is met once, and not for ever.

        False if another reader has taken it, or if it was begun so often already and never came to an end.
        """
        tries = _tries(before) + 1
        waits = (form_lessons.c.request_id == request_id) & form_lessons.c.taken_at.is_(None)
        with self.store.unit() as unit:
            mark = update(form_lessons).where(waits)
            values = {"taken_at": stamp(unit.at), "outcome": f"{BEGUN}{min(tries, MOST_TRIES)}"}
            return unit.connection.execute(mark.values(values)).rowcount == 1 and tries <= MOST_TRIES

    def _take(self, request_id: str, before: str, reader: Callable[[], Reader]) -> None:
        """Takes a lesson that was begun. Raises Retryable and Conflict: then it waits again, unless it did so too often."""
        try:
            outcome = self._outcome(request_id, reader)
        except (Retryable, Conflict) as error:
            often = _tries(before) + 1 >= MOST_TRIES
            self._mark(request_id, type(error).__name__ if often else f"{BEGUN}{_tries(before) + 1}", wait=not often)
            raise
        self._mark(request_id, outcome)

    def _mark(self, request_id: str, outcome: str, *, wait: bool = False) -> None:
        """What came of a lesson. One that people have given anew meanwhile goes on waiting."""
        lesson = update(form_lessons).where(form_lessons.c.request_id == request_id)
        values = {"outcome": outcome, **({"taken_at": None} if wait else {})}
        with self.store.unit() as unit:
            unit.connection.execute(lesson.values(values))

    def _outcome(self, request_id: str, reader: Callable[[], Reader]) -> str:
        """What came of a lesson. Raises Retryable and Conflict, after which it can be taken again."""
        try:
            return f"pages of forms: {self._learn(request_id, reader)}"
        except (Retryable, Conflict):
            raise
        except (Refused, VaultDamaged) as error:
            return type(error).__name__
        except Exception as error:
            structlog.get_logger().warning(
                "nothing could be learned from a correction", request_id=request_id, why=repr(type(error))
            )
            return type(error).__name__

    def _learn(self, request_id: str, reader: Callable[[], Reader]) -> int:
        request, reading = self.store.request(request_id), self.store.latest(Reading, request_id)
        if request is None or reading is None or reading.letter or reading.patients or request.parent:
            return 0
        known = self.forms.known()
        revision = self.forms.revision
        with open_document(self.vault.path(request.scan), request.media_type, self.limits) as document:
            lesson = self._lesson(request, reading, _pages(document, reader()))
        by_form = {id(each.form): each for each in known}
        changed = [self._changed(one, by_form, reader) for one in learned(lesson, [each.form for each in known])]
        if changed:
            with self.store.unit() as unit:
                keep(unit, changed, revision)
        return len(changed)

    def _lesson(self, request: RequestRow, reading: Reading, pages: Sequence[tuple[int, PageText]]) -> Lesson:
        corrections = Rulings.of(self.store.decisions(request.id)).corrections
        here = self._of_whom(request.id)
        return Lesson(
            request.id,
            reading,
            corrections,
            self._was_released(request.id),
            pages,
            same_patient=lambda other: any(a == b for a, b in zip(here, self._of_whom(other), strict=True)),
        )

    def _of_whom(self, request_id: str) -> tuple[str, ...]:
        """Name and birth date of the patient, as people have corrected them."""
        reading = self.store.latest(Reading, request_id)
        said = corrected(reading, Rulings.of(self.store.decisions(request_id))) if reading else None
        return tuple(plain((said.value(name) if said else None) or "") for name in OF_WHOM)

    def _was_released(self, request_id: str) -> bool:
        query = select(releases.c.request_id).where(releases.c.request_id == request_id, releases.c.void.is_(False))
        with self.store.reading() as connection:
            return connection.scalar(query) is not None

    def _changed(self, one: Learned, by_form: dict[int, StoredForm], reader: Callable[[], Reader]) -> StoredForm:
        """The form as it is to be kept, its blank compared with the new page."""
        before = by_form[id(one.known.form)] if one.known else None
        if before is None or one.known is None:
            return StoredForm(one.form)
        blank = blank_after(one, before.blank, lambda: self._first_page(one, reader()))
        return StoredForm(one.form, blank, before.id)

    def _first_page(self, one: Learned, reader: Reader) -> Picture | None:
        """The page that the form was learned from; None where it is not to be had any more."""
        request = next((self.store.request(first) for first in one.form.taught_by), None)
        if request is None:
            return None
        number = one.form.page
        try:
            with open_document(self.vault.path(request.scan), request.media_type, self.limits) as document:
                _page, prepared = reader.page_text(document.image(number), number, document)
        except (Refused, VaultDamaged):
            return None
        return prepared.grey


def _tries(outcome: str) -> int:
    """How often a lesson was begun that was not finished."""
    return int(outcome.removeprefix(BEGUN)) if outcome.startswith(BEGUN) else 0


def _pages(document: Document, reader: Reader) -> list[tuple[int, PageText]]:
    """The pages with their lines, as the reader sees them."""
    return [
        (number, reader.page_text(document.image(number), number, document)[0])
        for number in range(1, min(document.page_count, MOST_PAGES) + 1)
    ]
