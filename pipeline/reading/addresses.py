"""Street, city, state and ZIP code out of the words of an address, as hands write them and engines read them.

The end tells most: a state and a ZIP code close an address, and a town stands before them. Where they were misread, commas, the
endings of streets and the numbers of flats tell where the street ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from pipeline.reading.values import LIKE_DIGITS, LIKE_LETTERS, POSTAL, Value, state_in, tidy, words_parted, zip_in


@dataclass(frozen=True)
class Address:
    """The parts of an address that could be told apart."""

    street: Value | None = None
    city: Value | None = None
    state: Value | None = None
    zip: Value | None = None


_TAIL = re.compile(
    r"^(?P<head>.*?)[\s,.]*\b(?P<state>[A-Za-z01]{2}|[A-Z][a-z]+(?:\s[A-Z][a-z]+)?)[\s,.]*(?P<zip>[\dOolISB]{5})(?:-\d{4})?[\s.]*$"
)
_SPOILT_TAIL = re.compile(
    r"^(?P<head>.*\d.*?),\s*(?P<city>[^\d,]{3,}?)[\s,.]+(?P<state>[^\s\d,]{1,2}|[^\s,]{1,2}(?=\s))[\s,.]*(?P<zip>\S{3,7})$"
)
"""City, state and a ZIP code that was misread: what stands before them is still the street."""


def address_in(text: str) -> Address:
    """Street, city, state and ZIP out of one or more lines joined by spaces or commas."""
    text = re.sub(r"\([A-Za-z][A-Za-z ,/&.]*\)", " ", text.replace(";", ","))  # "(street)" is the form's
    text = tidy(re.sub(r"(?<=\S\S\S)\s*[(\[]\s*\d{3}\b.*$", "", text))  # a phone number on the same line is no part of it
    text = re.sub(r"[,\s]+\d{1,2}[/\-]\d{1,2}[/\-]\d{2,4}$", "", text)  # nor is a date
    text = re.sub(r"^(\d{2,6})(?=[A-Z][a-z])", r"\1 ", text)  # an engine joined the number with the street
    text = re.sub(r"^(\d{1,4}) (\d{1,4})(?= [A-Z][a-z])", _one_number, text)  # or cut the number in two
    text = re.sub(r"(?<=\b[A-Z]{2} )(\d{1,4}) (\d{1,4})$", _one_number, text)
    text = re.sub(r"(?<=\d{5})[\s,]+\S{1,2}$", "", text)  # what is left of the next label
    text = re.sub(r"^\d{1,2}\.\s+[A-Za-z ]+,\s+(?=\d)", "", text)  # the number and heading of its row
    text = re.sub(r"(?<=[a-z]{4})\.+\s+(?=[A-Z])|,\s*\.\s*", ", ", text)  # a comma that was read as a dot
    text = _numbers_repaired(words_parted(text))
    tail = _TAIL.match(text)
    code = zip_in(tail["zip"].translate(LIKE_DIGITS)) if tail else None
    state = state_in(tail["state"].translate(LIKE_LETTERS)) if tail else None
    if tail is None or state is None or code is None:
        return _without_tail(text)
    street, city = _street_and_city(tail["head"])
    return Address(street, city, state, code)


def _one_number(match: re.Match[str]) -> str:
    """A house number or a ZIP code of five digits, in one piece."""
    return match[1] + match[2] if len(match[1] + match[2]) == FIVE else match[0]


FIVE = 5
"""Digits of a ZIP code, and mostly the longest house number."""


_UNIT_NUMBER = re.compile(r"(?i)\b(apt\.?|suite|ste\.?|unit|#)\s*([\dOoQDlI|ZzSsBbGgq/]{1,5})(?=$|[,\s])")


def _numbers_repaired(text: str) -> str:
    """With look-alikes of digits put right in the house number (2ss, GlO, S4048) and behind "Apt." or "Suite"."""
    house, _, rest = text.partition(" ")
    alike = len(house) > 1 and all(c.isdigit() or c in "OoQDlI|ZzSsBbGgq/" for c in house)
    digits = sum(c.isdigit() for c in house)
    if alike and (digits >= 3 or (rest[:1].isupper() and (digits or not house.istitle()))):
        text = f"{house.translate(LIKE_DIGITS).replace('/', '1')} {rest}"
    return _UNIT_NUMBER.sub(lambda m: f"{m[1]} {m[2].translate(LIKE_DIGITS).replace('/', '1')}", text)


def _without_tail(text: str) -> Address:
    """An address that does not end in state and ZIP: the street alone, unless a ZIP stands in it."""
    spoilt = _SPOILT_TAIL.match(text)
    if spoilt and sum(c.isdigit() for c in spoilt["zip"]) >= 2:
        number = Value(spoilt["zip"], 0.8) if re.fullmatch(r"\d{5}", spoilt["zip"]) else None
        return Address(Value(spoilt["head"], 0.9), Value(spoilt["city"], 0.8), state_in(spoilt["state"]), number)
    code = re.search(r"(?<=[\s,.])(\d{5})(?:-\d{4})?[\s.]*$", text)
    if code:
        before = re.sub(r"(?<=[^\d,]),\s*[^\s\d,]{1,3}$", "", text[: code.start()].rstrip(" ,"))  # a state that was misread
        street, city = _street_and_city(before)
        return Address(street, city, None, Value(code[1], 0.9))
    if not any(c.isdigit() for c in text[:12]) and not _BOX.match(text):
        return Address(city=Value(text, 0.9))
    state_last = re.match(r"^(.*\d.*?),\s*([^,\d]+),\s*([A-Z]{2})$", text)
    if state_last and state_last[3] in POSTAL:
        return Address(Value(state_last[1]), Value(state_last[2]), Value(state_last[3]))
    street, city = _street_and_city(text) if "," in text else (None, None)
    if city is not None and _is_city(city.text):
        return Address(replace(street, quality=0.8) if street else None, replace(city, quality=0.8))
    return Address(street=_up_to_its_number(text))


def _up_to_its_number(text: str) -> Value:
    """A street without the town that follows the number of a suite or a flat."""
    unit = max(_UNIT_NUMBER.finditer(text), key=lambda m: m.end(), default=None)
    if unit and sum(c.isalpha() for c in text[unit.end() :]) >= SHORTEST_CITY:
        return Value(text[: unit.end()], 0.8)
    return Value(text)


@cache
def _street_endings() -> frozenset[str]:
    import usaddress  # noqa: PLC0415  # loads its model on import

    return frozenset(usaddress.STREET_NAMES)


SHORTEST_CITY = 3
"""Letters behind the number of a suite or a flat that are the city's, and no part of the street."""
_BOX = re.compile(r"(?i)p\.?\s*o\.?\s*box")
_UNIT = re.compile(r"^(?:apt|suite|ste|unit|apartment|no|rm|room|fl|floor|bldg|building|tower|lot)\.?$", re.IGNORECASE)


