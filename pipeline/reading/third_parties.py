"""Papers that neither the patient nor an office that treats has written: of a court, a law firm, an insurer.

Each goes to a person, who has to see from whom it is. Two signs on the page are needed for each, for forms and letters of
patients speak of courts, attorneys and insurers as well.
"""

from __future__ import annotations

import re

from pipeline.reading.fields import FoundValue
from pipeline.reading.letters import CLOSING, NAME, Letter, placed
from pipeline.reading.sending import LOOSE, PLAIN
from pipeline.reading.values import Value
from schemas.reading import FieldName

ATTORNEY, COURT, INSURER = "attorney", "court", "insurer"
"""What `requester.relationship` says of them."""

_ORDERS = re.compile(
    r"(?m)\bSUBPOENAE?D?\b(?: DUCES TECUM)?|^\W*(?:\w{1,3}[.:]?\s+)?Subpoena\b(?: [Dd]uces [Tt]ecum)?"
    r"|\b(?i:you are (?:hereby )?(?:comm ?anded|ordered|summoned))\b|^\W*(?:COURT ORDER|SEARCH WARRANT|ORDER TO PRODUCE)\b"
)
_COURT = re.compile(
    r"(?m)\b(?P<value>(?i:(?:circuit|district|superior|supreme|county|municipal|probate|family|juvenile|justice|magistrate"
    r"|bankruptcy) court)\b[^\n,;:\d]{0,60})"
)
_OF_A_CASE = re.compile(
    r"(?i)\b(?:case|cause|docket|index) (?:no\b|number|#)|\b(?:plaintiff|defendant|petitioner|respondent)s?\b"
)

_OF_LAW = (
    r"(?i:law\s+(?:firm|offices?|group)|attorneys?(?:\s+(?:at|and counsell?ors at)\s+law)?|esq(?:uire)?\b\.?|legal\s+group"
    r"|LLP\b|P\.?L\.?L\.?C\b|paralegal|at\s+law)"
)
_REPRESENTS = re.compile(
    r"(?i)\b(?:(?:this|our|my) (?:law )?(?:firm|office)|we|I|the undersigned)\b[^.?!]{0,40}?"
    r"\b(?:represents?|(?:has|have) been retained|am the attorney|am counsel|are counsel|is counsel)"
    r"|\b(?:our|my) client\b|\b(?:attorneys?|counsel) for\b"
    r"|\brepresentation of\b"
)
_FIRM = re.compile(
    r"(?m)^[ ]*(?P<value>(?:(?i:the)\s+)?(?i:law\s+(?:offices?|firm|group)\s+(?:of\s+)?)[A-Z][^\n\d]{2,60}"
    r"|[A-Z][^\n\d@:]{2,60}?(?:(?i:law\s+(?:firm|offices?|group)|legal\s+group|attorneys?\s+at\s+law)|,?\s*(?:LLP|L\.L\.P\.|PLLC|P\.L\.L\.C\.))"
    r"[^\n\d@:]{0,20}"
    r"|[A-Z][^\n\d@:]{2,60}\n[ ]*(?i:attorneys?(?:\s+and\s+counsell?ors?)?(?:\s+at\s+law)?|counsell?ors?\s+at\s+law|lawyers"
    r"|law\s+(?:firm|offices?)))[ ]*$"
)
_ESQUIRE = re.compile(rf"(?P<value>{NAME})\s*,\s*(?i:esq(?:uire)?\b|attorney)")
_SPACED = re.compile(r"\b(?:[A-Z] ){2,}[A-Z]\b")
"""A name set with a space between its letters: "H A R R O W"."""

