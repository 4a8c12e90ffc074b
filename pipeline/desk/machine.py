"""For the machines that watch over the line: is it well, and how much lies where."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from fastapi import APIRouter
from sqlalchemy import select
from starlette.responses import PlainTextResponse, Response

from pipeline.desk.guard import HEALTH
from pipeline.desk.metrics import CONTENT_TYPE, metrics_text
from pipeline.errors import Retryable
from pipeline.line.broker import Depth
from pipeline.store import tables
from pipeline.store.store import Store
from pipeline.store.vault import Vault
from schemas.release import StationName


def machine_routes(store: Store, vault: Vault, depths: Callable[[], Mapping[StationName, Depth]]) -> APIRouter:
    """/healthz and /metrics."""
    router = APIRouter(include_in_schema=False)

    @router.get(HEALTH)
    def health() -> Response:
        """200 and `ok`, or 503 and what is away, in a word each."""
        away = [name for name, well in (("database", _answers(store)), ("queues", _tell(depths)), ("vault", vault.root.is_dir())) if not well]
        return PlainTextResponse(" ".join(away or ["ok"]) + "\n", status_code=503 if away else 200)

    @router.get("/metrics")
    def metrics() -> Response:
        """Prometheus' text format."""
        return Response(metrics_text(store, depths), media_type=CONTENT_TYPE)

    return router


def _answers(store: Store) -> bool:
    try:
        with store.reading() as connection:
            connection.execute(select(tables.requests.c.number).limit(1)).all()
    except Retryable:
        return False
    return True


def _tell(depths: Callable[[], Mapping[StationName, Depth]]) -> bool:
    try:
        depths()
    except Retryable:
        return False
    return True
