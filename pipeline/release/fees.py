"""What may be charged for a copy, what this practice charges, and the line for the ledger.

The default is to charge nobody: that is lawful everywhere, and what the profession asks for (ADA Code 1.B.1). Where a practice
charges, the patient's rate and the third party's are two things since Ciox v. Azar: the patient pays the cost of copying and no
more, a third party what the state allows. Nobody pays for searching or retrieving; the words of a fee have no place for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from pipeline.release import paragraphs
from pipeline.release.case import as_written
from pipeline.release.policy import Policy
from pipeline.release.rates import Rate, rate_for
from schemas.fee import Fee, FeeItem, FeeLine
from schemas.record_set import Item, Manifest
from schemas.release import OfficeKind, PathwayName, Release

NOTHING = Decimal("0.00")
FREE = frozenset({PathwayName.TREATMENT, PathwayName.PAYMENT, PathwayName.LEGAL_PROCESS})
"""Pathways on which nothing is charged here: no rule of the tables sets a fee for them."""
PATIENTS_OWN = frozenset({PathwayName.PATIENT_ACCESS, PathwayName.DECEASED})
_THIRD = frozenset({OfficeKind.ATTORNEY, OfficeKind.INSURER, OfficeKind.COURT, OfficeKind.OTHER})
FLAT_SOURCE = "HHS guidance on 45 CFR 164.524(c)(4): a flat fee of at most $6.50 for an electronic copy of an electronic record"
COST_SOURCE = f"{paragraphs.NOT_FOR_MONEY}: labor of copying, supplies, postage"


def fee(
    pathway: PathwayName,
    state: str,
    *,
    day: date,
    pages: int,
    images: int,
    electronic: bool,
    policy: Policy,
    destination_kind: OfficeKind = OfficeKind.UNKNOWN,
) -> Fee:
    """What this practice charges for a copy of `pages` pages and `images` x-rays and photographs, made on `day`.

    `state` is the practice's own, two letters or empty. Total and lines are exact to the cent.
    """
    if pathway in FREE:
        return _free("No charge: this program charges nothing on this pathway.", "no rule of the tables sets a fee", None)
    whose = _whose(pathway, destination_kind)
    rate = rate_for(state, day, whose, destination_kind)
    allowed = _allowed(rate, pages, images, electronic, policy) if rate else None
    at_most = sum((line.amount for line in allowed), NOTHING) if allowed is not None else None
    source = rate.source if rate else COST_SOURCE
    if policy.charge == "nobody" or (policy.charge == "third_parties" and whose == "patient"):
        whom = "nobody" if policy.charge == "nobody" else "no patient"
        return _free(
            f"No charge: this practice charges {whom} for copies. {_would_allow(whose, state, at_most)}", source, at_most
        )
    lines = _patients(pages, images, electronic, policy, at_most) if whose == "patient" else tuple(allowed or ())
    total = sum((line.amount for line in lines), NOTHING)
    if not total:
        return _free(f"No charge: {_no_figure(whose, state, rate)}", source, at_most)
    who = "the patient's own request" if whose == "patient" else "a third party"
    sentence = f"${total} for {who}; nothing for searching or retrieving. {_would_allow(whose, state, at_most)}"
    return Fee(lines=lines, total=total, charged=True, at_most=at_most, sentence=sentence, source=source)


def ledger_line(release: Release, manifest: Manifest, fee: Fee, *, produced: str = "electronic copy: PDF and originals") -> str:
    """The D9961 line: when authorized, who asked, to which entity and contact, why, each item, in which form, and the fee.

    It is posted whether or not anything is charged: it is the trace of the release in the ledger.
    """
    contact = release.destination.attention or release.destination.phone or "none named"
    return (
        f"D9961 Copy of patient's records. Authorized: {as_written(release.requested_on)}. "
        f"Requested by: {release.requester.name} ({release.requester.relationship}). "
        f"Entity: {release.destination.name}. Contact: {contact}. "
        f"Reason: {release.purpose or release.reason or 'not stated'}. Sent: {_items(manifest.items)}. Format: {produced}. "
        f"Fee: {f'${fee.total}' if fee.charged else 'none'}."
    )


def _whose(pathway: PathwayName, kind: OfficeKind) -> str:
    """In doubt the patient's rate: it is the lower one."""
    third = pathway is PathwayName.THIRD_PARTY or (pathway not in PATIENTS_OWN and kind in _THIRD)
    return "third_party" if third else "patient"


