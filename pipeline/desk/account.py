"""One's own account: password, second factor, where else one is logged in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, HTTPException
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.door import address_of, anyone, visit_of
from pipeline.desk.entrance import Text, waiting
from pipeline.desk.porter import Porter
from pipeline.desk.showing import Showing
from pipeline.people import second_factor, sessions
from pipeline.people.accounts import Account
from pipeline.people.entering import TooSoonError
from pipeline.people.faults import PeopleError
from pipeline.people.sessions import Session

FACTOR = "/account/second-factor"


def account_routes(porter: Porter, showing: Showing, practice: str) -> APIRouter:
    """/account and what belongs to it, for everybody who is logged in."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(anyone)])
    entrance, store = porter.entrance, porter.store

    def shown(request: Request, error: PeopleError | None = None, **more: Any) -> Response:
        account, session = _own(request)
        with store.reading() as connection:
            elsewhere = sessions.of_person(connection, store.clock.now(), porter.limits, account.id)
            left = second_factor.recovery_codes_left(connection, account.id)
        page = {"account": account, "session": session, "elsewhere": elsewhere, "codes_left": left, "done": ""}
        page |= {"wants_factor": porter.wants_factor, **_wrong(error), **more}
        return _answered(error, showing.page(request, "account.html", status=_status(error), **page))

    def enrolling(request: Request, error: PeopleError | None = None) -> Response:
        account, _ = _own(request)
        secret = entrance.offered_factor(account)
        picture = Markup(second_factor.qr_code(second_factor.address_of(secret, account.login, practice)))  # noqa: S704 -- our own
        parts = [secret[at : at + 4] for at in range(0, len(secret), 4)]
        page = {"picture": picture, "secret": " ".join(parts), "must": visit_of(request).must_enrol, **_wrong(error)}
        return _answered(error, showing.page(request, "second_factor.html", status=_status(error), **page))

    @router.get("/alive")
    def alive() -> Response:
        """Somebody types: a page tells so, that they are not logged off while they do."""
        return Response(status_code=204)

    @router.get("/account")
    def own_account(request: Request) -> Response:
        return shown(request)

    @router.post("/account/password")
    def change_password(request: Request, old: Text = "", password: Text = "", again: Text = "") -> Response:
        account, session = _own(request)
        try:
            if password != again:
                raise PeopleError("The two are not the same.", "again")
            entrance.change_password(account, session, old, password, address_of(request))
        except PeopleError as error:
            return shown(request, error)
        return shown(request, done="Your password is changed. Everywhere else you are logged out.")

    @router.get(FACTOR)
    def offer_factor(request: Request) -> Response:
        account, _ = _own(request)
        return RedirectResponse("/account", status_code=303) if account.totp or not account.password else enrolling(request)

    @router.post(FACTOR)
    def confirm_factor(request: Request, code: Text = "") -> Response:
        account, _ = _own(request)
        if account.totp or not account.password:
            return RedirectResponse("/account", status_code=303)
        try:
            codes = entrance.confirm_factor(account, code, address_of(request))
        except PeopleError as error:
            return enrolling(request, error)
        return showing.page(request, "recovery_codes.html", codes=codes)

    @router.post(f"{FACTOR}/remove")
    def remove_factor(request: Request, proof: Text = "") -> Response:
        account, _ = _own(request)
        if porter.wants_factor:
            raise HTTPException(403, "This practice wants a second factor from everybody.")
        try:
            entrance.drop_factor(account, proof, address_of(request))
        except PeopleError as error:
            return shown(request, error)
        return RedirectResponse("/account", status_code=303)

    @router.post("/account/elsewhere")
    def log_out_elsewhere(request: Request) -> Response:
        account, session = _own(request)
        entrance.end_elsewhere(account, session, address_of(request))
        return RedirectResponse("/account", status_code=303)

    return router


def _own(request: Request) -> tuple[Account, Session]:
    """Whose account it is. Raises HTTPException 403 for a program, which has none."""
    visit = visit_of(request)
    if visit.account is None or visit.session is None:
        raise HTTPException(403, "A program has no account.")
    return visit.account, visit.session


def _wrong(error: PeopleError | None) -> dict[str, str]:
    return {"field": error.field if error else "", "trouble": str(error) if error else ""}


def _status(error: PeopleError | None) -> int:
    return 200 if error is None else 429 if isinstance(error, TooSoonError) else 422


def _answered(error: PeopleError | None, response: Response) -> Response:
    return waiting(error, response) if error else response
