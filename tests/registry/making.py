"""Bundles as NPPES publishes them, with the full heading and made-up providers."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline.matching.npi import is_npi

_ADDRESS = ("City Name", "State Name", "Postal Code", "Country Code (If outside U.S.)", "Telephone Number", "Fax Number")
_NAME_PARTS = ("Middle Name", "Name Prefix Text", "Name Suffix Text", "Credential Text")


def _address(kind: str) -> list[str]:
    lines = [f"Provider {line} Line Business {kind} Address" for line in ("First", "Second")]
    return [*lines, *(f"Provider Business {kind} Address {part}" for part in _ADDRESS)]


HEADING = [
    "NPI", "Entity Type Code", "Replacement NPI", "Employer Identification Number (EIN)",
    "Provider Organization Name (Legal Business Name)", "Provider Last Name (Legal Name)", "Provider First Name",
    *(f"Provider {part}" for part in _NAME_PARTS),
    "Provider Other Organization Name", "Provider Other Organization Name Type Code",
    "Provider Other Last Name", "Provider Other First Name", *(f"Provider Other {part}" for part in _NAME_PARTS),
    "Provider Other Last Name Type Code",
    *_address("Mailing"), *_address("Practice Location"),
    "Provider Enumeration Date", "Last Update Date", "NPI Deactivation Reason Code", "NPI Deactivation Date",
    "NPI Reactivation Date", "Provider Sex Code",
    *(f"Authorized Official {part} Name" for part in ("Last", "First", "Middle")),
    "Authorized Official Title or Position", "Authorized Official Telephone Number",
    *(
        f"{column}_{n}"
        for n in range(1, 16)
        for column in (
            "Healthcare Provider Taxonomy Code", "Provider License Number", "Provider License Number State Code",
            "Healthcare Provider Primary Taxonomy Switch",
        )
    ),
    *(
        f"Other Provider Identifier{column}_{n}"
        for n in range(1, 51)
        for column in ("", " Type Code", " State", " Issuer")
    ),
    "Is Sole Proprietor", "Is Organization Subpart", "Parent Organization LBN", "Parent Organization TIN",
    *(f"Authorized Official {part}" for part in ("Name Prefix Text", "Name Suffix Text", "Credential Text")),
    *(f"Healthcare Provider Taxonomy Group_{n}" for n in range(1, 16)),
    "Certification Date",
]  # fmt: skip
"""The first line of npidata_pfile, in its order: 330 columns (NPPES Data Dissemination Readme, exhibit 2-1)."""

PLACES_HEADING = [
    "NPI",
    "Provider Secondary Practice Location Address- Address Line 1",
    "Provider Secondary Practice Location Address-  Address Line 2",
    "Provider Secondary Practice Location Address - City Name",
    "Provider Secondary Practice Location Address - State Name",
    "Provider Secondary Practice Location Address - Postal Code",
    "Provider Secondary Practice Location Address - Country Code (If outside U.S.)",
    "Provider Secondary Practice Location Address - Telephone Number",
    "Provider Secondary Practice Location Address - Telephone Extension",
    "Provider Practice Location Address - Fax Number",
]
NAMES_HEADING = ["NPI", "Provider Other Organization Name", "Provider Other Organization Name Type Code"]

MONTH = "20050523-20261108"
WEEK = "20261102-20261108"

Row = dict[str, str]
_SHORT = {
    "npi": "NPI",
    "entity": "Entity Type Code",
    "organisation": "Provider Organization Name (Legal Business Name)",
    "last": "Provider Last Name (Legal Name)",
    "first": "Provider First Name",
    "other": "Provider Other Organization Name",
    "street": "Provider First Line Business Practice Location Address",
    "street2": "Provider Second Line Business Practice Location Address",
    "city": "Provider Business Practice Location Address City Name",
    "state": "Provider Business Practice Location Address State Name",
    "zip": "Provider Business Practice Location Address Postal Code",
    "phone": "Provider Business Practice Location Address Telephone Number",
    "fax": "Provider Business Practice Location Address Fax Number",
    "updated": "Last Update Date",
    "deactivated": "NPI Deactivation Date",
    "reactivated": "NPI Reactivation Date",
    "taxonomy": "Healthcare Provider Taxonomy Code_1",
    "primary": "Healthcare Provider Primary Taxonomy Switch_1",
    "taxonomy2": "Healthcare Provider Taxonomy Code_2",
    "primary2": "Healthcare Provider Primary Taxonomy Switch_2",
}


def npi(number: int) -> str:
    """The NPI that begins with 1 and these eight digits."""
    return next(text for check in range(10) if is_npi(text := f"1{number:08d}{check}"))


def provider(number: int, **values: str) -> Row:
    """A row of npidata_pfile, by short names; a dental office in Oregon unless told otherwise."""
    given = {
        "npi": npi(number), "entity": "2", "organisation": "TIDEWATER DENTAL STUDIO, LLC", "street": "900 QUAY ST",
        "city": "PORT LINDEN", "state": "OR", "zip": "979931234", "phone": "5415550170", "fax": "5415550171",
        "taxonomy": "1223G0001X", "primary": "Y", "updated": "03/14/2025",
    } | values  # fmt: skip
    return {_SHORT[key]: value for key, value in given.items()}


def person(number: int, first: str, last: str, **values: str) -> Row:
    """The same for a dentist."""
    return provider(number, entity="1", organisation="", first=first, last=last, **values)


def place(number: int, street: str, **values: str) -> list[str]:
    """A row of pl_pfile."""
    given = {"street2": "", "city": "STONEBRIDGE", "state": "OR", "zip": "97994", "phone": "5415550180", "fax": ""} | values
    start = [npi(number), street, given["street2"], given["city"], given["state"], given["zip"]]
    return [*start, "US", given["phone"], "", given["fax"]]


def table(heading: list[str], rows: Iterable[list[str]]) -> bytes:
    """As published: every cell between quotation marks."""
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([heading, *rows])
    return text.getvalue().encode()


def providers_table(*rows: Row) -> bytes:
    """npidata_pfile with these providers."""
    return table(HEADING, ([row.get(column, "") for column in HEADING] for row in rows))


def bundle(path: Path, *rows: Row, places: Iterable[list[str]] = (), names: Iterable[list[str]] = (), span: str = MONTH) -> Path:
    """The zip, with what else lies in it."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"npidata_pfile_{span}_fileheader.csv", table(HEADING, ()))
        archive.writestr(f"npidata_pfile_{span}.csv", providers_table(*rows))
        archive.writestr(f"pl_pfile_{span}.csv", table(PLACES_HEADING, places))
        archive.writestr(f"othername_pfile_{span}.csv", table(NAMES_HEADING, names))
        archive.writestr("NPPES_Data_Dissemination_Readme.pdf", b"%PDF-1.4")
    return path


def many(count: int, *, dentist_every: int = 20) -> Iterator[bytes]:
    """The lines of a large npidata_pfile, heading first: every so many providers a dentist, the others physicians."""
    yield table(HEADING, ())
    cycle = itertools.cycle((True, *([False] * (dentist_every - 1))))
    for number, dentist in zip(range(count), cycle, strict=False):
        row = provider(
            number, organisation=f"OFFICE {number} DENTAL", street=f"{number % 9900 + 1} MAIN ST",
            phone=f"541{number % 10**7:07d}", fax="", taxonomy="1223G0001X" if dentist else "207Q00000X",
        )  # fmt: skip
        yield table([row.get(column, "") for column in HEADING], ())
