"""The addresses of the auditor's pages: the log, its entries, and what is taken away from it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Path, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from pipeline.desk.breach_page import add_breach_routes
from pipeline.desk.door import about, needs
from pipeline.desk.given import Desk
from pipeline.desk.log_page import ChainChecker, Form, FormError, answers, log_entry, log_page
from pipeline.desk.shapes import log_csv, log_object, table_csv
from pipeline.desk.showing import Showing
from pipeline.log import counting, disclosures, heads, papers, questions, signing
from pipeline.log.dossier import Dossier, dossier
from pipeline.log.printing import printed
from schemas.disclosure import LogEntry, LogEvent
from schemas.people import Act

Words = Annotated[str, Query(max_length=200)]
ReleaseId = Annotated[str, Path(pattern=r"^R-\d{6,12}$")]
MOST_ON_PAPER = 5000
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]


def add_auditor_routes(router: APIRouter, desk: Desk, showing: Showing) -> None:
    """All of them. What has a fixed name under /log/ comes before what has a number."""
    add_accounting_routes(router, desk, showing)
    add_log_routes(router, desk, showing)
    add_export_routes(router, desk)
    add_release_routes(router, desk, showing)
    add_breach_routes(router, desk, showing)


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
        asked["key"] = _key_shown(desk)
        return showing.page(request, "log.html", status=status, **asked)

    @router.post("/log/check", dependencies=[Depends(needs(Act.VERIFY_LOG))])
    def check_again() -> Response:
        checker.check(again=True)
        return RedirectResponse("/log", status_code=303)

    @router.get("/log/head.json", dependencies=[Depends(needs(Act.VERIFY_LOG))])
    def the_head() -> Response:
        with store.reading() as connection, _in_order():
            made = heads.signed_head(connection, signing.signer(desk.folder.var), store.clock.now())
        return exported(heads.written(made), "application/json", f"log-head-{made.size}.json")

    @router.get("/log/{seq}", dependencies=[Depends(needs(Act.SEE_LOG))])
    def one_entry(request: Request, seq: Number) -> Response:
        entry = log_entry(store, seq)
        if entry is None:
            raise HTTPException(404)
        about(request, request_id=entry.request_id, patient_id=entry.patient_id)
        return showing.page(request, "entry.html", entry=entry, checked=checker.check())

    @router.get("/log/{seq}/proof.json", dependencies=[Depends(needs(Act.VERIFY_LOG))])
    def one_proof(request: Request, seq: Number) -> Response:
        entry = log_entry(store, seq)
        if entry is None:
            raise HTTPException(404)
        about(request, request_id=entry.request_id, patient_id=entry.patient_id)
        with store.reading() as connection, _in_order():
            made = heads.proof(connection, seq, heads.signed_head(connection, signing.signer(desk.folder.var), store.clock.now()))
        return exported(heads.written(made), "application/json", f"log-entry-{seq}-proof.json")


def add_export_routes(router: APIRouter, desk: Desk) -> None:
    """The log as a table, as JSON and on paper."""
    store = desk.store

    @router.get("/log.csv", dependencies=[Depends(needs(Act.EXPORT_LOG))])
    def log_table(form: Annotated[Form, Depends(_form)]) -> Response:
        return exported(log_csv(_answers(desk, form)), "text/csv; charset=utf-8", "delivery-log.csv")

    @router.get("/log.json", dependencies=[Depends(needs(Act.EXPORT_LOG))])
    def log_list(form: Annotated[Form, Depends(_form)]) -> Response:
        listed = json.dumps([log_object(entry) for entry in _answers(desk, form)], ensure_ascii=False, indent=1)
        return exported(listed, "application/json", "delivery-log.json")

    @router.get("/log.pdf", dependencies=[Depends(needs(Act.EXPORT_LOG))])
    def log_paper(form: Annotated[Form, Depends(_form)]) -> Response:
        found = _answers(desk, form)
        if len(found) > MOST_ON_PAPER:
            raise HTTPException(403, f"That would be {len(found):,} entries on paper; ask for fewer than {MOST_ON_PAPER:,}.")
        paper = printed(papers.log_sheet(found, form.said, store.clock.today()), desk.settings.practice)
        return exported(paper, "application/pdf", "delivery-log.pdf")


def add_accounting_routes(router: APIRouter, desk: Desk, showing: Showing) -> None:
    """What the log adds up to: counts of a time, and the accounting of a patient."""
    store = desk.store

    @router.get("/log/counts", dependencies=[Depends(needs(Act.SEE_LOG, "counts"))])
    def the_counts(request: Request, span: Annotated[Span, Depends(_span)]) -> Response:
        trouble, first, last = _days(span)
        with store.reading() as connection:
            equations = counting.counts(connection, first, last)
        status = 422 if trouble else 200
        return showing.page(request, "counts.html", status=status, span=span, equations=equations, trouble=trouble)

    @router.get("/log/accounting", dependencies=[Depends(needs(Act.SEE_LOG, "accounting of disclosures"))])
    def the_accounting(request: Request, patient: Words = "") -> Response:
        about(request, patient_id=patient.strip())
        since, listed = _accounted(desk, patient.strip())
        return showing.page(request, "accounting.html", patient=patient.strip(), since=since, listed=listed)

    @router.get("/log/accounting.csv", dependencies=[Depends(needs(Act.SEE_LOG, "accounting of disclosures"))])
    def accounting_table(request: Request, patient: Words) -> Response:
        about(request, patient_id=patient.strip())
        _, listed = _accounted(desk, patient.strip())
        table = table_csv(disclosures.COLUMNS, [one.row() for one in listed])
        return exported(table, "text/csv; charset=utf-8", "accounting.csv")

    @router.get("/log/accounting.json", dependencies=[Depends(needs(Act.SEE_LOG, "accounting of disclosures"))])
    def accounting_list(request: Request, patient: Words) -> Response:
        about(request, patient_id=patient.strip())
        _, listed = _accounted(desk, patient.strip())
        return exported(json.dumps([one.as_object() for one in listed], indent=1), "application/json", "accounting.json")

    @router.get("/log/accounting.pdf", dependencies=[Depends(needs(Act.SEE_LOG, "accounting of disclosures"))])
    def accounting_paper(request: Request, patient: Words) -> Response:
        about(request, patient_id=patient.strip())
        since, listed = _accounted(desk, patient.strip())
        sheet = papers.accounting_sheet(f"Patient {patient.strip()}", listed, since, store.clock.today())
        return exported(printed(sheet, desk.settings.practice), "application/pdf", "accounting.pdf")


def add_release_routes(router: APIRouter, desk: Desk, showing: Showing) -> None:
    """One release, and everything that shows what it was."""

    @router.get("/releases/{request_id}", dependencies=[Depends(needs(Act.SEE_LOG, "release page"))])
    def one_release(request: Request, request_id: ReleaseId) -> Response:
        return showing.page(request, "release.html", of=_dossier(desk, request_id))

    @router.get("/releases/{request_id}/all.json", dependencies=[Depends(needs(Act.EXPORT_LOG))])
    def release_object(request_id: ReleaseId) -> Response:
        body = json.dumps(_dossier(desk, request_id).as_object(), ensure_ascii=False, indent=1)
        return exported(body, "application/json", f"{request_id}.json")

    @router.get("/releases/{request_id}/all.pdf", dependencies=[Depends(needs(Act.EXPORT_LOG))])
    def release_paper(request_id: ReleaseId) -> Response:
        sheet = papers.release_sheet(_dossier(desk, request_id), desk.store.clock.today())
        return exported(printed(sheet, desk.settings.practice), "application/pdf", f"{request_id}.pdf")


def _dossier(desk: Desk, request_id: str) -> Dossier:
    found = dossier(desk.store, request_id)
    if found is None:
        raise HTTPException(404)
    return found


def _accounted(desk: Desk, patient: str) -> tuple[date, list[disclosures.Disclosure]]:
    today = desk.store.clock.today()
    with desk.store.reading() as connection:
        listed = [disclosures.disclosure(entry) for entry in questions.accounting(connection, patient, today)] if patient else []
    return questions.accounting_since(today), listed


def _key_shown(desk: Desk) -> str:
    try:
        key = signing.known(desk.folder.var)
    except signing.LogKeyError as error:
        return str(error)
    return f"Signed with key {key.name}." if key else "Not signed yet: fetch a signed head, and keep it elsewhere."


@contextmanager
def _in_order() -> Iterator[None]:
    """What hinders a signature is for whoever looks after the machine: 503."""
    try:
        yield
    except (heads.HeadError, signing.LogKeyError) as error:
        raise HTTPException(503) from error


@dataclass(frozen=True)
class Span:
    """From when to when, as it was written."""

    since: str
    until: str


def _span(*, since: Annotated[str, Query(alias="from")] = "", until: Annotated[str, Query(alias="to")] = "") -> Span:
    return Span(since, until)


def _days(span: Span) -> tuple[str, date | None, date | None]:
    """What is wrong with the span, and its days."""
    try:
        return "", *(date.fromisoformat(day) if day else None for day in (span.since, span.until))  # type: ignore[return-value]
    except ValueError:
        return "One of these is no date; write it as 2026-11-23.", None, None


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
