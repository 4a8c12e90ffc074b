"""The chart's written pages as a chart system prints them: PDF, with patient and "Page n of N" on every page."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, String
from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from pipeline.practice.sample.answers import us_date
from pipeline.practice.sample.history import DENTIST, Visit
from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.radiographs.mouth import Mouth
from schemas.release import Patient

_ACCENT = colors.HexColor("#1f4e5f")
_PALE = colors.HexColor("#eaf1f3")
_BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9.5, leading=13)
_SMALL = ParagraphStyle("small", parent=_BODY, fontSize=8.5, leading=11)
_HEAD = ParagraphStyle(
    "head", parent=_BODY, fontName="Helvetica-Bold", fontSize=10.5, leading=15, textColor=_ACCENT, spaceBefore=7
)


class Document(NamedTuple):
    """A finished PDF and how many pages it has."""

    data: bytes
    pages: int


def notes(patient: Patient, visits: Sequence[Visit], printed: date) -> Document:
    """Treatment notes, a paragraph a visit, oldest first."""
    story: list[Any] = []
    for day, procedures in groupby(visits, key=lambda visit: visit.day):
        lines: list[Any] = [Paragraph(f"{us_date(day)}", _HEAD)]
        for visit in procedures:
            lines.append(
                Paragraph(f"<b>{visit.code}</b> &nbsp; {visit.what}{_of_tooth(visit)} &nbsp; <i>{visit.who}</i>", _SMALL)
            )
            lines.append(Paragraph(visit.note, _BODY))
        story.append(KeepTogether(lines))
    return _print("Treatment Notes", patient, printed, story)


def ledger(patient: Patient, visits: Sequence[Visit], printed: date) -> Document:
    """The account: every procedure, every payment, and what is still owed, as in the roster."""
    owed = Decimal(patient.balance or "0")
    charges = sum((Decimal(visit.fee) for visit in visits), Decimal(0))
    paid = charges - owed
    rows: list[list[Any]] = [["Date", "Code", "Tooth", "Description", "Charge", "Payment", "Balance"]]
    balance = Decimal(0)
    for day, procedures in groupby(visits, key=lambda visit: visit.day):
        due = Decimal(0)
        for visit in procedures:
            due += visit.fee
            balance += visit.fee
            rows.append([us_date(day), visit.code, visit.tooth or "", visit.what, f"{visit.fee:.2f}", "", f"{balance:.2f}"])
        payment = min(due, paid)
        paid -= payment
        balance -= payment
        rows.append([us_date(day), "", "", "Payment, thank you", "", f"{payment:.2f}", f"{balance:.2f}"])
    table = _table(rows, [62, 44, 36, 204, 56, 56, 58], right_from=4)
    return _print(
        "Account Ledger", patient, printed, [table, Spacer(1, 10), Paragraph(f"<b>Balance due: ${balance:.2f}</b>", _BODY)]
    )


def treatment_plan(patient: Patient, mouth: Mouth, printed: date, chance: random.Random) -> Document:
    """What is proposed next."""
    teeth = sorted(chance.sample(sorted(mouth.fillings or {3, 14}), k=min(2, len(mouth.fillings or {3, 14}))))
    rows: list[list[Any]] = [["Phase", "Tooth", "Code", "Proposed treatment", "Fee"]]
    rows += [[1, tooth, "D2393", "Resin composite, three surfaces: replace worn filling", "258.00"] for tooth in teeth]
    rows += [
        [2, "", "D9944", "Occlusal guard, hard, full arch", "412.00"],
        [3, "", "D1110", "Prophylaxis, every six months", "104.00"],
    ]
    advice = "Alternatives, risks and the choice of no treatment were explained. The estimate holds for 90 days."
    return _print(
        "Treatment Plan",
        patient,
        printed,
        [
            _table(rows, [44, 44, 56, 300, 72], right_from=4),
            Spacer(1, 12),
            Paragraph(advice, _BODY),
            Spacer(1, 26),
            *_signed(patient),
        ],
    )


def perio_chart(patient: Patient, mouth: Mouth, printed: date, chance: random.Random) -> Document:
    """Probing depths, three on the cheek side and three on the tongue side of every tooth, in millimetres."""
    story: list[Any] = []
    for title, teeth in (("Upper jaw", range(1, 17)), ("Lower jaw", range(32, 16, -1))):
        rows: list[list[Any]] = [["Tooth", *teeth]]
        story.append(Paragraph(title, _HEAD))
        for side in ("Facial", "Lingual"):
            depths = [None if tooth in mouth.missing else _depths(mouth, chance) for tooth in teeth]
            rows.append([side, *("–" if depth is None else " ".join(map(str, depth)) for depth in depths)])
            story.append(_depth_curve(side, depths))
        rows.append(["Bleeding", *("•" if tooth not in mouth.missing and chance.random() < 0.15 else "" for tooth in teeth)])
        rows.append(["Mobility", *("" if tooth in mouth.missing else 0 for tooth in teeth)])
        story += [_table(rows, [_LABEL, *[_TOOTH] * 16], size=7.5, centre=True), Spacer(1, 8)]
    remark = f"Examined by {DENTIST}. Depths of 4 mm and more are reviewed at the next visit. – means no tooth."
    return _print("Periodontal Chart", patient, printed, [*story, Paragraph(remark, _SMALL)])


_LABEL, _TOOTH = 48.0, 28.5
"""Widths of the perio chart's columns, in points."""


