"""Sets made for a test: a manifest, a copy and a vault with their bytes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.delivering.packing import PackedSet, pack
from pipeline.store.vault import Vault
from schemas.disclosure import DeliveryIntent
from schemas.record_set import CopiedPage, Copy, Item, ItemKind, Manifest, Withheld
from schemas.release import Destination, PathwayName, Patient, Practice, Release, Requester, Scope

AT = datetime(2026, 11, 23, 9, 41, 7, tzinfo=UTC)
KEY = "r-000012-3f2a9c1e"
ADDRESS = "Elm Street Dental"

PRACTICE = Practice(
    name="Harbor Dental Group",
    street="1 Harbor Road",
    city="Portland",
    state="ME",
    zip="04101",
    phone="(207) 555-0100",
    contact="Records, extension 4",
)
RELEASE = Release(
    patient=Patient(patient_id="P-1007", last_name="Okafor", first_name="Ada", date_of_birth=date(1984, 2, 29)),
    destination=Destination(office_id="D-1", name="Elm Street Dental", channel="folder", address=ADDRESS),
    requester=Requester(name="Ada Okafor"),
    pathway=PathwayName.AUTHORIZATION,
    scope=Scope(sentence="x-rays and notes"),
    requested_on=date(2026, 11, 20),
    basis="signed request of 2026-11-20",
)


def intent(key: str = KEY, address: str = ADDRESS) -> DeliveryIntent:
    return DeliveryIntent(key=key, channel="folder", address=address, intended_at=AT)


def facts(vault: Vault) -> tuple[Manifest, Copy]:
    originals = [
        ("xrays/Okafor Ada pano.JPG", ItemKind.XRAY_PANO, date(2024, 5, 1), b"a panoramic " * 200, 1),
        ("notes.pdf", ItemKind.NOTES, None, b"progress notes", 2),
        ("upper.stl", ItemKind.OTHER, None, b"an arch", 0),
    ]
    items = tuple(
        Item(
            number=number,
            file=file,
            kind=kind,
            date=day,
            teeth="1-32" if number == 1 else "",
            media_type="application/octet-stream",
            sha256=vault.put(data),
            size_bytes=len(data),
            pages=pages,
        )
        for number, (file, kind, day, data, pages) in enumerate(originals, start=1)
    )
    secret = Withheld(file="therapy.pdf", kind=ItemKind.OTHER, date=None, pages=9, description="counselling", why="not asked for")
    manifest = Manifest(patient_id="P-1007", source="folder", gathered_at=AT, items=items, withheld=(secret,))
    pdf = b"%PDF the labelled copy " * 300
    pages = tuple(CopiedPage(item=item, page=page, copy_page=copy) for item, page, copy in ((1, 1, 3), (2, 1, 4), (2, 2, 5)))
    return manifest, Copy(pdf=vault.put(pdf), pdf_size_bytes=len(pdf), pdf_pages=5, front_pages=2, pages=pages)


def packed(folder: Path, key: str = KEY, practice: Practice = PRACTICE) -> PackedSet:
    vault = Vault(folder)
    manifest, copied = facts(vault)
    return pack(RELEASE, manifest, copied, practice=practice, vault=vault, key=key)
