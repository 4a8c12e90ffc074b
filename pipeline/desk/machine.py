"""For the machines that watch over the line: is it well, and how much lies where."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from sqlalchemy import select
from starlette.responses import PlainTextResponse, Response

from pipeline.desk.door import needs, stranger
from pipeline.desk.given import Desk
from pipeline.desk.guard import HEALTH
from pipeline.desk.metrics import CONTENT_TYPE, Attempts, metrics_text
from pipeline.desk.standing_still import standing_still
from pipeline.errors import Retryable
from pipeline.store import tables
from schemas.people import Act


def machine_routes(desk: Desk) -> APIRouter:
    """/healthz and /metrics."""
    router, attempts = APIRouter(include_in_schema=False), Attempts()

    @router.get(HEALTH, dependencies=[Depends(stranger)])
    def health() -> Response:
        """200 and `ok`, or 503 and what is away, in a word each. Requests that stand still are told, but make nothing ill."""
        well = {"database": _database_answers(desk), "queues": _queues_answer(desk), "vault": desk.vault.root.is_dir()}
        away = [name for name, answers in well.items() if not answers]
        still = _standing_still(desk) if well["database"] else 0
        told = " ".join(away or ["ok"]) + "\n" + (f"requests standing still: {still}\n" if still else "")
        return PlainTextResponse(told, status_code=503 if away else 200)

    @router.get("/metrics", dependencies=[Depends(needs(Act.SEE_METRICS))])
    def metrics() -> Response:
        """Prometheus' text format."""
        return Response(metrics_text(desk.store, desk.depths, attempts), media_type=CONTENT_TYPE)

    return router


def _database_answers(desk: Desk) -> bool:
    try:
        with desk.store.reading() as connection:
            connection.execute(select(tables.requests.c.number).limit(1)).all()
    except Retryable:
        return False
    return True


def _standing_still(desk: Desk) -> int:
    try:
        with desk.store.reading() as connection:
            return len(standing_still(connection, desk.store.clock.now()))
    except Retryable:
        return 0


def _queues_answer(desk: Desk) -> bool:
    try:
        desk.depths()
    except Retryable:
        return False
    return True