def _allowed(rate: Rate, pages: int, images: int, electronic: bool, policy: Policy) -> list[FeeLine]:
    """What the rate comes to, item by item; pictures at the practice's own cost."""
    base = [_line(FeeItem.BASE, "for the request", 1, rate.base, rate.source)] if rate.base else []
    told = [
        _line(FeeItem.PAGES, label, count, each, rate.source) for label, count, each in rate.pages(pages, electronic=electronic)
    ]
    return [*base, *told, *_pictures(images, policy)]


def _patients(pages: int, images: int, electronic: bool, policy: Policy, at_most: Decimal | None) -> tuple[FeeLine, ...]:
    """The cost of copying, or the flat amount for an electronic copy; never more than the state's ceiling."""
    if electronic:
        flat = min(policy.patient_flat_fee, at_most) if at_most is not None else policy.patient_flat_fee
        return (_line(FeeItem.FLAT, "electronic copy, flat", 1, flat, FLAT_SOURCE),)
    lines = [*([_line(FeeItem.PAGES, "pages, at cost", pages, policy.page_cost, COST_SOURCE)] if pages else [])]
    lines += _pictures(images, policy)
    if at_most is not None and sum(line.amount for line in lines) > at_most:
        return (_line(FeeItem.PAGES, "pages, at the state's ceiling", 1, at_most, COST_SOURCE),)
    return tuple(lines)


def _pictures(images: int, policy: Policy) -> list[FeeLine]:
    cost = policy.page_cost
    return [_line(FeeItem.IMAGES, "x-rays and photographs, at cost", images, cost, COST_SOURCE)] if images and cost else []


def _line(item: FeeItem, label: str, quantity: int, each: Decimal, source: str) -> FeeLine:
    return FeeLine(item=item, label=label, quantity=quantity, unit_amount=each, amount=quantity * each, source=source)


def _free(sentence: str, source: str, at_most: Decimal | None) -> Fee:
    line = _line(FeeItem.NOTHING, "copy of the records, no charge", 1, NOTHING, source)
    return Fee(lines=(line,), total=NOTHING, charged=False, at_most=at_most, sentence=sentence.strip(), source=source)


def _would_allow(whose: str, state: str, at_most: Decimal | None) -> str:
    where = state.strip().upper() or "this state"
    if whose == "patient":
        if at_most is not None:
            return f"The law would allow the cost of copying, in {where} at most ${at_most}."
        return "The law would allow the cost of copying, or $6.50 flat for an electronic copy."
    if at_most is None:
        return f"The tables have no figure for a third party in {where}."
    return f"The law of {where} would allow ${at_most} at most."


def _no_figure(whose: str, state: str, rate: Rate | None) -> str:
    if whose == "third_party" and rate is None:
        return f"the tables have no figure for a third party in {state.strip().upper() or 'this state'}."
    return "the practice has not said what copying costs it (page_cost)."


def _items(items: Sequence[Item]) -> str:
    """Each kind with its count and dates: `photo (4) 2023-01-09 to 2024-05-02`."""
    kinds = list(dict.fromkeys(item.kind for item in items))
    return "; ".join(_kind([item for item in items if item.kind is kind]) for kind in kinds)


def _kind(items: Sequence[Item]) -> str:
    days = sorted(item.date.isoformat() for item in items if item.date)
    when = "undated" if not days else days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"
    count = f" ({len(items)})" if len(items) > 1 else ""
    return f"{items[0].kind.value}{count} {when}"
