"""The desk, put together: what it is given, its door, its pages and its API.

It only reads. There is no route that changes anything, and the guard lets no other method than GET through.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from pipeline.desk.api import api_routes
from pipeline.desk.board import StationCard
from pipeline.desk.guard import Guard
from pipeline.desk.hosts import Hosts
from pipeline.desk.key import KeyFault, Sessions, key_for
from pipeline.desk.machine import machine_routes
from pipeline.desk.pages import page_routes
from pipeline.desk.serving import CannotListen, Stopping, serve
from pipeline.desk.showing import Showing
from pipeline.errors import Retryable
from pipeline.line.broker import Depth
from pipeline.practice.folder import PracticeFolder
from pipeline.settings import Settings
from pipeline.store.store import Store
from pipeline.store.vault import Vault
from schemas.release import StationName

__all__ = ["CannotListen", "Desk", "KeyFault", "StationCard", "Stopping", "key_for", "make_app", "serve"]


@dataclass(frozen=True)
class Desk:
    """What the desk is given."""

    store: Store
    vault: Vault
    folder: PracticeFolder
    settings: Settings
    stations: tuple[StationCard, ...]
    """In the order of the line."""
    depths: Callable[[], dict[StationName, Depth]]
    """What lies in the queues; may raise Retryable."""
    key: str
    """What `key_for` gives."""


def make_app(desk: Desk) -> FastAPI:
    """The desk as an ASGI application."""
    app = FastAPI(
        title="ChartRelay",
        summary="Where requests for records stand, what waits for a person, and what left. Reading only.",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,  # FastAPI's documentation pages load scripts from elsewhere
        redoc_url=None,
    )
    clock = desk.store.clock
    showing = Showing(clock, desk.settings.practice.name)
    app.mount("/static", StaticFiles(packages=[("pipeline.desk", "static")]), name="static")
    app.include_router(page_routes(desk.store, desk.vault, desk.folder, desk.settings, desk.stations, desk.depths, showing))
    app.include_router(api_routes(desk.store))
    app.include_router(machine_routes(desk.store, desk.vault, desk.depths))
    _speak_plainly(app, showing)
    app.add_middleware(
        Guard, sessions=Sessions(desk.key), hosts=Hosts(desk.settings.desk.host), clock=clock, refusal=showing.refusal
    )
    return app


def _speak_plainly(app: FastAPI, showing: Showing) -> None:
    """Every fault becomes a sentence; none shows what lies behind it. (Mistakes of the program: see the guard.)"""

    def not_there(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        return showing.refusal(request, status, "There is nothing at this address." if status == 404 else "This cannot be answered.")

    def not_understood(request: Request, error: Exception) -> Response:
        return showing.refusal(request, 422, "This address asks for something that the desk does not understand.")

    def away(request: Request, error: Exception) -> Response:
        return showing.refusal(request, 503, "The database or the disk cannot be read just now. Try again in a moment.")

    app.add_exception_handler(HTTPException, not_there)
    app.add_exception_handler(RequestValidationError, not_understood)
    app.add_exception_handler(Retryable, away)
