"""A release that may have gone wrong, at the desk: the work-up, the sheet, and taking the set back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, HTTPException, Path
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.door import about, needs
from pipeline.desk.given import Desk
from pipeline.desk.showing import Showing
from pipeline.log.printing import printed
from pipeline.reviewing.breach_paper import FACTORS, breach_sheet
from pipeline.reviewing.breaches import NotAssessed, WorkUp, record, take_back, work_up
from schemas.breach import NOTICE_DAYS, Breach, BreachDecision, Factor
from schemas.people import Act, Person

ReleaseId = Annotated[str, Path(pattern=r"^R-\d{6,12}$")]
Who = Annotated[Person, Depends(needs(Act.BREACH, "breach work-up"))]
Words = Annotated[str, Form(max_length=4000)]


def add_breach_routes(router: APIRouter, desk: Desk, showing: Showing) -> None:
    """Page, paper, and the two forms."""
    store = desk.store

    def page(request: Request, found: WorkUp, *, trouble: str = "", status: int = 200) -> Response:
        if found.of.delivered:
            about(request, patient_id=found.of.delivered.patient_id)
        shown = {"found": found, "factors": FACTORS, "decisions": list(BreachDecision), "days": NOTICE_DAYS}
        return showing.page(request, "breach.html", status=status, trouble=trouble, **shown)

    @router.get("/releases/{request_id}/breach")
    def the_work_up(request: Request, request_id: ReleaseId, person: Who) -> Response:
        return page(request, _found(desk, request_id))

    @router.get("/releases/{request_id}/breach.pdf")
    def the_paper(request_id: ReleaseId, person: Who) -> Response:
        paper = printed(breach_sheet(_found(desk, request_id), store.clock.today()), desk.settings.practice)
        name = f"{request_id}-breach.pdf"
        return Response(paper, media_type="application/pdf", headers={"Content-Disposition": f'attachment; filename="{name}"'})

    @router.post("/releases/{request_id}/breach")
    def write_down(
        *,
        request: Request,
        request_id: ReleaseId,
        person: Who,
        discovered: Words = "",
        happened: Words = "",
        what: Words = "",
        recipient: Words = "",
        viewed: Words = "",
        mitigated: Words = "",
        decision: Annotated[BreachDecision, Form()] = BreachDecision.OPEN,
        why: Words = "",
        notified: Words = "",
    ) -> Response:
        found = _found(desk, request_id)
        given = {Factor.WHAT: what, Factor.WHO: recipient, Factor.VIEWED: viewed, Factor.MITIGATED: mitigated}
        try:
            sheet = Breach(
                discovered_on=date.fromisoformat(discovered),
                happened=happened.strip(),
                factors={factor: words.strip() for factor, words in given.items() if words.strip()},
                decision=decision,
                why=why.strip(),
                notified_on=date.fromisoformat(notified) if notified else None,
                who=person.name,
                at=store.clock.now(),
            )
        except ValueError:  # pydantic's ValidationError is one
            return page(request, found, trouble="Say when it was discovered, as a date, and what went wrong.", status=409)
        try:
            record(store, request_id, sheet)
        except NotAssessed as error:  # what was typed stays in the form
            return page(request, replace(found, sheet=sheet), trouble=f"Not written down: {error}", status=409)
        return RedirectResponse(f"/releases/{request_id}/breach", status_code=303)

    @router.post("/releases/{request_id}/retract")
    def retract(request: Request, request_id: ReleaseId, person: Who) -> Response:
        _found(desk, request_id)
        take_back(store, request_id, desk.folder.outgoing, person.name)
        return RedirectResponse(f"/releases/{request_id}/breach", status_code=303)


def _found(desk: Desk, request_id: str) -> WorkUp:
    try:
        return work_up(desk.store, request_id)
    except NotAssessed as error:
        raise HTTPException(404) from error
