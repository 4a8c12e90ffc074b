"""The patients and the offices of the sample practice. Every name, town, number and address is made up.

Phones are 555-01xx and mail goes to example domains, both set aside for fiction; no post office has these towns.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from schemas.release import Destination, OfficeKind, Patient, Practice

PRACTICE = Practice(
    name="Maple Street Family Dentistry",
    street="118 Maple Street",
    city="Alder Falls",
    state="OR",
    zip="97991",
    phone="(541) 555-0100",
    fax="(541) 555-0101",
    email="records@maplestreetdentistry.example",
    contact="Records desk, extension 4",
)

ZIP_OF_TOWN = {
    "Alder Falls": "97991",
    "Fernhaven": "97992",
    "Port Linden": "97993",
    "Stonebridge": "97994",
    "Granite Hollow": "97995",
}

# Born "9y 06-02" turns 9 in the year the sample is made, so that children stay children. Next: days from now.
_PATIENTS = """
id  | last          | first   | middle   | other names| born      | phone| street              | town          | payer| status  | balance| next
1001| Oyelaran      | Margaret| Anne     |            | 1979-02-11| 0130 | 84 Heron Lane       | Alder Falls   | 1001 | active  | 0.00   | 11
1002| Oyelaran      | Tunde   |          |            | 1976-09-30| 0130 | 84 Heron Lane       | Alder Falls   | 1001 | active  | 0.00   |
1003| Oyelaran      | Kehinde | Grace    |            | 9y 06-02  | 0130 | 84 Heron Lane       | Alder Falls   | 1001 | active  | 0.00   | 32
1004| Oyelaran      | Taiwo   | Joy      |            | 9y 06-02  | 0130 | 84 Heron Lane       | Alder Falls   | 1001 | active  | 0.00   | 32
1005| Ruiz          | Daniel  |          |            | 1987-04-13| 0131 | 9 Tanner Street     | Stonebridge   | 1005 | active  | 45.00  |
1006| Ruiz          | Elena   | Sofia    | Elena Marsh| 1988-12-01| 0132 | 9 Tanner Street     | Stonebridge   | 1005 | active  | 0.00   | 20
1007| Brandt        | Walter  | James    |            | 1958-07-19| 0133 | 310 Orchard Road    | Granite Hollow| 1007 | active  | 0.00   | 45
1008| Brandt        | Walter  | Thomas   |            | 1987-03-22| 0133 | 310 Orchard Road    | Granite Hollow| 1007 | active  | 128.40 |
1009| Whitlock      | Hannah  | Claire   | Pryce      | 1991-05-27| 0134 | 27 Lantern Court    | Fernhaven     | 1009 | active  | 0.00   | 8
1010| Núñez         | José    | Luis     |            | 1969-11-08| 0135 | 512 Canal Street    | Port Linden   | 1010 | active  | 0.00   |
1011| Núñez         | Lucía   |          |            | 14y 01-17 | 0135 | 512 Canal Street    | Port Linden   | 1010 | active  | 0.00   | 17
1012| Osei-Lindgren | Amara   |          |            | 1983-08-05| 0136 | 6 Weaver Close      | Alder Falls   | 1012 | active  | 0.00   | 27
1013| Finch         | Harold  | Edmund   |            | 1938-10-14| 0137 | 41 Mill Pond Way    | Stonebridge   | 1013 | deceased| 0.00   |
1014| Finch         | Dorothy | May      |            | 1942-03-03| 0137 | 41 Mill Pond Way    | Stonebridge   | 1013 | active  | 0.00   | 60
1015| Castellan     | Milo    |          |            | 11y 09-12 | 0138 | 73 Bramble Hill     | Fernhaven     | 1016 | active  | 0.00   | 14
1016| Castellan     | Beatrix | Noor     |            | 1984-06-25| 0138 | 73 Bramble Hill     | Fernhaven     | 1016 | active  | 260.00 |
1017| Okafor        | Chidi   | Emmanuel |            | 1995-01-09| 0139 | 18 Ferry Road       | Port Linden   | 1017 | active  | 0.00   | 5
1018| Hartmann      | Greta   | Luise    |            | 1973-04-02| 0140 | 205 Clocktower Lane | Alder Falls   | 1018 | active  | 0.00   |
1019| Vandermeer    | Pieter  |          |            | 1966-12-19| 0141 | 33 Dike Street      | Port Linden   | 1019 | active  | 75.25  | 39
1020| Tanaka        | Yuki    |          |            | 1990-07-30| 0142 | 11 Cherry Terrace   | Fernhaven     | 1020 | active  | 0.00   |
1021| Gauthier      | Renée   | Odile    |            | 1981-02-28| 0143 | 450 Vineyard Road   | Granite Hollow| 1021 | active  | 0.00   | 22
1022| Lindqvist     | Zoë     |          |            | 1998-09-16| 0144 | 92 Birch Row        | Alder Falls   | 1022 | active  | 0.00   |
1023| O'Sullivan    | Declan  | Patrick  |            | 1955-03-17| 0145 | 7 Harbor Steps      | Port Linden   | 1023 | active  | 0.00   | 70
1024| Abernathy     | Rose    | Ellen    | Rose Tully | 1949-08-21| 0146 | 66 Quarry Bend      | Granite Hollow| 1024 | active  | 0.00   |
1025| Delacroix-Webb| Simone  |          |            | 1986-10-03| 0147 | 14 Gaslight Walk    | Stonebridge   | 1025 | active  | 0.00   | 9
1026| Petrov        | Anton   | Ilyich   |            | 1977-05-06| 0148 | 280 Foundry Street  | Stonebridge   | 1026 | inactive| 0.00   |
1027| Kowalczyk     | Marta   |          |            | 1993-11-23| 0149 | 5 Sundial Place     | Fernhaven     | 1027 | active  | 0.00   | 13
1028| Ibrahim       | Leila   | Samira   |            | 1989-01-31| 0150 | 39 Aqueduct Avenue  | Alder Falls   | 1028 | active  | 0.00   | 36
1029| Nakagawa      | Kenji   |          |            | 1962-06-18| 0151 | 120 Stillwater Drive| Fernhaven     | 1029 | active  | 0.00   |
1030| Thornbury     | Gareth  | Owen     |            | 1971-09-09| 0152 | 58 Barley Street    | Granite Hollow| 1030 | active  | 310.80 | 4
1031| Mbeki-Sloan   | Thandi  |          |            | 1999-04-26| 0153 | 21 Skylark Rise     | Alder Falls   | 1031 | active  | 0.00   |
1032| Fairweather   | Iris    | Josephine|            | 1934-12-05| 0154 | 3 Almshouse Court   | Stonebridge   | 1032 | inactive| 0.00   |
1033| Yildiz        | Emre    |          |            | 1985-07-07| 0155 | 77 Copper Lane      | Port Linden   | 1033 | active  | 0.00   | 28
1034| Sandoval      | Rafael  | Antonio  |            | 1974-02-20| 0156 | 630 Mesa Road       | Granite Hollow| 1034 | active  | 0.00   |
1035| Sandoval      | Inés    | María    |            | 1976-10-29| 0156 | 630 Mesa Road       | Granite Hollow| 1034 | active  | 0.00   | 51
1036| Whitcombe     | Arthur  | George   |            | 1947-01-12| 0157 | 16 Rookery Path     | Fernhaven     | 1036 | deceased| 0.00   |
1037| Larsen        | Freja   |          |            | 2001-05-14| 0158 | 48 Saltmarsh Road   | Port Linden   | 1037 | active  | 0.00   | 18
1038| Nguyen        | Bao     | Minh     |            | 1980-03-08| 0159 | 99 Paper Mill Street| Stonebridge   | 1038 | active  | 0.00   |
1039| Nguyen        | Linh    |          |            | 7y 08-19  | 0159 | 99 Paper Mill Street| Stonebridge   | 1038 | active  | 0.00   | 24
1040| Ashdown       | Penelope| Jane     |            | 1968-11-11| 0160 | 2 Beacon Terrace    | Alder Falls   | 1040 | active  | 18.00  | 42
1041| Castellan     | Jonas   | Emil     |            | 19y 01-04 | 0138 | 73 Bramble Hill     | Fernhaven     | 1016 | active  | 0.00   |
1042| Bellweather   | Thomas  | Reed     |            | 1982-05-19| 0161 | 24 Larkspur Lane    | Alder Falls   | 1042 | active  | 0.00   | 19
1043| Bellweather   | Joanna  | Kay      |            | 1984-09-02| 0161 | 24 Larkspur Lane    | Alder Falls   | 1042 | active  | 0.00   | 19
1044| Bellweather   | Oscar   |          |            | 12y 04-21 | 0161 | 24 Larkspur Lane    | Alder Falls   | 1042 | active  | 0.00   | 26
1045| Bellweather   | Poppy   | Jane     |            | 8y 10-30  | 0161 | 24 Larkspur Lane    | Alder Falls   | 1042 | active  | 0.00   | 26
"""  # noqa: E501 -- a table reads best unbroken

_OFFICES = """
name                      | attention          | street                   | town           | phone | fax  | trusted| kind
Lakeside Family Dental    | Records desk       | 2200 Shoreline Drive     | Fernhaven      | 0110  | 0111 | yes    | dentist
Cedar Grove Dental Care   | Dr. Ilse Marchetti | 47 Cedar Grove Road      | Alder Falls    | 0112  | 0113 | yes    | dentist
Harbor Point Orthodontics |                    | 900 Quay Street, Suite 3 | Port Linden    | 0114  | 0115 | yes    | specialist
Riverbend Oral Surgery    | Dr. Amos Keller    | 15 Millrace Avenue       | Stonebridge    | 0116  | 0117 | yes    | specialist
Summit Dental Partners    | New patients       | 3310 Summit Boulevard    | Granite Hollow | 0118  | 0119 | yes    | dentist
Old Mill Dental Group     | Front office       | 62 Old Mill Lane         | Stonebridge    | 0120  | 0121 | yes    | dentist
Northgate Smiles          |                    | 1400 Northgate Plaza     | Fernhaven      | 0122  | 0123 | no     | dentist
Pinecrest Endodontics     | Dr. Ruth Salazar   | 8 Pinecrest Court        | Granite Hollow | 0124  | 0125 | no     |
Port Linden Cardiology    | Dr. Amrita Bose    | 71 Signal Hill Road      | Port Linden    | 0126  | 0127 | yes    | physician
Cascadia Dental Benefits  | Claims department  | 500 Exchange Square      | Port Linden    | 0128  | 0129 | yes    | insurer
"""
"""Pinecrest has no kind yet, as in any directory that grew over the years. No NPI: every one that is right is somebody's."""


