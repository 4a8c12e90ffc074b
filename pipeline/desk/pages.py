"""The addresses of the desk's pages and of the pictures on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from pipeline.desk.claiming import queue_routes
from pipeline.desk.deciding import RequestIdPath, RequestScreen, deciding_routes
from pipeline.desk.door import needs
from pipeline.desk.front_desk import board_routes
from pipeline.desk.given import Desk
from pipeline.desk.log_routes import add_auditor_routes
from pipeline.desk.pictures import PictureError, Pictures, Rendering, SeenPage
from pipeline.desk.showing import Showing
from pipeline.store.store import RequestRow, Store
from pipeline.store.vault import VaultDamaged
from schemas.base import PageNumber
from schemas.people import Act
from schemas.reading import FieldName, Reading
from schemas.record_set import CompletenessReport

Sha256Path = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
T = TypeVar("T")
REVALIDATED = "private, no-cache"
"""Pictures are kept by this browser alone, and asked for each time: without a session nobody gets as far as the answer."""


def page_routes(desk: Desk, showing: Showing) -> APIRouter:
    """Board, exception queue, requests and delivery log."""
    router = APIRouter(include_in_schema=False)
    store, vault = desk.store, desk.vault
    pictures = Pictures(vault, desk.settings.inbox.limits)
    screen = RequestScreen(desk, showing, pictures)
    router.include_router(board_routes(desk, showing))
    router.include_router(queue_routes(desk, showing))
    router.include_router(deciding_routes(desk, screen))

    @router.get("/requests/{request_id}", dependencies=[Depends(needs(Act.SEE_REQUESTS, "request page"))])
    def one_request(request: Request, request_id: RequestIdPath, find: Annotated[str, Query(max_length=100)] = "") -> Response:
        return screen.show(request, request_id, sought=find)

    @router.get("/requests/{request_id}/pages/{number}/{rendering}.jpg", dependencies=[Depends(needs(Act.SEE_REQUESTS))])
    def one_page(
        request: Request, request_id: RequestIdPath, number: Annotated[PageNumber, Path()], rendering: Rendering
    ) -> Response:
        row = _request(store, request_id)
        page = SeenPage(row.scan, row.media_type, number, store.latest(Reading, request_id))
        return _picture(request, f'"{page.etag(rendering)}"', "image/jpeg", lambda: pictures.page(page, rendering))

    @router.get("/requests/{request_id}/fields/{name}.jpg", dependencies=[Depends(needs(Act.SEE_REQUESTS))])
    def one_field(request: Request, request_id: RequestIdPath, name: FieldName) -> Response:
        row, reading = _request(store, request_id), _found(store.latest(Reading, request_id))
        field = _found(reading.fields.get(name))
        page = SeenPage(row.scan, row.media_type, field.page, reading)
        etag = f'"{page.etag(Rendering.PAGE)}-{reading.sha256()}-{name}"'
        return _picture(request, etag, "image/jpeg", lambda: pictures.place(page, field.box))

    @router.get("/requests/{request_id}/pictures/{sha256}.png", dependencies=[Depends(needs(Act.SEE_REQUESTS))])
    def one_fault(request: Request, request_id: RequestIdPath, sha256: Sha256Path) -> Response:
        report = _found(store.latest(CompletenessReport, request_id))
        if sha256 not in {fault.picture for fault in report.faults}:
            raise HTTPException(404)
        return _picture(request, f'"{sha256}"', "image/png", lambda: vault.read(sha256))

    add_auditor_routes(router, desk, showing)
    return router


def _found(value: T | None) -> T:
    """The value. Raises HTTPException 404 for None."""
    if value is None:
        raise HTTPException(404)
    return value


def _request(store: Store, request_id: str) -> RequestRow:
    return _found(store.request(request_id))


def _picture(request: Request, etag: str, media_type: str, draw: Callable[[], bytes]) -> Response:
    headers = {"ETag": etag, "Cache-Control": REVALIDATED}
    if request.headers.get("if-none-match") == etag:
        return Response(status_code=304, headers=headers)
    try:
        return Response(draw(), media_type=media_type, headers=headers)
    except (PictureError, VaultDamaged) as error:
        raise HTTPException(404) from error
