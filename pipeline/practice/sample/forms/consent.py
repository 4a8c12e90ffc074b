"""A practice's own consent to treatment: two pages, signed on the second. It lies in charts and is no request."""

from __future__ import annotations

from pipeline.practice.sample.people import PRACTICE
from pipeline.practice.sample.sheet import LEFT, RIGHT, WIDTH, Sheet

_PARAGRAPHS = (
    "I ask the dentists and staff of this practice to examine and treat me. I have told them truthfully about my health, "
    "my medicines and my allergies, and I will tell them of any change.",
    "I understand that dentistry is not an exact science. The usual risks of dental treatment were explained to me: "
    "soreness, swelling, bleeding, infection, numbness that may last, and damage to teeth or fillings nearby.",
    "I agree to local anesthesia where the dentist thinks it useful. I may ask for it to be left out.",
    "I agree to radiographs as needed for diagnosis. I understand that they are part of my record and that I may have copies.",
    "Other ways of treatment, and what may happen without treatment, were explained to me. My questions were answered.",
)
_MORE = (
    "I know that I am responsible for the fees of my treatment, whatever my insurance pays.",
    "I may take back this consent at any time for treatment that has not begun.",
)


def draw(sheet: Sheet, name: str, born: str, day: str) -> None:
    """Both pages."""
    sheet.text(WIDTH / 2, 62, PRACTICE.name, 13, bold=True, centre=True)
    sheet.text(WIDTH / 2, 84, "Consent to Dental Treatment", 15, bold=True, centre=True)
    sheet.blank(LEFT, 124, 360, "Patient:", name, size=11)
    sheet.blank(370, 124, RIGHT, "Born:", born, size=11)
    y = 168.0
    for number, paragraph in enumerate(_PARAGRAPHS, 1):
        sheet.text(LEFT, y, f"{number}.", 11)
        y = sheet.paragraph(LEFT + 20, y, RIGHT - LEFT - 20, paragraph, 11) + 12
    sheet.text(WIDTH / 2, 768, "Page 1 of 2", 8.5, centre=True)
    sheet.next_page()
    y = 80.0
    for number, paragraph in enumerate(_MORE, len(_PARAGRAPHS) + 1):
        sheet.text(LEFT, y, f"{number}.", 11)
        y = sheet.paragraph(LEFT + 20, y, RIGHT - LEFT - 20, paragraph, 11) + 12
    sheet.rule(LEFT, y + 70, 350)
    sheet.rule(390, y + 70, RIGHT)
    sheet.signature(LEFT + 20, y + 66, name)
    sheet.write(400, y + 66, day)
    sheet.text(LEFT, y + 84, "Signature of patient, or parent of a minor", 9)
    sheet.text(390, y + 84, "Date", 9)
    sheet.text(WIDTH / 2, 768, "Page 2 of 2", 8.5, centre=True)
