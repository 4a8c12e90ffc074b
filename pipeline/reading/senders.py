"""Who wrote a letter, where it is not the patient: a provider about a patient of both, a relative, an executor, or one of
`third_parties`. And letters that take a permission back.

These words decide how a person, or a rule, looks at the request; so each needs more than one sign on the page.
"""

from __future__ import annotations

import re

from pipeline.reading.fields import FoundValue
from pipeline.reading.letters import CLOSING, KIN, NAME, NO_PERSON, Letter, placed
from pipeline.reading.sending import LOOSE, PLAIN, goes_to_the_writer, office_in_head
from pipeline.reading.third_parties import find_insurer, find_law_firm, find_legal_process
from pipeline.reading.values import Value
from schemas.reading import FieldName

PROVIDER = "provider"
"""What `requester.relationship` says of one."""
HEAD = 200
"""Letters at the start of a page among which its title is."""

_DEGREE = r"(?:D\.?D\.?S\.?|D\.?M\.?D\.?|M\.?D\.?|D\.?O\.?|P\.?A\.?-?C?|N\.?P\.?|R\.?D\.?H\.?|Ph\.?D\.?|M\.?S\.?|B\.?D\.?S\.?)"
_PROVIDER = re.compile(rf"(?:Drs?\.?\s+{NAME}|Drs?\.?\s+[A-Z][\w'’\-]+|{NAME})\s*,\s*{_DEGREE}(?![A-Za-z])|Drs?\.?\s+{NAME}")
_TREATING = re.compile(
    r"(?i)\bmutual patient\b|\b(?:your|this|the above|above-?named|our|my) patient\b[^.?!]{0,80}"
    r"\b(?:was|has been|is|were)\s+(?:referred|seen|being (?:seen|treated)|scheduled)"
    r"|\b(?:I am|we are|I will be|we will be)\s+(?:currently\s+)?(?:treating|seeing|evaluating)\b"
    r"|\b(?:was|is|were|has been) (?:recently )?(?:seen|scheduled|referred)\b[^.?!]{0,30}\b(?:in|at|to|with) (?:our|my) "
    r"(?:office|practice|clinic)\b"
    r"|\bwas referred to (?:me|us|our office)|\bthank you for (?:referring|the referral)"
    r"|\bfor (?:a )?(?:consultation|evaluation|treatment) (?:at|in|by) (?:our|my) (?:office|practice)"
    r"|\bunder (?:my|our) care\b"
)
_CLOSED = re.compile(rf"{CLOSING}[ ]*[,!.]?[ ]*\n")
_PERMISSION = r"(?i:authori[sz]ations?|consents?|permissions?|releases?|approval)"
_TAKES_BACK = re.compile(
    r"(?i)(?:\bI(?:'m|,[^,.?!]{0,60},)?\s+(?:(?:am|do|would|want|wish|like|intend|need|have|decided|now|also|hereby|writing|to|here|"
    r"formally|immediately|officially|with this letter|by this letter)\s+){0,7}|\bplease\s+(?:\w+\s+){0,2}?|^\W*)"
    r"(?:revok(?:e|ing)|withdraw(?:ing)?|cancel(?:l?ing)?|rescind(?:ing)?|tak(?:e|ing) back)\b(?:(?!\band\b)[^.?!]){0,60}?\b"
    + _PERMISSION
    + r"|\b(?:my|this|that|the) (?:\w+ ){0,3}?"
    + _PERMISSION
    + r"\b[^.?!]{0,60}?\b(?:is|are) (?:hereby |now )?(?:revoked|withdrawn|cancell?ed|rescinded)"
    + r"|\bI (?:do )?no(?:t| longer)\s+(?:\w+ ){0,2}?(?:authori[sz]e|consent|permit|agree)\b[^.?!]{0,80}?"
    + r"\b(?:records|information|release|shar)"
    + r"|\b(?:revoco|retiro|cancelo|anulo)\s+(?:por la presente\s+)?(?:mi|la|esta)\s+(?:autorizaci[oó]n|permiso|consentimiento)",
    re.MULTILINE,
)
_ONLY_MAY = re.compile(
    r"(?i)\b(?:may|might|can|could|right|understand\w*|if|unless|until|how to|whether|entitled|able|should"
    r"|puedo|puede|derecho|entiendo)\b"
)
_TITLE = re.compile(
    rf"(?im)^\W*(?:(?:revocation|withdrawal|cancell?ation) of (?:\w+ ){{0,3}}?{_PERMISSION}|revoke {_PERMISSION})[^\n]{{0,40}}$"
)
_ASKS = re.compile(
    r"(?i)\b(?:please|kindly|would like|want|wish|request\w*|need)\b[^.?!]{0,60}?(?<!not )(?<!n't )"
    r"\b(?:send|forward|transfer|copy|copies|provide|e-?mail|fax|release)\b[^.?!]{0,60}?\b(?:records?|x-?rays?|charts?|files?|images|radiographs)\b"
)


