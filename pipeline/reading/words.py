"""Words that forms print: what consists of them is a label or a heading, and not what somebody filled in."""

from __future__ import annotations

import re

_OF_FORMS = """
patient patients representative authorized legal guardian signature name print printed please information request  requested
requesting records record of or the for if date address phone copy copies relationship applicable other  authorization
release released disclose disclosed following purpose select check complete facilities health care  person entity provider
organization self myself known all any provide below above this form terms understand agree  accept consent written without
personal representatve indicated
"""
_OF_LABELS = """
and to from by in on at be is a an with practice dentist doctor office clinic facility optional number title delivery
expiration method format agency individual company receiving sending mailing street city state zip fax email birth de  del
la el los las y o nombre fecha firma dirección teléfono consultorio paciente oficina ciudad estado
medical dental my his her their your whom
"""
FORM_WORDS = frozenset(_OF_FORMS.split())
"""Words that forms print and that are no part of a person's name."""
LABEL_WORDS = FORM_WORDS | frozenset(_OF_LABELS.split())
"""With the words that labels and headings join theirs with; a value may hold some of them, but not only them."""


def is_form_text(text: str, allowed: int = 0) -> bool:
    """Whether more than `allowed` words are those of a form: then it is its own print and no value."""
    words = re.sub(r"[^a-z ]", " ", text.lower()).split()
    return sum(w in FORM_WORDS for w in words) > allowed


def is_label_text(text: str) -> bool:
    """Whether every word is one that forms print: what is left of a label or a heading, and no value."""
    words = re.sub(r"[^\w ]", " ", text.lower()).split()
    return all(w in LABEL_WORDS for w in words)


EXCLUDES = re.compile(
    r"(?i)\b(?:do not|don't|not) (?:want|wish|include|release|disclose|authori[sz]e|send)|\bexclud|\bexcept\b"
    r"|\bother than\b(?! (?:the )?patient)|\bno desea\b"
)
"""Words that turn a list round: what is ticked under them must not leave."""


_GIVEN = (
    r"(?:releas|disclos|send|sent\b|provid|forward|transfer|giv|furnish|shar|receiv|obtain|permit|consent|agree"
    r"|(?:see|have|get|go|let)\b)"
)
_REFUSED = re.compile(
    rf"(?i)(?:\b(?:not|never|cannot)|n['’]t)\s+(?:\w+\s+){{0,3}}?{_GIVEN}|\b(?:refus|declin|prohibit|forbid|forbidden|object)\w*\b"
)


def refuses(text: str) -> bool:
    """Whether a sentence says that whoever it names must not have the records: "may not be released to", "never send"."""
    return EXCLUDES.search(text) is not None or _REFUSED.search(text) is not None
