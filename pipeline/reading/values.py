"""Values as they should stand: checked for shape, and written the one way that the rest of the line expects.

A value is what is on the page. Letters that a machine confuses (O and 0, l and 1) are put right only where the shape
leaves no doubt which was meant, and every repair costs `quality`, which the confidence is made of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import product

import phonenumbers

from pipeline.reading.vocabulary import is_usual, likelier_name
from pipeline.reading.words import is_form_text

LIKE_DIGITS = str.maketrans(
    {
        "O": "0",
        "o": "0",
        "Q": "0",
        "D": "0",
        "l": "1",
        "I": "1",
        "i": "1",
        "|": "1",
        "!": "1",
        "Z": "2",
        "z": "2",
        "S": "5",
        "s": "5",
        "B": "8",
        "b": "6",
        "G": "6",
        "g": "9",
        "q": "9",
        "A": "4",
        "T": "7",
        "?": "7",
    }
)
_CAPITALS = str.maketrans("01568", "OISGB")
LIKE_LETTERS = str.maketrans({"0": "O", "1": "I"})
EARLIEST = date(1900, 1, 1)


@dataclass(frozen=True)
class Value:
    """A normalised value. `quality` is 1 for text that had the right shape as it was read, less for each repair."""

    text: str
    quality: float = 1.0


STATES = {
    "alabama": "AL",
    "alaska": "AK",
    "arizona": "AZ",
    "arkansas": "AR",
    "california": "CA",
    "colorado": "CO",
    "connecticut": "CT",
    "delaware": "DE",
    "district of columbia": "DC",
    "florida": "FL",
    "georgia": "GA",
    "hawaii": "HI",
    "idaho": "ID",
    "illinois": "IL",
    "indiana": "IN",
    "iowa": "IA",
    "kansas": "KS",
    "kentucky": "KY",
    "louisiana": "LA",
    "maine": "ME",
    "maryland": "MD",
    "massachusetts": "MA",
    "michigan": "MI",
    "minnesota": "MN",
    "mississippi": "MS",
    "missouri": "MO",
    "montana": "MT",
    "nebraska": "NE",
    "nevada": "NV",
    "new hampshire": "NH",
    "new jersey": "NJ",
    "new mexico": "NM",
    "new york": "NY",
    "north carolina": "NC",
    "north dakota": "ND",
    "ohio": "OH",
    "oklahoma": "OK",
    "oregon": "OR",
    "pennsylvania": "PA",
    "rhode island": "RI",
    "south carolina": "SC",
    "south dakota": "SD",
    "tennessee": "TN",
    "texas": "TX",
    "utah": "UT",
    "vermont": "VT",
    "virginia": "VA",
    "washington": "WA",
    "west virginia": "WV",
    "wisconsin": "WI",
    "wyoming": "WY",
    "puerto rico": "PR",
    "guam": "GU",
    "american samoa": "AS",
    "virgin islands": "VI",
    "northern mariana islands": "MP",
}
POSTAL = set(STATES.values()) | {"FM", "MH", "PW", "AA", "AE", "AP"}
"""The two-letter codes of the US Postal Service (Publication 28, appendix B)."""

MONTHS = {m: i + 1 for i, m in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))}
_SPANISH_MONTHS = {"ene": 1, "abr": 4, "ago": 8, "dic": 12}

_BETWEEN = r"\s*(?:[/\-.,\\|]|[.,]-|-[.,])\s*"
_NUMERIC = re.compile(rf"(?<!\d)(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}((?:19|20)\d{{2}}|\d{{2}})(?!\d)")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d{2})[/\-.](\d{1,2})[/\-.](\d{1,2})(?!\d)")
_WORDED = re.compile(r"([A-Za-z]{3,9})\.?\s*(\d{1,2})(?:st|nd|rd|th)?\s*,?\s*((?:19|20)\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})\s+(?:de\s+)?([A-Za-z]{3,10})\.?\s+(?:de\s+)?((?:19|20)\d{2})")
_LOOSE = re.compile(r"(?<!\d)(\d{1,2})[\s/\-.,\\|1]{1,3}?(\d{1,2})[\s/\-.,\\|1]{1,3}?((?:19|20)\d{2})(?!\d)")
_SPACED = re.compile(r"(?<!\d)(\d{1,2})\s+(\d{1,2})\s+((?:19|20)\d{2}|\d{2})(?!\d)")
_HALF_RUN = re.compile(r"(?<!\d)(\d{2})[/\-.]?(\d{2})[/\-.]?((?:19|20)\d{2})(?!\d)")
_RUN = re.compile(r"(?<!\d)(\d{2})(\d{2})((?:19|20)\d{2})(?!\d)")


def dates_in(text: str, latest: date) -> list[tuple[Value, int]]:
    """Every date in the text, US order, with where it starts. Two-digit years mean the last hundred years up to `latest`."""
    found: list[tuple[Value, int]] = []
    taken: list[tuple[int, int]] = []
    text = re.sub(r"(?i)(?<![a-zí])(?:month|day|year|mes|d[ií]a|año)(?![a-z]):?", " ", text)
    text = re.sub(r"(?<=[/\-.])\s*((?:19|20)) (\d{2})(?!\d)", r"\1\2", text)  # a year that an engine cut in two
    text = re.sub(r"(?<=[/\-.][12])[.,](?=\d{3}(?!\d))", "", text)
    text = re.sub(r"(?<=[/\-.])20/(\d)(?![\d/])", r"201\1", text)  # a stroke for a one
    text = re.sub(r"(?<=[/\-.])((?:19|20)\d{2})(?=[A-Za-z]{2})", r"\1 ", text)  # the form's next word
    repaired = _digits_repaired(text)
    squeezed = re.sub(r"(?<=[\d/\-.])\s+(?=[\d/\-.])", "", text)
    sources = [(_NUMERIC, squeezed, 0.9, "mdy")] if squeezed != text and not _NUMERIC.search(text) else []
    sources += [
        (_ISO, text, 1.0, "ymd"),
        (_NUMERIC, text, 1.0, "mdy"),
        (_WORDED, text, 1.0, "Mdy"),
        (_DAY_FIRST, text, 1.0, "dMy"),
        (_NUMERIC, repaired, 0.8, "mdy"),
        (_NUMERIC, _LEANING.sub("1", repaired), 0.6, "mdy"),
        (_NUMERIC, _CENTURY_LOST.sub(r"19\1", repaired), 0.5, "mdy"),
        (_NUMERIC, _WALL.sub(" ", repaired), 0.6, "mdy"),
        *((_STROKES, run, 0.5, "mdy") for run in _strokes_as_ones(repaired, latest)),
        (_SPACED, repaired, 0.7, "mdy"),
        (_RUN, repaired, 0.6, "mdy"),
        (_LOOSE, repaired, 0.5, "mdy"),
        (_HALF_RUN, repaired, 0.5, "mdy"),
        (_SPACED, re.sub(r"[A-Za-z](?=\d{1,2}\b)", " ", text), 0.5, "mdy"),
    ]
    for pattern, source, quality, order in sources:
        for match in pattern.finditer(source):
            day = _day(match.groups(), order, latest)
            if day is not None and not any(match.start() < end and start < match.end() for start, end in taken):
                taken.append(match.span())
                found.append((Value(day.isoformat(), quality), match.start()))
    return sorted(found, key=lambda pair: pair[1])


_WALL = re.compile(r"(?<=[/\-.](?:19|20)\d\d)1(?!\d)|(?<=[/\-.]\d\d)1(?!\d)")
"""A one behind a year: the wall of a cell."""
_LEANING = re.compile(r"(?<=/)\\(?=\d)")
"""A one that leans the other way, behind a stroke that separates."""
_CENTURY_LOST = re.compile(r"(?<=\d/)9(\d\d)(?!\d)")
"""The last three digits of a year of the twentieth century whose one was taken for a part of the stroke before it."""
_STROKES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}|\d{2})")
_ONES = re.compile(r"(?<![\d/])[\d/]{6,10}(?![\d/])")


def _strokes_as_ones(text: str, latest: date) -> list[str]:
    """A run of digits in which strokes between month, day and year were read as ones, or ones as strokes: 911311941 is
    9/13/1941, and 9//7//995 is 9/17/1995.

    Nothing where the run can be cut in more than one way.
    """
    run = _ONES.search(re.sub(r"(?<=\d)\s(?=\d)", "", text))
    if run is None:
        return []
    cuts = set()
    for first, second in product((1, 2), (1, 2)):
        parts = (run[0][:first], run[0][first + 1 : first + 1 + second], run[0][first + second + 2 :])
        between = run[0][first] + run[0][first + 1 + second]
        month, day, year = (part.replace("/", "1") for part in parts)
        shaped = set(between) <= {"1", "/"} and len(year) in (2, 4) and "0" not in (month, day)
        if shaped and _day((month, day, year), "mdy", latest):
            cuts.add(f"{month}/{day}/{year}")
    return list(cuts) if len(cuts) == 1 else []


def _digits_repaired(text: str) -> str:
    """The text with look-alikes of digits replaced in words that hold a digit or a date's separators."""
    return " ".join(
        w.translate(LIKE_DIGITS) if sum(c.isdigit() for c in w) * 2 >= len(w.strip("/-.()[]#")) else w for w in text.split(" ")
    )