def _depths(mouth: Mouth, chance: random.Random) -> tuple[int, ...]:
    return tuple(max(1, round(chance.gauss(2.1 + mouth.bone_loss * 0.4, 0.6))) for _ in range(3))


def _depth_curve(side: str, depths: Sequence[tuple[int, ...] | None]) -> Drawing:
    """The depths of one side as a curve over the columns of the table, a line each 2 mm, deep pockets marked."""
    a_millimetre, height = 6.0, 46.0
    drawing = Drawing(_LABEL + 16 * _TOOTH, height + 8)
    drawing.add(String(3, height / 2, side, fontName="Helvetica", fontSize=7.5))
    for depth in (0, 2, 4, 6):
        y = height - depth * a_millimetre
        drawing.add(Line(_LABEL, y, _LABEL + 16 * _TOOTH, y, strokeColor=colors.HexColor("#d5dde0"), strokeWidth=0.4))
        drawing.add(String(_LABEL - 10, y - 2, str(depth), fontName="Helvetica", fontSize=6))
    for column, three in enumerate(depths):
        if three is None:
            continue
        points = [
            (_LABEL + (column + (site + 1) / 4) * _TOOTH, height - depth * a_millimetre) for site, depth in enumerate(three)
        ]
        drawing.add(PolyLine([value for point in points for value in point], strokeColor=_ACCENT, strokeWidth=1.1))
        for (x, y), depth in zip(points, three, strict=True):
            mark = colors.HexColor("#b3261e") if depth >= 4 else _ACCENT
            drawing.add(Circle(x, y, 1.7 if depth >= 4 else 1.0, fillColor=mark, strokeColor=None))
    return drawing


_QUESTIONS = (
    "Heart disease or high blood pressure",
    "Heart murmur or artificial valve",
    "Pacemaker or defibrillator",
    "Stroke",
    "Diabetes",
    "Asthma or lung disease",
    "Hepatitis or liver disease",
    "Kidney disease",
    "Thyroid disease",
    "Epilepsy or seizures",
    "Bleeding disorder or blood thinners",
    "Cancer, radiation or chemotherapy",
    "Osteoporosis or bisphosphonates",
    "Artificial joint",
    "Allergy to penicillin",
    "Allergy to latex",
    "Allergy to local anesthetics",
    "Tobacco use",
    "Pregnant or nursing",
    "Jaw pain or clicking",
)


def health_history(patient: Patient, printed: date, chance: random.Random) -> Document:
    """Questions and answers of the patient, two pages with the signature on the second."""
    yes = set(chance.sample(range(len(_QUESTIONS)), k=2))
    rows: list[list[Any]] = [["Have you had, or do you have", "Yes", "No"]]
    rows += [[question, *(("X", "") if number in yes else ("", "X"))] for number, question in enumerate(_QUESTIONS)]
    remarks = (
        ("Medication", chance.choice(("None", "Lisinopril 10 mg daily", "Levothyroxine 50 mcg daily", "Vitamin D"))),
        ("Physician", "Dr. Leonie Brandvold, Alder Falls"),
        ("Emergency contact", f"Family, {patient.phone}"),
        ("Last dental visit before this office", "More than a year before"),
        ("Reason for the first visit", chance.choice(("Check-up", "Pain on chewing", "Lost filling", "Cleaning"))),
        ("How do you feel about dental treatment?", chance.choice(("Relaxed", "A little nervous", "Quite nervous"))),
    )
    story: list[Any] = [_table(rows, [416, 50, 50], centre=True, tall=True), Spacer(1, 150)]
    for question, answer in remarks:
        story += [Paragraph(question, _HEAD), Paragraph(answer, _BODY)]
    return _print("Health History", patient, printed, [*story, Spacer(1, 40), *_signed(patient)])


