"""The way to the practice's own login and back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.door import address_of, own_page, stranger
from pipeline.desk.entrance import To
from pipeline.desk.porter import FLOW_SECONDS, SSO_BACK, Porter
from pipeline.desk.showing import Showing, at_the_door
from pipeline.people.faults import PeopleError
from pipeline.people.oidc import NOT_BELIEVED, Flow


def sso_routes(porter: Porter, showing: Showing) -> APIRouter:
    """/login/sso, and where it comes back to."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(stranger)])
    entrance = porter.entrance

    @router.get("/login/sso")
    def away(request: Request, to: To = "/") -> Response:
        if porter.provider is None:
            return showing.refusal(request, 404, "There is no other login here.")
        try:
            place, flow = porter.provider.start(own_page(to))
        except PeopleError as error:
            return showing.page(request, "login.html", status=503, **at_the_door(own_page(to), trouble=str(error)))
        response = RedirectResponse(place, status_code=303)
        return porter.remember(request, response, porter.flow_seal.close(flow.as_text()))

    @router.get(SSO_BACK)
    def back(request: Request, code: Annotated[str, Query(max_length=4000)] = "", state: To = "") -> Response:
        kept = porter.flow_seal.open(request.cookies.get(porter.flow_cookie(request), ""), seconds=FLOW_SECONDS)
        flow = Flow.from_text(kept) if kept else None
        try:
            if porter.provider is None or flow is None or not code or state != flow.state:
                raise PeopleError(NOT_BELIEVED)
            secret = entrance.with_identity(porter.provider.finish(flow, code), address_of(request))
        except PeopleError as error:
            again = at_the_door("/", trouble=str(error))
            return porter.forget(request, showing.page(request, "login.html", status=400, **again))
        # A page, and no redirect: the browser came from elsewhere, and a strict cookie goes along only from a page of ours
        response = showing.page(request, "arrived.html", to=own_page(flow.to))
        return porter.give(request, porter.forget(request, response), secret)

    return router