def _day(parts: tuple[str, ...], order: str, latest: date) -> date | None:
    given = dict(zip(order, parts, strict=True))
    name = given.get("M", "")[:3].lower()
    month = (MONTHS.get(name) or _SPANISH_MONTHS.get(name) or 0) if "M" in given else int(given["m"])
    year = int(given["y"])
    if year < 100:
        year += 2000 if 2000 + year <= latest.year else 1900
    try:
        day = date(year, month, int(given["d"]))
    except ValueError:
        return None
    return day if EARLIEST <= day <= latest else None


def first_date(text: str, latest: date) -> Value | None:
    """The first date in the text, or None."""
    found = dates_in(text, latest)
    return found[0][0] if found else None


_PHONE = re.compile(r"(?<!\d)(?:\+?1[\s.\-]*)?[(\[{]?\s*(\d{3})\s*[)\]}]?[\s.,;:'\-/)|]*(\d{3})[\s.,\-_~–—]*(\d{4})(?!\d)")


_IN_THE_MIDDLE = re.compile(r"(?<=[\d)\s])[\dsSoO]{3}(?=[\s.\-]+\d{4}(?!\d))")
_LIKE = r"[\dsSoOlIB]"
_FIVES_AS_LETTERS = re.compile(rf"(?<!\w)[(\[]?{_LIKE}{{3}}[)\]]?\s*{_LIKE}{{3}}(?=[\s.\-]+\d{{4}}(?!\d))")
_BRACKETS_AS_ONES = re.compile(r"(?<!\d)[1(]\s?(\d{3})\s+[1)]\s?(\d{3})\s*-\s*(\d{4})(?!\d)")
_PAREN_AS_DIGIT = re.compile(r"[(\[]\s*(\d{3})\s*[1lIiJj|]\s?(\d{3})[\s.\-_~–—]*(\d{4})(?!\d)")


