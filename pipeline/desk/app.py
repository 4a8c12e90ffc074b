"""The desk, put together: what it is given, its door, its pages and its API.

Every route says who may come in (`door.py`); a desk with one that does not say so is not made.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from pipeline.desk.access_page import access_routes
from pipeline.desk.account import account_routes
from pipeline.desk.api import api_routes
from pipeline.desk.door import decided
from pipeline.desk.entrance import entrance_routes
from pipeline.desk.given import Desk, StationCard
from pipeline.desk.guard import AWAY, CLOSED, NOT_HERE, Guard
from pipeline.desk.hosts import Hosts
from pipeline.desk.key import DeskKeyError, key_for
from pipeline.desk.links_page import link_routes
from pipeline.desk.machine import machine_routes
from pipeline.desk.pages import page_routes
from pipeline.desk.people_page import people_routes
from pipeline.desk.porter import Porter
from pipeline.desk.serving import AddressError, Stopping, serve
from pipeline.desk.showing import Showing
from pipeline.desk.sso import sso_routes
from pipeline.desk.tokens_page import token_routes
from pipeline.desk.witness import Witness
from pipeline.errors import Retryable

__all__ = ["AddressError", "Desk", "DeskKeyError", "StationCard", "Stopping", "key_for", "make_app", "serve"]

UPLOADS_AT_ONCE = 10
"""So many of the largest files may be handed in together."""
SENTENCES = {
    401: CLOSED,
    413: "This is more at once than the desk takes.",
    404: "There is nothing at this address.",
    405: NOT_HERE,
}


def make_app(desk: Desk) -> FastAPI:
    """The desk as an ASGI application."""
    app = FastAPI(
        title="ChartRelay",
        summary="Where requests for records stand, what waits for a person, and what left.",
        version="1",
        openapi_url="/api/openapi.json",
        docs_url=None,  # FastAPI's documentation pages load scripts from elsewhere
        redoc_url=None,
    )
    clock = desk.store.clock
    oidc, porter = desk.settings.desk.oidc, Porter(desk)
    idle_seconds, sso = int(porter.limits.idle.total_seconds()), oidc.label if oidc.issuer else ""
    showing = Showing(clock, desk.settings.practice.name, idle_seconds=idle_seconds, sso=sso)
    app.mount("/static", StaticFiles(packages=[("pipeline.desk", "static")]), name="static")
    app.include_router(page_routes(desk, showing))
    app.include_router(api_routes(desk.store))
    app.include_router(machine_routes(desk))
    app.include_router(entrance_routes(porter, showing))
    app.include_router(link_routes(porter, showing))
    app.include_router(sso_routes(porter, showing))
    app.include_router(account_routes(porter, showing, desk.settings.practice.name))
    app.include_router(people_routes(porter, showing, desk.settings.desk.url))
    app.include_router(token_routes(porter, showing))
    app.include_router(access_routes(desk.store, showing))
    decided(app)
    _speak_plainly(app, showing)
    called = urlsplit(desk.settings.desk.address).hostname
    hosts = Hosts(desk.settings.desk.host, (*desk.settings.desk.names, *([called] if called else [])))
    upload = UPLOADS_AT_ONCE * desk.settings.inbox.limits.max_bytes
    app.add_middleware(
        Guard, porter=porter, hosts=hosts, witness=Witness(desk.store), refusal=showing.refusal, upload_bytes=upload
    )
    if proxies := desk.settings.desk.proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(proxies))
    return app


def _speak_plainly(app: FastAPI, showing: Showing) -> None:
    """Every fault becomes a sentence; none shows what lies behind it. (Mistakes of the program: see the guard.)"""

    def not_there(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        said = error.detail if isinstance(error, HTTPException) and status == 403 else ""
        return showing.refusal(request, status, said or SENTENCES.get(status, "This cannot be answered."))

    def not_understood(request: Request, error: Exception) -> Response:
        return showing.refusal(request, 422, "This address asks for something that the desk does not understand.")

    def away(request: Request, error: Exception) -> Response:
        return showing.refusal(request, 503, AWAY)

    app.add_exception_handler(HTTPException, not_there)
    app.add_exception_handler(RequestValidationError, not_understood)
    app.add_exception_handler(Retryable, away)
