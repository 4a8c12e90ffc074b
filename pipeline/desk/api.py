"""The same as JSON, for programs: the shapes of `requests --json`, `queue --json` and `log --json`, as lists."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from fastapi.security import HTTPBearer
from starlette.responses import JSONResponse, Response

from pipeline.desk.door import needs
from pipeline.desk.shapes import ShownHold, ShownRequest, log_object, queue_object, request_object
from pipeline.desk.waiting import held_requests
from pipeline.log.questions import Question, ask
from pipeline.reviewing.holds import open_holds
from pipeline.store import views
from pipeline.store.states import State
from pipeline.store.store import Store
from schemas.base import Frozen, JsonDict
from schemas.disclosure import LogEntry, LogEvent
from schemas.people import Act

# The guard has looked at the token already; this only tells readers of the schema how it is shown.
_BEARER = HTTPBearer(auto_error=False, description="A token, as “Tokens of programs” or `chartrelay token add` makes it.")


class Refused(Frozen):
    """Why there is no answer, in a sentence."""

    detail: str


_WHY_NOT = {
    400: "The Host header names another machine.",
    401: "There is no token, or it opens nothing (any more).",
    403: "The token's roles do not allow this.",
    422: "A value that the desk does not understand.",
    429: "Too many calls; Retry-After says how many seconds to wait.",
    503: "The database or the access log is away; try again.",
}
_REFUSALS: dict[int | str, dict[str, Any]] = {status: {"model": Refused, "description": why} for status, why in _WHY_NOT.items()}

Limit = Annotated[int, Query(ge=1, le=10_000, description="at most so many")]
Before = Annotated[str | None, Query(pattern=r"^R-\d{6,12}$", description="only those before this request: the next page")]
After = Annotated[int, Query(ge=0, description="only entries after this one (`hold`): the next page")]


def api_routes(store: Store) -> APIRouter:
    """/api/requests, /api/queue and /api/log."""
    router = APIRouter(prefix="/api", dependencies=[Depends(_BEARER)], responses=_REFUSALS)

    @router.get(
        "/requests",
        dependencies=[Depends(needs(Act.SEE_REQUESTS))],
        response_model=list[ShownRequest],
        summary="Every request and where it stands, the newest first",
    )
    def requests(state: State | None = None, limit: Limit = 500, before: Before = None) -> Response:
        with store.reading() as connection:
            rows = views.requests(connection, limit=limit, state=state.value if state else None, before=before)
            holds = defaultdict(list)
            for hold in open_holds(connection, [row["id"] for row in rows if row["state"] == State.HELD.value]):
                holds[hold.request_id].append(hold)
        return JSONResponse([request_object(row, holds.get(row["id"], ())) for row in rows])

    @router.get(
        "/queue",
        dependencies=[Depends(needs(Act.SEE_QUEUE))],
        response_model=list[ShownHold],
        summary="The exception queue, the oldest first",
    )
    def queue(limit: Limit = 500, after: After = 0) -> Response:
        with store.reading() as connection:
            held = held_requests(connection, after=after, limit=limit)
        return JSONResponse([queue_object(row, hold) for row, hold in held])

    @router.get(
        "/log",
        dependencies=[Depends(needs(Act.SEE_LOG))],
        response_model=list[LogEntry],
        summary="The delivery log, in the order in which it was written",
    )
    def log(
        *,
        patient: Annotated[str | None, Query(description="part of the name, or the patient id")] = None,
        recipient: Annotated[str | None, Query(description="part of the name")] = None,
        since: Annotated[date | None, Query(alias="from", description="first day, local time")] = None,
        until: Annotated[date | None, Query(alias="to", description="last day, local time")] = None,
        event: Annotated[list[LogEvent] | None, Query()] = None,
        request: Annotated[str | None, Query(pattern=r"^R-\d{6,}$")] = None,
    ) -> list[JsonDict]:
        question = Question(patient, recipient, since, until, tuple(event or ()), request)
        with store.reading() as connection:
            return [log_object(entry) for entry in ask(connection, question)]

    return router