def phones_in(text: str) -> list[tuple[Value, int]]:
    """Every US phone number in the text as (NNN) NNN-NNNN, with where it starts."""
    found = [(m, 1.0) for m in _PHONE.finditer(text)]
    if not found:
        found = [(m, 0.75) for m in _PHONE.finditer(_digits_repaired(text))]
    if not found:
        found = [(m, 0.7) for m in _PAREN_AS_DIGIT.finditer(text)]
    if not found:
        found = [(m, 0.7) for m in _PHONE.finditer(re.sub(r"\s+", "", _digits_repaired(text)))]
    if not found:
        found = [(m, 0.6) for m in _PHONE.finditer(_IN_THE_MIDDLE.sub(lambda g: g[0].translate(LIKE_DIGITS), text))]
    if not found:
        found = [(m, 0.6) for m in _PHONE.finditer(_FIVES_AS_LETTERS.sub(lambda g: g[0].translate(LIKE_DIGITS), text))]
    if not found:
        found = [(m, 0.6) for m in _BRACKETS_AS_ONES.finditer(text)]
    return [
        (Value(f"({m[1]}) {m[2]}-{m[3]}", quality if _dialled(m[1] + m[2] + m[3]) else quality * 0.6), m.start())
        for m, quality in found
    ]


def _dialled(digits: str) -> bool:
    """Whether the number could be a US one (numbering plan: no area or exchange starts with 0 or 1)."""
    try:
        return (
            phonenumbers.is_possible_number(phonenumbers.parse(digits, "US")) and digits[0] not in "01" and digits[3] not in "01"
        )
    except phonenumbers.NumberParseException:
        return False


