"""Decisions by form: the page of a request with what may be decided, and the addresses that its forms are sent to.

Everything goes through `pipeline.reviewing.decisions.decide`, as from the command line; what it refuses stands as a sentence
beside the form, with everything that was typed still in it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.door import needs, visit_of
from pipeline.desk.filled import Filled, NotFilledIn, cuts_of, day_of, details_of, filled_in
from pipeline.desk.given import Desk
from pipeline.desk.pictures import PictureError, Pictures
from pipeline.desk.request_page import request_page
from pipeline.desk.showing import Showing
from pipeline.desk.ways import KINDS, LABELS, SEEN_BY_PEOPLE, Ways, ways
from pipeline.errors import Error, Retryable
from pipeline.letters import CannotWrite, Language, LetterKind
from pipeline.letters.texts import texts
from pipeline.matching.directory import DirectoryFile
from pipeline.matching.roster import RosterFile
from pipeline.matching.tables import TableProblem
from pipeline.reviewing.claims import must_be_free
from pipeline.reviewing.correspondence import Wanted, write
from pipeline.reviewing.decisions import decide
from pipeline.reviewing.splitting import cut_parts
from pipeline.store.unit import Unit
from schemas.decision import DecisionKind
from schemas.people import Act, Person

RequestIdPath = Annotated[str, Path(pattern=r"^R-\d{6,12}$")]
Decider = Annotated[Person, Depends(needs(Act.DECIDE))]
Form = Annotated[Filled, Depends(filled_in)]
T = TypeVar("T")
REFUSED = 409
"""Conflict: what was asked does not go with how the request stands."""


class RequestScreen:
    """Shows one request, with the forms for those who may decide."""

    def __init__(self, desk: Desk, showing: Showing, pictures: Pictures) -> None:
        self._desk = desk
        self._showing = showing
        self._pictures = pictures
        self._roster = RosterFile(desk.folder.roster_csv)
        self._directory = DirectoryFile(desk.folder.directory_csv)

    def show(self, request: Request, request_id: str, *, sought: str = "", filled: Filled | None = None) -> Response:
        """The page; where a form was not taken, with that form open. Raises HTTPException 404."""
        page = request_page(self._desk.store, request_id, self._desk.settings.desk.idle)
        if page is None:
            raise HTTPException(404)
        try:
            page_count = self._pictures.page_count(page.row["scan"], page.row["media_type"])
        except PictureError:
            page_count = 0
        person = visit_of(request).person
        deciding: Ways | None = None
        if person and person.may(Act.DECIDE):
            roster, lost = _or_why_not(self._roster.current) if sought else (None, "")
            directory, missing = _or_why_not(self._directory.current)
            deciding = ways(
                page,
                roster=roster,
                directory=directory,
                filled=filled or Filled(),
                page_count=page_count,
                sought=sought,
                unlisted=" ".join(sentence for sentence in (lost, missing) if sentence),
            )
        letters = texts(Language.EN)
        return self._showing.page(
            request,
            "request.html",
            status=REFUSED if filled else 200,
            page=page,
            page_count=page_count,
            deciding=deciding,
            methods=SEEN_BY_PEOPLE,
            grounds=letters.grounds,
            delays=letters.reasons,
        )


def _or_why_not(current: Callable[[], T]) -> tuple[T | None, str]:
    """A table of the practice; or, where it cannot be read, a sentence."""
    try:
        return current(), ""
    except (TableProblem, Retryable) as error:
        return None, str(error)


def deciding_routes(desk: Desk, screen: RequestScreen) -> APIRouter:
    """Where the forms of the request page are sent to."""
    router = APIRouter(include_in_schema=False)

    @router.post("/requests/{request_id}/decide")
    def decide_on(request: Request, request_id: RequestIdPath, person: Decider, form: Form) -> Response:
        try:
            must_be_free(desk.store, request_id, person, desk.settings.desk.idle)
            unit = _decided(desk, request_id, person, form)
        except Retryable:
            raise
        except Error as error:
            return screen.show(request, request_id, filled=replace(form, trouble=str(error)), sought=form.one("find"))
        publish(desk, unit)
        return RedirectResponse(f"/requests/{request_id}", status_code=303)

    @router.post("/requests/{request_id}/letter")
    def letter(request: Request, request_id: RequestIdPath, person: Decider, form: Form) -> Response:
        try:
            made = write(desk.store, desk.vault, desk.settings.practice, request_id, _wanted(person, form))
        except (CannotWrite, NotFilledIn) as error:
            return screen.show(request, request_id, filled=replace(form, trouble=str(error)))
        name = f"{request_id}-{form.one('kind')}.pdf"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(made.pdf, media_type="application/pdf", headers=headers)

    return router


def publish(desk: Desk, unit: Unit) -> None:
    """What was decided goes on at once; where the queue is away, as soon as it is back."""
    try:
        desk.publish(unit.sent)
    except Retryable:
        return


def _decided(desk: Desk, request_id: str, person: Person, form: Filled) -> Unit:
    if form.way not in LABELS:
        raise NotFilledIn("Choose what you decide.")
    what = KINDS.get(form.way) or DecisionKind(form.way)
    details = details_of(form, what, person, desk.store.clock.now())
    if form.way == DecisionKind.SPLIT:
        parts, left_out = cuts_of(form)
        details = cut_parts(desk.store, desk.vault, desk.settings.inbox.limits, request_id, parts, left_out)
    state = desk.settings.practice.state
    return decide(desk.store, request_id, what, who=person.name, why=form.one("why"), state=state, hold=form.hold, **details)


def _wanted(person: Person, form: Filled) -> Wanted:
    try:
        kind, language = LetterKind(form.one("kind")), Language(form.one("language") or Language.EN)
    except ValueError:
        raise NotFilledIn("Choose the letter.") from None
    return Wanted(
        kind=kind,
        who=person.name,
        language=language,
        until=day_of(form.one("until")) if form.one("until") else None,
        because=form.all("because"),
        reason=form.one("reason"),
        what=form.one("what"),
    )