def referral(patient: Patient, printed: date) -> Document:
    """A letter to a specialist."""
    text = (
        "Dear Dr. Keller,",
        f"thank you for seeing our patient {patient.name}, born {us_date(patient.date_of_birth)}, about the lower third molars. "
        "There is intermittent discomfort on the right side and food impaction; probing behind the second molar is 5 mm. "
        "The medical history is enclosed. Please let us have your findings, and return the patient to us for the usual care.",
        f"With kind regards,<br/><br/>{DENTIST}",
    )
    return _print("Referral", patient, printed, [part for line in text for part in (Paragraph(line, _BODY), Spacer(1, 10))])


# -- the paper ---------------------------------------------------------------------------------------------------------


def _of_tooth(visit: Visit) -> str:
    return f", #{visit.tooth}" if visit.tooth else ""


def _signed(patient: Patient) -> list[Any]:
    line = Table([["", ""], [f"Patient: {patient.name}", "Date"]], colWidths=[330, 186], hAlign="LEFT")
    line.setStyle(TableStyle([("LINEABOVE", (0, 1), (-1, 1), 0.6, colors.black), ("FONTSIZE", (0, 0), (-1, -1), 8.5)]))
    return [line]


def _table(
    rows: list[list[Any]],
    widths: list[float],
    *,
    right_from: int | None = None,
    size: float = 8.5,
    centre: bool = False,
    tall: bool = False,
) -> Table:
    padding = 5.5 if tall else 2.5
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), "Helvetica", size),
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", size),
        ("BACKGROUND", (0, 0), (-1, 0), _PALE),
        ("LINEBELOW", (0, 0), (-1, -1), 0.3, colors.HexColor("#b9c6ca")),
        ("TOPPADDING", (0, 0), (-1, -1), padding),
        ("BOTTOMPADDING", (0, 0), (-1, -1), padding),
        ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3),
    ]
    if right_from is not None:
        style.append(("ALIGN", (right_from, 0), (-1, -1), "RIGHT"))
    if centre:
        style.append(("ALIGN", (1, 0), (-1, -1), "CENTER"))
    return Table(rows, colWidths=widths, repeatRows=1, hAlign="LEFT", style=TableStyle(style))


def _print(title: str, patient: Patient, printed: date, story: Sequence[Any]) -> Document:
    """Lays the story out, then numbers the pages once their count is known."""
    buffer = io.BytesIO()
    template = SimpleDocTemplate(
        buffer,
        pagesize=letter,
        leftMargin=48,
        rightMargin=48,
        topMargin=104,
        bottomMargin=60,
        title=title,
        author=PRACTICE.name,
        invariant=1,
    )
    pages = 0

    class NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab ships no types
        """Keeps the pages back until all are laid out."""

        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802 -- reportlab's name
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            nonlocal pages
            pages = len(self._kept)
            for number, page in enumerate(self._kept, 1):
                self.__dict__.update(page)
                _letterhead(self, title, patient, printed, f"Page {number} of {pages}")
                super().showPage()
            super().save()

    template.build(list(story), canvasmaker=NumberedCanvas)
    return Document(buffer.getvalue(), pages)


def _letterhead(canvas: Any, title: str, patient: Patient, printed: date, number: str) -> None:
    width, height = letter
    canvas.setFillColor(_ACCENT)
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawString(48, height - 44, PRACTICE.name)
    canvas.setFont("Helvetica-Bold", 15)
    canvas.drawRightString(width - 48, height - 45, title)
    canvas.setFillColor(colors.black)
    canvas.setFont("Helvetica", 8)
    canvas.drawString(48, height - 56, f"{PRACTICE.street}, {PRACTICE.city}, {PRACTICE.state} {PRACTICE.zip}   {PRACTICE.phone}")
    canvas.setFillColor(_PALE)
    canvas.rect(48, height - 88, width - 96, 20, stroke=0, fill=1)
    canvas.setFillColor(colors.black)
    canvas.setFont("Helvetica-Bold", 9.5)
    canvas.drawString(54, height - 81, f"{patient.last_name}, {patient.first_name} {patient.middle_name}".strip())
    canvas.setFont("Helvetica", 9.5)
    canvas.drawString(270, height - 81, f"Born {us_date(patient.date_of_birth)}")
    canvas.drawRightString(width - 54, height - 81, f"Chart {patient.patient_id}")
    canvas.setFont("Helvetica", 8)
    canvas.drawString(48, 36, f"Printed {us_date(printed)}")
    canvas.drawRightString(width - 48, 36, number)