_ZIP = re.compile(r"(?<![\d\-])(\d{5})(?:\s*-\s*\d{4})?(?!\d)")


def zip_in(text: str) -> Value | None:
    """The last ZIP code in the text (a house number may come first), or None."""
    found = _ZIP.findall(text)
    if found:
        return Value(found[-1])
    repaired = _ZIP.findall(" ".join(w.translate(LIKE_DIGITS) if sum(c.isdigit() for c in w) >= 3 else w for w in text.split()))
    return Value(repaired[-1], 0.7) if repaired else None


def state_in(text: str) -> Value | None:
    """A state by code or name as two letters, or None."""
    words = re.sub(r"[^A-Za-z ]", " ", text).split()
    for word in reversed(words):
        if len(word) == 2 and word.upper() in POSTAL:
            return Value(word.upper(), 1.0 if word.isupper() else 0.8)
    joined = " ".join(words).lower()
    for name, code in sorted(STATES.items(), key=lambda item: -len(item[0])):
        if re.search(rf"\b{name}\b", joined):
            return Value(code)
    return None


_EMAIL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._%+\-]*@[A-Za-z0-9][A-Za-z0-9.\-]*\.[A-Za-z]{2,10}")
_SIGN_LOST = re.compile(
    r"(?i)\b(records|medicalrecords|info|office|frontdesk|contact|admin|billing|hello|reception)[eaoq80](?=[a-z])"
    r"([a-z][a-z0-9.\-]{2,}\.(?:com|net|org|edu|gov|info|biz|us|io))\b"
)
"""The usual boxes of an office, with the sign behind them read as the letter or digit that it looks like."""
_ENDINGS = ("com", "net", "org", "edu", "gov", "info", "biz", "us", "io")


def email_in(text: str) -> Value | None:
    """An e-mail address, or None. Spaces that an engine put between its parts are taken out."""
    text = re.sub(r"(?i)^\W*(?:e-?mail\s*)?address[:\s]*", "", text)
    found = _EMAIL.search(text)
    if found:
        address = found[0].lower().strip(".")
        known = len(address.rpartition(".")[2]) == 2 or address.rpartition(".")[2] in _ENDINGS
        return Value(address, 1.0 if known else 0.6)
    text = next((part for part in text.split(", ") if "@" in part), text)
    joined = re.sub(r"\s*([@.,_\-])\s*", r"\1", text).replace(",", ".")
    joined = re.sub(r"\s+(?=[a-z]{2,4}$)", ".", joined.strip())
    found = _EMAIL.search(joined.replace(" ", ""))
    if found:
        return Value(found[0].lower().strip("."), 0.7)
    sign_lost = _SIGN_LOST.search(joined.replace(" ", ""))
    if sign_lost:
        return Value(f"{sign_lost[1]}@{sign_lost[2]}".lower(), 0.5)
    for ending in _ENDINGS:
        ended = re.search(rf"([A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]{{3,}}?){ending}\b", joined.replace(" ", ""))
        if ended:
            return Value(f"{ended[1]}.{ending}".lower(), 0.5)
    return None


