"""The board as a page, and what the front desk does there: hand in scans, tick chores."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.board import ScanPages, board
from pipeline.desk.deciding import REFUSED, Form
from pipeline.desk.door import needs
from pipeline.desk.given import Desk
from pipeline.desk.showing import Showing
from pipeline.intake import NotTaken, hand_in
from pipeline.reviewing.ticking import tick
from schemas.people import Act, Person


async def handed_in(request: Request) -> list[UploadFile]:
    """What a route depends on: the files that came with the form. A field that was left empty is none."""
    found = (await request.form()).getlist("scans")
    return [file for file in found if isinstance(file, UploadFile) and file.filename]


def board_routes(desk: Desk, showing: Showing) -> APIRouter:
    """/, /drop and /chores."""
    router = APIRouter(include_in_schema=False)
    scan_pages, inbox = ScanPages(), desk.folder.inbox

    def shown(request: Request, handed: int = 0, refused: Sequence[str] = ()) -> Response:
        status = REFUSED if refused else 200
        seen = {"board": board(desk, scan_pages), "inbox": inbox.resolve(), "handed": handed, "refused": refused}
        return showing.page(request, "board.html", status=status, **seen)

    @router.get("/", dependencies=[Depends(needs(Act.SEE_BOARD))])
    def the_board(request: Request, handed: Annotated[int, Query(ge=0, le=1000)] = 0) -> Response:
        return shown(request, handed)

    @router.post("/drop", dependencies=[Depends(needs(Act.DROP))])
    def drop(request: Request, files: Annotated[list[UploadFile], Depends(handed_in)]) -> Response:
        taken, refused = 0, []
        for file in files:
            try:
                hand_in(inbox, file.filename or "", file.file, desk.settings.inbox.limits.max_bytes)
                taken += 1
            except NotTaken as error:
                refused.append(str(error))
        if not files:
            refused.append("Choose one file or more.")
        return shown(request, taken, refused) if refused else RedirectResponse(f"/?handed={taken}", status_code=303)

    @router.post("/chores/{chore}")
    def to_tick(
        person: Annotated[Person, Depends(needs(Act.TICK_CHORES))],
        form: Form,
        chore: Annotated[int, Path(ge=1, le=2**31 - 1)],
    ) -> Response:
        tick(desk.store, chore, person.name, done=form.one("done") != "no")
        return RedirectResponse("/#chores", status_code=303)

    return router
