"""A release and its receipt, as closing meets them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from schemas.disclosure import DeliveryReceipt, Enclosure, ProofRung
from schemas.record_set import Item, ItemKind, Manifest, Withheld
from schemas.release import Destination, PathwayName, Patient, Practice, Release, Requester, Scope

AT = datetime(2026, 11, 23, 9, 41, 7, tzinfo=UTC)
PRACTICE = Practice(name="Harbor Dental Group")


def release(*, balance: str = "0.00", next_appointment: str = "", guarantor_id: str = "", **fields: Any) -> Release:
    patient = Patient(
        patient_id="P-1007",
        last_name="Okafor",
        first_name="Ada",
        date_of_birth=date(1984, 2, 29),
        balance=balance,
        next_appointment=next_appointment,
        guarantor_id=guarantor_id,
    )
    usual: dict[str, Any] = {
        "destination": Destination(
            office_id="D-1",
            name="Elm Street Dental",
            attention="Dr. Kim Lee",
            street="9 Elm Street",
            city="Bangor",
            state="ME",
            zip="04401",
            phone="(207) 555-0199",
            channel="folder",
            address="Elm Street Dental",
        ),
        "requester": Requester(name="Ada Okafor"),
        "pathway": PathwayName.AUTHORIZATION,
        "scope": Scope(sentence="x-rays and notes"),
        "requested_on": date(2026, 11, 20),
        "basis": "authorization signed on 2026-11-20",
    }
    return Release(patient=patient, **(usual | fields))


def receipt(proof: ProofRung = ProofRung.REACHED) -> DeliveryReceipt:
    return DeliveryReceipt(
        key="r-000012-3f2a9c1e",
        channel="folder",
        address="Elm Street Dental",
        proof=proof,
        delivered_at=AT,
        enclosures=(Enclosure(name="Records.pdf", sha256="0" * 64, size_bytes=1),),
        sentence="All 4 files were read back.",
    )


def manifest() -> Manifest:
    def item(number: int, kind: ItemKind, day: date | None, pages: int, **more: str) -> Item:
        return Item(
            number=number,
            file=f"{kind.value}.bin",
            kind=kind,
            date=day,
            media_type="x/y",
            sha256="0" * 64,
            size_bytes=1_234_567,
            pages=pages,
            **more,
        )

    return Manifest(
        patient_id="P-1007",
        source="folder",
        gathered_at=AT,
        items=(
            item(1, ItemKind.XRAY_BITEWING, date(2025, 1, 15), 1, teeth="2-5", description="Left side"),
            item(2, ItemKind.CBCT, None, 0),
            item(3, ItemKind.NOTES, date(2025, 3, 1), 3),
        ),
        withheld=(Withheld(file="ledger.pdf", kind=ItemKind.LEDGER, date=None, pages=2, why="not among the kinds asked for"),),
    )