def tidy(text: str) -> str:
    """Free text without the marks that blanks, boxes and rules leave behind."""
    text = re.sub(r"(?i)\b(suite|ste|apt|unit|box|room)(\.?)(?=\d)", r"\1\2 ", text)
    text = re.sub(r"[_=~•·|□☐☑☒■●○§°]+", " ", text)
    text = re.sub(r"(?<!\w)[.\-–—]{2,}|[.]{3,}", " ", text)
    text = re.sub(r"^[)\]}.:;,\s]+|[(\[{\s]+$", "", " ".join(text.split()))
    return text.strip(" :;,-–—*#/\\'\"`’‘“”<>^").strip() if text else ""


_NOT_A_NAME = re.compile(r"\d{2,}|@|:$")


def person_name(text: str, last_first: bool = False) -> Value | None:
    """A person's name in spoken order, or None if the text cannot be one. "Last, First" is turned round."""
    if "@" in text:
        return None
    text = re.sub(r"\([^)]*\)?", " ", text)  # "(please print)" is the form's
    text = re.sub(r"(?<=[a-z])!(?=\s*\w)", "l", tidy(text))
    text = words_parted(re.sub(r"[^\w\s,.'’\-]", " ", text))
    text = re.sub(r"^[a-z]\s+(?=[A-Z])", "", " ".join(text.split()).strip(" ,-'’"))  # a stroke before the name
    if not text or _NOT_A_NAME.search(text) or sum(c.isalpha() for c in text) < 3 or is_form_text(text):
        return None
    quality = 1.0 if not re.search(r"[\d_]", text) and len(text.split()[-1].strip(".")) > 1 else 0.5
    if (capital := _capitals(text)) != text:
        text, quality = capital, 0.9 * quality
    if "," in text:
        last, _, first = text.partition(",")
        if first.strip() and not re.fullmatch(r"(?i)\s*(jr|sr|ii|iii|iv|dds|dmd|md)\.?\s*", first):
            text = f"{first.strip()} {last.strip()}"
    elif last_first and len(text.split()) > 1:
        last, *first_names = text.split()
        text = f"{' '.join(first_names)} {last}"
        quality *= 0.8
    return Value(_initials_spaced(text), quality)


def _seam(match: re.Match[str]) -> str:
    """A space between joined names, but none in McDonald or MacLeod."""
    before = match.string[max(0, match.start() - 3) : match.start()]
    return "" if re.search(r"(?:^|\W)(Mc|Mac|De|La|Le|Di|Du|Van)$", before) else " "


def _capitals(text: str) -> str:
    """With a capital where a name begins with what an engine took for a small l: an I, where that makes the more usual name."""
    if not any(c.isupper() for c in text):
        return text
    return re.sub(r"\bl(?=[a-z]{2})(\w+)", lambda m: likelier_name(f"I{m[1]}", f"L{m[1]}"), text)


def _initials_spaced(text: str) -> str:
    text = re.sub(r"(?<=[a-z]{2})(?=[A-Z]\.)", " ", text)
    text = re.sub(r"\b([A-Z])\.(?=[A-Za-z])", r"\1. ", text)
    return " ".join(text.split())


def words_parted(text: str) -> str:
    """With spaces between words that an engine joined: AndrewsSpur, but not McDonald; ParKways is one word, its K a small one.

    A digit before three small letters is a capital, a plus behind two a t: 6roves, Elliot+, but neither 4th nor 6B.
    """
    text = re.sub(r"(?<![\w#])[01568](?=[a-z]{3})", lambda m: m[0].translate(_CAPITALS), text)
    text = re.sub(r"(?<=[a-z]{2})\+(?=[a-z\s]|$)", "t", text)
    text = re.sub(r"[A-Z][a-z]+[A-Z][a-z]+", lambda m: m[0].capitalize() if is_usual(m[0]) else m[0], text)
    return re.sub(r"(?<=[a-zé])(?=[A-Z][a-z])", _seam, text)
