"""The tokens of programs, for whoever looks after people."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.door import address_of, needs, person_of
from pipeline.desk.entrance import Text
from pipeline.desk.people_page import Roles
from pipeline.desk.porter import Porter
from pipeline.desk.showing import Showing
from pipeline.people import tokens
from pipeline.people.administering import Administration
from pipeline.people.faults import PeopleError
from pipeline.store.times import stamp
from schemas.people import Act

TokenName = Annotated[str, Path(max_length=64)]
TOKENS = "/tokens"


def token_routes(porter: Porter, showing: Showing) -> APIRouter:
    """/tokens and what belongs to it, for administrators."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(needs(Act.ADMINISTER))])
    store = porter.store

    def administration(request: Request) -> Administration:
        return Administration.of(store, person_of(request), address_of(request))

    def shown(request: Request, error: PeopleError | None = None, **filled: Any) -> Response:
        with store.reading() as connection:
            programs = tokens.every_token(connection)
        page = {"programs": programs, "now": stamp(store.clock.now()), "filled": filled}
        page |= {"field": error.field if error else "", "trouble": str(error) if error else ""}
        return showing.page(request, "tokens.html", status=422 if error else 200, **page)

    @router.get(TOKENS)
    def every_token(request: Request) -> Response:
        return shown(request)

    @router.post(TOKENS)
    def add(
        request: Request,
        roles: Roles = [],  # noqa: B006 -- FastAPI copies it
        name: Text = "",
        days: Annotated[int, Form(ge=1, le=3650)] = 365,
    ) -> Response:
        try:
            secret = administration(request).add_token(name.strip(), roles, days)
        except PeopleError as error:
            return shown(request, error, name=name, roles=roles, days=days)
        return showing.page(request, "token.html", name=name.strip(), secret=secret, days=days)

    @router.post(f"{TOKENS}/{{name}}/revoke")
    def revoke(request: Request, name: TokenName) -> Response:
        try:
            administration(request).revoke_token(name)
        except PeopleError as error:
            return shown(request, error)
        return RedirectResponse(TOKENS, status_code=303)

    return router
