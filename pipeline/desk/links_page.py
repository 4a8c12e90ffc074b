"""Links that work once: the first administrator's set-up, an invitation, a new password after the old one was lost."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path
from starlette.requests import Request
from starlette.responses import Response

from pipeline.desk.door import address_of, stranger
from pipeline.desk.entrance import Text, let_in
from pipeline.desk.porter import Porter
from pipeline.desk.showing import Showing
from pipeline.people import accounts, links
from pipeline.people.entering import DEAD_LINK
from pipeline.people.faults import PeopleError
from pipeline.people.links import LinkKind
from pipeline.people.sessions import Step

Secret = Annotated[str, Path(pattern=r"^[\w-]{43}$")]


def link_routes(porter: Porter, showing: Showing) -> APIRouter:
    """/link, with a secret behind it."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(stranger)])
    entrance = porter.entrance

    @router.get("/link/{link}")
    def open_link(request: Request, link: Secret) -> Response:
        return linked(request, link)

    def linked(request: Request, link: str, trouble: PeopleError | None = None, **filled: object) -> Response:
        """The form behind the link, with what was filled in and what was wrong about it."""
        with porter.store.reading() as connection:
            found = links.find(connection, porter.store.clock.now(), link)
            account = accounts.by_id(connection, found.person_id) if found and found.person_id else None
        if found is None:
            return showing.refusal(request, 410, DEAD_LINK)
        values = {"login": "", "name": "", "reviews": True} | filled
        field, sentence = (trouble.field, str(trouble)) if trouble else ("", "")
        page = "set_up.html" if found.kind is LinkKind.SET_UP else "choose_password.html"
        status = 422 if trouble else 200
        return showing.page(request, page, status=status, link=link, account=account, field=field, trouble=sentence, **values)

    @router.post("/link/{link}")
    def use_link(
        request: Request,
        link: Secret,
        password: Text = "",
        again: Text = "",
        login: Text = "",
        name: Text = "",
        reviews: Annotated[bool, Form()] = False,
    ) -> Response:
        filled = {"login": login, "name": name, "reviews": reviews}
        with porter.store.reading() as connection:
            found = links.find(connection, porter.store.clock.now(), link)
        try:
            if password != again:
                raise PeopleError("The two are not the same.", "again")
            if found is not None and found.kind is LinkKind.SET_UP:
                secret = entrance.set_up(link, login, name, password, address_of(request), reviews=reviews)
                return let_in(porter, request, secret, Step.IN, "/")
            secret, step = entrance.choose_password(link, password, address_of(request))
        except PeopleError as error:
            return linked(request, link, error, **filled)
        return let_in(porter, request, secret, step, "/")

    return router
