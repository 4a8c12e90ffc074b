"""Matters to write letters about, and what stands on their pages."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pdfplumber

from pipeline.letters import Addressee, Callee, Language, LetterKind, Matter, Party, letter, printed
from schemas.fee import Fee, FeeItem, FeeLine
from schemas.release import Finding, HoldReason, OfficeKind, Practice, Revocation

PRACTICE = Practice(
    name="Harbor Lane Dental",
    street="18 Harbor Lane",
    city="Camden",
    state="ME",
    zip="04843",
    phone="(207) 555-0142",
    fax="(207) 555-0143",
    email="records@harborlane.example",
    contact="Records, extension 4",
)
ANA = Addressee("Ana Whitefeather", street="7 Cedar Street, Apt 3", city="Camden", state="ME", zip="04843")
FIRM = Addressee(
    "Hart, Dunn & Vega LLP",
    Party.THIRD_PARTY,
    OfficeKind.ATTORNEY,
    attention="Ms. Okafor",
    street="900 Quay Street",
    city="Portland",
    state="ME",
    zip="04101",
)
REVOCATION = Revocation(id=1, patient_id="P-0001", at=datetime(2026, 11, 20, 18, tzinfo=UTC), how="letter", who="Ana")


def fee_of(*items: tuple[str, int, str]) -> Fee:
    """A fee of these items: label, number, dollars for one."""
    lines = tuple(
        FeeLine(
            item=FeeItem.PAGES,
            label=label,
            quantity=quantity,
            unit_amount=Decimal(each),
            amount=quantity * Decimal(each),
            source="a table",
        )
        for label, quantity, each in items
    )
    total = sum((line.amount for line in lines), Decimal(0))
    return Fee(lines=lines, total=total, charged=bool(total), sentence="For the clerk.", source="a table")


FEE = fee_of(("pages 1 to 25", 25, "0.25"), ("postage", 1, "2.15"))


def found(reason: HoldReason, paragraph: str | None = None, rule: str = "", sentence: str = "For the clerk.") -> Finding:
    """A finding, its sentence aside."""
    return Finding(reason=reason, rule=rule, paragraph=paragraph, sentence=sentence)


NOT_SIGNED = found(HoldReason.NOT_SIGNED)
TWELVE = (
    *(
        found(HoldReason.ELEMENT_MISSING, f"45 CFR 164.508{part}")
        for part in ("(c)(1)(i)", "(c)(1)(ii)", "(c)(1)(iii)", "(c)(1)(iv)", "(c)(1)(v)", "(c)(1)(vi)", "(c)(2)", "(b)(2)(i)")
    ),
    NOT_SIGNED,
    found(HoldReason.UNREADABLE),
    found(HoldReason.NO_PATIENT),
    found(HoldReason.REVOKED),
)


def matter(**changes: Any) -> Matter:
    """A request of Ana's that came on 19 November and is answered on the 24th."""
    plain = Matter(
        request_id="R-000012",
        received_on=date(2026, 11, 19),
        day=date(2026, 11, 24),
        practice=PRACTICE,
        to=ANA,
        nothing_left=True,
    )
    return replace(plain, **changes)


def enough(kind: LetterKind, **changes: Any) -> Matter:
    """A matter that a letter of this kind can be made of."""
    parts: dict[LetterKind, dict[str, Any]] = {
        LetterKind.MISSING: {"findings": (NOT_SIGNED,)},
        LetterKind.DENIAL: {"because": ("danger",), "what": "the notes of two visits", "certain": True},
        LetterKind.EXTENSION: {"because": ("archive",), "until": date(2027, 1, 15)},
        LetterKind.FEE: {"fee": FEE, "certain": True},
        LetterKind.REVOKED: {"revocation": REVOCATION},
        LetterKind.WELCOME: {"certain": True},
        LetterKind.CALL: {"findings": (found(HoldReason.PATIENT_DIFFERS),), "patient": Callee(ANA.name, "(207) 555-0177")},
    }
    return matter(**(parts[kind] | changes))


def pdf(kind: LetterKind, about: Matter, language: Language = Language.EN) -> bytes:
    """The printed letter."""
    return printed(letter(kind, about, language), about.practice)


def texts(data: bytes) -> list[str]:
    """The words of every page, with single spaces."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return [" ".join(page.extract_text().split()) for page in document.pages]


def said(kind: LetterKind, about: Matter, language: Language = Language.EN) -> str:
    """The words of the whole letter."""
    return " ".join(texts(pdf(kind, about, language)))
