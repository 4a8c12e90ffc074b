"""The breach work-up on paper: what is known filled in, what is not with room to write."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.log.disclosures import disclosure
from pipeline.log.printing import Block, Grid, Heading, Lines, Pairs, Sheet, Text
from pipeline.reviewing.breaches import WorkUp
from pipeline.stationery.words import counted, long_day
from schemas.breach import NOTICE_DAYS, Factor

FACTORS = {
    Factor.WHAT: "(i) What information: its nature and extent, and how likely it tells who it is about",
    Factor.WHO: "(ii) Who got it, or used it without permission",
    Factor.VIEWED: "(iii) Whether it was really acquired or viewed",
    Factor.MITIGATED: "(iv) How far the risk has been mitigated",
}
"""45 CFR 164.402, “breach”, paragraph (2)."""


def breach_sheet(found: WorkUp, day: date) -> Sheet:
    """The sheet."""
    under = "Presumed to be a breach, unless a low probability of compromise is shown (45 CFR 164.402)."
    return Sheet(f"Breach work-up {found.of.request_id}", under, tuple(_blocks(found)), day, found.of.request_id)


def _blocks(found: WorkUp) -> Iterator[Block]:
    of, sheet = found.of, found.sheet
    if of.delivered:
        told = disclosure(of.delivered)
        yield Pairs(
            (
                ("Patient", of.delivered.patient or ""),
                ("Left on", long_day(told.date)),
                ("To", f"{told.recipient}, {told.address}" if told.address else told.recipient),
                ("What", told.description),
                ("Opened?", found.opened),
                ("Discovered on", long_day(sheet.discovered_on) if sheet else ""),
                ("Tell the patient by", long_day(sheet.notice_due) if sheet else f"{NOTICE_DAYS} days from the discovery"),
                ("Patient told on", long_day(sheet.notified_on) if sheet and sheet.notified_on else ""),
            )
        )
    yield Heading("What went wrong")
    yield Text(sheet.happened) if sheet else Lines(2)
    for factor, title in FACTORS.items():
        written = sheet.factors.get(factor, "") if sheet else ""
        yield Heading(title)
        yield Text(written) if written else Lines(2)
    yield Heading("Decision, and why")
    yield Text(f"{sheet.decision.value.replace('_', ' ')}: {sheet.why} ({sheet.who})") if sheet and sheet.why else Lines(2)
    yield Heading(f"May share its fault: {counted(len(found.siblings), 'release')}")
    if found.siblings:
        rows = [[one.request_id, one.patient, one.delivered_at[:10], "; ".join(one.why)] for one in found.siblings]
        yield Grid((("Request", 14), ("Patient", 28), ("Left on", 14), ("Why", 50)), rows)
