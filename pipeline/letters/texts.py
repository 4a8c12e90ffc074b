"""The words of the letters, out of `texts/`: one file for each language, so that a language is data.

A file that lacks a word, or has one too many, is refused when it is read. A letter that a language does not have is left
out as a whole.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any

from pipeline.letters.model import Language
from schemas.base import Frozen
from schemas.release import Practice


class CommonWords(Frozen):
    """What every letter says."""

    months: tuple[str, ...]
    day: str
    numbers: tuple[str, ...]
    date: str
    number: str
    received: str
    page: str
    questions: str
    questions_mail: str
    call: str
    call_contact: str
    write: str
    sincerely: str
    office: str


class Greetings(Frozen):
    """How a letter begins, by whom it is for."""

    named: str
    nobody: str
    attorney: str
    insurer: str
    court: str
    organisation: str


class MissingWords(Frozen):
    """What is missing, and what to do."""

    title_one: str
    title_many: str
    opening: str
    how_title: str
    how: str
    nothing_title: str
    nothing: str
    care: str


class DenialWords(Frozen):
    """What is not given, or why a request is turned away."""

    title: str
    title_rejected: str
    opening: str
    opening_rejected: str
    what: str
    why_title: str
    rest_title: str
    rest: str
    again_title: str
    again: str
    review_title: str
    review: str
    complain_title: str
    complain_here: str
    complain_there: str


class ExtensionWords(Frozen):
    """More time."""

    title: str
    opening: str
    why_title: str
    until_title: str
    until: str


class FeeWords(Frozen):
    """What a copy costs."""

    title: str
    title_free: str
    opening: str
    opening_free: str
    columns: tuple[str, str, str, str]
    total: str
    choice_title: str
    choice: str
    estimate: str
    balance: str


class RevokedWords(Frozen):
    """A permission taken back."""

    title: str
    opening: str
    all_title: str
    all: str
    one: str
    before_title: str
    before: str
    again: str
    mistake: str
    how: Mapping[str, str]


class WelcomeWords(Frozen):
    """The closing letter."""

    title: str
    opening: str
    door: str
    help: str
    warmly: str


class CallWords(Frozen):
    """The slip for the front desk."""

    title: str
    opening: str
    who: str
    known: str
    nobody: str
    look_up: str
    no_number: str
    ask_title: str
    asks_of_an_office: Mapping[str, str]
    note: str
    blanks: tuple[tuple[str, ...], ...]
    internal: str


class PointWords(Frozen):
    """One thing that is missing."""

    what: str
    do: str
    do_other: str = ""
    """What somebody does who asks for another person's records; empty: the same."""
    ask: str = ""
    """What the front desk asks on the phone."""


class Texts(Frozen):
    """One language."""

    common: CommonWords
    greetings: Greetings
    points: Mapping[str, PointWords]
    grounds: Mapping[str, str] = {}
    reasons: Mapping[str, str] = {}
    missing: MissingWords | None = None
    denial: DenialWords | None = None
    extension: ExtensionWords | None = None
    fee: FeeWords | None = None
    revoked: RevokedWords | None = None
    welcome: WelcomeWords | None = None
    call: CallWords | None = None

    def day(self, day: date) -> str:
        """November 24, 2026. Not strftime: its month names follow the machine's locale."""
        return self.common.day.format(month=self.common.months[day.month - 1], day=day.day, year=day.year)

    def count(self, number: int) -> str:
        """`three`; figures from thirteen on."""
        return self.common.numbers[number] if number < len(self.common.numbers) else str(number)

    def reach(self, practice: Practice) -> str:
        """`call us at (541) 555-0100 (Records desk)`: how to reach the practice; empty where nothing is known."""
        common = self.common
        if practice.phone:
            way = common.call_contact if practice.contact else common.call
            return way.format(phone=practice.phone, contact=practice.contact)
        return common.write.format(email=practice.email) if practice.email else ""


@lru_cache
def texts(language: Language) -> Texts:
    """The words of a language."""
    file = files(__package__).joinpath("texts", f"{language.value}.toml")
    return Texts.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))


def filled(template: str, **values: Any) -> str:
    """The template with its places filled. What is filled in cannot make anything bold."""
    return template.format(**{name: str(value).replace("*", "") for name, value in values.items()})
