"""Whether a page says whose it is, when it was asked for, and which page of how many it is."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import cv2
import numpy as np

from pipeline.verifying.viewing import Area, View
from schemas.release import Release

_PAGE_OF = re.compile(r"\bpage\s*([\d,]+)\s*of\s*([\d,]+)\b", re.IGNORECASE)
_INK = 140
_LEAST_INK = 60
_FINENESS = 1.5


def missing_from_label(text: str, release: Release, page: int, pages: int) -> list[str]:
    """What a label of a page fails to say, in words; nothing if it says it all."""
    missing = []
    if not _names(text, release.patient.name):
        missing.append("the patient's name")
    if not _dates(text, release.patient.date_of_birth):
        missing.append("the birth date")
    if not _dates(text, release.requested_on):
        missing.append("the date of the request")
    if (page, pages) not in page_numbers(text):
        missing.append(f"“page {page} of {pages}”")
    return missing


def names_place(text: str, name: str) -> bool:
    """Whether a cover sheet names a destination."""
    return _names(text, name)


def page_numbers(text: str) -> list[tuple[int, int]]:
    """Every “page n of N” in a text."""
    return [(int(n.replace(",", "")), int(of.replace(",", ""))) for n, of in _PAGE_OF.findall(text)]


def can_be_seen(view: View, area: Area) -> bool:
    """Whether there is ink around the original's area, and not only words in the text layer."""
    for band in view.around(area):
        columns, rows = round(band.width * _FINENESS), round(band.height * _FINENESS)
        grey = cv2.cvtColor(view.part(band, columns, rows), cv2.COLOR_BGR2GRAY)
        if np.count_nonzero(grey < _INK) >= _LEAST_INK:
            return True
    return False


def _names(text: str, name: str) -> bool:
    """Whether the name is there. Scripts that run from the right may come out of the text layer turned around."""
    letters = _letters(text)
    return all(part in letters or part[::-1] in letters for part in (_letters(word) for word in name.split()))


def _dates(text: str, day: date) -> bool:
    """Whether the day is there, in any of the usual ways to write it."""
    plain = " ".join(text.split())
    numbers = rf"(?<!\d)(?:0?{day.month}[/.-]0?{day.day}[/.-]{day.year}|{day.year}-{day.month:02d}-{day.day:02d})(?!\d)"
    return bool(re.search(numbers, plain)) or f"{day:%B} {day.day}, {day.year}" in plain


def _letters(text: str) -> str:
    """Letters and digits only, in one case: how a text layer spaces and hyphenates does not matter."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
