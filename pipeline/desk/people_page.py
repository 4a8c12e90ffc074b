"""People, for whoever looks after them: who is there, and what each may do."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, HTTPException, Path
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.door import address_of, needs, person_of
from pipeline.desk.entrance import Text
from pipeline.desk.porter import Porter
from pipeline.desk.showing import Showing
from pipeline.people import accounts
from pipeline.people.accounts import Account
from pipeline.people.administering import Administration
from pipeline.people.faults import PeopleError
from pipeline.store.tables import accesses
from schemas.people import Act, Role

PersonId = Annotated[int, Path(ge=1, le=2**31 - 1)]
Roles = Annotated[list[Role], Form()]
PEOPLE = "/people"


def people_routes(porter: Porter, showing: Showing, url: str) -> APIRouter:
    """/people and what belongs to it, for administrators."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(needs(Act.ADMINISTER))])
    store = porter.store

    def administration(request: Request) -> Administration:
        return Administration.of(store, person_of(request), address_of(request))

    def shown(request: Request, error: PeopleError | None = None, **more: Any) -> Response:
        with store.reading() as connection:
            everybody = accounts.everybody(connection)
            last = {row.person_id: row.at for row in connection.execute(_LAST_LOGINS)}
        page: dict[str, Any] = {"everybody": everybody, "last": last, "filled": {}}
        page |= {"field": error.field if error else "", "trouble": str(error) if error else "", **more}
        return showing.page(request, "people.html", status=422 if error else 200, **page)

    def one_shown(request: Request, person_id: int, error: PeopleError | None = None) -> Response:
        with store.reading() as connection:
            account = accounts.by_id(connection, person_id)
        if account is None:
            raise HTTPException(404)
        trouble = str(error) if error else ""
        return showing.page(request, "person.html", status=422 if error else 200, account=account, trouble=trouble)

    def linked(request: Request, account: Account, secret: str) -> Response:
        return showing.page(request, "link.html", account=account, address=f"{url}/link/{secret}")

    def named(person_id: int) -> str:
        with store.reading() as connection:
            account = accounts.by_id(connection, person_id)
        if account is None:
            raise HTTPException(404)
        return account.login

    @router.get(PEOPLE)
    def everybody(request: Request) -> Response:
        return shown(request)

    @router.post(PEOPLE)
    def add(request: Request, roles: Roles = [], login: Text = "", name: Text = "") -> Response:  # noqa: B006 -- FastAPI copies it
        try:
            account, secret = administration(request).add(login, name, roles)
        except PeopleError as error:
            return shown(request, error, filled={"login": login, "name": name, "roles": roles})
        return linked(request, account, secret)

    @router.get(f"{PEOPLE}/{{person_id}}")
    def one(request: Request, person_id: PersonId) -> Response:
        return one_shown(request, person_id)

    @router.post(f"{PEOPLE}/{{person_id}}/roles")
    def give_roles(request: Request, person_id: PersonId, roles: Roles = []) -> Response:  # noqa: B006 -- the same
        try:
            administration(request).give_roles(named(person_id), roles)
        except PeopleError as error:
            return one_shown(request, person_id, error)
        return RedirectResponse(PEOPLE, status_code=303)

    @router.post(f"{PEOPLE}/{{person_id}}/reset")
    def reset(request: Request, person_id: PersonId) -> Response:
        return linked(request, *administration(request).reset(named(person_id)))

    @router.post(f"{PEOPLE}/{{person_id}}/disable")
    def disable(request: Request, person_id: PersonId) -> Response:
        try:
            administration(request).disable(named(person_id))
        except PeopleError as error:
            return one_shown(request, person_id, error)
        return RedirectResponse(PEOPLE, status_code=303)

    @router.post(f"{PEOPLE}/{{person_id}}/enable")
    def enable(request: Request, person_id: PersonId) -> Response:
        administration(request).enable(named(person_id))
        return RedirectResponse(PEOPLE, status_code=303)

    @router.post(f"{PEOPLE}/{{person_id}}/log-out")
    def log_out(request: Request, person_id: PersonId) -> Response:
        administration(request).end_sessions(named(person_id))
        return RedirectResponse(f"{PEOPLE}/{person_id}", status_code=303)

    return router


_GOT_IN = (accesses.c.kind == "login") & (accesses.c.outcome == "done")
_LAST_LOGINS = select(accesses.c.person_id, func.max(accesses.c.at).label("at")).where(_GOT_IN).group_by(accesses.c.person_id)