def is_street(text: str) -> bool:
    """Whether the text is a house number with a street, and not the name of an office that begins with a number."""
    house, *rest = text.split() or [""]
    words = {w.strip(".,").lower() for w in rest}
    return len(rest) > 0 and house.isdigit() and bool(words & _street_endings() or _UNIT.search(rest[-1]) or len(house) > 3)


def _is_city(text: str) -> bool:
    """Whether the words behind a street are a town: letters, and hardly a digit, which may be misread; no "Building B"."""
    digits, letters = (sum(map(kind, text)) for kind in (str.isdigit, str.isalpha))
    return letters >= SHORTEST_CITY and digits <= letters // 5 and not _UNIT.match(text.split(maxsplit=1)[0])


def _street_and_city(text: str) -> tuple[Value | None, Value | None]:
    """Splits where the last comma stands, else after the unit or the last street ending."""
    text = text.strip(" ,")
    if not text:
        return None, None
    if not any(c.isdigit() for c in text[:12]) and not _BOX.match(text):
        return None, Value(text, 0.9)
    parts = [p.strip() for p in text.split(",") if p.strip()]
    if len(parts) > 1 and _is_city(parts[-1]):
        return Value(", ".join(parts[:-1])), Value(parts[-1])
    words = text.split()
    cut = len(words)
    for i, word in enumerate(words):
        bare = word.strip(".,").lower()
        if i and (bare in _street_endings() or (_UNIT.match(words[i - 1]) and any(c.isdigit() for c in word))):
            cut = i + 1
    if cut == len(words) or _UNIT.match(words[cut].strip(",")):
        return Value(text, 0.9 if cut < len(words) else 1.0), None
    return Value(" ".join(words[:cut]).strip(" ,"), 0.8), Value(" ".join(words[cut:]).strip(" ,"), 0.8)
