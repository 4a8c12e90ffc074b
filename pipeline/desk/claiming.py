"""The exception queue as a page, and the forms of its lines: claim, let go, set aside until a day, escalate."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.deciding import REFUSED, Decider, Form, RequestIdPath
from pipeline.desk.door import needs, visit_of
from pipeline.desk.filled import Filled, NotFilledIn, day_of
from pipeline.desk.given import Desk
from pipeline.desk.showing import Showing
from pipeline.desk.waiting import PAGE_ROWS, Show, Sought, next_after, waiting
from pipeline.reviewing.claims import NotHeld, Taken, claim, escalate, let_go, set_aside
from schemas.people import Act
from schemas.release import HoldReason

_BACK = re.compile(r"/queue(\?[\w=&]*)?|/requests/R-\d{6,12}")
"""Where a form may lead back to."""


def queue_routes(desk: Desk, showing: Showing) -> APIRouter:
    """/queue, and what may be done about each of its lines."""
    router = APIRouter(include_in_schema=False)
    store, lasts, idle = desk.store, timedelta(minutes=desk.settings.desk.claim_minutes), desk.settings.desk.idle

    def shown(request: Request, sought: Sought, trouble: str = "") -> Response:
        queue = waiting(store, sought, visit_of(request).person, idle)
        status = REFUSED if trouble else 200
        return showing.page(
            request, "queue.html", status=status, queue=queue, sought=sought, trouble=trouble, shows=Show, page_rows=PAGE_ROWS
        )

    def done(request: Request, form: Filled, act: Callable[[], object]) -> Response:
        """Back to where the form stood; with a sentence, where it could not be."""
        try:
            act()
        except (Taken, NotHeld, NotFilledIn) as error:
            return shown(request, Sought(), str(error))
        back = form.one("back")
        return RedirectResponse(back if _BACK.fullmatch(back) else "/queue", status_code=303)

    @router.get("/queue", dependencies=[Depends(needs(Act.SEE_QUEUE))])
    def the_queue(
        request: Request,
        reason: HoldReason | None = None,
        show: Show = Show.OPEN,
        behind: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    ) -> Response:
        return shown(request, Sought(reason, show, behind))

    @router.get("/queue/next", dependencies=[Depends(needs(Act.SEE_QUEUE))])
    def the_next(request: Request, after: Annotated[str, Query(max_length=20)] = "") -> Response:
        found = next_after(waiting(store, Sought(), visit_of(request).person, idle, every=True), after)
        return RedirectResponse(f"/requests/{found}" if found else "/queue", status_code=303)

    @router.post("/requests/{request_id}/claim")
    def to_claim(request: Request, request_id: RequestIdPath, person: Decider, form: Form) -> Response:
        return done(request, form, lambda: claim(store, request_id, person, lasts, idle))

    @router.post("/requests/{request_id}/release")
    def to_let_go(request: Request, request_id: RequestIdPath, person: Decider, form: Form) -> Response:
        return done(request, form, lambda: let_go(store, request_id, person))

    @router.post("/requests/{request_id}/pend")
    def to_set_aside(request: Request, request_id: RequestIdPath, person: Decider, form: Form) -> Response:
        until, why = form.one("until"), form.one("why")
        return done(request, form, lambda: set_aside(store, request_id, person, day_of(until), why, idle))

    @router.post("/requests/{request_id}/escalate")
    def to_escalate(request: Request, request_id: RequestIdPath, person: Decider, form: Form) -> Response:
        return done(request, form, lambda: escalate(store, request_id, person, form.one("why")))

    return router
