"""At the door: logging in with a password, and a code where there is a second factor; logging out."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.door import address_of, anyone, own_page, stranger, visit_of
from pipeline.desk.porter import Porter
from pipeline.desk.showing import Showing, at_the_door
from pipeline.people.entering import TooSoonError
from pipeline.people.faults import PeopleError
from pipeline.people.sessions import Step
from pipeline.reviewing.claims import let_all_go

Text = Annotated[str, Form(max_length=400)]
To = Annotated[str, Query(max_length=400)]
Secret = Annotated[str, Path(pattern=r"^[\w-]{43}$")]
NO_CODE_ASKED = "Log in with your password first."


def entrance_routes(porter: Porter, showing: Showing) -> APIRouter:
    """/login and /logout."""
    router = APIRouter(include_in_schema=False)
    entrance = porter.entrance

    def to_page(to: str) -> Response:
        return RedirectResponse(own_page(to), status_code=303)

    # ---- password and code ----------------------------------------------------------------------------------------------

    @router.get("/login", dependencies=[Depends(stranger)])
    def login_form(request: Request, to: To = "/") -> Response:
        if visit_of(request).person:
            return to_page(to)
        return showing.page(request, "login.html", **at_the_door(own_page(to)))

    @router.post("/login", dependencies=[Depends(stranger)])
    def log_in(request: Request, login: Text = "", password: Text = "", to: Text = "/") -> Response:
        try:
            secret, step = entrance.with_password(login, password, address_of(request))
        except PeopleError as error:
            again = at_the_door(own_page(to), login=login, trouble=str(error))
            return waiting(error, showing.page(request, "login.html", status=_status(error), **again))
        return let_in(porter, request, secret, step, to)

    @router.get("/login/code", dependencies=[Depends(stranger)])
    def code_form(request: Request, to: To = "/") -> Response:
        if visit_of(request).session is None:
            return RedirectResponse(f"/login?{urlencode({'to': own_page(to)})}", status_code=303)
        return showing.page(request, "code.html", to=own_page(to), trouble="")

    @router.post("/login/code", dependencies=[Depends(stranger)])
    def give_code(request: Request, code: Text = "", to: Text = "/") -> Response:
        session = visit_of(request).session
        if session is None:
            again = at_the_door(own_page(to), trouble=NO_CODE_ASKED)
            return showing.page(request, "login.html", status=401, **again)
        try:
            secret = entrance.with_code(session, code, address_of(request))
        except PeopleError as error:
            return waiting(error, showing.page(request, "code.html", status=_status(error), to=own_page(to), trouble=str(error)))
        return let_in(porter, request, secret, Step.IN, to)

    @router.post("/logout", dependencies=[Depends(anyone)])
    def log_out(request: Request) -> Response:
        visit = visit_of(request)
        if visit.session and visit.account:
            entrance.leave(visit.account, visit.session, address_of(request))
            let_all_go(porter.store, visit.account.login)
        return porter.take(request, RedirectResponse("/login", status_code=303))

    return router


def let_in(porter: Porter, request: Request, secret: str, step: Step, to: str) -> Response:
    """With the cookie of the new session to the page that was asked for, or to the one that asks for the second factor."""
    place = own_page(to) if step is Step.IN else f"/login/code?{urlencode({'to': own_page(to)})}"
    return porter.give(request, RedirectResponse(place, status_code=303), secret)


def waiting(error: PeopleError, response: Response) -> Response:
    """The same, with how long to wait."""
    if isinstance(error, TooSoonError):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _status(error: PeopleError) -> int:
    return 429 if isinstance(error, TooSoonError) else 401