_CLAIM = re.compile(
    r"(?im)^[ ]*(?:re|subject)\s*:[^\n]{0,40}\bclaim\b|\b(?:your|this|the (?:above|enclosed|attached)) claim\b"
    r"|\bclaim (?:no\b|number|#|id\b)|\bour (?:member|insured|subscriber|enrollee|policy ?holder)\b"
)
_CLAIM_NUMBER = re.compile(r"\b(?P<value>(?i:claim)(?:\s+(?i:no\.?|number|id))?[\s:#]+(?=[\w\-]*\d)[\w\-]{3,20})")
_COMPANY = re.compile(
    r"(?m)^[ ]*(?P<value>(?=[A-Z])[^\n\d@:,·|]{0,50}?"
    r"(?i:\b(?:insurance|assurance|indemnity|benefits?|(?:health|dental)(?:care)? plans?"
    r"|casualty|underwriters|insurers?|delta dental|blue (?:cross|shield))\b)"
    r"(?:[ ]+(?i:company|co\.?|group|corporation|inc\.?|of(?:[ ]+\w+)+))?)"
    r"(?P<rest>[ ]+(?i:claims?|provider|dental|customer)[^\n]{0,40}|,[^\n]{0,40})?[ ]*$"
)
_OF_CLAIMS = re.compile(
    r"(?im)^[^\n]{0,40}\b(?:claims? (?:examiner|adjuster|representative|specialist|analyst|department|manager|reviewer)|adjuster"
    r"|claims (?:unit|team))\b"
)
HEAD_LINES, FOOT_LINES = 4, 8
"""Lines of a letterhead, and lines under the end of a letter."""


def find_legal_process(letter: Letter) -> list[FoundValue]:
    """The court, and what it sends, where a paper orders and bears the marks of a case; else []."""
    orders, case = _ORDERS.search(letter.text), _OF_A_CASE.search(letter.text)
    court = _COURT.search(letter.text)
    if orders is None or not (case or court):
        return []
    what = "subpoena" if "subpoena" in letter.text.lower() else "court order"
    found = [
        _found(letter, FieldName.PURPOSE, what, orders.span(), PLAIN),
        _found(letter, FieldName.REQUESTER_RELATIONSHIP, COURT, orders.span(), PLAIN),
    ]
    return ([_as_read(letter, court.span("value"), LOOSE)] if court else []) + found


def find_law_firm(letter: Letter) -> list[FoundValue]:
    """The law firm that writes for a client; else []."""
    text = letter.text
    firm = _FIRM.search(text) or _ESQUIRE.search(text)
    if firm is None or not re.search(_OF_LAW, text) or not _REPRESENTS.search(text):
        return []
    span = firm.span("value")
    return [_as_read(letter, span, PLAIN), _found(letter, FieldName.REQUESTER_RELATIONSHIP, ATTORNEY, span, PLAIN)]


def find_insurer(letter: Letter) -> list[FoundValue]:
    """The insurer that writes about a claim or a member, with the claim as the purpose; else []."""
    claim = _CLAIM.search(letter.text)
    company = next((m for part in _ends(letter) if (m := _COMPANY.search(letter.text, *part))), None)
    at_work = next((m for part in _ends(letter) if (m := _OF_CLAIMS.search(letter.text, *part))), None)
    if claim is None or not (company or at_work):
        return []
    said = _CLAIM_NUMBER.search(letter.text)
    where = company.span("value") if company else (at_work or claim).span()
    purpose = " ".join(said["value"].split()) if said else "insurance claim"
    found = [
        _found(letter, FieldName.REQUESTER_RELATIONSHIP, INSURER, where, LOOSE),
        _found(letter, FieldName.PURPOSE, purpose, said.span("value") if said else claim.span(), LOOSE),
    ]
    return ([_as_read(letter, where, PLAIN)] if company else []) + found


def _ends(letter: Letter) -> list[tuple[int, int]]:
    """The letterhead, and what stands under the end of the letter."""
    text = letter.text
    head = [m.end() for m in re.finditer("\n", text)][:HEAD_LINES]
    closed = [m.end() for m in re.finditer(rf"{CLOSING}[ ]*[,!.]?[ ]*\n", text)]
    feet = [m.end() for m in re.finditer("\n", text[closed[-1] :])][:FOOT_LINES] if closed else []
    return ([(0, head[-1])] if head else []) + ([(closed[-1], closed[-1] + feet[-1])] if feet else [])


def _as_read(letter: Letter, span: tuple[int, int], fit: float) -> FoundValue:
    """A name as it stands there; a second line goes on after a comma, and letters set apart are drawn together."""
    raw = letter.text[slice(*span)]
    lines = [" ".join(line.split()) for line in raw.split("\n")]
    name = ", ".join(_SPACED.sub(lambda m: m[0].replace(" ", ""), line).strip(" ,") for line in lines)
    return placed(FieldName.REQUESTER_NAME, Value(name), raw, letter.owners[slice(*span)], fit)


def _found(letter: Letter, name: FieldName, value: str, span: tuple[int, int], fit: float) -> FoundValue:
    return placed(name, Value(value), letter.text[slice(*span)], letter.owners[slice(*span)], fit)
