"""The two papers of a set: one for the people of the receiving office, one for their programs.

Neither tells of records that were withheld: that a record exists is itself something only the scope may let out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from schemas.base import JsonDict, Sha256
from schemas.record_set import Copy, Item, Manifest
from schemas.release import Practice, Release

MANIFEST_FORMAT = "chartrelay-record-set/1"


def readme(release: Release, copied: Copy, *, practice: Practice, sums: Sequence[tuple[Sha256, str]], key: str) -> bytes:
    """README.txt in UTF-8 with the line ends of Windows. It names no patient, because it is what people open first."""
    originals = sum(name.startswith("originals/") for _, name in sums)
    lines = [
        "COPY OF DENTAL RECORDS",
        f"from  {practice.name}",
        f"to    {release.destination.name}",
        f"Reference {key}",
        "",
        "WHAT THIS IS",
        "This folder is one complete set of copies about one patient, who is named on the first page of Records.pdf.",
        "",
        f"  Records.pdf     to read and print: {_count(copied.pdf_pages, 'page')}, with a cover sheet and a table of contents",
        f"  originals       to import: {_count(originals, 'file')}, byte for byte as they are kept in our chart,",
        "                  x-rays and photographs in their full quality",
        "  manifest.json   the list of the originals for a computer program: kind, date, teeth, pages, hashes",
        "",
        "IF THIS SET IS NOT MEANT FOR YOU",
        "Please do not read, copy or pass it on, and call us: health records are protected by law.",
        "",
        "WHOM TO CALL",
        *_contact(practice),
        "",
        "IS EVERYTHING HERE, AND UNCHANGED?",
        "Each line below is the SHA-256 of a file, and its name. To compute it yourself:",
        '  Windows   certutil -hashfile "Records.pdf" SHA256',
        '  macOS     shasum -a 256 "Records.pdf"',
        '  Linux     sha256sum "Records.pdf"',
        "",
        *(f"{sha256}  {name}" for sha256, name in sums),
        "",
    ]
    return "\r\n".join(lines).encode()


def manifest_json(
    release: Release, manifest: Manifest, copied: Copy, *, practice: Practice, names: Mapping[int, str], pdf_name: str, key: str
) -> bytes:
    """manifest.json: what was sent, for a program that files it. `names` gives the name in the set of each item."""
    return _json(
        {
            "format": MANIFEST_FORMAT,
            "reference": key,
            "from": practice.model_dump(),
            "to": release.destination.name,
            "patient": {
                "last_name": release.patient.last_name,
                "first_name": release.patient.first_name,
                "middle_name": release.patient.middle_name,
                "date_of_birth": release.patient.date_of_birth.isoformat(),
            },
            "requested_on": release.requested_on.isoformat(),
            "scope": release.scope.sentence,
            "gathered_at": manifest.gathered_at.isoformat(timespec="seconds"),
            "pdf": {
                "file": pdf_name,
                "sha256": copied.pdf,
                "size_bytes": copied.pdf_size_bytes,
                "pages": copied.pdf_pages,
            },
            "originals": [_original(item, names[item.number], copied) for item in manifest.items],
        }
    )


def _original(item: Item, name: str, copied: Copy) -> JsonDict:
    return {
        "number": item.number,
        "file": name,
        "name_in_chart": item.file,
        "kind": item.kind.value,
        "date": item.date.isoformat() if item.date else None,
        "teeth": item.teeth,
        "description": item.description,
        "media_type": item.media_type,
        "sha256": item.sha256,
        "size_bytes": item.size_bytes,
        "pages": item.pages,
        "pages_in_pdf": [page.copy_page for page in copied.pages if page.item == item.number],
    }


def _contact(practice: Practice) -> list[str]:
    place = " ".join(part for part in (practice.state, practice.zip) if part)
    told = {
        "": practice.name,
        "Ask for": practice.contact,
        "Phone": practice.phone,
        "Fax": practice.fax,
        "E-mail": practice.email,
        "Address": ", ".join(part for part in (practice.street, practice.city, place) if part),
    }
    return [f"  {label:<8}  {value}" if label else f"  {value}" for label, value in told.items() if value]


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _json(value: JsonDict) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