def find_sender(letter: Letter) -> list[FoundValue]:
    """The court, the law firm, the insurer or the provider who writes, with the relationship; nothing for a letter of the
    patient's own."""
    return find_legal_process(letter) or find_law_firm(letter) or find_insurer(letter) or _provider(letter)


def _provider(letter: Letter) -> list[FoundValue]:
    """Who treats the patient as well and has signed, and what for."""
    text = letter.text
    treats = _TREATING.search(text)
    if not treats:
        return []
    closed = [m.end() for m in _CLOSED.finditer(text)]
    signed = next((m for end in reversed(closed) if (m := _PROVIDER.search(text, end, end + 200))), None)
    head = signed or _PROVIDER.search(text, 0, min(400, treats.start()))
    greeted = head is not None and re.search(r"(?i)(?:dear|to:?|attn:?|attention:?)\s*$", text[: head.start()])
    return [*_sender(letter, head.span(), PROVIDER), _for_what(letter, treats)] if head is not None and not greeted else []


_FOR_TREATMENT = re.compile(
    r"(?i)\b(?P<value>(?:referred|seen|scheduled|referral)\b[^.?!,;\d]{0,40}\bfor\s+(?:an? |the )?"
    r"(?:evaluation|consultation|treatment|extraction|removal|surgery|assessment)[^.?!,;#\d]{0,50})"
)


def _for_what(letter: Letter, treats: re.Match[str]) -> FoundValue:
    """The purpose: the words that say what the patient is seen for, else those that say that the writer treats."""
    said = _FOR_TREATMENT.search(letter.text)
    raw, start = (said["value"].rstrip(), said.start("value")) if said else (treats[0], treats.start())
    return _about(letter, FieldName.PURPOSE, raw, start, LOOSE)


def find_own_office(letter: Letter) -> list[FoundValue]:
    """The office in the letterhead of one who is no patient, where the letter asks to send the records there."""
    if not goes_to_the_writer(letter.text):
        return []
    said = office_in_head(letter.text)
    return [placed(s.name, s.value, letter.text[s.start : s.end], letter.owners[s.start : s.end], LOOSE) for s in said]


NEAR_THE_END = 4
"""Lines after the leave-taking among which the writer's name is: a signature may be read as a line or two of its own."""
_ONE_NAME = re.compile(rf"[ ]*(?:(?:Mr|Mrs|Ms|Miss|Mx|Dr)\.?\s+)?(?P<value>{NAME})(?P<rest>\s*[,(].*)?[ ]*")
_NO_ROLE = re.compile(r"(?i)\d|@|^\W*(?:enc\w*|cc|attach\w*|sent from|phone|tel|fax|e-?mail|page|p\.? ?s)\b|^\W*$")


def find_writer(letter: Letter) -> list[FoundValue]:
    """Whose name stands under a letter of a private person, and what the line under it says of them; else who sent the mail.

    "Beatrix Castellan / Mother of the patient": a letter is signed by whoever stands under it, not by whom it is about.
    """
    lines = _lines_after_the_end(letter)
    matches = ((at, _ONE_NAME.fullmatch(text)) for at, (_, text) in enumerate(lines))
    names = [(at, match) for at, match in matches if match and not NO_PERSON.search(match["value"])]
    printed = [(at, m) for at, m in names if _is_printed(letter, lines[at][0] + m.start("value"))]
    for at, match in printed or names:
        start = lines[at][0]
        found = [_about(letter, FieldName.REQUESTER_NAME, match["value"], start + match.start("value"), PLAIN)]
        role = match["rest"] or (lines[at + 1][1] if at + 1 < len(lines) else "")
        where = start + match.start("rest") if match["rest"] else lines[at + 1][0] if at + 1 < len(lines) else 0
        if role.strip(" ,()") and not _NO_ROLE.search(role) and not _ONE_NAME.fullmatch(role):
            found.append(_about(letter, FieldName.REQUESTER_RELATIONSHIP, role, where, LOOSE))
            return found
        return found + _said_of_themselves(letter)
    sent = re.search(rf"(?m)^[ ]*From:\s+(?P<value>{NAME})\s*(?:<|\[|$)", letter.text)
    return [_about(letter, FieldName.REQUESTER_NAME, sent["value"], sent.start("value"), PLAIN)] if sent else []


