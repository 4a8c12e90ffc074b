"""What a letter asks for, as the choices that a form would offer: everything or some kinds of records; to change dentists.

"All my records" is what patients write of themselves. Others name the kinds in the sentence that asks: "please send the
most recent x-rays of our mutual patient". A wish with dates or for one tooth is not taken for everything.
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.reading.geometry import around
from pipeline.reading.letters import Letter, places_of_letters
from pipeline.reading.sending import RUN, VERB
from pipeline.reading.ticks import FoundTick
from schemas.reading import Choice

SURE, LIKELY, UNSURE = 0.9, 0.75, 0.5
"""How far a wish is believed; one that is limited in words that no choice has is looked at by a person."""

REST = 120
"""Letters after a wish in which its sentence may limit it to some years."""

_OTHER = r"(?:son|daughter|child|kid|husband|wife|spouse|partner|mother|father|parent|patient|client|brother|sister)"
_OF_OTHERS = rf"(?!(?:\w+ )?{_OTHER}s?\b)"
"""Whose records they are instead: "my son's records" are not those of the writer."""
_WHOLE = re.compile(
    r"(?i)\b(?:all(?: of)? my|my (?:complete|entire|full|whole)|(?:a|the) (?:complete|entire|full) (?:copy|set) of my)\s+"
    rf"{_OF_OTHERS}(?:\w+\s+){{0,2}}?(?:records?|charts?|files?)\b"
)
_LIMITED = r"[^.?!]*\b(?:from|since|between|after|before|only|last|regarding)\b"
_MINE = re.compile(rf"(?i)\bmy {_OF_OTHERS}(?:\w+ )?(?:records|chart|file)\b(?!{_LIMITED})")
_XRAYS = re.compile(rf"(?i)\bmy {_OF_OTHERS}(?:\w+ ){{0,2}}(?:x-?rays?|radiographs)\b")
_NEW_OFFICE = re.compile(
    r"(?i)\b(?:my|our|his|her|their) (?:new|next) (?:dentist|dental office|orthodontist|practice)\b|\bchanging dentists\b"
)

_ASKED = re.compile(
    rf"(?:\b(?i:please|kindly|would|could|ask(?:ing)?|like|want|wish|request(?:ing|ed)?|commanded|ordered)\b{RUN}{{0,60}}?{VERB}"
    r"|\b(?i:(?:we|I) (?:are |am )?(?:also |hereby |kindly )?(?:requesting|request|need|require))\b)"
    rf"(?P<what>{RUN}{{1,240}})"
)
_GOES_ON = re.compile(r"\s(?:to|so)\s|:")
"""Where the sentence goes on to whom they are to be sent."""
_BETWEEN = r"(?:(?!(?:and|or|x-?rays?|films?|series|mouth|exam\w*|my|our)\b)[\w'’\-]+\.?\s+)"
_RECORDS = r"(?:records?|charts?|files?)\b"
_EVERYTHING = re.compile(
    rf"(?i)\b(?:(?:complete|entire|full|whole)\s+{_BETWEEN}{{0,5}}?|all(?: and any)?\s+(?:of\s+)?{_BETWEEN}{{0,3}}?"
    rf"|any and all\s+{_BETWEEN}{{0,3}}?){_RECORDS}"
)
_THE_RECORDS = re.compile(
    rf"(?i)\b(?:the|his|her|their|a copy of|copies of)\s+(?:(?:dental|patient|treatment|full)\s+)?{_RECORDS}"
)
_DATED = re.compile(
    r"(?i)\b(?:from|since|between|after|before|until|through|dated)\b[^.?!]{0,25}\d"
    r"|\b(?:last|past)\s+(?:\w+\s+){0,2}(?:years?|months?)\b"
)
_ONLY = re.compile(r"(?i)\bonly\b")
_OF_ONE_THING = re.compile(
    r"(?i)\b(?:tooth|teeth|crowns?|implants?|root canals?|fillings?|dentures?|visits?|appointments?|accident|injur\w+|claims?"
    r"|relevant|pertinent|pre-?operative|post-?operative)\b"
)
_KINDS: tuple[tuple[Choice, re.Pattern[str]], ...] = tuple(
    (choice, re.compile(rf"(?i)\b(?:{words})\b"))
    for choice, words in (
        (
            Choice.SCOPE_XRAYS,
            r"x-?rays?|radiographs?|films?|bite-?wings?|periapicals?|pano(?:ramic|rex)?s?|full mouth series|fmx",
        ),
        (Choice.SCOPE_NOTES, r"(?:treatment|progress|clinical|clinic|chart|office)\s+notes"),
        (Choice.SCOPE_BILLING, r"billing|ledgers?|itemi[sz]ed (?:bills?|statements?)|account history"),
        (Choice.SCOPE_LABS, r"lab(?:oratory)? (?:results?|reports?)"),
        (Choice.SCOPE_MEDICATIONS, r"medications?(?: list)?"),
        (Choice.SCOPE_HISTORY, r"(?:medical|health) history"),
        (
            Choice.SCOPE_ITEM,
            r"treatment plans?|perio\w* chart\w*|photo\w*|(?:study )?models|consultations?|reports?|images?|imaging|cbcts?",
        ),
    )
)


def find_wishes(letter: Letter, of_one_who_writes: bool = False) -> list[FoundTick]:
    """What the letter asks for; of what it says of its writer's own records one choice, of another's each kind that it names.

    `of_one_who_writes`: the only patient that was found is the writer. "Her complete chart" may then be that of somebody whose
    name was not found, so that it is nothing sure.
    """
    wanted = (
        (_WHOLE, Choice.SCOPE_ALL, SURE),
        (_MINE, Choice.SCOPE_ALL, LIKELY),
        (_XRAYS, Choice.SCOPE_XRAYS, LIKELY),
        (_NEW_OFFICE, Choice.PURPOSE_TRANSFER, 0.85),
    )
    ticks: dict[str, FoundTick] = {}
    for pattern, choice, confidence in wanted:
        match = pattern.search(letter.text)
        if match:
            goes_on = re.split(r"[.?!]\s", letter.text[match.end() : match.end() + REST], maxsplit=1)[0]
            limited = choice.startswith("scope.") and _DATED.search(goes_on) is not None
            ticks.setdefault(choice.split(".")[0], _tick(letter, match.span(), choice, UNSURE if limited else confidence))
    others = [] if "scope" in ticks else _of_another(letter)
    if of_one_who_writes:
        others = [replace(tick, confidence=min(tick.confidence, UNSURE)) for tick in others]
    return [*others, *ticks.values()]


def _of_another(letter: Letter) -> list[FoundTick]:
    """The kinds of records in the sentences that ask for them, or everything."""
    found: dict[Choice, FoundTick] = {}
    for match in _ASKED.finditer(letter.text):
        for choice, tick in _kinds(letter, match).items():
            found.setdefault(choice, tick)
    whole = found.get(Choice.SCOPE_ALL)
    return [whole] if whole else list(found.values())


def _kinds(letter: Letter, asked: re.Match[str]) -> dict[Choice, FoundTick]:
    said, start = re.split(r":[ ]*\n", asked["what"])[0], asked.start("what")  # an address under a colon limits nothing
    if _DATED.search(said) or _ONLY.search(said):
        return {}
    end = _GOES_ON.search(said)
    what = said[: end.start()] if end else said
    limited = bool(_OF_ONE_THING.search(said))
    if not limited and (whole := _EVERYTHING.search(what)):
        return {Choice.SCOPE_ALL: _tick(letter, _moved(whole, start), Choice.SCOPE_ALL, SURE)}
    if not limited and (some := _THE_RECORDS.search(what)):
        return {Choice.SCOPE_ALL: _tick(letter, _moved(some, start), Choice.SCOPE_ALL, LIKELY)}
    sure = UNSURE if limited else LIKELY
    return {
        choice: _tick(letter, _moved(match, start), choice, sure)
        for choice, pattern in _KINDS
        if (match := pattern.search(what)) is not None
    }


def _moved(match: re.Match[str], by: int) -> tuple[int, int]:
    return match.start() + by, match.end() + by


def _tick(letter: Letter, span: tuple[int, int], choice: Choice, confidence: float) -> FoundTick:
    return FoundTick(choice, around(places_of_letters(letter.owners[span[0] : span[1]])), confidence)
