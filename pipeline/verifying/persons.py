"""Pages of somebody else: a page that labels its patient with another name and another birth date.

Made to raise no false alarm: an insured parent, a doctor or a witness may be named on a patient's page with a birth date
of their own. Only words that label the patient count, both name and date have to contradict, and neither the patient's
name nor birth date may stand anywhere else on the page.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from schemas.release import Patient

_NAME_LABEL = re.compile(
    r"\b(?:patient(?:['’]?s)?(?:\s+name)?|name\s+of\s+patient|pt\.?(?:\s+name)?)\s*:\s*(?P<name>[^\n\r:|]{2,60})", re.IGNORECASE
)
_BIRTH_LABEL = re.compile(
    r"(?:\bd\.?\s?o\.?\s?b\b\.?|\bdate\s+of\s+birth|\bbirth\s?date|\bborn)\s*:?\s*(?P<date>[\w/.,\- ]{6,22})", re.IGNORECASE
)
_NOT_A_NAME = re.compile(r"\b(?:dob|d\.o\.b|date|birth\w*|born|sex|gender|age|id|chart|account|phone)\b.*", re.IGNORECASE)
_NUMBERS = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{2,4})")
_IN_WORDS = re.compile(r"([A-Za-z]{3})[a-z]*\.?\s+(\d{1,2}),?\s+(\d{4})")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def names_somebody_else(text: str, patient: Patient) -> bool:
    """Whether the page clearly says that it is about another patient."""
    names = [name for found in _NAME_LABEL.finditer(text) if (name := _words(_NOT_A_NAME.sub("", found["name"])))]
    births = [day for found in _BIRTH_LABEL.finditer(text) for day in _dates(found["date"])]
    if not names or not births:
        return False
    if patient.date_of_birth in _dates(text) or any(_may_be(name, patient) for name in names):
        return False
    return not _full_name_stands_in(_words(text), patient)


def _may_be(name: list[str], patient: Patient) -> bool:
    """Whether a labelled name may be the patient's: one given and one family name agree, as a whole or as an initial."""
    given = _words(f"{patient.first_name} {patient.middle_name} {patient.other_names}")
    family = _words(f"{patient.last_name} {patient.other_names}")
    has_given = any(word == g or (len(word) == 1 and g.startswith(word)) for word in name for g in given)
    return has_given and any(word in family for word in name)


def _full_name_stands_in(words: list[str], patient: Patient) -> bool:
    there = set(words)
    return set(_words(patient.first_name)) <= there and set(_words(patient.last_name)) <= there


def _words(text: str) -> list[str]:
    """Words in lower case without accents."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return re.findall(r"[^\W\d_]+", plain.casefold())


def _dates(text: str) -> list[date]:
    """Every date in the text that can be one, American order; two-digit years are read both ways."""
    found = []
    for a, b, c in _NUMBERS.findall(text):
        year, month, day = (a, b, c) if len(a) == 4 else (c, a, b)
        years = [int(year)] if len(year) == 4 else [1900 + int(year), 2000 + int(year)]
        found += [d for y in years if (d := _date(y, int(month), int(day)))]
    for month, day, year in _IN_WORDS.findall(text):
        if month.casefold() in _MONTHS and (d := _date(int(year), _MONTHS.index(month.casefold()) + 1, int(day))):
            found.append(d)
    return found


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