_ROLE = (
    r"(?i:executor|executrix|administrat(?:or|rix)|personal representative|(?:legal |court-appointed )?guardian|conservator"
    r"|trustee"
    r"|attorney[- ]in[- ]fact|health ?care (?:agent|proxy)|mother|father|parents?|daughter|son|wife|husband|widow(?:er)?|spouse"
    r"|next of kin|caregiver|sister|brother)"
)
_I_AM = re.compile(
    r"\b(?:I am|I'm|I’m|[Aa]s|We are)\s+(?i:the|his|her|their)\s+(?:\w+\s+)??"
    rf"(?P<value>{_ROLE}(?:\s+of\s+(?i:the|his|her)\s+(?i:estate|patient))?)\b"
)
_ACTS = re.compile(
    r"\b(?:I am|I'm|I’m|[Aa]s|[Ww]e are|and)\s+(?i:the|his|her|their|an?)\s+(?:\w+\s+)??"
    r"(?P<value>(?i:executor|executrix|administrat(?:or|rix)|personal representative|legal guardian|conservator)"
    r"(?:\s+of\s+(?i:the|his|her)\s+(?i:estate))?)\b"
)
_OF_THE_DEAD = re.compile(rf"\b(?P<value>(?i:the )?(?i:estate) of\b|(?i:my) (?i:late) {KIN})")


def _said_of_themselves(letter: Letter) -> list[FoundValue]:
    """What the writer is to the patient, as a sentence says: "I am the executor of his estate"."""
    said = _ACTS.search(letter.text) or _I_AM.search(letter.text) or _OF_THE_DEAD.search(letter.text)
    return [_about(letter, FieldName.REQUESTER_RELATIONSHIP, said["value"], said.start("value"), LOOSE)] if said else []


def _lines_after_the_end(letter: Letter) -> list[tuple[int, str]]:
    """The lines under the last leave-taking that hold anything, each with the index of its first letter."""
    closed = [m.end() for m in _CLOSED.finditer(letter.text)]
    lines: list[tuple[int, str]] = []
    at = closed[-1] if closed else len(letter.text)
    for line in letter.text[at:].split("\n"):
        if line.strip():
            lines.append((at, line))
        at += len(line) + 1
    return lines[:NEAR_THE_END]


def _is_printed(letter: Letter, at: int) -> bool:
    owner = letter.owners[at]
    return owner is not None and owner[0].printed


def _about(letter: Letter, name: FieldName, raw: str, start: int, fit: float) -> FoundValue:
    return placed(name, Value(" ".join(raw.split()).strip(" ,()")), raw, letter.owners[start : start + len(raw)], fit)


def _sender(letter: Letter, span: tuple[int, int], relationship: str) -> list[FoundValue]:
    start, end = span
    raw = letter.text[start:end]
    owners = letter.owners[start:end]
    name = Value(" ".join(raw.split()).strip(" ,"))
    return [
        placed(FieldName.REQUESTER_NAME, name, raw, owners, PLAIN),
        placed(FieldName.REQUESTER_RELATIONSHIP, Value(relationship), raw, owners, LOOSE),
    ]


def takes_back(letter: Letter) -> bool:
    """Whether a sentence of the page takes an earlier permission back.

    That one may revoke, how, and what follows, is printed on most forms; such sentences are none.
    """
    text = re.sub(r"\s*\n\s*", lambda m: "\n" if m[0].count("\n") > 1 else " ", letter.text)
    sentences = re.split(r"(?<=[.?!:])\s+|\n", text)
    return any(_TAKES_BACK.search(s) and not _ONLY_MAY.search(s) for s in sentences)


def is_revocation_form(letter: Letter) -> bool:
    """Whether the title of a form says that it takes a permission back."""
    return bool(_TITLE.search(letter.text[:HEAD]))


def asks_for_records(letter: Letter) -> bool:
    """Whether a sentence asks to send records."""
    return bool(_ASKS.search(letter.text))
