"""The access log on a page: who looked at what, asked by person, request, patient and day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query
from starlette.requests import Request
from starlette.responses import Response

from pipeline.desk.door import needs
from pipeline.desk.showing import Showing
from pipeline.people import accesses
from pipeline.people.accesses import AccessQuestion
from pipeline.store.store import Store
from schemas.people import Act

MOST_ROWS = 500
Words = Annotated[str, Query(max_length=100)]


@dataclass(frozen=True)
class AccessForm:
    """The search form as it was filled in; empty text asks nothing."""

    person: str = ""
    request: str = ""
    patient: str = ""
    since: str = ""
    until: str = ""
    kind: str = ""

    def question(self) -> AccessQuestion:
        """The same for the log. Raises ValueError with a sentence."""
        return AccessQuestion(
            person=self.person.strip() or None,
            request_id=self.request.strip().upper() or None,
            patient=self.patient.strip() or None,
            since=_day(self.since),
            until=_day(self.until),
            kind=self.kind.strip() or None,
        )

    @property
    def query(self) -> str:
        """For links to the same question."""
        names = {"since": "from", "until": "to"}
        return urlencode({names.get(name, name): value for name, value in vars(self).items() if value})


def access_routes(store: Store, showing: Showing) -> APIRouter:
    """/access, for administrators and auditors."""
    router = APIRouter(include_in_schema=False, dependencies=[Depends(needs(Act.SEE_ACCESS, "access log"))])

    @router.get("/access")
    def the_access_log(request: Request, form: Annotated[AccessForm, Depends(_form)]) -> Response:
        try:
            question, trouble = form.question(), ""
        except ValueError as error:
            question, trouble = AccessQuestion(), str(error)
        with store.reading() as connection:
            found = accesses.count(connection, question)
            entries = accesses.ask(connection, question, limit=MOST_ROWS)
        page = {"form": form, "found": found, "entries": entries, "trouble": trouble}
        return showing.page(request, "access.html", status=422 if trouble else 200, **page)

    return router


def _form(
    *,
    person: Words = "",
    request: Words = "",
    patient: Words = "",
    since: Annotated[str, Query(alias="from", max_length=40)] = "",
    until: Annotated[str, Query(alias="to", max_length=40)] = "",
    kind: Words = "",
) -> AccessForm:
    return AccessForm(person, request, patient, since, until, kind)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise ValueError(f"“{text[:20]}” is no date; write it as 2026-11-23.") from None
