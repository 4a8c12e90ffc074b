"""The addresses of the auditor's pages: the log, its entries, and what is taken away from it."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from starlette.requests import Request
from starlette.responses import Response

from pipeline.desk.door import needs
from pipeline.desk.given import Desk
from pipeline.desk.log_page import ChainChecker, Form, FormError, answers, log_entry, log_page
from pipeline.desk.shapes import log_csv, log_object
from pipeline.desk.showing import Showing
from pipeline.log import heads, signing
from schemas.disclosure import LogEntry, LogEvent
from schemas.people import Act

Words = Annotated[str, Query(max_length=200)]
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


def add_log_routes(router: APIRouter, desk: Desk, showing: Showing) -> None:
    """The delivery log."""
    store, checker = desk.store, ChainChecker(desk.store)

    @router.get("/log", dependencies=[Depends(needs(Act.SEE_LOG))])
    def the_log(request: Request, form: Annotated[Form, Depends(_form)]) -> Response:
        try:
            found, trouble, status = log_page(store, form), "", 200
        except FormError as error:
            found, trouble, status = log_page(store, Form()), str(error), 422
        asked = {"log": found, "form": form, "trouble": trouble, "checked": checker.check(), "events": list(LogEvent)}
        return showing.page(request, "log.html", status=status, **asked)

    @router.get("/log/head.json", dependencies=[Depends(needs(Act.VERIFY_LOG))])
    def the_head() -> Response:
        with store.reading() as connection:
            made = heads.signed_head(connection, signing.signer(desk.folder.var), store.clock.now())
        return exported(heads.written(made), "application/json", f"log-head-{made.size}.json")

    @router.get("/log/{seq}", dependencies=[Depends(needs(Act.SEE_LOG))])
    def one_entry(request: Request, seq: Number) -> Response:
        entry = log_entry(store, seq)
        if entry is None:
            raise HTTPException(404)
        return showing.page(request, "entry.html", entry=entry, checked=checker.check())

    @router.get("/log/{seq}/proof.json", dependencies=[Depends(needs(Act.VERIFY_LOG))])
    def one_proof(seq: Number) -> Response:
        signer = signing.signer(desk.folder.var)
        with store.reading() as connection:
            try:
                made = heads.proof(connection, seq, heads.signed_head(connection, signer, store.clock.now()))
            except heads.HeadError as error:
                raise HTTPException(404) from error
        return exported(heads.written(made), "application/json", f"log-entry-{seq}-proof.json")

    @router.get("/log.csv", dependencies=[Depends(needs(Act.EXPORT_LOG))])
    def log_table(form: Annotated[Form, Depends(_form)]) -> Response:
        return exported(log_csv(_answers(desk, form)), "text/csv; charset=utf-8", "delivery-log.csv")

    @router.get("/log.json", dependencies=[Depends(needs(Act.EXPORT_LOG))])
    def log_list(form: Annotated[Form, Depends(_form)]) -> Response:
        listed = json.dumps([log_object(entry) for entry in _answers(desk, form)], ensure_ascii=False, indent=1)
        return exported(listed, "application/json", "delivery-log.json")


def _form(
    *,
    q: Words = "",
    patient: Words = "",
    recipient: Words = "",
    since: Annotated[str, Query(alias="from", max_length=40)] = "",
    until: Annotated[str, Query(alias="to", max_length=40)] = "",
    event: Words = "",
    request: Words = "",
    behind: Annotated[str, Query(pattern=r"^\d{0,10}$")] = "",
) -> Form:
    return Form(q, patient, recipient, since, until, event, request, int(behind) if behind else None)


def _answers(desk: Desk, form: Form) -> list[LogEntry]:
    try:
        return list(answers(desk.store, form))
    except FormError as error:
        raise HTTPException(422) from error


def exported(body: str | bytes, media_type: str, name: str) -> Response:
    """Something to take away."""
    return Response(body, media_type=media_type, headers={"Content-Disposition": f'attachment; filename="{name}"'})
