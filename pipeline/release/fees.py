"""What may be charged for a copy, and what this practice charges."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from pipeline.release.policy import Policy
from schemas.fee import Fee, FeeItem, FeeLine
from schemas.record_set import Manifest
from schemas.release import OfficeKind, PathwayName, Release

NOTHING = Decimal("0.00")


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
    """What this practice charges for a copy of `pages` pages, `images` pictures among them."""
    line = FeeLine(
        item=FeeItem.NOTHING, label="copy of the records", quantity=1, unit_amount=NOTHING, amount=NOTHING, source="policy"
    )
    return Fee(lines=(line,), total=NOTHING, charged=False, sentence="No charge.", source="policy")


def ledger_line(release: Release, manifest: Manifest, fee: Fee, *, produced: str = "") -> str:
    """The D9961 line of the ledger: when authorized, who asked, what left, in which form, to whom, and why."""
    return f"Copy of patient's records. Entity: {release.destination.name}. {fee.sentence}"