def roster(today: date) -> list[Patient]:
    """The patients as of `today`: children keep their age, appointments lie ahead."""
    return [_patient(row, today) for row in _rows(_PATIENTS)]


ASKS_FOR_OWN_COPY = "1031"
"""The patient whose own address the practice has confirmed, so that it stands in the directory."""


def directory() -> list[Destination]:
    """Whom the practice sent records to before, one patient among them; the folder channel serves them all."""
    patients = {row["id"]: row for row in _rows(_PATIENTS)}
    return [*(_office(row) for row in _rows(_OFFICES)), _own_address(patients[ASKS_FOR_OWN_COPY])]


def plain(text: str) -> str:
    """The letters without their accents, for mail addresses and file names."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _rows(table: str) -> Iterator[dict[str, str]]:
    lines = [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]
    return (dict(zip(lines[0], line, strict=True)) for line in lines[1:])


def _patient(row: dict[str, str], today: date) -> Patient:
    is_child = "y" in row["born"]
    return Patient(
        patient_id=row["id"],
        last_name=row["last"],
        first_name=row["first"],
        middle_name=row["middle"],
        other_names=row["other names"],
        date_of_birth=_birth_date(row["born"], today),
        phone=f"(541) 555-{row['phone']}",
        email="" if is_child else _mail_address(row["first"], row["last"]),
        street=row["street"],
        city=row["town"],
        state="OR",
        zip=ZIP_OF_TOWN[row["town"]],
        guarantor_id=row["payer"],
        status=row["status"],
        balance=row["balance"],
        next_appointment=(today + timedelta(days=int(row["next"]))).isoformat() if row["next"] else "",
    )


def _birth_date(text: str, today: date) -> date:
    if "y" not in text:
        return date.fromisoformat(text)
    age, day = text.split("y ")
    return date.fromisoformat(f"{today.year - int(age)}-{day}")


def _mail_address(first: str, last: str) -> str:
    return f"{plain(first)}.{plain(last)}@example.com".lower().replace("'", "")


def _office(row: dict[str, str]) -> Destination:
    folder = row["name"].lower().replace(" ", "-")
    return Destination(
        office_id=folder,
        name=row["name"],
        attention=row["attention"],
        street=row["street"],
        city=row["town"],
        state="OR",
        zip=ZIP_OF_TOWN[row["town"]],
        phone=f"(541) 555-{row['phone']}",
        fax=f"(541) 555-{row['fax']}",
        email=f"records@{folder.replace('-', '')}.example",
        channel="folder",
        address=folder,
        trusted=row["trusted"] == "yes",
        kind=OfficeKind(row["kind"]),
    )


def _own_address(row: dict[str, str]) -> Destination:
    """A patient who asked for their own copy before: where they live, by the number in the chart."""
    return Destination(
        office_id=f"patient-{row['id']}",
        name=" ".join(filter(None, (row["first"], row["middle"], row["last"]))),
        street=row["street"],
        city=row["town"],
        state="OR",
        zip=ZIP_OF_TOWN[row["town"]],
        phone=f"(541) 555-{row['phone']}",
        email=_mail_address(row["first"], row["last"]),
        channel="folder",
        address=f"patients/{row['id']}",
        trusted=True,
        kind=OfficeKind.PATIENT,
    )
